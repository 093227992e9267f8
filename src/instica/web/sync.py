"""The Sync page: how far each shop is in step, what waits and why, and the brakes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica.catalog.bulk import document
from instica.connections import brakes, guard, queries, services
from instica.connections.models import State
from instica.core.errors import Stale
from instica.listings import drifting
from instica.listings import queries as listings
from instica.listings.models import Listing, Offer
from instica.listings.pages import mark
from instica.people.models import Organization, User
from instica.people.services import require_admin
from instica.sync import reconcile, standing
from instica.sync.standing import ShopStanding
from instica.web.door import act, page

LABELS = (
    ("stock", "Stock to be lowered"),
    ("orders", "Orders to look at"),
    ("asked", "Asked for by somebody"),
    ("content", "Pages to put up or change"),
    ("reading", "To be read"),
)
LANES = {"write": "Writing", "watch": "Looking for orders", "read": "Reading"}


SHOWN = 20
FIELDS = {
    "title": "Title",
    "description": "Description",
    "price": "Price",
    "quantity": "Quantity",
    "seen": "On sale",
    "condition_item": "Condition",
    "condition_container": "Sleeve",
    "release": "Release",
}


@dataclass(frozen=True, slots=True)
class Drifted:
    """A page that says otherwise there."""

    page: Listing

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Field, ours and theirs, in words."""
        names = {str(offer.pk): choice(offer) for offer in self.page.offers.all()} if self.page.drift else {}
        whose = names if len(names) > 1 else {}
        return [
            (
                f"{FIELDS[each['field']]}{whose.get(each.get('offer', ''), '')}",
                said(each["ours"]),
                said(each["theirs"]),
            )
            for each in self.page.drift or ()
        ]

    @property
    def mark(self) -> str:
        """What a person who decides has seen."""
        return mark(document(self.page.drift))


def choice(offer: Offer) -> str:
    """Which of a page's variations it is: by its options, else its SKU."""
    name = ", ".join(map(str, offer.options.values())) or offer.sku
    return f" ({name})" if name else ""


def said(value: object) -> str:
    """One side of a difference as a person reads it."""
    if isinstance(value, dict):
        return f"{value['amount']} {value['currency']}"
    return str(value) or "nothing"


@dataclass(frozen=True, slots=True)
class Card:
    """One shop as the page shows it."""

    row: ShopStanding
    stopped: bool

    @property
    def word(self) -> str:
        """How it stands, in a word."""
        shop = self.row.connection
        if shop.state != State.CONNECTED:
            return "Needs reconnecting"
        if self.stopped:
            return "Stopped"
        if shop.paused_at:
            return "Paused"
        if not shop.confirmed_at:
            return "Waits for your yes"
        return "Catching up" if self.waits else "In step"

    @property
    def tone(self) -> str:
        """The tone of that word."""
        tones = {"In step": "good", "Catching up": "calm", "Needs reconnecting": "bad", "Stopped": "bad"}
        return tones.get(self.word, "warn")

    @property
    def waits(self) -> list[tuple[str, int]]:
        """What waits, by kind, without what is nothing."""
        counted = [(label, self.row.waiting.get(name, 0)) for name, label in LABELS]
        return [(label, count) for label, count in counted if count]

    @property
    def percent(self) -> int:
        """How far the walk over its pages is."""
        walk = self.row.walk
        return 100 * walk.read // walk.known if walk and walk.known else 0

    @property
    def rests(self) -> list[tuple[str, str, object]]:
        """What pauses, why, and until when."""
        return [(LANES[rest.lane], rest.why.rstrip("."), rest.until) for rest in self.row.rests]


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The whole page."""
    return render(request, "web/sync.html", _shown(organization))


@page
def shops(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The part that is drawn anew every few seconds."""
    return render(request, "web/sync_shops.html", _shown(organization))


def _shown(organization: Organization) -> dict[str, object]:
    drifted, stop = listings.drifted(organization), standing.stopped(organization)
    return {
        "stop": stop,
        "cards": [Card(row, stop is not None) for row in standing.shops(organization)],
        "exposures": listings.exposures(organization),
        "drift": [Drifted(page) for page in drifted[:SHOWN]],
        "drift_count": drifted.count(),
    }


@act
def decide(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Take what stands there, or keep what is here."""
    page = listings.get(organization, uid)
    side: drifting.Resolution = "theirs" if request.POST.get("side") == "theirs" else "ours"
    assert isinstance(request.user, User)

    def same(row: Listing) -> None:
        if Drifted(row).mark != request.POST.get("mark"):
            raise Stale("It was changed there again. Look at both sides once more and decide.")

    drifting.resolve(page=page, resolution=side, actor=request.user.public_id, check=same)
    messages.success(request, f"{page.title}: {'taken from there' if side == 'theirs' else 'ours is said again'}.")
    return reverse("web:sync")


@act
def allow(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Let very many pages end."""
    _admin(request, organization)
    shop = queries.get(organization, uid)
    guard.lift(connection=shop)
    messages.success(request, f"The pages of {shop.name or shop.username} end now.")
    return reverse("web:sync")


@act
def stop(request: HttpRequest, organization: Organization) -> str:
    """Write nothing anywhere."""
    user = _admin(request, organization)
    brakes.stop(organization=organization, by=user)
    messages.warning(request, "Everything is stopped. Orders are still read; nothing is written to any shop.")
    return reverse("web:sync")


@act
def release(request: HttpRequest, organization: Organization) -> str:
    """Let everything go on."""
    _admin(request, organization)
    brakes.release(organization=organization)
    messages.success(request, "Writing goes on. What waited is done now.")
    return reverse("web:sync")


@act
def compare(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Compare all pages of one shop now."""
    shop = queries.get(organization, uid)
    reconcile.compare(connection=shop)
    messages.success(request, f"The pages of {shop.name or shop.username} are being compared.")
    return reverse("web:sync")


@act
def pause(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Pause one shop."""
    shop = queries.get(organization, uid)
    brakes.pause(connection=shop)
    messages.success(request, f"{shop.name or shop.username} is paused. Only what a sale forces is written there.")
    return reverse("web:sync")


@act
def resume(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Let one shop go on."""
    shop = queries.get(organization, uid)
    brakes.resume(connection=shop)
    messages.success(request, f"{shop.name or shop.username} goes on.")
    return reverse("web:sync")


@act
def confirm(request: HttpRequest, organization: Organization, uid: str) -> str:
    """The first yes."""
    _admin(request, organization)
    shop = queries.get(organization, uid)
    services.confirm(connection=shop)
    messages.success(request, f"{shop.name or shop.username} is kept in step from now on.")
    return reverse("web:sync")


def _admin(request: HttpRequest, organization: Organization) -> User:
    """The person, who must be an admin. Raises ``Forbidden``."""
    assert isinstance(request.user, User)
    require_admin(organization, request.user)
    return request.user
