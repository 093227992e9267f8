"""What a person does with an order: ship, cancel, try again."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from instica import marketplaces
from instica.core.errors import Invalid
from instica.orders import errands, queries, relisting
from instica.orders.errands import Asker, Parcel
from instica.orders.models import Order
from instica.people.models import Organization, User
from instica.web.door import act

PART = "part-"


@act
def ship(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Tell the marketplace of a parcel."""
    order = queries.get(organization, uid)
    contents = parts(request.POST)
    if contents is None:
        raise Invalid("Nothing is in this parcel: say how many pieces of which line.", code="validation_error")
    parcel = Parcel(request.POST.get("tracking_number", ""), request.POST.get("carrier", ""), contents)
    errands.ship(order=order, parcel=parcel, asker=asker(request))
    messages.success(request, f"{there(order)} is being told. You can leave this page.")
    return page_of(order)


@act
def cancel(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Cancel it there."""
    order = queries.get(organization, uid)
    errands.cancel(order=order, reason=request.POST.get("reason", ""), asker=asker(request))
    messages.success(request, f"{there(order)} is being asked to cancel. Stock returns once it did.")
    return page_of(order)


@act
def relist(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Put back on sale what it had taken off."""
    order = queries.get(organization, uid)
    found = relisting.relist(order=order, asker=asker(request))
    if pages := len(found.done):
        messages.success(request, f"{pages} page{'s are' if pages > 1 else ' is'} being put back on sale.")
    for page, problem in found.refused:
        messages.error(request, f"{page.title}: {problem.detail}")
    return page_of(order)


@act
def again(request: HttpRequest, organization: Organization, uid: str, errand: str) -> str:
    """Try once more what got no answer."""
    order = queries.get(organization, uid)
    errands.again(errand=errands.get(order, errand))
    messages.success(request, f"Looking at {there(order)} whether it was done, then trying again.")
    return page_of(order)


def parts(form: Mapping[str, str]) -> dict[str, int] | None:
    """The pieces of each line in the parcel: none where the form does not ask; nothing where all were taken out."""
    found = {name.removeprefix(PART): text.strip() for name, text in form.items() if name.startswith(PART)}
    given = {uid: text for uid, text in found.items() if text not in ("", "0")}
    pieces = {uid: int(text[:7]) if text.isascii() and text.isdecimal() else -1 for uid, text in given.items()}
    return None if found and not pieces else pieces


def asker(request: HttpRequest) -> Asker:
    """Who asks."""
    assert isinstance(request.user, User)
    return Asker(request.user, request.META.get("HTTP_X_REQUEST_ID", ""))


def there(order: Order) -> str:
    """The marketplace's name."""
    manifest = marketplaces.get(order.connection.marketplace)
    return manifest.name if manifest else order.connection.marketplace


def page_of(order: Order) -> str:
    """Where the order is shown."""
    return reverse("web:order", args=[order.public_id])
