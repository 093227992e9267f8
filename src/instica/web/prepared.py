"""Preparing a design for the forms its seller fills by hand: the card on an item's page, and its button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse

from instica.catalog.models import Kind
from instica.imports import prepared as preparing
from instica.imports.models import Prepared
from instica.inventory import queries
from instica.inventory.models import Item
from instica.kit.contract import Marketplace
from instica.listings.models import Offer, Seen
from instica.marketplaces import every
from instica.people.models import Organization
from instica.web.door import act


@dataclass(frozen=True, slots=True)
class Place:
    """A marketplace where this design can be listed by hand: whether it stands there, and what is prepared."""

    manifest: Marketplace
    listed: bool
    prepared: Prepared | None

    @property
    def page(self) -> str:
        """The form to open there."""
        return self.manifest.manual.page if self.manifest.manual else ""


def places(item: Item, offers: Sequence[Offer]) -> list[Place]:
    """Those places; none for what is no design."""
    if item.product.type != Kind.DIGITAL:
        return []
    on = {offer.listing.connection.marketplace for offer in offers if offer.listing.seen in (Seen.LIVE, Seen.HIDDEN)}
    waits = {row.marketplace: row for row in Prepared.objects.filter(item=item, linked=None)}
    by_hand = [manifest for manifest in every().values() if manifest.manual]
    return [Place(manifest, manifest.slug in on, waits.get(manifest.slug)) for manifest in by_hand]


@act
def prepare(request: HttpRequest, organization: Organization, uid: str, slug: str) -> str:
    """Cut its texts to that site's form, or do so anew."""
    item = queries.get(organization, uid)
    row, _ = preparing.prepare(item=item, marketplace=slug)
    messages.success(request, "Prepared. Open the form there: the extension fills it, or copy what stands here.")
    return f"{reverse('web:item', args=[item.public_id])}#{row.public_id}"
