"""The Analytics page: what was sold, in figures and plots, and the same as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from instica import marketplaces
from instica.core.clock import now
from instica.core.errors import Invalid
from instica.core.money import digits, two_places
from instica.orders import sales
from instica.orders.sales import Figures, InCurrency, Span
from instica.people.models import Organization
from instica.web.door import page
from instica.web.plots import Column, Plot, plot
from instica.web.templatetags.web import money as shown_money

PRESETS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "A year"), (1826, "5 years"))
HEADER = (
    "period_start platform currency orders cancelled_orders units revenue marketplace_fees platform_fees shipping_cost"
    " net_revenue orders_without_fees average_price average_days_to_sell"
).split()
FORMATS = {"day": "j M", "week": "j M", "month": "M Y"}


@page
def show(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Figures of the chosen days, a currency at a time."""
    today = sales.today(now())
    span, platform = asked(request, today), chosen_platform(request)
    report = sales.report(organization, span, platform=platform, today=today)
    wanted = request.GET.get("currency", "")
    chosen = next((one for one in report.currencies if one.currency == wanted), None)
    chosen = chosen or next(iter(report.currencies), None)
    used = organization.connections.order_by("marketplace").values_list("marketplace", flat=True).distinct()
    context = {
        "span": span,
        "report": report,
        "chosen": chosen,
        "platform": platform,
        "platforms": [(slug, manifest.name) for slug in used if (manifest := marketplaces.get(slug))],
        "presets": [preset(days, label, span, today) for days, label in PRESETS],
        "steps": list(sales.STEPS),
        "today": today,
    }
    return render(request, "web/analytics.html", context | (drawn(chosen, span, report) if chosen else {}))


@page
def export(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The same as a table: a row for each period, marketplace and currency."""
    span = asked(request, sales.today(now()))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for currency, marketplace, start, part in sales.rows(organization, span, chosen_platform(request)):
        writer.writerow([start.isoformat(), marketplace, currency, *cells(part, currency)])
    name = f"sales-{span.first.isoformat()}-{span.last.isoformat()}.csv"
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def asked(request: HttpRequest, today: dt.date) -> Span:
    """The days in the address; what makes no sense there is said, and the last thirty days shown instead."""
    try:
        first, last = day(request.GET.get("from", "")), day(request.GET.get("to", ""))
        step = request.GET.get("period", "")
        return sales.span(first, last, step if step in sales.STEPS else "", today)
    except Invalid as problem:
        messages.warning(request, problem.detail)
        return sales.span(None, None, "", today)


def day(text: str) -> dt.date | None:
    """A day out of the address; nothing when it is none."""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found if dt.date(1990, 1, 1) <= found <= dt.date(2100, 1, 1) else None


def chosen_platform(request: HttpRequest) -> str:
    """The marketplace in the address, if there is one of that name."""
    slug = request.GET.get("platform", "")
    return slug if marketplaces.get(slug) else ""


def preset(days: int, label: str, span: Span, today: dt.date) -> tuple[str, str, str, bool]:
    """Days up to today: first, last, label, and whether those are shown now."""
    first = today - dt.timedelta(days=days - 1)
    return first.isoformat(), today.isoformat(), label, (span.first, span.last) == (first, today)


def drawn(one: InCurrency, span: Span, report: sales.Report) -> dict[str, object]:
    """The plots and the tables of one currency."""
    titles = {start: title_of(start, span) for start in one.periods}
    unit = 10 ** digits(one.currency)
    most = max((part.revenue for part in one.platforms.values()), default=0)
    by_platform = [
        (slug, part, round(1000 * max(0, part.revenue) / most) if most > 0 else 0, report.sell_through.get(slug))
        for slug, part in sorted(one.platforms.items(), key=lambda each: -each[1].revenue)
    ]
    return {
        "money_plot": money_plot(one, titles, span, unit),
        "unit_plot": unit_plot(one, titles, span),
        "by_platform": by_platform,
        "by_period": [(titles[start], part) for start, part in reversed(one.periods.items())],
        "sell_through": report.sell_through.get(""),
        "fees": one.total.marketplace_fees + one.total.processing_fees,
    }


def money_plot(one: InCurrency, titles: dict[dt.date, str], span: Span, unit: int) -> Plot:
    """Revenue, and before it what is left of it."""
    columns = []
    for start, part in one.periods.items():
        revenue, net = shown_money(part.revenue, one.currency), shown_money(part.net, one.currency)
        said = f"{titles[start]}: {revenue} revenue, {net} net"
        columns.append(column(start, [(part.revenue, "idle"), (part.net, "good")], said, span))
    return plot(columns, unit)


def unit_plot(one: InCurrency, titles: dict[dt.date, str], span: Span) -> Plot:
    """Pieces sold."""
    parts = one.periods.items()
    return plot(
        [column(start, [(part.units, "calm")], f"{titles[start]}: {part.units}", span) for start, part in parts]
    )


def column(start: dt.date, values: list[tuple[int, str]], said: str, span: Span) -> Column:
    """What stands at one period."""
    return Column(date_format(start, FORMATS[span.step]), said, values)


def title_of(start: dt.date, span: Span) -> str:
    """What a period is called."""
    if span.step == "month":
        return date_format(start, "F Y")
    name = date_format(start, "j M Y")
    return f"Week of {name}" if span.step == "week" else name


def cells(part: Figures, currency: str) -> list[object]:
    """The figures of a row of the file."""
    amounts = (part.revenue, part.marketplace_fees, part.processing_fees, part.shipping, part.net)
    price, days = part.average_price, part.days_to_sell
    return [
        *(part.orders, part.cancelled, part.units),
        *(two_places(minor, currency) for minor in amounts),
        part.without_fee,
        "" if price is None else two_places(price, currency),
        "" if days is None else days,
    ]
