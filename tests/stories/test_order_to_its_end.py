"""An order of each of the four marketplaces, from its sale to its end: shipped, in parts, cancelled."""

from __future__ import annotations

import datetime as dt
import fnmatch
from typing import Any

import pytest
import time_machine

from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.inventory.models import Item, Move
from instica.listings import services as listings
from instica.listings.wishes import By
from instica.notices.models import Notice
from instica.orders.models import Errand, Line, Order
from instica.sync import services as sync
from instica.work.engines.threads import run_until_idle
from tests.api.calling import Api, api_for, is_problem
from tests.api.test_orders import ADDRESS, KEYS
from tests.features.listing import all_there, confirmed, item_for, may_list, on_sale, worked
from tests.features.selling import offered, stock
from tests.shops import Shops

FOUR = pytest.mark.parametrize("slug", ["ebay", "discogs", "etsy", "shopify"])
CANCELLING = {"discogs": "Cancelled (Item Unavailable)", "shopify": "INVENTORY"}
TELLS = {
    "ebay": ("POST */shipping_fulfillment", 1),
    "discogs": ("POST /marketplace/orders/*", 2),
    "etsy": ("POST */tracking", 1),
    "shopify": ("POST *#fulfillmentCreate", 1),
}
"""The call that tells of a parcel, and how many it takes: Discogs hears the number, then the status."""


@pytest.fixture
def api(person: Any) -> Api:
    return api_for(person)


class Story:
    """A piece we know of, bought there and read here."""

    def __init__(self, shop: Shops, api: Api, slug: str, quantity: int = 1) -> None:
        self.shop, self.api, self.slug = shop, api, slug
        self.connection: Connection = shop(slug, listings=30)
        sync.start(connection=self.connection)
        rows = shop.control(slug, "listings")["listings"]
        fit = [row for row in rows if row["status"].casefold() in ("active", "for sale") and row["quantity"]]
        row = fit[-1]
        if row["quantity"] < quantity:
            shop.control(slug, "edit", {"listing_id": row["listing_id"], "quantity": quantity})
            row["quantity"] = quantity
        self.listing, self.left = str(row["listing_id"]), row["quantity"] - quantity
        self.item: Item = offered(self.connection, self.listing, quantity=row["quantity"]).item  # type: ignore[assignment]
        sale = {"listing_id": self.listing, "quantity": quantity}
        self.number = str(shop.control(slug, "buy", sale)["order_id"])
        self.poll()
        self.uid = Order.objects.get(remote_id=self.number).public_id

    def poll(self) -> None:
        connector = connector_for(self.connection, "stock")
        while sync.poll(connection=self.connection, connector=connector):
            pass

    def get(self, verb: str = "") -> Any:
        return self.api.get(f"orders/{self.uid}/{verb}").json()

    def post(self, verb: str, body: Any) -> Any:
        return self.api.post(f"orders/{self.uid}/{verb}/", body)

    def work(self) -> None:
        """Until nothing is to be done with the order, in which time limits open and tries are repeated."""
        with time_machine.travel(now(), tick=True) as clock:
            for _ in range(40):
                run_until_idle()
                if not Errand.objects.filter(state__in=["waiting", "sent", "accepted"]).exists():
                    return
                clock.shift(31)

    def told(self) -> int:
        """How often the marketplace heard of a parcel."""
        calls = [row["call"] for row in self.shop.control(self.slug, "requests")["requests"]]
        return len(fnmatch.filter(calls, TELLS[self.slug][0]))


