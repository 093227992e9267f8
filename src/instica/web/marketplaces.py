"""The Marketplaces page: a card a platform, with its shops, what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica import marketplaces
from instica.connections import queries, services
from instica.connections.credentials import is_configured
from instica.connections.models import Connection, State
from instica.imports import deliveries, sights
from instica.imports.models import Job, Sight
from instica.kit.contract import Marketplace
from instica.people import pairing
from instica.people.models import Organization, User
from instica.sync.queries import poll_intervals
from instica.web.door import act, page


@dataclass(frozen=True, slots=True)
class Seen:
    """A shop that the browser extension reads: what it last met there, in words, and the import that waits for it."""

    shop: Connection
    sight: Sight | None
    job: Job | None

    @property
    def told(self) -> str:
        """In words; empty while it told nothing."""
        return sights.told(self.sight, self.shop) if self.sight else ""

    @property
    def tone(self) -> str:
        """Whether somebody has to do something."""
        return "" if self.sight is None or self.sight.state in sights.CALM else "warn"


@dataclass(frozen=True, slots=True)
class Platform:
    """One card; with each shop the seconds between two looks at its orders, where somebody looks."""

    manifest: Marketplace
    shops: list[tuple[Connection, int | None]]

    @property
    def seen(self) -> list[Seen]:
        """What the extension met in each of its shops."""
        shops = [shop for shop, _ in self.shops]
        known = sights.of(shops)
        return [Seen(shop, known.get(shop.pk), deliveries.reading(shop)) for shop in shops]

    @property
    def by_extension(self) -> bool:
        """Read by the browser extension instead of an interface."""
        return self.manifest.connection == "extension"

    @property
    def is_built(self) -> bool:
        """Whether this version can connect it at all."""
        return bool(self.manifest.auth) or self.by_extension

    @property
    def is_configured(self) -> bool:
        """Whether the operator gave this installation's credentials, or a person can bring a token."""
        if not self.is_built or self.by_extension:
            return self.by_extension
        return is_configured(self.manifest.slug) or self.takes_token

    @property
    def by_token(self) -> bool:
        """Whether a person may bring a token instead of agreeing there."""
        return is_configured(self.manifest.slug) and self.takes_token

    @property
    def takes_token(self) -> bool:
        """Whether one of the things asked before consent is a secret, which stands in for the consent."""
        return not self.by_extension and any(secret for _, _, _, secret, _ in services.questions(self.manifest.slug))

    @property
    def variables(self) -> list[str]:
        """The settings the operator still owes."""
        slug = self.manifest.slug.upper()
        return [f"INSTICA_{slug}_{each.name.upper()}" for each in self.manifest.credentials if each.required]

    @property
    def fresh_hours(self) -> int | None:
        """How old its data may be when shown."""
        fresh = self.manifest.fresh_for
        return int(fresh.total_seconds() // 3600) if fresh else None


@page
def every(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Platforms with a shop first, even a disconnected one; then those to connect; then the extension's."""
    shops = list(queries.every(organization))
    intervals = poll_intervals(shops)
    platforms = [
        Platform(manifest, [(shop, intervals.get(shop.uid)) for shop in shops if shop.marketplace == slug])
        for slug, manifest in marketplaces.every().items()
    ]
    platforms.sort(key=lambda platform: (not platform.is_built, platform.by_extension))
    connected = [platform for platform in platforms if platform.shops]
    rest = [platform for platform in platforms if not platform.shops]
    assert isinstance(request.user, User)
    paired = bool(pairing.browsers(organization, request.user))
    return render(request, "web/marketplaces.html", {"connected": connected, "open": rest, "paired": paired})


@act
def test(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Ask the shop who we are there."""
    shop = queries.get(organization, uid)
    result = services.test(connection=shop)
    if result.ok:
        messages.success(request, f"{shop.name or shop.username} answers. {result.detail}")
    elif queries.get(organization, uid).state == State.EXPIRED:
        messages.error(request, f"{shop.name or shop.username} has to be connected again: it refused our sign-in.")
    else:
        messages.error(request, f"{shop.name or shop.username} could not be tested: {result.detail}")
    return reverse("web:marketplaces")


@act
def disconnect(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Give back the grant and forget its secrets."""
    shop = queries.get(organization, uid)
    services.disconnect(connection=shop)
    messages.success(request, f"{shop.name or shop.username} is disconnected. Your inventory and its history stay.")
    return reverse("web:marketplaces")
