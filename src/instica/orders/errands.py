"""What a person wants done with an order at its marketplace: ship, cancel. Asked once, done by a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from instica.connections.credentials import manifest_of
from instica.connections.models import State as Standing
from instica.core import ids
from instica.core.errors import Conflict, Fault, Invalid, NotFound
from instica.orders import settle
from instica.orders.doors import Doors, doors
from instica.orders.models import Errand, Line, Order
from instica.people.models import User
from instica.work.lanes import commit
from instica.work.queue import enqueue
from instica.work.urgency import Urgency

OPEN = (Errand.State.WAITING, Errand.State.SENT, Errand.State.ACCEPTED, Errand.State.STUCK)
LONGEST_NUMBER = 120
LONGEST_CARRIER = 80


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and in which request."""

    actor: User | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent. ``parts`` are pieces by public id of a line; without any it holds whatever is left."""

    tracking_number: str = ""
    carrier: str = ""
    parts: Mapping[str, int] = field(default_factory=dict)


def ship(*, order: Order, parcel: Parcel, asker: Asker) -> Errand:
    """Tell the marketplace of a parcel; the same parcel twice is told once.

    Raises ``Invalid`` for what it does not take, ``Conflict`` for an order that is over or about to be.
    """
    there = doors(order.connection.marketplace)
    number, carrier = " ".join(parcel.tracking_number.split()), " ".join(parcel.carrier.split())
    faults = [*_unfit(number, LONGEST_NUMBER, "tracking_number"), *_unfit(carrier, LONGEST_CARRIER, "carrier")]
    if faults:
        raise Invalid(faults[0].detail, code="validation_error", faults=faults)
    parts = _parts(order, parcel.parts, number, there)
    wish = Errand(kind=Errand.Kind.SHIP, tracking_number=number, carrier=carrier, parts=parts)
    return _ask(order, wish, asker, there.ship)


def cancel(*, order: Order, reason: str, asker: Asker) -> Errand:
    """Cancel it at the marketplace for one of the reasons it gives now.

    Raises ``Invalid`` for another reason, ``Conflict`` where it cannot be cancelled (from here).
    """
    there, name = doors(order.connection.marketplace), manifest_of(order.connection.marketplace).name
    if not there.cancel:
        where = f" at {order.url}" if order.url else " there"
        detail = f"{name} lets no program cancel an order. Cancel it{where}; it is seen here by itself."
        raise Conflict(detail, code="manual_cancel", url=order.url)
    if not order.choices and not settle.is_over(order):
        raise Conflict(f"{name} does not let this order be cancelled now.", code="not_cancellable")
    if order.choices and reason not in order.choices:
        fault = Fault(f"Choose one of: {', '.join(order.choices)}.", "#/reason")
        raise Invalid(f"{name} does not know this reason now. {fault.detail}", code="validation_error", faults=[fault])
    return _ask(order, Errand(kind=Errand.Kind.CANCEL, reason=reason), asker, there.cancel)


def again(*, errand: Errand) -> Errand:
    """Try once more what got no answer. Raises ``Conflict`` for one that is not stuck."""
    with commit():
        row = Errand.objects.select_for_update(of=("self",)).select_related("order").get(pk=errand.pk)
        if row.state != Errand.State.STUCK:
            raise Conflict("This is not waiting for anybody.", code="not_stuck")
        row.state = Errand.State.SENT if row.sent_at else Errand.State.WAITING
        row.save(update_fields=["state"])
        _enqueue(row)
    return row


def of(order: Order) -> QuerySet[Errand]:
    """Everything asked for an order, the latest first."""
    return order.errands.select_related("actor").order_by("-created", "-uid")


def get(order: Order, public_id: str) -> Errand:
    """One of them. Raises ``NotFound``."""
    uid = ids.read(Errand.prefix, public_id)
    found = of(order).filter(uid=uid).first() if uid else None
    if found is None:
        raise NotFound("There is nothing of that id to be done with this order.")
    return found


def _ask(order: Order, wish: Errand, asker: Asker, able: bool) -> Errand:
    """Store the wish and have it carried out, unless it was wished already."""
    with commit():
        row = Order.objects.select_for_update(of=("self",)).select_related("connection").get(pk=order.pk)
        alike = row.errands.exclude(state=Errand.State.REFUSED)
        known = alike.filter(kind=wish.kind, tracking_number=wish.tracking_number).first()
        if known and (known.parts == wish.parts):
            return known
        if known:
            raise Conflict("This tracking number was told with other contents.", code="other_contents")
        _only_if_possible(row, wish, able)
        wish.order, wish.organization_id = row, row.organization_id
        wish.actor, wish.request_id = asker.actor, asker.request_id[:80]
        wish.save(force_insert=True)
        _enqueue(wish)
    return wish


def _enqueue(errand: Errand) -> None:
    lane = f"shop:{errand.order.connection_id}:write"
    enqueue("order.errand", str(errand.uid), lane=lane, urgency=Urgency.PERSON)


def _only_if_possible(order: Order, wish: Errand, able: bool) -> None:
    """Raise ``Conflict`` where it makes no sense now."""
    name = manifest_of(order.connection.marketplace).name
    if order.connection.state == Standing.REVOKED:
        raise Conflict("The shop of this order is disconnected. Connect it again first.", code="shop_disconnected")
    if not able:
        raise Conflict(f"{name} takes nothing of the kind from programs. Do it there.", code="manual_platform")
    if settle.is_over(order):
        raise Conflict(f"This order is {order.state}.", code="order_over")
    rival = Errand.Kind.CANCEL if wish.kind == Errand.Kind.SHIP else Errand.Kind.SHIP
    if order.errands.filter(kind=rival, state__in=OPEN).exists():
        raise Conflict("Something else is being done with this order. Wait for it.", code="order_busy")
    if wish.kind == Errand.Kind.CANCEL and order.state in ("shipped", "completed"):
        raise Conflict("This order was shipped already.", code="order_shipped")


def _unfit(text: str, longest: int, name: str) -> list[Fault]:
    if len(text) > longest:
        return [Fault(f"At most {longest} characters.", f"#/{name}")]
    return [] if text.isprintable() else [Fault("Only characters that can be printed.", f"#/{name}")]


def _parts(order: Order, wanted: Mapping[str, int], number: str, there: Doors) -> dict[str, int]:
    """The pieces by the marketplace's id of a line; nothing where that is the whole order."""
    if not wanted:
        return {}
    lines = {line.public_id: line for line in Line.objects.filter(order=order)}
    faults = [fault for uid, pieces in wanted.items() for fault in _wrong(lines.get(uid), uid, pieces)]
    if faults:
        raise Invalid(faults[0].detail, code="validation_error", faults=faults)
    if all(wanted.get(uid) == line.quantity for uid, line in lines.items()):
        return {}
    if not there.parts:
        name = manifest_of(order.connection.marketplace).name
        raise Invalid(f"{name} takes a parcel for the whole order only.", code="no_partial_shipments")
    if not number:
        fault = Fault("A part of an order needs its tracking number, so that it is told once.", "#/tracking_number")
        raise Invalid(fault.detail, code="validation_error", faults=[fault])
    return {lines[uid].remote_id: pieces for uid, pieces in sorted(wanted.items())}


def _wrong(line: Line | None, uid: str, pieces: int) -> list[Fault]:
    if line is None:
        return [Fault(f"This order has no line {uid[:60]}.", "#/lines")]
    most = line.quantity
    return [] if 1 <= pieces <= most else [Fault(f"Between 1 and {most} of line {uid}.", "#/lines")]
