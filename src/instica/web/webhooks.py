"""The Webhooks page of an organization: where events are sent, how that went, and sending them again."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from instica.core import cursors
from instica.core.clock import now
from instica.core.cursors import Cursor
from instica.core.errors import Problem
from instica.notices import endpoints, kinds, queries, replaying
from instica.notices.models import DeliveryState, Endpoint
from instica.people.models import Organization
from instica.web.account import who
from instica.web.blame import blame
from instica.web.door import act, page, shown
from instica.web.webhook_forms import EndpointForm

SIZE = 25
DAYS = {"1": "the last day", "3": "the last 3 days", "30": "the last 30 days"}


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """All endpoints, and a form for one more."""
    return _overview(request, organization, EndpointForm())


@never_cache
@shown
def create(request: HttpRequest, organization: Organization) -> HttpResponse:
    """One more; its secret stands on the answer, this once."""
    form = EndpointForm(request.POST)
    if form.is_valid():
        try:
            row, secret = endpoints.create(organization=organization, by=who(request), **form.cleaned_data)
        except Problem as problem:
            blame(form, problem)
        else:
            return _one(request, row, fresh_secret=secret.reveal())
    return _overview(request, organization, form, 400)


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """An endpoint: what it wants, how its deliveries went."""
    return _one(request, queries.endpoint(organization, uid))


@never_cache
@shown
def save(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Another address, or other events."""
    row, form = queries.endpoint(organization, uid), EndpointForm(request.POST)
    if form.is_valid():
        try:
            row = endpoints.change(endpoint=row, by=who(request), **form.cleaned_data)
        except Problem as problem:
            blame(form, problem)
        else:
            messages.success(request, "Saved.")
            return _one(request, row)
    return _one(request, row, 400, form=form)


@never_cache
@shown
def rotate(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """A new secret, shown this once."""
    row, secret = endpoints.rotate(endpoint=queries.endpoint(organization, uid), by=who(request))
    return _one(request, row, fresh_secret=secret.reveal())


@act
def stand(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Pause it, or set it to active."""
    state = request.POST.get("state", "")
    row = endpoints.change(endpoint=queries.endpoint(organization, uid), by=who(request), state=state)
    messages.success(
        request, "Events wait from now on, a month at most." if state == "paused" else "Events are sent again."
    )
    return _address(row)


@act
def test(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Send a test event, and show how it went."""
    row = queries.endpoint(organization, uid)
    made = endpoints.test(endpoint=row, by=who(request))
    return reverse("web:delivery", args=[row.public_id, made.public_id])


@act
def replay(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Send again what did not arrive in the last days."""
    row = queries.endpoint(organization, uid)
    days = int(days) if (days := request.POST.get("days", "")) in DAYS else 1
    count = replaying.several(endpoint=row, by=who(request), since=now() - dt.timedelta(days=days))
    messages.success(request, f"On their way again: {count}." if count else "Nothing was left undelivered.")
    return _address(row)


@act
def remove(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Forget it."""
    row = queries.endpoint(organization, uid)
    endpoints.remove(endpoint=row, by=who(request))
    messages.success(request, "The endpoint is removed.")
    return reverse("web:webhooks")


@page
def delivery(request: HttpRequest, organization: Organization, uid: str, delivery: str) -> HttpResponse:
    """One delivery: what was sent, what came back, every attempt."""
    row = queries.endpoint(organization, uid)
    found = queries.delivery(row, delivery)
    context = {
        "endpoint": row,
        "delivery": found,
        "body": json.dumps(json.loads(found.message.body), indent=2, ensure_ascii=False),
        "tries": [each | {"at": dt.datetime.fromisoformat(each["at"])} for each in reversed(found.tries)],
        "manages": endpoints.may_manage(organization, who(request)),
    }
    return render(request, "webhooks/delivery.html", context)


@act
def replay_one(request: HttpRequest, organization: Organization, uid: str, delivery: str) -> str:
    """Send that one again."""
    row = queries.endpoint(organization, uid)
    found = replaying.one(delivery=queries.delivery(row, delivery), by=who(request))
    messages.success(request, "It is on its way again.")
    return reverse("web:delivery", args=[row.public_id, found.public_id])


def _overview(request: HttpRequest, organization: Organization, form: EndpointForm, status: int = 200) -> HttpResponse:
    context = {
        "endpoints": queries.endpoints(organization),
        "form": form,
        "manages": endpoints.may_manage(organization, who(request)),
    }
    return render(request, "webhooks/overview.html", context, status=status)


def _one(request: HttpRequest, row: Endpoint, status: int = 200, **more: Any) -> HttpResponse:
    states = [word for word in request.GET.getlist("state") if word in DeliveryState.values]
    place = cursors.read(request.GET.get("cursor", ""))
    found = list(queries.deliveries(row, states=states, after=place)[: SIZE + 1])
    last = found[SIZE - 1] if len(found) > SIZE else None
    context = {
        "endpoint": row,
        "deliveries": found[:SIZE],
        "older": Cursor(last.at, last.uid).show() if last else "",
        "begins": place is None,
        "chosen": states,
        "states": DeliveryState.choices,
        "days": DAYS.items(),
        "form": EndpointForm.of(row),
        "every_kind": len(kinds.chosen()),
        "manages": endpoints.may_manage(row.organization, who(request)),
        **more,
    }
    return render(request, "webhooks/endpoint.html", context, status=status)


def _address(row: Endpoint) -> str:
    return reverse("web:webhook", args=[row.public_id])
