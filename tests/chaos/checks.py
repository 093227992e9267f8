"""What must hold when nothing is left to do; each check answers what is wrong, in words."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, Sum

from instica.inventory.models import Item, Move
from instica.listings import standing
from instica.listings.models import Listing, Ref
from instica.listings.standing import Standing
from instica.orders.models import Line, Order, Settled
from instica.work.models import Task
from tests.chaos.world import World
from tests.features.listing import MARKETPLACES, is_listed

ASKING = {"none", "ask"}
RECORD = dt.timedelta(seconds=2)
"""Marketplaces write whole seconds."""


def stock_is_its_ledger(world: World) -> Iterator[str]:
    """Every stock figure is the sum of its moves, and never below nothing."""
    sums = dict(Move.objects.values_list("item").annotate(Sum("delta")))
    for item in Item.every.exclude(quantity=None):
        if item.quantity != sums.get(item.pk, 0) or (item.quantity or 0) < 0:
            yield f"{item.title} has {item.quantity}, its moves say {sums.get(item.pk, 0)}"


def orders_are_there_once(world: World) -> Iterator[str]:
    """Everything bought is an order here, once, with its pieces; nothing else is."""
    for slug in MARKETPLACES:
        held = Counter(Order.objects.filter(connection=world.connections[slug]).values_list("remote_id", flat=True))
        lines = Line.objects.filter(order__connection=world.connections[slug]).values_list("order__remote_id")
        pieces = dict(lines.annotate(Sum("quantity")))
        for sale in world.sales[slug]:
            if held[sale.order] != 1:
                yield f"{slug} order {sale.order} is here {held[sale.order]} times"
            if pieces.get(sale.order, 0) != sale.quantity and not _is_off(slug, sale.order, world):
                yield f"{slug} order {sale.order} has other lines than were bought"
        yield from (
            f"{slug} order {one} was never placed" for one in held - Counter(s.order for s in world.sales[slug])
        )


def _is_off(slug: str, order: str, world: World) -> bool:
    return (slug, order) in world.cancelled


def sales_are_counted_once(world: World) -> Iterator[str]:
    """Each line took its pieces once; one that was given back took nothing."""
    moved: Counter[tuple[Any, str]] = Counter()
    for item, reference, delta in Move.objects.values_list("item", "reference", "delta"):
        moved[item, reference.partition("/")[0]] -= delta
    lines = Line.objects.filter(item__quantity__isnull=False, settled__in=[Settled.MOVED, Settled.GIVEN_BACK])
    for uid, item, order, allocated in lines.values_list("uid", "item", "order", "allocated"):
        if moved[item, str(uid)] != allocated:
            yield f"line {uid} of {order}: {allocated} allocated, {moved[item, str(uid)]} moved"


def shops_hold_what_is_wanted(world: World) -> Iterator[str]:
    """No page offers more than there is; a page at rest offers exactly what it should.

    What a seller edited there is looked at once every page was compared.
    """
    for slug in MARKETPLACES:
        rows = Listing.objects.filter(connection=world.connections[slug]).select_related("connection")
        known = {row.listing.remote_id: row for row in standing.of(rows) if row.listing.remote_id}
        for number, there in world.truth(slug).items():
            row = known.get(number)
            if (slug, number) in world.touched:
                continue
            if row is not None and any(offer.item_id for offer in row.offers):
                yield from _wrong(slug, number, there, row)


def _wrong(slug: str, number: str, there: dict[str, Any], row: Standing) -> Iterator[str]:
    shown = int(there["quantity"] or 0) if is_listed(slug, there) else 0
    targets = [row.target(offer) for offer in row.offers]
    most = None if None in targets else sum(target or 0 for target in targets)
    state = row.step
    excused = row.listing.problem is not None and shown <= _agreed(row)
    if most is not None and shown > most and not excused:
        yield f"{slug} {number} offers {shown}, only {most} are there ({state})"
    if row.listing.wanted == "ended" and shown and not excused:
        yield f"{slug} {number} is on sale and should not be ({state})"
    if state.state == "live" and most is not None and shown != most:
        yield f"{slug} {number} offers {shown} where {most} should be ({state})"
    if state.next not in ASKING and not row.listing.held:
        yield f"{slug} {number} is not at rest: {state}"


def _agreed(row: Standing) -> int:
    return sum(offer.agreed_quantity or 0 for offer in row.offers)


def no_page_is_there_twice(world: World) -> Iterator[str]:
    """An item has one page on sale in a shop, and every page there is one we know. One that is over may be known by an
    id that its listing had before, where relisting gives a new one."""
    for slug in MARKETPLACES:
        ours = set(Listing.objects.filter(connection=world.connections[slug]).values_list("remote_id", flat=True))
        left = set(Ref.objects.filter(connection=world.connections[slug]).values_list("value", flat=True))
        for number, row in world.truth(slug).items():
            known = ours if is_listed(slug, row) else ours | left
            if number not in known and (slug, number) not in world.made_there:
                yield f"{slug} {number} ({row['title']}, {row['status']}) was made and nobody here knows it"
        made = Listing.objects.filter(connection=world.connections[slug], item__isnull=False, seen="live")
        for item, count in Counter(made.values_list("item", flat=True)).items():
            if count > 1:
                yield f"{slug} has {count} pages of {item}"


def oversells_are_explained(world: World) -> Iterator[str]:
    """Where more was sold than there was, another sale of the item came before, and the page was still open then."""
    lines = Line.objects.filter(settled=Settled.MOVED, allocated__lt=F("quantity"), item__quantity__isnull=False)
    for line in lines.select_related("order"):
        others = Line.objects.filter(item=line.item).exclude(pk=line.pk)
        before = others.filter(order__sold_at__lte=line.order.sold_at + RECORD)
        counted = Move.objects.filter(item=line.item, delta__lt=0).exclude(reference__startswith=str(line.uid))
        if not before.exists() and not counted.exists():
            yield f"{line.title} was oversold and nothing else was sold"


def nothing_gave_up(world: World) -> Iterator[str]:
    """No handler failed in a way nobody foresaw, and no task is dead without a reason in words."""
    yield from world.trouble.crashes
    for task in Task.objects.filter(state=Task.State.DEAD):
        yield f"{task.kind} gave up: {task.why}"


def offers_have_one_item(world: World) -> Iterator[str]:
    """No offer belongs to two pages and no page is without offers."""
    for title in Listing.objects.exclude(seen="absent").filter(offers=None).values_list("title", flat=True):
        yield f"{title} has no offer"


CHECKS: tuple[Callable[[World], Iterator[str]], ...] = (
    stock_is_its_ledger,
    orders_are_there_once,
    sales_are_counted_once,
    shops_hold_what_is_wanted,
    no_page_is_there_twice,
    oversells_are_explained,
    nothing_gave_up,
    offers_have_one_item,
)


def wrong(world: World) -> list[str]:
    """Everything that is wrong now."""
    return [said for check in CHECKS for said in check(world)]
