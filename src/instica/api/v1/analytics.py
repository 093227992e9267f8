"""What was sold, by period, marketplace and currency (I5.3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from instica.api.document import Query
from instica.api.endpoint import Call, Endpoint, operation, refused
from instica.api.v1.listing_shapes import platform as platform_ref
from instica.api.v1.orders import PLATFORM, SLUGS
from instica.core.clock import now
from instica.core.money import two_places
from instica.orders import sales
from instica.orders.sales import Figures

FROM = Query("from", "The first day, as 2026-01-31, in UTC; 29 days before the last unless told.", dt.date)
TO = Query("to", "The last day, included; today unless told.", dt.date)
PERIOD = Query("period", "How days are put together; by the length of the span unless told.", choices=list(sales.STEPS))


class FiguresShape(BaseModel):
    """Sums over orders that were paid, shipped or completed; what was cancelled is only counted."""

    model_config = ConfigDict(title="SalesFigures")

    orders: int
    cancelled_orders: int
    units: int
    revenue: str = Field(description="All that buyers paid, shipping included.")
    marketplace_fees: str
    platform_fees: str
    shipping_cost: str
    net_revenue: str = Field(description="Revenue less fees and shipping, as far as they are known.")
    orders_without_fees: int = Field(description="Orders whose marketplace names no fee; they count as 0 above.")
    average_price: str | None = Field(description="Of one piece.")
    average_days_to_sell: float | None = Field(description="From listing to sale, of pieces whose listing we know.")


class PlatformFigures(FiguresShape):
    """Those of one marketplace."""

    platform: str
    platform_name: str


class PeriodFigures(FiguresShape):
    """Those of one period."""

    start: str = Field(description="Its first day.")


class CurrencyFigures(BaseModel):
    """Those in one currency; nothing is converted."""

    currency: str | None
    total: FiguresShape
    platforms: list[PlatformFigures]
    periods: list[PeriodFigures]


class SellThrough(BaseModel):
    """Of one marketplace."""

    platform: str
    platform_name: str
    sell_through: float | None


class AnalyticsShape(BaseModel):
    """What was sold in a span of days."""

    model_config = ConfigDict(title="Analytics", populate_by_name=True)

    first: str = Field(alias="from")
    to: str
    period: str
    time_zone: str
    currencies: list[CurrencyFigures] = Field(description="The one with most orders first.")
    sell_through: float | None = Field(
        description="Pieces sold in percent of those and what is in stock now; null for spans that do not reach today."
    )
    sell_through_by_platform: list[SellThrough] = Field(description="The same of what each marketplace has on offer.")


class Analytics(Endpoint):
    """Sales in figures."""

    @operation(
        "orders_analytics",
        "Revenue, fees, units and how fast things sell",
        scope="orders",
        answer=AnalyticsShape,
        query=[FROM, TO, PERIOD, PLATFORM],
        description="Kept by day, so that it answers fast however many there are; a change shows within seconds.",
    )
    def get(self, call: Call) -> object:
        """By currency, in total, by marketplace and by period."""
        today = sales.today(now())
        span = sales.span(day(call, "from"), day(call, "to"), call.word("period", tuple(sales.STEPS)), today)
        report = sales.report(call.organization, span, platform=call.word("platform", SLUGS), today=today)
        return {
            "from": span.first.isoformat(),
            "to": span.last.isoformat(),
            "period": span.step,
            "time_zone": "UTC",
            "currencies": [currency(money) for money in report.currencies],
            "sell_through": report.sell_through.get(""),
            "sell_through_by_platform": [
                {**named(slug), "sell_through": part} for slug, part in report.sell_through.items() if slug
            ],
        }


def day(call: Call, name: str) -> dt.date | None:
    """A day out of the query. Raises ``Invalid``."""
    text = call.text(name)
    try:
        found = dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise refused(name, "Write a day as 2026-01-31.") from None
    if found and not dt.date(1990, 1, 1) <= found <= dt.date(2100, 1, 1):
        raise refused(name, "Between 1990 and 2100.")
    return found


def named(slug: str) -> dict[str, str]:
    """A marketplace."""
    found = platform_ref(slug)
    return {"platform": found["slug"], "platform_name": found["name"]}


def currency(money: sales.InCurrency) -> dict[str, Any]:
    """The figures in one currency."""
    return {
        "currency": money.currency or None,
        "total": figures(money.total, money.currency),
        "platforms": [
            {**figures(part, money.currency), **named(slug)} for slug, part in sorted(money.platforms.items())
        ],
        "periods": [
            {**figures(part, money.currency), "start": start.isoformat()} for start, part in money.periods.items()
        ],
    }


def figures(part: Figures, currency: str) -> dict[str, Any]:
    """One set of figures."""
    price = part.average_price
    return {
        "orders": part.orders,
        "cancelled_orders": part.cancelled,
        "units": part.units,
        "revenue": two_places(part.revenue, currency),
        "marketplace_fees": two_places(part.marketplace_fees, currency),
        "platform_fees": two_places(part.processing_fees, currency),
        "shipping_cost": two_places(part.shipping, currency),
        "net_revenue": two_places(part.net, currency),
        "orders_without_fees": part.without_fee,
        "average_price": None if price is None else two_places(price, currency),
        "average_days_to_sell": part.days_to_sell,
    }
