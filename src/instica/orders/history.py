"""What happened to an order, as a person tells it: sold, counted, asked of the marketplace, given back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q

from instica.inventory.models import Cause, Move
from instica.orders.models import Errand, Order
from instica.people.models import User

AT_ONCE = dt.timedelta(seconds=1)
ENDS = {
    Errand.State.WAITING: "waiting",
    Errand.State.SENT: "sent, and no answer yet",
    Errand.State.ACCEPTED: "accepted there",
    Errand.State.DONE: "done",
    Errand.State.REFUSED: "refused",
    Errand.State.STUCK: "no answer",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. ``tone`` is good, warn, bad or calm."""

    at: dt.datetime
    title: str
    detail: str = ""
    actor: User | None = None
    tone: str = "calm"


def of(order: Order, asked: Sequence[Errand]) -> list[Event]:
    """The latest first."""
    events = [Event(order.sold_at, "Sold"), *_seen(order), *_moves(order), *_errands(asked)]
    if order.forgotten_at:
        events.append(Event(order.forgotten_at, "Buyer forgotten", "Name, address and tracking number were erased."))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _seen(order: Order) -> Iterator[Event]:
    yield Event(order.created, "Read into Instica")
    if order.updated - order.created > AT_ONCE:
        words = order.status_there or order.state
        yield Event(order.changed_there, "Changed there", words, tone="warn" if order.state == "cancelled" else "calm")


def _moves(order: Order) -> Iterator[Event]:
    names = {str(line.uid): line.title or line.listing_ref for line in order.lines.all()}
    wanted = Q()
    for uid in names:
        wanted |= Q(reference=uid) | Q(reference__startswith=f"{uid}/")
    items = [line.item_id for line in order.lines.all() if line.item_id]
    if not items:
        return
    for move in Move.objects.filter(wanted, item__in=items, cause__in=(Cause.SALE, Cause.RETURN)).order_by("at"):
        pieces = abs(move.delta)
        title = f"{pieces} taken out of stock" if move.delta < 0 else f"{pieces} back in stock"
        yield Event(
            move.at, title, names.get(move.reference.partition("/")[0], ""), tone="good" if move.delta > 0 else ""
        )


def _errands(asked: Iterable[Errand]) -> Iterator[Event]:
    for errand in asked:
        yield Event(errand.created, _wish(errand), _what(errand), errand.actor)
        if errand.settled_at:
            done = errand.state == Errand.State.DONE
            title = f"{errand.get_kind_display()}: {ENDS[Errand.State(errand.state)]}"
            yield Event(errand.settled_at, title, errand.trouble, tone="good" if done else "bad")


def _wish(errand: Errand) -> str:
    return "Asked to ship" if errand.kind == Errand.Kind.SHIP else "Asked to cancel"


def _what(errand: Errand) -> str:
    if errand.kind == Errand.Kind.CANCEL:
        return errand.reason
    parts = "a part of it" if errand.parts else ""
    return " · ".join(filter(None, (errand.carrier, errand.tracking_number, parts)))
