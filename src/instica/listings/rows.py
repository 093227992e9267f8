"""Listings, offers and refs as rows for bulk writing."""

from __future__ import annotations

from typing import Any

from instica.catalog.bulk import Table
from instica.listings.models import Listing, Offer, Ref

LISTINGS = Table(
    Listing,
    "uid organization_id connection_id remote_id url title content wanted wanted_version seen seen_version seen_at"
    " status_there agreed problem listed_at delisted_at created updated",
)
OFFERS = Table(
    Offer,
    "uid organization_id listing_id item_id remote_id sku options currency price agreed_quantity seen_quantity"
    " baseline",
)
REFS = Table(Ref, "uid connection_id kind value listing_id offer_id")


def listing(
    *,
    uid: Any,
    organization: Any,
    connection: Any,
    remote_id: str,
    url: str,
    title: str,
    content: str,
    wanted: str,
    seen: str,
    seen_at: Any,
    status_there: str,
    agreed: str,
    listed_at: Any,
    at: Any,
) -> tuple[Any, ...]:
    """A page as it was just read."""
    return (
        *(uid, organization, connection, remote_id, url, title, content, wanted, 1, seen, 1, seen_at, status_there),
        *(agreed, None, listed_at, None, at, at),
    )
