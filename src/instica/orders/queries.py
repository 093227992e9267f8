"""Reads about orders."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from instica.connections.models import Connection
from instica.core import ids
from instica.core.errors import NotFound
from instica.listings.models import Offer, Ref
from instica.orders.models import Line, Order, Settled
from instica.people.models import Organization

Known = dict[tuple[str, str], Offer]


def get(organization: Organization, public_id: str) -> Order:
    """One order. Raises ``NotFound``."""
    uid = ids.read(Order.prefix, public_id)
    rows = Order.objects.filter(organization=organization).select_related("connection")
    order = rows.filter(uid=uid).first() if uid else None
    if order is None:
        raise NotFound("There is no such order.")
    return order


def waiting(connection: Connection) -> QuerySet[Line]:
    """Lines whose listing we did not know when they came."""
    return Line.objects.filter(connection=connection, settled=Settled.WAITING)


def settleable(connection: Connection) -> QuerySet[Line]:
    """Those of them whose page is linked by now: few or none, however many wait for pages that nobody takes in."""
    linked = Offer.objects.filter(item__isnull=False)
    page = linked.filter(listing__connection=connection, listing__remote_id=OuterRef("listing_ref"))
    named = Ref.objects.filter(Exists(linked.filter(listing=OuterRef("listing"))), connection=connection)
    return waiting(connection).filter(Exists(page) | Exists(named.filter(value=OuterRef("listing_ref"))))


def unlinked(organization: Organization) -> QuerySet[Offer]:
    """Offers without an item whose sales wait for one."""
    page = {"connection": OuterRef("listing__connection"), "listing_ref": OuterRef("listing__remote_id")}
    sold = Line.objects.filter(organization=organization, settled=Settled.WAITING, **page)
    mine = Offer.objects.filter(Exists(sold), organization=organization, item=None)
    return mine.select_related("listing__connection", "organization").order_by("baseline", "uid")


def count_unlinked(organization: Organization) -> int:
    """How many they are; asked for on a page of every day, so the few lines that wait are looked at first."""
    waits = Line.objects.filter(organization=organization, settled=Settled.WAITING).exists()
    return unlinked(organization).count() if waits else 0


def waiting_for(offers: Iterable[Offer]) -> dict[uuid.UUID, list[Line]]:
    """The sales that wait for each of those offers, the oldest first."""
    pages = {(offer.listing.connection_id, offer.listing.remote_id): offer.pk for offer in offers}
    found: dict[uuid.UUID, list[Line]] = {uid: [] for uid in pages.values()}
    lines = Line.objects.filter(settled=Settled.WAITING, connection__in={connection for connection, _ in pages})
    lines = lines.filter(listing_ref__in={ref for _, ref in pages}).select_related("order")
    for line in lines.order_by("order__sold_at", "uid"):
        uid = pages.get((line.connection_id, line.listing_ref))
        if uid:
            found[uid].append(line)
    return found


def offers(connection: Connection, listing_refs: Iterable[str]) -> Known:
    """The offers behind a shop's ids, by (page, offer); a page's only offer is also found without its own id."""
    wanted = set(listing_refs)
    rows = Offer.objects.select_related("listing").filter(listing__connection=connection)
    by_page: dict[str, list[Offer]] = {}
    for offer in rows.filter(listing__remote_id__in=wanted):
        by_page.setdefault(offer.listing.remote_id, []).append(offer)
    for ref in _refs(connection, wanted - by_page.keys()):
        by_page.setdefault(ref.value, []).extend([ref.offer] if ref.offer else ref.listing.offers.all())
    found: Known = {(page, offer.remote_id): offer for page, many in by_page.items() for offer in many}
    found.update({(page, ""): many[0] for page, many in by_page.items() if len(many) == 1})
    return found


def offer_of(line: Line, known: Known) -> Offer | None:
    """The offer a line sold: the one it names, or the page's only one where either side names none."""
    only = known.get((line.listing_ref, ""))
    nameless = only if only and not (line.offer_ref and only.remote_id) else None
    return known.get((line.listing_ref, line.offer_ref)) or nameless


def _refs(connection: Connection, values: Iterable[str]) -> list[Ref]:
    rows = Ref.objects.select_related("listing", "offer", "offer__listing").filter(connection=connection)
    return list(rows.filter(value__in=set(values)).order_by("kind", "uid"))
