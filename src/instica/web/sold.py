"""The page of what was sold without being in the inventory: link each listing to an item, or make one of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica.core.errors import Invalid, NotFound
from instica.imports.match import likeness
from instica.inventory.models import Item
from instica.listings.models import Offer
from instica.orders import queries, services
from instica.orders.models import Line
from instica.people.models import Organization, User
from instica.web.choosing import LONGEST, meant, unclear
from instica.web.door import act, page

MOST = 100
UNLIKE = 60.0
TIMES = 2


@dataclass(frozen=True, slots=True)
class Sale:
    """A listing whose sales wait; what a person typed for it, and what is to be said about that."""

    offer: Offer
    lines: list[Line]
    typed: str
    trouble: str = ""
    doubtful: Item | None = None


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Listings whose sales wait for an item."""
    offers = list(queries.unlinked(organization)[:MOST])
    waiting = queries.waiting_for(offers)
    asked, typed = request.GET.get("offer", ""), request.GET.get("item")
    sales = [
        _asked(organization, offer, waiting[offer.pk], typed)
        if str(offer.pk) == asked
        else Sale(offer, waiting[offer.pk], offer.sku)
        for offer in offers
    ]
    return render(request, "web/sold.html", {"sales": sales})


@act
def link(request: HttpRequest, organization: Organization) -> str:
    """It is that item, named by its SKU, its id or words of its title; one that looks different is asked about."""
    offer, named = _offer(request, organization), request.POST.get("item", "")[:LONGEST]
    back = f"{reverse('web:sold')}?{urlencode({'offer': offer.pk, 'item': named})}#sale-{offer.pk}"
    try:
        item = meant(organization, named)
    except Invalid:
        return back
    if differs(offer, item) and request.POST.get("sure") != item.public_id:
        return back
    services.link(offer=offer, item=item)
    messages.success(request, f"Linked to {item.title}. The sale counts.")
    return reverse("web:sold")


@act
def create(request: HttpRequest, organization: Organization) -> str:
    """It is a thing of its own."""
    assert isinstance(request.user, User)
    item = services.create(offer=_offer(request, organization), actor=request.user.public_id)
    messages.success(request, f"{item.title} was added. The sale counts.")
    return reverse("web:sold")


def differs(offer: Offer, item: Item) -> bool:
    """Whether the title or the price of an item is far from what was sold."""
    if likeness(offer.listing.title, item.title) < UNLIKE:
        return True
    if not offer.price or not item.price or offer.currency != item.currency:
        return False
    return max(offer.price, item.price) > TIMES * min(offer.price, item.price)


def _asked(organization: Organization, offer: Offer, lines: list[Line], typed: str | None) -> Sale:
    """The listing a person named an item for that was not linked: why not."""
    trouble = unclear(organization, typed)
    named = None if trouble or typed is None else meant(organization, typed)
    return Sale(offer, lines, typed or "", trouble, named if named and differs(offer, named) else None)


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
