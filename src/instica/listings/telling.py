"""The one place where a change of a listing is announced: to the log, the activity, and the owner where it matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from instica.connections.activity import record
from instica.connections.credentials import manifest_of
from instica.core import ids
from instica.core.money import two_places
from instica.listings import announcing, standing
from instica.listings.models import Listing, Seen
from instica.listings.standing import Standing
from instica.notices.services import forget, tell

OURS = ("state", "exposed")
log = structlog.get_logger(__name__)


def picture(row: Standing) -> dict[str, Any]:
    """How a page stands: for us, and as the activity keeps it, with quantity and price of each of its offers."""
    page = row.listing
    known: dict[str, Any] = {
        "state": row.step.state,
        "exposed": page.exposed_since is not None,
        "seen": page.seen,
        "listing_id": page.remote_id,
        "title": page.title,
    }
    for place, offer in enumerate(row.offers):
        name = "" if len(row.offers) == 1 else f" {offer.sku or place + 1}"
        known[f"quantity{name}"] = offer.seen_quantity if page.seen == Seen.LIVE else 0
        known[f"price{name}"] = None if offer.price is None else two_places(offer.price, offer.currency)
    return known


def changed(
    row: Standing, step: str, before: Mapping[str, Any], cause: str, outcome: str = "done", part: str = ""
) -> None:
    """A step was taken at a page, or refused; part of the transaction that writes it down.

    ``part`` is which of its writes a publish made that takes several.
    """
    page, after = row.listing, picture(row)
    different = [name for name in after if name not in OURS and after[name] != before.get(name)]
    record(
        connection=page.connection,
        action=step,
        subject=page.public_id,
        before={name: before.get(name) for name in different},
        after={name: after[name] for name in different} | _beside(page, before, part, outcome),
        cause=cause or "the page was not as wanted",
        request_id=page.request_id if page.asked_by else "",
        actor=page.actor if page.asked_by else None,
        outcome=outcome,
    )
    log.info("listing.step", listing=page.public_id, step=step, outcome=outcome, state=after["state"])
    if outcome == "done":
        announcing.stepped(row, step, before)
    if page.problem is None:
        forget(page.organization, _key(page))


def _beside(page: Listing, before: Mapping[str, Any], part: str, outcome: str) -> dict[str, Any]:
    """What else there is to know: the write of a publish, their words, how long a sold piece could be bought."""
    known: dict[str, Any] = {"part": part} if part else {}
    if outcome == "refused" and page.problem:
        known["said"] = page.problem["message"][:300]
    if before.get("exposed") and page.exposed_since is None:
        known["exposed_ms"] = page.exposure_ms
    return known


def held(row: Standing, step: str, cause: str) -> None:
    """A brake holds a step back: ``Listing.held`` says which; nothing where it was let go."""
    page = row.listing
    if page.held:
        log.info("listing.held", listing=page.public_id, step=step, why=page.held)
        record(
            connection=page.connection,
            action=step,
            subject=page.public_id,
            before={},
            after={"held": page.held},
            cause=cause or "the page was not as wanted",
            outcome="held",
        )


def refused(row: Standing, step: str) -> None:
    """They said no, and somebody should know; at once where the page offers what is sold."""
    announcing.tell(row, "listing.refused")
    page = row.listing
    place = manifest_of(page.connection.marketplace).name
    exposed = page.exposed_since is not None
    what = "is still on sale there although it is sold" if exposed else f"could not be changed ({step})"
    tell(
        organization=page.organization,
        key=_key(page),
        title=f"{place} refused: {page.title}",
        body=f"{page.title} {what}. {place} says: {(page.problem or {}).get('message', '')}",
        tone="danger" if exposed else "warning",
        link=page.url,
        mail=exposed,
    )


def came_back(rows: Sequence[Standing]) -> None:
    """An order was cancelled: the pages that were ended for it go up again when the owner says so (D25)."""
    page = rows[0].listing
    item = next((offer.item_id for offer in rows[0].offers if offer.item_id), None)
    if item is None:
        return
    places = ", ".join(sorted({manifest_of(row.listing.connection.marketplace).name for row in rows}))
    tell(
        organization=page.organization,
        key=f"relist:{item}",
        title=f"Back in stock: {page.title}",
        body=f"An order for {page.title} was cancelled. It is off sale on {places}, and goes up again with one click.",
        tone="info",
        link=f"/inventory/{ids.show('inv', item)}/",
    )


def shown_again(row: Standing) -> None:
    """The marketplace put a page back by itself: what is said is which others wait still."""
    for item in {offer.item_id for offer in row.offers if offer.item_id}:
        forget(row.listing.organization, f"relist:{item}")
        waiting = [each for each in standing.of(standing.pages_of([item])) if each.listing.waits]
        if waiting:
            came_back(waiting)


def lost(row: Standing) -> None:
    """Nobody can tell whether a publish happened: a person must look."""
    announcing.tell(row, "listing.unclear")
    page = row.listing
    place = manifest_of(page.connection.marketplace).name
    tell(
        organization=page.organization,
        key=_key(page),
        title=f"Is it on {place}? {page.title}",
        body=f"{place} gave no answer when {page.title} was put up, and it cannot be found there. Look in the shop,"
        " then say on the item's page whether it is there.",
        tone="warning",
        mail=True,
    )


def gone(row: Standing) -> None:
    """The page is not there any more, and it was not we who ended it."""
    announcing.tell(row, "listing.ended")


def drifted(row: Standing) -> None:
    """Somebody edited the page there, or pieces went that nobody ordered: its owner decides."""
    announcing.tell(row, "listing.drifted")
    page = row.listing
    place = manifest_of(page.connection.marketplace).name
    fields = ", ".join(sorted({str(each["field"]) for each in page.drift or ()}))
    log.info("listing.drifted", listing=page.public_id, fields=fields)
    tell(
        organization=page.organization,
        key=_drift_key(page),
        title=f"Changed on {place}: {page.title}",
        body=f"{page.title} says otherwise there than here ({fields}). Take what stands there, or keep what is here.",
        tone="warning",
        link="/sync/",
    )


def agreed(row: Standing) -> None:
    """A difference was decided."""
    forget(row.listing.organization, _drift_key(row.listing))


def _drift_key(page: Listing) -> str:
    return f"drift:{page.pk}"


def _key(page: Listing) -> str:
    return f"listing:{page.pk}"
