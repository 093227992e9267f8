"""Keeps a page that nobody imported: the listing as it is there, its offers without items, and its ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from instica.connections.models import Connection
from instica.kit.types import RemoteListing, RemoteOffer
from instica.listings.models import Listing, Offer, Ref, Wanted


def keep(
    *,
    connection: Connection,
    remote: RemoteListing,
    refs: Iterable[str],
    sold: Mapping[str, int],
    baseline: dt.datetime,
    at: dt.datetime,
) -> Listing:
    """Store or refresh the page; what somebody linked stays as it is. Needs a transaction that holds the tally.

    An offer is kept as it stood before the sales we know of (``sold``, by offer): from ``baseline`` on they count,
    and until somebody links it they are a drop that is not explained yet.
    """
    rows = Listing.objects.select_for_update(of=("self",))
    page = rows.filter(connection=connection, remote_id=_text(remote.id, 120)).first()
    if page is None or not Offer.objects.filter(listing=page, item__isnull=False).exists():
        page = _page(page, connection, remote, at)
    for value in {page.remote_id, *refs}:
        Ref.objects.get_or_create(connection=connection, kind="listing", value=value, defaults={"listing": page})
    for offer in remote.offers:
        part = part_of(remote, offer)
        _offer(page, part, offer, sold.get(part, 0), baseline)
    return page


def _page(known: Listing | None, connection: Connection, remote: RemoteListing, at: dt.datetime) -> Listing:
    """What it says now; both sides agree on nothing before an import has taken it in."""
    page = known or Listing(
        organization_id=connection.organization_id, connection=connection, remote_id=_text(remote.id, 120), created=at
    )
    page.url, page.title, page.status_there = _text(remote.url, 500), _text(remote.title, 600), _text(remote.status, 60)
    page.wanted = Wanted.LIVE if remote.seen == "live" else Wanted.DRAFT
    page.seen, page.seen_at, page.listed_at, page.agreed, page.updated = remote.seen, at, remote.listed_at, "", at
    page.save()
    return page


def part_of(remote: RemoteListing, offer: RemoteOffer) -> str:
    """An offer's own id; empty where the page's is all it has."""
    return "" if offer.id == remote.id else _text(offer.id, 120)


def _offer(page: Listing, part: str, remote: RemoteOffer, sold: int, baseline: dt.datetime) -> None:
    known = Offer.objects.select_for_update(of=("self",)).filter(listing=page, remote_id=part).first()
    if known and known.item_id:
        return
    offer = known or Offer(organization_id=page.organization_id, listing=page, remote_id=part)
    offer.sku, offer.options = _text(remote.sku, 200), dict(remote.options)
    offer.currency, offer.price = (remote.price.currency, remote.price.minor) if remote.price else ("", None)
    offer.seen_quantity, offer.baseline = remote.quantity, baseline
    offer.agreed_quantity = None if remote.quantity is None else remote.quantity + sold
    offer.save()
    if part:
        names = {"listing": page, "offer": offer}
        Ref.objects.get_or_create(connection_id=page.connection_id, kind="offer", value=part, defaults=names)


def _text(words: str, longest: int) -> str:
    return words.replace("\x00", "")[:longest]
