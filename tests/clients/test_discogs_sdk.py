"""discogs-sdk connects, reads, sells and exports at the simulator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from discogs_sdk import Discogs, NotFoundError
from discogs_sdk.oauth import get_access_token, get_request_token

from tests.clients.conftest import Served

APP = ("sandbox", "sandbox-secret")
CALLBACK = "http://localhost:8000/accounts/discogs/login/callback/"


@pytest.fixture
def client(discogs: Served) -> Iterator[Discogs]:
    """The client, connected through the consent page."""
    asked = get_request_token(*APP, CALLBACK, base_url=discogs.url)
    came_back = discogs.consent(asked.authorize_url)
    held = get_access_token(
        *APP, asked.oauth_token, asked.oauth_token_secret, came_back["oauth_verifier"], base_url=discogs.url
    )
    with Discogs(
        base_url=discogs.url,
        consumer_key=APP[0],
        consumer_secret=APP[1],
        access_token=held.oauth_token,
        access_token_secret=held.oauth_token_secret,
    ) as connected:
        yield connected


def test_it_knows_who_connected(client: Discogs) -> None:
    """The identity behind the grant, and the profile of that person."""
    identity = client.user.identity()
    assert (identity.id, identity.username) == (7_203_114, "greenstreet_records")
    profile = client.users.get("greenstreet_records")
    assert (profile.currency_code, profile.email) == ("USD", "shop@greenstreet.example")


def test_it_walks_the_whole_inventory(client: Discogs) -> None:
    """Every page, by the links the simulator gives."""
    rows = list(client.users.get("greenstreet_records").inventory.list(sort="listed", sort_order="asc", per_page=25))
    assert len(rows) == len({row.id for row in rows}) == 60
    assert rows[0].id == 4_312_040_117
    assert rows[0].external_id is not None
    assert rows == sorted(rows, key=lambda row: row.posted)


def test_a_listing_lives_and_dies(client: Discogs) -> None:
    """Create as a draft, read, put up, change one field, delete, gone."""
    made = client.marketplace.listings.create(
        release_id=20_000_200, condition="Mint (M)", price=34.5, status="Draft", external_id="GSR-X"
    )
    client.marketplace.listings.update(made.listing_id, price=31.25, status="For Sale")
    seen = client.marketplace.listings.get(made.listing_id)
    assert (seen.status, seen.price.value, seen.external_id) == ("For Sale", 31.25, "GSR-X")
    assert (seen.condition, seen.sleeve_condition, seen.quantity) == ("Mint (M)", "Not Graded", 1)
    client.marketplace.listings.delete(made.listing_id)
    with pytest.raises(NotFoundError, match="It may have been deleted"):
        client.marketplace.listings.get(made.listing_id).status  # noqa: B018 - the proxy reads on access


def test_an_order_is_read_invoiced_and_shipped(client: Discogs, discogs: Served) -> None:
    """The classic way, with tracking and the messages about it."""
    discogs.control("switches", payment="classic")
    number = str(discogs.control("buy", listing_id=4_312_040_117, quantity=1)["order_id"])
    (order,) = client.marketplace.orders.list(status="All", sort="last_activity", sort_order="desc")
    assert (order.id, order.status, order.items[0].id) == (number, "New Order", 4_312_040_117)
    assert len(order.next_status) == 11
    assert client.marketplace.orders.update(number, shipping=6).status == "Invoice Sent"
    shipped = client.marketplace.orders.update(
        number, status="Shipped", tracking={"number": "RR123", "carrier": "Royal Mail"}
    )
    assert (shipped.status, shipped.tracking.number) == ("Shipped", "RR123")
    texts = [message.message for message in client.marketplace.orders.get(number).messages.list()]
    assert "Seller changed status from Invoice Sent to Shipped" in texts


def test_an_export_is_asked_for_polled_and_read(client: Discogs, discogs: Served) -> None:
    """Not ready at first, then a CSV with one row a listing."""
    discogs.control("switches", export_polls=2)
    job = client.exports.request()
    assert client.exports.get(job).status == "in progress"
    assert client.exports.get(job).status == "success"
    rows = list(csv.DictReader(io.StringIO(client.exports.download(job).decode(), newline="")))
    assert len(rows) == 60
    assert rows[0]["listing_id"] == "4312040117"


def test_an_upload_says_what_it_skipped(client: Discogs, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One row is deleted, one is unknown; the rows are counted from the header."""
    file = tmp_path_factory.mktemp("upload") / "delete.csv"
    file.write_text("listing_id\r\n4312040117\r\n999\r\n", encoding="utf-8")
    done = client.uploads.get(client.uploads.delete(file=file))
    assert done.status == "success"
    assert done.results == (
        "CSV file contains 2 records.<p>Skipped row 3 because ERROR: 999 is an invalid listing_id"
        "<p>Processed 1 records."
    )


def test_it_finds_a_release(client: Discogs) -> None:
    """By catalogue number, in the database."""
    (found,) = [each for each in client.search(catno="BLP 1577", type="release") if each.catno == "BLP 1577"]
    assert found.title == "John Coltrane - Blue Train"
    assert client.releases.get(found.id).country == "US"
