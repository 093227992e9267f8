"""What listing asks for before anything is tried: a plan, an address, a shop, an item in stock, a whole draft (D17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from instica import marketplaces
from instica.connections import queries as connections
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection, State
from instica.connections.talk import connector_for
from instica.core.errors import Fault, Invalid, NotFound, PaymentRequired, Problem
from instica.core.money import Money
from instica.inventory import queries as inventory
from instica.inventory import standing as statuses
from instica.inventory.models import Item
from instica.kit.contract import Connector, Marketplace
from instica.kit.errors import RemoteFailure
from instica.kit.manual import sheet
from instica.kit.types import CatalogMatch
from instica.listings import drafts, preview, standing
from instica.listings.drafts import Made
from instica.listings.facts import facts
from instica.listings.models import Listing, Seen
from instica.people import plans
from instica.people import queries as people
from instica.people.models import Organization

ADDRESS = "Set the primary address your organization ships from first."
NOT_AVAILABLE = "Only what is in stock and received, ready or listed can be listed."
log = structlog.get_logger(__name__)


def organization_may_list(organization: Organization) -> None:
    """Raises ``PaymentRequired`` and ``Invalid``: the plan first, then the address."""
    if not plans.active(organization):
        remedy = f"Whoever runs this hub starts it again: `instica subscription start {organization.slug}`."
        raise PaymentRequired(f"An active subscription is needed. {remedy}", code="subscription_required")
    if people.primary_address(organization) is None:
        raise Invalid(ADDRESS, code="primary_address_required")


def platform(slug: str) -> Marketplace:
    """A marketplace. Raises ``NotFound``."""
    manifest = marketplaces.get(slug)
    if manifest is None:
        raise NotFound("There is no such platform.")
    return manifest


def shop(organization: Organization, slug: str, account: str = "") -> Connection:
    """The shop that is meant: the named one, else the most recently connected that works (D18). Raises ``Invalid``."""
    manifest = manifest_of(slug)
    if account:
        return _named(organization, manifest, account)
    found = connections.newest_valid(organization, slug)
    if found is None:
        raise Invalid(connections.none_there(manifest), code="marketplace_not_connected")
    return found


def _named(organization: Organization, manifest: Marketplace, account: str) -> Connection:
    try:
        found = connections.get(organization, account)
    except NotFound:
        found = None
    if found is None or found.marketplace != manifest.slug:
        fault = Fault(f"You have no shop with this uid on {manifest.name}.", "#/seller_account_uid")
        raise Invalid(fault.detail, code="validation_error", faults=[fault])
    if found.state != State.CONNECTED:
        raise Invalid(f"Connect {found.username} on {manifest.name} again first.", code="marketplace_not_connected")
    return found


def by_hand(item: Item, manifest: Marketplace) -> Problem:
    """Listing there is done by a person: where, and what to copy (D20)."""
    price = drafts.usual_price(item, Connection(marketplace=manifest.slug))
    said = item.description or item.product.description or drafts.summary(item)
    paper = sheet(manifest, title=drafts.title(item), description=said, tags=item.product.tags)
    copy = {
        "title": paper.title,
        "description": paper.description,
        "price": str(price) if price else None,
        "currency": item.currency,
        "tags": list(paper.tags),
        "images": [image.url for image in inventory.images([item])[item.pk]],
        "notes": list(paper.notes),
    }
    detail = f"{manifest.name} has no way for programs to list. Open its upload page and copy what is needed."
    return Invalid(detail, code="manual_platform", page=paper.page, copy=copy)


def check_off_by_hand(item: Item, manifest: Marketplace) -> None:
    """Ending a page there is done by a person too (D20). Raises ``Invalid`` with the page; nothing when none stands."""
    mine = Listing.objects.filter(offers__item=item, connection__marketplace=manifest.slug)
    page = mine.filter(seen__in=(Seen.LIVE, Seen.HIDDEN)).order_by("-created").first()
    if manifest.manual is not None and page is not None:
        detail = f"{manifest.name} has no way for programs to end a listing. Open its page and end it there."
        raise Invalid(detail, code="manual_platform", page=page.url or manifest.url, copy={})


def ready(
    item: Item,
    connection: Connection,
    price: Money | None,
    overrides: Mapping[str, Any] | None,
    *,
    candidates: bool = True,
) -> Made:
    """The draft that would be sent. Raises ``Invalid``: ``not_available``, ``price_required``, ``release_required`` …

    Nothing is sent; of a missing release the ``candidates`` are looked up.
    """
    if not _is_available(item):
        raise Invalid(NOT_AVAILABLE, code="not_available")
    made = drafts.of(preview.row(item, connection, price, overrides))
    pointers = {fault.pointer for fault in made.faults}
    if "#/release" in pointers:
        raise _without_release(item, connection, look=candidates)
    if "#/price" in pointers:
        currency = connection.currency or item.currency
        detail = f"Say a price above zero in {currency}, the currency of this shop."
        raise Invalid(detail, code="price_required", faults=[Fault(detail, "#/price")], currency=currency)
    if made.faults:
        said = " ".join(fault.detail for fault in made.faults)
        raise Invalid(said, code="listing_incomplete", faults=made.faults)
    return made


def lacking(item: Item, connection: Connection) -> list[Fault]:
    """Everything that listing the item there would be refused for as things stand; nobody is asked.

    The pointer is a field's or a part of the draft's; else the code of the refusal.
    """
    found = []
    try:
        organization_may_list(item.organization)
    except Problem as problem:
        found.append(Fault(problem.detail, problem.code))
    if not _is_available(item):
        found.append(Fault(NOT_AVAILABLE, "not_available"))
    return [*found, *drafts.of(preview.row(item, connection, None, None)).faults]


def _is_available(item: Item) -> bool:
    return statuses.available(item.status, item.quantity) and standing.stock([item.pk])[item.pk] != 0


def _without_release(item: Item, connection: Connection, *, look: bool) -> Problem:
    place = manifest_of(connection.marketplace).name
    detail = f"Say which release of {place}'s database this is: set the product's release."
    matches: Sequence[CatalogMatch] = ()
    try:
        matches = _candidates(item, connector_for(connection, "stock")) if look else ()
    except RemoteFailure as failure:
        log.info("listing.no_candidates", connection=connection.public_id, failure=type(failure).__name__)
    rows = [
        {name: getattr(match, name) for name in ("release", "title", "artist", "label", "catalog_number", "format")}
        | {"year": match.year, "country": match.country, "image": match.image or None}
        for match in matches[:10]
    ]
    return Invalid(detail, code="release_required", faults=[Fault(detail, "#/release")], candidates=rows)


def _candidates(item: Item, connector: Connector) -> Sequence[CatalogMatch]:
    """By barcode, else by catalogue number, else by artist and title (D22): the first that finds anything."""
    product = item.product
    ways = (
        {"barcode": item.barcode or product.barcode},
        {"catalog_number": product.catalog_number},
        {"artist": product.artist.name if product.artist else "", "title": product.title},
    )
    for way in ways:
        given = {name: value for name, value in way.items() if value}
        if given and (found := connector.search(given)):
            return found
    return ()


def costs(connection: Connection) -> bool:
    """Whether going on sale there costs money at once."""
    return facts(connection.marketplace).costs
