"""An item's page: where it is for sale, listing it by a form, decisions; and many at once from the Inventory page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from instica.connections.models import Connection
from instica.core.clock import now
from instica.inventory.models import Item
from instica.listings.models import Bulk, Listing
from instica.people.models import User
from instica.work.models import Task
from tests import builders
from tests.features.listing import FIELDS, confirmed, item_for, may_list, on_sale, pages, truth, worked
from tests.shops import Shops
from tests.web.test_import_pages import text


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that can be moved."""
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


def said(client: Client, item: Item, part: str = "") -> str:
    return text(client.get(f"/inventory/{item.public_id}/{part}").content)


def test_an_item_is_listed_changed_and_taken_off(
    ada: Client, person: User, shop: Shops, clock: time_machine.Traveller
) -> None:
    may_list(builders.house(person))
    connection = confirmed(shop("etsy", listings=20))
    item = item_for(connection)
    form = f"/inventory/{item.public_id}/channels/{connection.public_id}/"
    assert "Etsy Not listed" in said(ada, item)
    words = text(ada.get(form).content)
    assert "Etsy takes 0.20 USD when this goes on sale" in words
    assert ("Who made it" in words, "As usual: I did" in words) == (True, False)

    refused = ada.post(form, {"price": "abc", "title": "Kept", "field-tags": "one, two"})
    assert refused.status_code == 400
    assert "Write an amount above zero in USD" in text(refused.content)
    assert 'value="Kept"' in refused.content.decode()
    assert 'value="one, two"' in refused.content.decode()
    lacking = ada.post(form, {"price": "21.50"})
    assert (lacking.status_code, "Choose one: Category." in text(lacking.content)) == (400, True)
    assert Listing.objects.count() == 0

    fields = {f"field-{name}": str(value) for name, value in FIELDS["etsy"].items()}
    asked = ada.post(f"{form}cost/", {"price": "21.50"} | fields)
    assert "$0.20 when it goes on sale" in text(asked.content)
    sent = {"price": "21.50", "title": "A print", "field-tags": "one, two", "field-is_supply": ""} | fields
    assert ada.post(form, sent).headers["Location"] == f"/inventory/{item.public_id}/"
    assert "On its way up." in said(ada, item, "channels/")
    worked(clock)
    (number,) = on_sale(shop, "etsy")
    assert (truth(shop, "etsy")[number]["title"], truth(shop, "etsy")[number]["price"]) == ("A print", "21.50")
    assert "$21.50 · 1 shown Live Buyers can buy it." in said(ada, item, "channels/")

    assert 'value="A print"' in ada.get(form).content.decode()
    ada.post(form, {"price": "30.00", "title": ""})
    worked(clock)
    assert truth(shop, "etsy")[number]["price"] == "30.00"
    assert truth(shop, "etsy")[number]["title"] == "The Beatles - Abbey Road"
    (page,) = pages(item)
    assert (page.overrides or {})["fields"]["tags"] == ["one", "two"]

    ada.post(f"/inventory/{item.public_id}/channels/delist/", {"shop": connection.public_id})
    assert "Being taken off sale." in said(ada, item, "channels/")
    worked(clock)
    assert on_sale(shop, "etsy") == []
    assert "Off sale, as you wanted." in said(ada, item, "channels/")


def test_what_is_wrong_is_said_with_what_can_be_done(
    ada: Client, person: User, shop: Shops, clock: time_machine.Traveller
) -> None:
    connection = confirmed(shop("discogs", listings=20))
    item = item_for(connection)
    form = f"/inventory/{item.public_id}/channels/{connection.public_id}/"
    answer = ada.post(form, {"price": "10"})
    assert (answer.status_code, "Set the primary address" in text(answer.content)) == (400, True)
    may_list(builders.house(person))
    shop.control("discogs", "faults", [{"match": "POST /marketplace/listings", "times": 1, "do": "status:422"}])
    ada.post(form, {"price": "10"})
    worked(clock)
    (page,) = pages(item)
    words = said(ada, item, "channels/")
    assert "Discogs said no" in words
    assert "Try again Leave it off sale" in words
    decide = f"/listings/{page.public_id}/decide/"
    ada.post(decide, {"decision": "nonsense"})
    assert Listing.objects.get().problem is not None
    ada.post(decide, {"decision": "retry"})
    worked(clock)
    assert len(on_sale(shop, "discogs")) == 1
    Listing.objects.update(seen="hidden", waits=True)
    assert "It is back in stock, and goes on sale again when you say so." in text(
        ada.get(f"/inventory/{item.public_id}/").content
    ).replace("Off sale. ", "")
    ada.post(f"/inventory/{item.public_id}/channels/relist/")
    worked(clock)
    assert Listing.objects.get().seen == "live"