@FOUR
def test_shipped(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug)
    found = story.get()
    assert list(found) == KEYS
    assert (found["order_id"], found["platform"], found["status"]) == (story.number, slug, "awaiting_shipment")
    assert found["sale_price"] == f"{float(found['sale_price']):.2f}"
    assert (found["currency"], len(found["lines"]), found["lines"][0]["quantity"]) == ("USD", 1, 1)
    assert found["inventory_item_listing"]["listing_id"] == story.listing
    assert found["inventory_item_listing"]["inventory_item"]["uid"] == story.item.public_id
    assert list(found["shipment_address"]) == ADDRESS
    assert found["shipment_address"]["full_name"] == found["buyer_name"]

    carrier = story.get("choices/")["carriers"][0]["code"]
    body = {"tracking_number": "1Z9991234567890", "carrier": carrier}
    answers = [story.post("ship", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["status"], story.get()["shipment_status"]) == ("pending", "pending")
    story.work()
    (action,) = story.get("actions/")
    assert (action["action"], action["status"], action["error"]) == ("ship", "success", None)
    found = story.get()
    assert (found["status"], found["shipment_status"]) == ("shipped", "shipped")
    assert found["shipment_tracking_number"] == "1Z9991234567890"
    assert story.told() == TELLS[slug][1]
    assert stock(story.item)[:2] == (story.left, story.left)


@FOUR
def test_the_answer_to_shipping_is_lost(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug)
    call, times = TELLS[slug]
    shop.control(slug, "faults", [{"match": call, "times": 1, "do": "lost"}])
    story.post("ship", {"tracking_number": "1Z9991234567890"})
    story.work()
    assert shop.control(slug, "faults")["faults"] == []
    (action,) = story.get("actions/")
    assert (action["status"], story.get()["status"], story.told()) == ("success", "shipped", times)


@FOUR
def test_shipping_is_refused(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug)
    shop.control(slug, "faults", [{"match": TELLS[slug][0], "times": 9, "do": "status:403"}])
    story.post("ship", {"tracking_number": "1Z9991234567890"})
    story.work()
    (action,) = story.get("actions/")
    assert (action["status"], story.get()["status"], story.get()["shipment_status"]) == (
        "failed",
        "awaiting_shipment",
        "failed",
    )
    assert action["error"]
    assert (
        Notice.objects.get(key__startswith="errand:").title
        == f"Shipping order {Order.objects.get().number} was refused"
    )


@pytest.mark.parametrize("slug", CANCELLING)
def test_cancelled_from_here(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug)
    assert stock(story.item)[:2] == (story.left, story.left)
    choices = story.get("choices/")
    assert (choices["can_cancel"], CANCELLING[slug] in choices["cancel_reasons"]) == (True, True)
    is_problem(story.post("cancel", {"reason": "Because"}), 400, "validation_error")
    answers = [story.post("cancel", {"reason": CANCELLING[slug]}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    story.work()
    (action,) = story.get("actions/")
    assert (action["action"], action["status"]) == ("cancel", "success")
    returned_once(story)
    assert story.get("choices/")["can_cancel"] is False
    is_problem(story.post("ship", {}), 409, "order_over")


@pytest.mark.parametrize("slug", ["ebay", "etsy"])
def test_cancelling_is_theirs_alone(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug)
    choices = story.get("choices/")
    assert (choices["can_cancel"], choices["cancel_reasons"]) == (False, [])
    body = is_problem(story.post("cancel", {"reason": "any"}), 409, "manual_cancel")
    assert body["url"] == choices["order_url"]
    assert Errand.objects.count() == 0


@FOUR
def test_cancelled_there(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug)
    shop.control(slug, "cancel", {"order_id": story.number, "reason": ""})
    for _ in range(2):
        with time_machine.travel(now() + dt.timedelta(minutes=1), tick=True):
            story.poll()
    returned_once(story)


def returned_once(story: Story) -> None:
    """The piece is back, by one move, and the order says so."""
    order = Order.objects.get(remote_id=story.number)
    assert (order.state, Line.objects.get(order=order).settled) == ("cancelled", "given_back")
    back = story.left + 1
    assert stock(story.item)[:2] == (back, back)
    assert list(Move.objects.filter(item=story.item).order_by("at").values_list("cause", "delta")) == [
        ("import", back),
        ("sale", -1),
        ("return", 1),
    ]


def test_put_back_on_sale_in_one_click(shop: Shops, api: Api) -> None:
    """Sold on Shopify, which takes it off Discogs; cancelled from here: Shopify puts it back by itself, on Discogs it
    waits for a person."""
    with time_machine.travel(now(), tick=True) as clock:
        shops = [confirmed(shop(slug, listings=20)) for slug in ("discogs", "shopify")]
        item = item_for(shops[0])
        for connection in shops:
            listings.list_item(item=item, connection=connection, by=By())
        worked(clock)
        sale = {"listing_id": int(on_sale(shop, "shopify")[0]), "quantity": 1}
        number = str(shop.control("shopify", "buy", sale)["order_id"])
        sync.start(connection=shops[1])
        worked(clock)
        uid = Order.objects.get(remote_id=number).public_id
        assert [on_sale(shop, slug) for slug in ("discogs", "shopify")] == [[], []]
        is_problem(api.post(f"orders/{uid}/relist/"), 409, "nothing_to_relist")
        api.post(f"orders/{uid}/cancel/", {"reason": "CUSTOMER"})
        worked(clock)
        assert [len(on_sale(shop, slug)) for slug in ("discogs", "shopify")] == [0, 1]
        waiting = api.get(f"orders/{uid}/choices/").json()["relistable"]
        assert [(row["platform"], row["costs_a_fee"]) for row in waiting] == [("discogs", False)]
        is_problem(api.post(f"orders/{uid}/relist/"), 400, "primary_address_required")
        may_list(api.organization)
        answer = api.post(f"orders/{uid}/relist/")
        assert (answer.status_code, len(answer.json()["listings"]), answer.json()["refused"]) == (202, 1, [])
        worked(clock)
        assert [len(on_sale(shop, slug)) for slug in ("discogs", "shopify")] == [1, 1]
        assert [len(all_there(shop, slug)) for slug in ("discogs", "shopify")] == [1, 1]
        is_problem(api.post(f"orders/{uid}/relist/"), 409, "nothing_to_relist")


@pytest.mark.parametrize("slug", ["ebay", "shopify"])
def test_in_two_parcels(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug, quantity=2)
    line = story.get()["lines"][0]["uid"]
    assert story.get("choices/")["partial_shipments"] is True
    first = {"tracking_number": "1Z1", "lines": {line: 1}}
    for _ in range(2):
        assert story.post("ship", first).json()["lines"] == {line: 1}
        story.work()
    assert (story.told(), story.get()["status"]) == (1, "awaiting_shipment")
    story.post("ship", {"tracking_number": "1Z2"})
    story.work()
    assert [action["status"] for action in story.get("actions/")] == ["success", "success"]
    assert (story.told(), story.get()["status"]) == (2, "shipped")


@pytest.mark.parametrize("slug", ["discogs", "etsy"])
def test_one_parcel_only(shop: Shops, api: Api, slug: str) -> None:
    story = Story(shop, api, slug, quantity=2 if slug == "etsy" else 1)
    line = story.get()["lines"][0]["uid"]
    assert story.get("choices/")["partial_shipments"] is False
    if slug == "etsy":
        answer = story.post("ship", {"tracking_number": "1Z1", "lines": {line: 1}})
        is_problem(answer, 400, "no_partial_shipments")
    is_problem(story.post("ship", {"tracking_number": "1Z1", "lines": {line: 9}}), 400, "validation_error")
    assert (Errand.objects.count(), story.told()) == (0, 0)
