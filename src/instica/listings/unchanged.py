"""Pages that a walk finds just as they are known, as nearly all of them are: that is written down for all at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from instica.kit.types import RemoteListing, RemoteOffer
from instica.listings import differences, pages, standing
from instica.listings.calls import of_remote
from instica.listings.keeping import part_of
from instica.listings.models import Listing, Offer
from instica.listings.standing import Standing


def confirm(*, read: Mapping[uuid.UUID, RemoteListing], asked_at: dt.datetime) -> set[uuid.UUID]:
    """Those of the pages, by uid, that were read just as they are known and at rest; the others are for ``observe``.

    ``asked_at`` is when the reading began. What was written meanwhile has a later reading, which stays.
    """
    rows = Listing.objects.filter(pk__in=read, seen_at__lte=asked_at).select_related("connection")
    same = {row.listing.pk for row in standing.of(rows) if _is_at_rest(row) and _is_as_read(row, read[row.listing.pk])}
    Listing.objects.filter(pk__in=same, seen_at__lte=asked_at).update(seen_at=asked_at)
    return same


def _is_at_rest(row: Standing) -> bool:
    """Whether nothing is under way, waits or is known to differ: a reading can neither end nor begin anything."""
    page = row.listing
    busy = row.attempt or page.doubted or page.waits or page.held or page.asked_by or page.exposed_since
    return not busy and page.drift is None and page.problem is None and row.step.next == "none"


def _is_as_read(row: Standing, remote: RemoteListing) -> bool:
    """Whether it says what we know: its state, its words, and every offer."""
    page = row.listing
    place = (pages.text(remote.id), pages.text(remote.status)[:60], remote.seen)
    if place != (page.remote_id, page.status_there, page.seen) or remote.url not in ("", page.url):
        return False
    if (page.pictures or {}).get("theirs", ()) is None or not (_has_its_dates(page) and _says_the_same(row, remote)):
        return False
    there = of_remote(row, remote)
    return all(_is_same(offer, remote, there[offer.pk]) for offer in row.offers if offer.pk in there)


def _has_its_dates(page: Listing) -> bool:
    if page.seen == "live":
        return page.listed_at is not None and page.delisted_at is None
    return page.listed_at is None or page.delisted_at is not None


def _says_the_same(row: Standing, remote: RemoteListing) -> bool:
    page = row.listing
    if not page.agreed or row.page.behind:
        return True
    if not remote.brief:
        return pages.mark(pages.normal(remote)[1]) == page.agreed
    both = differences.words(page.content, remote, whole=False)
    return all(each["ours"] == each["theirs"] for each in both)


def _is_same(offer: Offer, remote: RemoteListing, there: RemoteOffer) -> bool:
    if (offer.agreed_quantity, offer.seen_quantity, offer.returned) != (there.quantity, there.quantity, 0):
        return False
    if there.price and (offer.price, offer.currency) != (there.price.minor, there.price.currency):
        return False
    return part_of(remote, there) in ("", offer.remote_id)