def test_many_are_listed_from_the_inventory(
    ada: Client, person: User, shop: Shops, clock: time_machine.Traveller
) -> None:
    may_list(builders.house(person))
    connection = confirmed(shop("discogs", listings=20))
    item, other = item_for(connection), builders.item(builders.house(person), name="Without a release")
    words = ada.get("/inventory/").content.decode()
    assert f'form="bulk" name="item" value="{item.public_id}"' in words
    nothing = ada.post(
        "/inventory/bulk/", {"do": "list"}, follow=True, headers={"referer": "http://testserver/inventory/"}
    )
    assert "Choose items by their boxes, and at least one platform." in text(nothing.content)
    sent = {"do": "list", "item": [item.public_id, other.public_id], "platform": ["discogs", "amazon"]}
    begun = ada.post("/inventory/bulk/", sent)
    bulk = Bulk.objects.get()
    assert begun.headers["Location"] == f"/inventory/bulk/{bulk.public_id}/"
    assert "0 of 2" in text(ada.get(begun.headers["Location"]).content)
    worked(clock)
    shown = text(ada.get(f"/inventory/bulk/{bulk.public_id}/progress/").content)
    assert "2 of 2" in shown
    assert "Without a release Discogs Not done Say which release of Discogs's database this is" in shown
    assert len(on_sale(shop, "discogs")) == 1
    ada.post("/inventory/bulk/", sent | {"do": "delist"})
    worked(clock)
    assert on_sale(shop, "discogs") == []
    assert not Task.objects.exists()


def test_a_shop_that_is_listed_in_by_hand(ada: Client, person: User) -> None:
    house = builders.house(person)
    connection = Connection.objects.create(
        organization=house, marketplace="redbubble", remote_id="1", username="ada", currency="USD"
    )
    item = builders.item(house)
    assert "List it by hand" in said(ada, item)
    words = text(ada.get(f"/inventory/{item.public_id}/channels/{connection.public_id}/").content)
    assert "The Beatles - Abbey Road" in words
    assert "Open the upload page of Redbubble" in words


def test_what_an_item_lacks_is_said_before_anything_is_sent(ada: Client, person: User, shop: Shops) -> None:
    house = builders.house(person)
    ebay, discogs = shop("ebay", listings=5), shop("discogs", listings=5)
    item = builders.item(house, quantity=0, condition_item="")
    form = f"/inventory/{item.public_id}/channels/{ebay.public_id}/"
    words = text(ada.get(form).content)
    assert "First, before it can be listed there" in words
    assert "Set the primary address your organization ships from first. Set the address" in words
    assert "Only what is in stock and received, ready or listed can be listed. Look at its stock" in words
    assert "eBay lists nothing without a photo. Add a photo" in words
    assert f'href="/inventory/{item.public_id}/#photos"' in ada.get(form).content.decode()
    there = text(ada.get(f"/inventory/{item.public_id}/channels/{discogs.public_id}/").content)
    assert "Discogs must know which release of its database it is. Say which release" in there
    assert "Discogs lists nothing without a grade. Grade it" in there
    refused = text(ada.post(form, {"price": "10"}).content)
    assert refused.count("Set the primary address") == 1
    may_list(house)
    Item.objects.update(quantity=1)
    shown = ada.get(f"/inventory/{item.public_id}/").content.decode()
    assert "First: Say which release , for Discogs , Grade it , for Discogs ." in text(shown.encode())
    assert "First: Add a photo , for eBay ." in text(shown.encode())
    assert f'href="/products/{item.product.public_id}/#id_release"' in shown


def test_what_the_form_itself_asks_for_is_marked(ada: Client, person: User, shop: Shops) -> None:
    may_list(builders.house(person))
    connection = shop("etsy", listings=20)
    item = item_for(connection, price=None)
    words = text(ada.get(f"/inventory/{item.public_id}/channels/{connection.public_id}/").content)
    assert "First, before it can be listed there" not in words
    assert "Category, needed" in words
    assert "Tags, needed" not in words
    assert "Needed. For this listing alone." in words


@pytest.mark.parametrize(
    ("slug", "field", "said", "value", "label"),
    [
        ("ebay", "category_id", "vinyl", "176985", "Music &gt; Vinyl Records (176985)"),
        ("etsy", "taxonomy_id", "art PRINTS", "2078", "Art &amp; Collectibles &gt; Prints &gt; Digital Prints (2078)"),
        (
            "shopify",
            "category",
            "posters",
            "gid://shopify/TaxonomyCategory/hg-3-4-2-1",
            "Home &amp; Garden &gt; Decor &gt; Artwork &gt; Prints &gt; Posters (hg-3-4-2-1)",
        ),
    ],
)
def test_a_category_is_found_by_its_name(
    ada: Client, person: User, shop: Shops, slug: str, field: str, said: str, value: str, label: str
) -> None:
    may_list(builders.house(person))
    connection = shop(slug, listings=5)
    item = builders.item(builders.house(person))
    form = f"/inventory/{item.public_id}/channels/{connection.public_id}/"
    found = ada.post(f"{form}categories/{field}/", {f"find-{field}": said}).content.decode()
    assert re.search(f'<option value="{value}"( selected)?>{re.escape(label)}</option>', found)
    assert found.count(" selected>") == 1
    assert f'<option value="{value}">{label}</option>' in ada.get(form).content.decode()
    missed = text(ada.post(f"{form}categories/{field}/", {f"find-{field}": "zzzz"}).content)
    assert ("knows none that sounds like this" in missed) == (slug != "ebay")
    assert ada.post(f"{form}categories/title/", {}).status_code == 404
    assert not Listing.objects.exists()


def test_what_ebay_takes_is_said_as_far_as_it_is_known(ada: Client, person: User, shop: Shops) -> None:
    may_list(builders.house(person))
    connection = shop("ebay", listings=5)
    item = item_for(connection)
    form = f"/inventory/{item.public_id}/channels/{connection.public_id}/"
    words = text(ada.post(f"{form}cost/", {"price": "21.50"}).content)
    assert words == "Nothing when it goes on sale. What eBay takes of a sale is not known here."
    assert "As usual: Music > Vinyl Records (176985)" in text(ada.get(form).content)
