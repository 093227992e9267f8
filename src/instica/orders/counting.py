"""Figures that are kept: how many orders stand where, and what was sold on each day.

Tallies move by differences in the transaction that stores the orders. A day is made anew from its orders by a task that
the same transaction asks for, so that a day's figures are right whatever happened in between, and at any size cost one
day's rows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from instica.connections.models import Connection
from instica.orders.models import Day, Line, Order, Settled, Tally
from instica.orders.values import LARGEST_MONEY
from instica.people.models import Organization
from instica.work.lanes import commit
from instica.work.queue import enqueue

SOLD = ("paid", "shipped", "completed")
"""States that count as sold: not what nobody paid yet, nor what was cancelled or merged into another order."""
EXACT = DecimalField(max_digits=40, decimal_places=0)
Place = tuple[str, str]
UNKNOWN: Place = ("", "")
NAMES = {"postage": "shipping", "left": "net", "seconds": "waited"}
"""Sums that cannot bear the name of the column they sum."""


@dataclass(frozen=True, slots=True)
class Change:
    """An order that had news: where it stood (nowhere when new), where it stands, and the days it counts on."""

    before: Place
    after: Place
    days: frozenset[dt.date]


def place(order: Order) -> Place:
    """Where an order is counted."""
    return order.state, order.status


def day_of(moment: dt.datetime) -> dt.date:
    """The day a sale counts on, in UTC."""
    return moment.astimezone(dt.UTC).date()


def keep(connection: Connection, changes: Iterable[Change]) -> None:
    """Count those changes; the last thing a transaction does, since others wait for the tallies."""
    moved: Counter[Place] = Counter()
    days: set[dt.date] = set()
    for change in changes:
        moved[change.before] -= 1
        moved[change.after] += 1
        days |= change.days
    del moved[UNKNOWN]
    for (state, status), more in sorted(moved.items()):
        if more:
            known = {"connection": connection, "state": state, "status": status}
            row, _ = Tally.objects.get_or_create(defaults={"organization_id": connection.organization_id}, **known)
            Tally.objects.filter(pk=row.pk).update(orders=F("orders") + more)
    for day in sorted(days):
        ask(connection.organization_id, connection.uid, day)


def ask(organization: uuid.UUID, connection: uuid.UUID, day: dt.date) -> None:
    """Have that day made anew; part of the transaction that changed one of its orders."""
    enqueue("orders.day", f"{connection}:{day.isoformat()}", lane=f"sales:{organization}")


def remake(*, connection: Connection, day: dt.date) -> None:
    """Make a shop's day follow from its orders."""
    with commit():
        Day.objects.filter(connection=connection, day=day).delete()
        Day.objects.bulk_create(_rows(connection, day))


def recount(*, organization: Organization) -> None:
    """Make every tally and every day of an organization follow from its orders again."""
    with commit():
        Tally.objects.filter(organization=organization).delete()
        Day.objects.filter(organization=organization).delete()
        for connection in Connection.objects.filter(organization=organization):
            orders = Order.objects.filter(connection=connection)
            places = Counter(map(tuple, orders.values_list("state", "status")))
            Tally.objects.bulk_create(
                Tally(organization=organization, connection=connection, state=state, status=status, orders=count)
                for (state, status), count in sorted(places.items())
            )
            for day in sorted({day_of(moment) for moment in orders.values_list("sold_at", flat=True)}):
                Day.objects.bulk_create(_rows(connection, day))


def _rows(connection: Connection, day: dt.date) -> list[Day]:
    start = dt.datetime.combine(day, dt.time(), dt.UTC)
    orders = Order.objects.filter(connection=connection, sold_at__gte=start, sold_at__lt=start + dt.timedelta(days=1))
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for rows in (_of_orders(orders), _of_lines(orders)):
        for row in rows:
            found[row.pop("currency")] |= {NAMES.get(name, name): _fit(value) for name, value in row.items()}
    known = {"organization_id": connection.organization_id, "connection": connection, "day": day}
    return [Day(**known, currency=currency, **figures) for currency, figures in sorted(found.items())]


def _of_orders(orders: QuerySet[Order]) -> QuerySet[Any, Any]:
    sold = Q(state__in=SOLD)
    nameless = Q(fee=None, processing_fee=None)
    return orders.values("currency").annotate(
        orders=Count("uid", filter=sold),
        cancelled=Count("uid", filter=Q(state="cancelled")),
        without_fee=Count("uid", filter=sold & nameless),
        revenue=Sum(Cast("total", EXACT), filter=sold),
        marketplace_fees=Sum(Cast("fee", EXACT), filter=sold),
        processing_fees=Sum(Cast("processing_fee", EXACT), filter=sold),
        postage=Sum(Cast("shipping", EXACT), filter=sold),
        left=Sum(Cast("net", EXACT), filter=sold),
    )


def _of_lines(orders: QuerySet[Order]) -> QuerySet[Any, Any]:
    lines = Line.objects.filter(order__in=orders.filter(state__in=SOLD))
    timed = Q(settled=Settled.MOVED, waited__isnull=False)
    pieces = Cast("quantity", EXACT)
    return lines.values(currency=F("order__currency")).annotate(
        units=Sum(pieces),
        goods=Sum(pieces * Cast("price", EXACT), output_field=EXACT),
        priced=Sum(pieces, filter=Q(price__isnull=False)),
        seconds=Sum(pieces * Cast("waited", EXACT), filter=timed, output_field=EXACT),
        timed=Sum(pieces, filter=timed),
    )


def _fit(value: Any) -> int:
    """A sum, as a column can hold it."""
    return max(-LARGEST_MONEY, min(int(value or 0), LARGEST_MONEY))
