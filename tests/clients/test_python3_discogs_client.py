"""python3-discogs-client connects, reads and sells at the simulator."""

from __future__ import annotations

import discogs_client
import pytest
from discogs_client.exceptions import HTTPError

from tests.clients.conftest import Served


def pointed(discogs: Served) -> type[discogs_client.Client]:
    """The client with nothing changed but the host."""

    class Here(discogs_client.Client):  # type: ignore[misc]
        _base_url = discogs.url
        _request_token_url = f"{discogs.url}/oauth/request_token"
        _authorize_url = f"{discogs.url}/oauth/authorize"
        _access_token_url = f"{discogs.url}/oauth/access_token"

    return Here


@pytest.fixture
def client(discogs: Served) -> discogs_client.Client:
    """The client, connected through the consent page with HMAC-SHA1 and a POST."""
    made = pointed(discogs)("InsticaTest/1.0", consumer_key="sandbox", consumer_secret="sandbox-secret")
    _, _, url = made.get_authorize_url("http://localhost:8000/back/")
    made.get_access_token(discogs.consent(url)["oauth_verifier"])
    return made


def test_it_knows_who_connected(client: discogs_client.Client) -> None:
    """Signed by HMAC-SHA1 in every call."""
    assert client.identity().username == "greenstreet_records"


def test_a_personal_token_in_the_query_works(discogs: Served) -> None:
    """It sends ``?token=``."""
    assert pointed(discogs)("InsticaTest/1.0", user_token="sandbox-token").identity().id == 7_203_114


def test_it_walks_the_inventory(client: discogs_client.Client) -> None:
    """By the ``inventory_url`` of the profile."""
    rows = list(client.user("greenstreet_records").inventory)
    assert len(rows) == 60
    assert rows[0].id == 4_312_040_117


def test_a_listing_lives_and_dies(client: discogs_client.Client) -> None:
    """Created through the user, edited through the object, deleted."""
    release = client.release(20_000_200)
    client.identity().inventory.add_listing(
        release, condition="Mint (M)", price=19.5, status="Draft", sleeve_condition="Mint (M)"
    )
    (made,) = [row for row in client.identity().inventory if row.data["release"]["id"] == 20_000_200]
    made.price = 22.0
    made.comments = "One owner"
    made.save()
    again = client.listing(made.id)
    assert (again.price.value, again.comments, again.status) == (22.0, "One owner", "Draft")
    again.delete()
    with pytest.raises(HTTPError, match="It may have been deleted"):
        client.listing(made.id).refresh()


def test_orders_are_read_and_moved_on(client: discogs_client.Client, discogs: Served) -> None:
    """Status by attribute, and a message."""
    number = discogs.control("buy", listing_id=4_312_040_117)["order_id"]
    (order,) = client.identity().orders
    assert (order.id, order.status) == (number, "Payment Received")
    order.messages.add(message="On its way", status="Shipped")
    assert client.order(number).status == "Shipped"
    assert order.messages[0].message == "Seller changed status from Payment Received to Shipped\n\nOn its way"


def test_it_asks_for_the_fee(client: discogs_client.Client) -> None:
    """With four decimals, as it does."""
    assert client.fee_for(10, currency="EUR").value == 0.9


def test_it_searches(client: discogs_client.Client) -> None:
    """By artist and title."""
    titles = [found.title for found in client.search(artist="Alice Coltrane", type="release")]
    assert titles[0] == "Alice Coltrane - Journey In Satchidananda"
