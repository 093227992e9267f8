"""The page of what was sold without being in the inventory: link each listing to an item, or make one of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica.core.errors import NotFound
from instica.listings.models import Offer
from instica.orders import queries, services
from instica.people.models import Organization, User
from instica.web.choosing import meant
from instica.web.door import act, page


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Listings whose sales wait for an item."""
    return render(request, "web/sold.html", {"offers": queries.unlinked(organization)[:100]})


@act
def link(request: HttpRequest, organization: Organization) -> str:
    """It is that item, named by its SKU, its id or words of its title."""
    item = meant(organization, request.POST.get("item", ""))
    services.link(offer=_offer(request, organization), item=item)
    messages.success(request, f"Linked to {item.title}. The sale counts.")
    return reverse("web:sold")


@act
def create(request: HttpRequest, organization: Organization) -> str:
    """It is a thing of its own."""
    assert isinstance(request.user, User)
    item = services.create(offer=_offer(request, organization), actor=request.user.public_id)
    messages.success(request, f"{item.title} was added. The sale counts.")
    return reverse("web:sold")


def _offer(request: HttpRequest, organization: Organization) -> Offer:
    """The offer the form is about. Raises ``NotFound``."""
    try:
        uid = uuid.UUID(request.POST.get("offer", ""))
    except ValueError:
        raise NotFound("There is no such listing.") from None
    offer = queries.unlinked(organization).filter(pk=uid).first()
    if offer is None:
        raise NotFound("There is no such listing.")
    return offer
