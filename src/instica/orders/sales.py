"""What was sold, by period, marketplace and currency: from days that are kept, so that more orders cost no more.

A report reads at most one row a shop, currency and day. Nothing is converted: each currency has figures of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q, Sum
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from instica.connections.models import Connection
from instica.core.errors import Fault, Invalid
from instica.inventory.models import Item, Status
from instica.listings.models import Offer, Seen
from instica.orders.counting import day_of
from instica.orders.models import Day
from instica.people.models import Organization

STEPS = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}
LONGEST = {"day": 400, "week": 2_800, "month": 12_000}
"""How many days a report may cover by its step, so that its periods stay few enough to look at."""
NOT_ON_THE_SHELF = (Status.DRAFT, Status.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums over orders; see ``Day`` for what each counts. Money is in minor units."""

    orders: int = 0
    cancelled: int = 0
    without_fee: int = 0
    units: int = 0
    revenue: int = 0
    marketplace_fees: int = 0
    processing_fees: int = 0
    shipping: int = 0
    net: int = 0
    goods: int = 0
    priced: int = 0
    waited: int = 0
    timed: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    @property
    def average_price(self) -> int | None:
        """Of one piece, in minor units; unknown when no line named a price."""
        return _rounded(self.goods, self.priced)

    @property
    def days_to_sell(self) -> float | None:
        """How long a piece was for sale on average; unknown when we know of none."""
        return round(self.waited / self.timed / 86_400, 1) if self.timed else None


NAMES = tuple(each.name for each in fields(Figures))
NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both included, in steps of a day, a week (from Monday) or a month."""

    first: dt.date
    last: dt.date
    step: str = "day"

    def starts(self) -> Iterator[dt.date]:
        """The first day of each period, the earliest first."""
        start = floor(self.first, self.step)
        while start <= self.last:
            yield start
            start = following(start, self.step)


@dataclass(slots=True)
class InCurrency:
    """The figures in one currency: of all, by marketplace, and by the first day of each period."""

    currency: str
    total: Figures = NOTHING
    platforms: dict[str, Figures] = field(default_factory=dict)
    periods: dict[dt.date, Figures] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What was sold in a span. ``sell_through`` is a percentage by marketplace, of all under ``""``."""

    span: Span
    currencies: list[InCurrency]
    sell_through: Mapping[str, float | None]


def span(first: dt.date | None, last: dt.date | None, step: str, today: dt.date) -> Span:
    """The days asked for; the last thirty unless told, in steps that fit. Raises ``Invalid``."""
    last = last or today
    first = first or last - dt.timedelta(days=29)
    days = (last - first).days + 1
    if days < 1:
        raise _refused("from", "The first day must not be after the last.")
    step = step or next((name for name, most in (("day", 62), ("week", 371)) if days <= most), "month")
    if days > LONGEST[step]:
        raise _refused("period", f"At most {LONGEST[step]} days by {step}; choose a longer period or fewer days.")
    return Span(first, last, step)


def report(organization: Organization, wanted: Span, *, platform: str = "", today: dt.date) -> Report:
    """The figures of a span."""
    found: dict[str, InCurrency] = {}
    units: dict[str, int] = {}
    starts = dict.fromkeys(wanted.starts(), NOTHING)
    for currency, marketplace, start, figures in rows(organization, wanted, platform):
        money = found.setdefault(currency, InCurrency(currency, periods=dict(starts)))
        money.total += figures
        money.platforms[marketplace] = money.platforms.get(marketplace, NOTHING) + figures
        money.periods[start] += figures
        for name in ("", marketplace):
            units[name] = units.get(name, 0) + figures.units
    ordered = sorted(found.values(), key=lambda money: (-money.total.orders, money.currency))
    shelf = on_the_shelf(organization, platform) if wanted.first <= today <= wanted.last else {}
    return Report(wanted, ordered, {name: _through(count, shelf.get(name)) for name, count in sorted(units.items())})


def on_the_shelf(organization: Organization, platform: str = "") -> dict[str, int]:
    """Pieces that could still be sold now: on offer at each marketplace, and in stock under ``""``."""
    offers = Offer.objects.filter(listing__organization=organization, listing__seen=Seen.LIVE, seen_quantity__gt=0)
    if platform:
        offers = offers.filter(listing__connection__marketplace=platform)
    by_shop = offers.values_list("listing__connection").annotate(Sum("seen_quantity")).order_by()
    names = dict(Connection.objects.filter(organization=organization).values_list("uid", "marketplace"))
    found: dict[str, int] = dict.fromkeys(names.values(), 0)
    for shop, count in by_shop:
        found[names[shop]] += count
    stocked = Item.objects.filter(organization=organization, quantity__gt=0).exclude(status__in=NOT_ON_THE_SHELF)
    found[""] = found.get(platform, 0) if platform else stocked.aggregate(sum=Sum("quantity"))["sum"] or 0
    return found


def floor(day: dt.date, step: str) -> dt.date:
    """The first day of the period a day is in."""
    if step == "month":
        return day.replace(day=1)
    return day - dt.timedelta(days=day.weekday()) if step == "week" else day


def following(start: dt.date, step: str) -> dt.date:
    """The first day of the next period."""
    if step == "month":
        return (start.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return start + dt.timedelta(days=7 if step == "week" else 1)


def today(moment: dt.datetime) -> dt.date:
    """The day that is still going on, in UTC as all days here."""
    return day_of(moment)


def rows(organization: Organization, wanted: Span, platform: str = "") -> Iterable[tuple[str, str, dt.date, Figures]]:
    """Currency, marketplace, first day of a period, figures: one row of each, summed by the database."""
    days = Day.objects.filter(organization=organization, day__gte=wanted.first, day__lte=wanted.last)
    if platform:
        days = days.filter(connection__marketplace=platform)
    sold = days.filter(~Q(orders=0) | ~Q(cancelled=0)).annotate(start=STEPS[wanted.step]("day"))
    grouped = sold.values_list("currency", "connection__marketplace", "start")
    grouped = grouped.order_by("start", "currency", "connection__marketplace")
    for currency, marketplace, start, *sums in grouped.annotate(*(Sum(name) for name in NAMES)):
        yield currency, marketplace, start, Figures(*(int(value or 0) for value in sums))


def _through(sold: int, left: int | None) -> float | None:
    """What part of what could be sold was sold, in percent; unknown for spans that are over."""
    return round(100 * sold / (sold + left), 1) if left is not None and sold + left else None


def _rounded(sum_: int, count: int) -> int | None:
    return int((Decimal(sum_) / count).quantize(Decimal(1), ROUND_HALF_UP)) if count else None


def _refused(name: str, detail: str) -> Invalid:
    return Invalid(f"{name}: {detail}", code="validation_error", faults=[Fault(detail, f"?{name}")])
