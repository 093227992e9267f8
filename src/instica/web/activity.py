"""The Activity page: everything we changed in the shops, and why."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date

from instica.connections import activity, exporting
from instica.connections import queries as connections
from instica.connections.activity import Wanted
from instica.connections.models import Activity, Outcome
from instica.core import cursors
from instica.core.cursors import Cursor
from instica.people.models import Organization
from instica.web.door import page

SIZE = 50
MOST_SUBJECTS = 50
DAY = dt.timedelta(days=1)


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The log, the newest first; by shop, thing, outcome and day."""
    wanted = asked(request, organization)
    rows = activity.older(activity.found(organization, wanted), cursors.read(request.GET.get("cursor", "")))
    found = list(rows[: SIZE + 1])
    context = {
        "rows": found[:SIZE],
        "older": place_of(found[SIZE - 1]) if len(found) > SIZE else "",
        "begins": "cursor" not in request.GET,
        "narrowed": wanted != Wanted(),
        "wanted": wanted,
        "shops": connections.every(organization),
        "outcomes": Outcome.choices,
    }
    return render(request, "web/activity.html", context)


@page
def export(request: HttpRequest, organization: Organization, kind: str) -> StreamingHttpResponse:
    """The same part of the log as a file."""
    rows = activity.walk(activity.found(organization, asked(request, organization)))
    return StreamingHttpResponse(
        exporting.lines(rows, kind),
        content_type=exporting.TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="activity.{kind}"'},
    )


def asked(request: HttpRequest, organization: Organization) -> Wanted:
    """The part of the log that was asked for; what cannot be understood does not narrow it."""
    shop = request.GET.get("shop", "")
    words = " ".join(request.GET.getlist("subject"))[:2000].replace("\x00", "").replace(",", " ").split()
    since, until = day(request.GET.get("since", "")), day(request.GET.get("until", ""))
    return Wanted(
        connection=connections.get(organization, shop) if shop else None,
        subjects=tuple(words[:MOST_SUBJECTS]),
        outcomes=tuple(word for word in request.GET.getlist("outcome") if word in Outcome.values),
        since=since,
        until=until + DAY if until else None,
    )


def day(text: str) -> dt.datetime | None:
    """The beginning of a day where the person lives."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return timezone.make_aware(dt.datetime.combine(found, dt.time())) if found else None


def place_of(row: Activity) -> str:
    """Where to read on after that row."""
    return Cursor(row.at, row.uid).show()
