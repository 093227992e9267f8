"""The bell: what happened that a person should know."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica.notices import queries, services
from instica.people.models import Organization
from instica.web.door import act, page


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The latest notices, the unread ones first."""
    return render(request, "web/bell.html", {"notices": queries.recent(organization)})


@act
def read(request: HttpRequest, organization: Organization) -> str:
    """Mark one as read, or all of them."""
    chosen = request.POST.getlist("notice")
    for public_id in chosen:
        queries.get(organization, public_id)
    services.mark_read(organization=organization, notices=chosen or None)
    return reverse("web:bell")
