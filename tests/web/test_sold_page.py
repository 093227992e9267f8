"""The page of what was sold without being in the inventory."""

from __future__ import annotations

import pytest
from django.test import Client

from instica.connections.models import Connection
from instica.inventory.models import Item, Move
from instica.listings.models import Listing, Offer
from instica.notices.models import Notice
from instica.orders import services
from instica.orders.models import Line
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.features import pretend as pretending
from tests.features.importing import listing
from tests.features.pretend import order
from tests.features.selling import stock, stocked
from tests.web.test_import_pages import text


@pytest.fixture
def offer(pretend: Connection) -> Offer:
    """A listing of two pieces that nobody imported; one was sold."""
    pretending.THERE.listings = [listing("L1", title="Kind of Blue", sku="KOB")]
    services.take_in(connection=pretend, orders=[order()])
    run_until_idle()
    return Offer.objects.get()


def said(client: Client) -> str:
    return text(client.get("/sold/").content)


def test_it_is_asked_and_linked(ada: Client, pretend: Connection, offer: Offer) -> None:
    assert Notice.objects.values_list("title", "link").get() == (
        "Sold, and not in your inventory yet: Kind of Blue",
        "/sold/",
    )
    sale = Line.objects.select_related("order").get()
    assert f"{sale.order.sold_at:%Y-%m-%d}" in said(ada)
    assert "· $34.99" in said(ada)
    assert f"· order {sale.order.remote_id}" in said(ada)
    assert "1 sold thing not in your inventory" in text(ada.get("/inventory/").content)
    item = stocked(pretend, "Miles Davis: Kind of blue", 2)
    answer = ada.post("/sold/link/", {"offer": offer.uid, "item": item.public_id})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sold/")
    assert "Linked to Miles Davis: Kind of blue. The sale counts." in said(ada)
    assert "Nothing waits" in said(ada)
    assert (stock(item), Line.objects.get().settled) == ((1, 1, "listed"), "moved")
    assert not Notice.objects.filter(read=None).exists()


def test_it_becomes_an_item(ada: Client, offer: Offer) -> None:
    ada.post("/sold/create/", {"offer": offer.uid})
    item = Item.objects.get()
    assert (item.title, item.sku, item.price, stock(item)[:2]) == ("Kind of Blue", "KOB", 3499, (1, 1))
    assert sorted(item.moves.values_list("cause", "delta")) == [("person", 2), ("sale", -1)]
    assert ada.post("/sold/create/", {"offer": offer.uid}).status_code == 404
    assert Item.objects.count() == 1


@pytest.mark.parametrize("named", ["", "nobody", "inv_00000000000000000000000000"])
def test_an_item_nobody_has(ada: Client, offer: Offer, named: str) -> None:
    page = ada.post("/sold/link/", {"offer": offer.uid, "item": named}, follow=True).content.decode()
    assert (f"You have no item {named}." if named else "Say which item: its SKU") in text(page.encode())
    assert f'name="item" value="{named}"' in page
    assert (Offer.objects.get().item, Move.objects.count()) == (None, 0)


@pytest.mark.parametrize(("title", "price"), [("Unknown Pleasures", 3499), ("Kind of Blue", 900)])
def test_an_item_that_looks_different_is_asked_about(
    ada: Client, pretend: Connection, offer: Offer, title: str, price: int
) -> None:
    item = stocked(pretend, title, 2)
    Item.objects.filter(pk=item.pk).update(price=price, currency="USD", sku="LIKE")
    sent = {"offer": offer.uid, "item": "LIKE"}
    words = text(ada.post("/sold/link/", sent, follow=True).content)
    assert f"It does not look like what was sold: {title}" in words
    assert (Offer.objects.get().item, Line.objects.get().settled) == (None, "waiting")
    assert "Linked to" in text(ada.post("/sold/link/", {**sent, "sure": item.public_id}, follow=True).content)
    assert (Offer.objects.get().item, Line.objects.get().settled) == (item, "moved")


def test_a_page_that_is_linked_shows_as_sold_out(ada: Client, pretend: Connection, offer: Offer) -> None:
    Listing.objects.update(seen="sold_out", wanted="draft")
    item = stocked(pretend, "Kind of Blue", 1)
    ada.post("/sold/link/", {"offer": offer.uid, "item": item.public_id})
    assert "Sold out" in text(ada.get(f"/inventory/{item.public_id}/").content)
    assert Listing.objects.get().wanted == "live"


def test_a_sku_of_two_items(ada: Client, pretend: Connection, offer: Offer) -> None:
    for _ in range(2):
        builders.item(pretend.organization, sku="KOB")
    answer = ada.post("/sold/link/", {"offer": offer.uid, "item": "KOB"}, follow=True)
    assert "Several items have the SKU KOB" in text(answer.content)
    assert Offer.objects.get().item is None


def test_others_see_and_do_nothing(client: Client, stranger: User, offer: Offer) -> None:
    client.force_login(stranger)
    theirs = builders.item(builders.house(stranger))
    assert "Kind of Blue" not in said(client)
    for verb in ("link", "create"):
        for uid in (str(offer.uid), "nonsense"):
            answer = client.post(f"/sold/{verb}/", {"offer": uid, "item": theirs.public_id})
            assert answer.status_code == 404
    assert (Offer.objects.get().item, Item.objects.count()) == (None, 1)
