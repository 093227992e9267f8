"""Drift: what pages say there otherwise than here, and deciding it."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict, Field

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import Page, paged
from instica.api.preconditions import IF_MATCH, tagged, unless_stale
from instica.api.v1.accounts import AccountShape, shape
from instica.connections import guard
from instica.connections import queries as connections
from instica.core.clock import iso
from instica.listings import drifting, queries
from instica.listings.differences import Difference
from instica.listings.models import Listing, Offer
from instica.people.models import Role

EXAMPLE: dict[str, Any] = {
    "listing": "lst_01h455vb4pex5vsknk084sn02q",
    "platform": "ebay",
    "account": "sa_01h455vb4pex5vsknk084sn02q",
    "listing_id": "394857201",
    "title": "Abbey Road",
    "seen_at": "2026-02-15T09:00:00Z",
    "differences": [
        {
            "field": "price",
            "offer": "v1|394857201|0",
            "item": "inv_01h455vb4pex5vsknk084sn02q",
            "ours": {"amount": "34.99", "currency": "USD"},
            "theirs": {"amount": "39.99", "currency": "USD"},
        }
    ],
}


class DifferenceShape(BaseModel):
    """One field, both sides."""

    field: str = Field(description="`title`, `description`, `price`, `quantity`, `seen` …")
    offer: str | None = Field(description="The marketplace's id of the variation it is about; null for the page's own.")
    item: str | None = Field(description="Uid of the item sold there.")
    ours: Any
    theirs: Any


class DriftShape(BaseModel):
    """One page that says otherwise."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    listing: str
    platform: str
    account: str
    listing_id: str
    title: str
    seen_at: str | None
    differences: list[DifferenceShape]


class DriftPage(Page[DriftShape]):
    """Pages that say otherwise."""


class DriftDecision(Body):
    """Whose side is taken."""

    resolution: Literal["take_theirs", "keep_ours"]


class Policy(Body):
    """What is done about differences of a shop from now on."""

    policy: Literal["ask", "take_theirs", "keep_ours"]


def told(page: Listing) -> dict[str, Any]:
    """One page."""
    prefetch_related_objects([page], "offers__item")
    offers = {str(offer.pk): offer for offer in page.offers.all()}
    return {
        "listing": page.public_id,
        "platform": page.connection.marketplace,
        "account": page.connection.public_id,
        "listing_id": page.remote_id,
        "title": page.title,
        "seen_at": iso(page.seen_at),
        "differences": [difference(each, offers.get(each.get("offer", ""))) for each in page.drift or ()],
    }


def difference(row: Difference, offer: Offer | None) -> dict[str, Any]:
    """One field of it."""
    return {
        "field": row["field"],
        "offer": (offer and offer.remote_id) or None,
        "item": offer.item.public_id if offer and offer.item else None,
        "ours": row["ours"],
        "theirs": row["theirs"],
    }


class Drift(Endpoint):
    """All of it."""

    @operation("drift_list", "List what differs", scope="listings", answer=DriftPage)
    def get(self, call: Call) -> object:
        """Pages that somebody edited there, or where pieces went that nobody ordered."""
        rows: QuerySet[Listing, Listing] = queries.drifted(call.organization)
        return paged(call.request, rows.count(), lambda a, b: [told(row) for row in rows[a:b]], default=25)


class OneDrift(Endpoint):
    """One page's."""

    @operation("drift_read", "Read what differs on a page", scope="listings", answer=DriftShape)
    def get(self, call: Call, uid: str) -> HttpResponse:
        """With an ETag, to decide about just this; no differences where both sides agree."""
        return tagged(told(queries.get(call.organization, uid)))

    @operation(
        "drift_decide",
        "Decide what differs",
        scope="listings",
        answer=DriftShape,
        body=DriftDecision,
        headers=[IF_MATCH],
        refuses=[409, 412],
    )
    def post(self, call: Call, uid: str) -> object:
        """Take what stands there, or keep what is here and say it again; the page as it stands then."""
        page = queries.get(call.organization, uid)
        side: drifting.Resolution = "theirs" if call.read(DriftDecision).resolution == "take_theirs" else "ours"

        def same(row: Listing) -> None:
            unless_stale(call.request, told(row))

        return told(drifting.resolve(page=page, resolution=side, actor=call.user.public_id, check=same))


class DriftPolicy(Endpoint):
    """One shop's."""

    @operation(
        "accounts_drift_policy",
        "Say what is done about drift",
        scope="accounts",
        role=Role.ADMIN,
        answer=AccountShape,
        body=Policy,
    )
    def post(self, call: Call, uid: str) -> object:
        """Ask a person each time (as at first), or always take one side."""
        connection = connections.get(call.organization, uid)
        drifting.choose(connection=connection, policy=POLICIES[call.read(Policy).policy])
        return shape(connection)


class AllowEnds(Endpoint):
    """One shop's guard."""

    @operation("accounts_allow_ends", "Let very many pages end", scope="accounts", role=Role.ADMIN, answer=AccountShape)
    def post(self, call: Call, uid: str) -> object:
        """What the guard held back is done, and for an hour nothing is held (D23)."""
        connection = connections.get(call.organization, uid)
        guard.lift(connection=connection)
        return shape(connection)


POLICIES = {"ask": drifting.ASK, "take_theirs": "theirs", "keep_ours": "ours"}
