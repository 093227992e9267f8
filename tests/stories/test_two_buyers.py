"""One piece, two buyers and more: in the same second, while it is being put up, a thousand at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from django.core import mail

from instica.inventory.models import Item, Move
from instica.listings import services as listings
from instica.listings.models import Attempt
from instica.listings.wishes import By
from instica.notices.models import Notice
from instica.orders.models import Line
from instica.sync.models import Event
from instica.work.engines.threads import Engine
from tests.features.listing import FIELDS, all_there, on_sale, pages
from tests.features.selling import stock
from tests.stories.street import SLUGS, Street


def test_sold_on_two_shops_in_the_same_second(street: Street) -> None:
    """Shopify tells us at once, Discogs when it is asked: that buyer is told of as sold twice, and can be cancelled."""
    street.open(*SLUGS)
    item = street.item()
    street.put_up(item, *SLUGS)
    assert street.on_sale() == dict.fromkeys(SLUGS, 1)
    before = Event.objects.filter(connection=street.at["shopify"]).count()
    second, first = street.buy("discogs"), street.buy("shopify")
    street.delivered()
    assert Event.objects.filter(connection=street.at["shopify"]).count() > before
    street.work()
    street.poll("discogs")
    assert taken() == {first: (1, 1, "moved"), second: (1, 0, "moved")}
    street.work()
    assert street.on_sale() == {}
    assert stock(item) == (0, 0, "sold")
    assert {page.exposed_since for page in pages(item)} == {None}

    (order,) = oversold(street)
    assert (order["order_id"], order["platform"]) == (second, "discogs")
    notice = Notice.objects.get(key__startswith="oversold:")
    assert (notice.title.partition(":")[0], notice.tone) == ("Sold twice", "danger")
    assert notice.link == f"/orders/{order['uid']}/"
    assert [letter.subject for letter in mail.outbox] == [notice.title]
    choices = street.get(f"orders/{order['uid']}/choices/")
    reason = {"reason": "Cancelled (Item Unavailable)"}
    assert (choices["can_cancel"], reason["reason"] in choices["cancel_reasons"]) == (True, True)
    assert street.hub.post(f"orders/{order['uid']}/cancel/", json=reason).status_code == 202
    street.work()
    assert taken() == {first: (1, 1, "moved"), second: (1, 0, "given_back")}
    assert oversold(street) == []
    assert not Notice.objects.filter(key__startswith="oversold:", read=None).exists()
    assert (stock(item), street.on_sale()) == ((0, 0, "sold"), {})


def oversold(street: Street) -> list[Any]:
    """The orders of which the API says that less was in stock than was sold."""
    rows = street.get("orders/?page_size=100")["results"]
    return [order for order in rows if any(line["oversold"] for line in order["lines"])]


def taken() -> dict[str, tuple[int, int, str]]:
    """Ordered, allocated and settled of each order's only line."""
    rows = Line.objects.values_list("order__remote_id", "quantity", "allocated", "settled")
    return {order: (quantity, allocated, settled) for order, quantity, allocated, settled in rows}


class Between:
    """A marketplace in the middle of whose writes something happens elsewhere: before the answer to the one chosen."""

    def __init__(self, street: Street, slug: str, number: int, happens: Callable[[], object]) -> None:
        self.application = street.sandbox.simulations[slug]
        self.number, self.happens, self.count = number, happens, 0
        (self.server,) = (each for each in street.sandbox.servers if each.application is self.application)

    def __enter__(self) -> Between:
        self.server.application = self
        return self

    def __exit__(self, *error: object) -> None:
        self.server.application = self.application

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        answer = self.application(environ, start_response)
        writes = environ["REQUEST_METHOD"] != "GET" and "token" not in environ["PATH_INFO"]
        self.count += writes
        if writes and self.count == self.number:
            self.happens()
        return answer


@pytest.mark.parametrize("slug", ["ebay", "etsy", "discogs"])
def test_sold_while_it_is_being_put_up(street: Street, slug: str) -> None:
    """It stands on Shopify and is sold there in the middle of each write that puts it up elsewhere."""
    street.open("discogs", "shopify", *({slug} - {"discogs"}))
    moment = 0
    while True:
        moment += 1
        item = street.item(sku=f"NEW-{moment}")
        street.put_up(item, "shopify")
        (there,) = on_sale(street.shop, "shopify", item.sku)
        with Between(street, slug, moment, lambda there=there: street.buy("shopify", there)) as line:
            want(street, item, slug)
            street.work()
        if line.count < moment:
            break
        street.delivered()
        street.work()
        assert street.on_sale(item.sku) == {}, moment
        assert stock(item) == (0, 0, "sold")
        assert len(all_there(street.shop, slug, item.sku)) <= 1
    assert moment > 1
    assert street.on_sale(item.sku) == {slug: 1, "shopify": 1}
    assert Line.objects.count() == Line.objects.filter(allocated=1, settled="moved").count() == moment - 1
    assert not Attempt.objects.filter(sent_at__isnull=False).exists()
    assert not Notice.objects.filter(key__startswith="oversold:").exists()


def want(street: Street, item: Item, slug: str) -> None:
    """A person lists it there."""
    overrides = {"fields": FIELDS[slug]} if slug in FIELDS else None
    listings.list_item(item=item, connection=street.at[slug], overrides=overrides, by=By())


BUYERS, AT_ONCE = 1_000, 8


def test_a_thousand_buyers(street: Street) -> None:
    """They come to four shops at once, over HTTP, while two workers hear of it and close what they can."""
    street.open(*SLUGS)
    item = street.item()
    street.put_up(item, *SLUGS)
    engine = Engine(2, poll_seconds=0.1)
    engine.start()
    answers = crowd({slug: on_sale(street.shop, slug)[0] for slug in SLUGS}, street.sandbox.urls)
    street.delivered()
    assert engine.stop()
    for _ in range(2):
        street.poll()
        street.work()
    sold = answers[201]
    assert (sum(answers.values()), set(answers)) == (BUYERS, {201, 409})
    assert 1 <= sold <= len(SLUGS)
    lines = list(Line.objects.values_list("allocated", flat=True))
    assert Counter(lines) == Counter({1: 1, 0: sold - 1})
    assert len(oversold(street)) == sold - 1 == Notice.objects.filter(key__startswith="oversold:").count()
    assert (stock(item), street.on_sale()) == ((0, 0, "sold"), {})
    assert Move.objects.filter(item=item, cause="sale").count() == 1
    assert [page.exposed_since for page in pages(item)] == [None] * len(pages(item))


def crowd(pages: Mapping[str, str], urls: Mapping[str, str]) -> Counter[int]:
    """Everybody goes to one of the shops and tries to buy a piece; what they were answered."""
    with httpx2.Client(timeout=60) as browser, ThreadPoolExecutor(AT_ONCE) as people:

        def visit(number: int) -> int:
            slug = SLUGS[number % len(SLUGS)]
            sale = {"listing_id": int(pages[slug]), "quantity": 1}
            return browser.post(f"{urls[slug]}/_sandbox/buy", json=sale).status_code

        return Counter(people.map(visit, range(BUYERS)))
