"""Sync: how far each shop is in step, what waits and why, and the brakes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from instica.api.endpoint import Call, Endpoint, operation
from instica.api.v1.accounts import AccountShape, shape
from instica.connections import brakes, queries, services
from instica.core.clock import iso
from instica.listings import queries as listings
from instica.people.models import Role
from instica.sync import reconcile, standing
from instica.sync.standing import Rest, ShopStanding

EXAMPLE: dict[str, Any] = {
    "account": "sa_01h455vb4pex5vsknk084sn02q",
    "platform": "discogs",
    "status": "connected",
    "held": None,
    "guarded_since": None,
    "orders_read_at": "2026-02-15T09:05:00Z",
    "pages_read_at": "2026-02-15T06:00:00Z",
    "lag_seconds": 12,
    "poll_seconds": 60,
    "last_event_at": None,
    "webhooks_silent_since": None,
    "waiting": {"stock": 0, "orders": 1, "asked": 0, "content": 3, "reading": 0},
    "failed": 0,
    "resting": [{"lane": "read", "until": "2026-02-15T09:06:00Z", "why": "The limit discogs.calls is used up"}],
    "comparing": {"read": 100, "known": 320, "why": ""},
}


class Waiting(BaseModel):
    """Due work of a shop by what it is about."""

    stock: int = Field(description="Pages to be ended or lowered.")
    orders: int
    asked: int = Field(description="What a person waits for.")
    content: int = Field(description="Pages to be put up or changed.")
    reading: int


class RestShape(BaseModel):
    """Work that pauses; what is more urgent goes on."""

    lane: Literal["write", "watch", "read"]
    until: str
    why: str


class ComparingShape(BaseModel):
    """All pages of a shop are being compared."""

    read: int = Field(description="Pages of yours that were read since it began.")
    known: int = Field(description="Pages of yours that stand there.")
    why: str = Field(description="Why it waits; empty while it goes on.")


class ShopShape(BaseModel):
    """How far one shop is in step."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    account: str = Field(description="The seller account's uid.")
    platform: str
    status: str
    held: str | None = Field(description="Why nothing is written there by itself.")
    guarded_since: str | None = Field(description="Since when very many ends wait for a yes.")
    orders_read_at: str | None
    pages_read_at: str | None = Field(description="When all its pages were last compared.")
    lag_seconds: int | None = Field(description="How old our knowledge of its orders is at most.")
    poll_seconds: int | None
    last_event_at: str | None
    webhooks_silent_since: str | None
    waiting: Waiting
    failed: int = Field(description="Work that gave up and waits for a person.")
    resting: list[RestShape]
    comparing: ComparingShape | None


class StoppedShape(BaseModel):
    """Since when nothing is written anywhere."""

    since: str
    by: str | None


class ExposureShape(BaseModel):
    """From the record of a sale until the item's other pages were confirmed closed: over 30 days, and now."""

    count: int
    p50_ms: int | None
    p95_ms: int | None
    p99_ms: int | None
    open: int = Field(description="Pages that offer now what was sold elsewhere.")
    oldest: str | None = Field(description="Since when the oldest of them does.")


class SyncShape(BaseModel):
    """All shops, and whether everything is stopped."""

    stopped: StoppedShape | None
    exposure: ExposureShape
    shops: list[ShopShape]


def told(row: ShopStanding) -> dict[str, Any]:
    """One shop."""
    shop = row.connection
    return {
        "account": shop.public_id,
        "platform": shop.marketplace,
        "status": shop.state,
        "held": row.held or None,
        "guarded_since": iso(shop.guarded_at),
        "orders_read_at": iso(row.orders_read),
        "pages_read_at": iso(row.pages_read),
        "lag_seconds": row.lag_seconds,
        "poll_seconds": row.poll_seconds,
        "last_event_at": iso(shop.heard_at),
        "webhooks_silent_since": iso(shop.silent_since),
        "waiting": {name: row.waiting.get(name, 0) for name in Waiting.model_fields},
        "failed": row.failed,
        "resting": [_rest(each) for each in row.rests],
        "comparing": asdict(row.walk) if row.walk else None,
    }


def _rest(rest: Rest) -> dict[str, Any]:
    return {"lane": rest.lane, "until": iso(rest.until), "why": rest.why}


def overview(call: Call) -> dict[str, Any]:
    """All of it."""
    stop = standing.stopped(call.organization)
    since = {"since": iso(stop.since), "by": stop.by.public_id if stop.by else None} if stop else None
    seen = listings.exposures(call.organization)
    exposure: dict[str, Any] = {"count": seen.count, "p50_ms": seen.p50, "p95_ms": seen.p95, "p99_ms": seen.p99}
    exposure |= {"open": seen.open, "oldest": iso(seen.oldest)}
    return {"stopped": since, "exposure": exposure, "shops": [told(row) for row in standing.shops(call.organization)]}


class Sync(Endpoint):
    """How far everything is in step."""

    @operation("sync_read", "Read how far shops are in step", scope="accounts", answer=SyncShape)
    def get(self, call: Call) -> object:
        """Shops that are not disconnected, the newest first."""
        return overview(call)


class SyncStop(Endpoint):
    """The switch that stops every outgoing write."""

    @operation("sync_stop", "Stop all writing", scope="accounts", role=Role.ADMIN, answer=SyncShape)
    def post(self, call: Call) -> object:
        """Nothing is written to any shop, not even what a sale forces; orders are still read. Twice changes nothing."""
        brakes.stop(organization=call.organization, by=call.user)
        return overview(call)


class SyncRelease(Endpoint):
    """The end of it."""

    @operation("sync_release", "Let writing go on", scope="accounts", role=Role.ADMIN, answer=SyncShape)
    def post(self, call: Call) -> object:
        """What waited is done now."""
        brakes.release(organization=call.organization)
        return overview(call)


class PauseAccount(Endpoint):
    """One shop's pause."""

    @operation("accounts_pause", "Pause a shop", scope="accounts", answer=AccountShape)
    def post(self, call: Call, uid: str) -> object:
        """Nothing is written there by itself but what a sale forces; orders are still read."""
        connection = queries.get(call.organization, uid)
        brakes.pause(connection=connection)
        return shape(connection)


class ResumeAccount(Endpoint):
    """The end of a pause."""

    @operation("accounts_resume", "Resume a shop", scope="accounts", answer=AccountShape)
    def post(self, call: Call, uid: str) -> object:
        """What waited is done now."""
        connection = queries.get(call.organization, uid)
        brakes.resume(connection=connection)
        return shape(connection)


class ConfirmAccount(Endpoint):
    """The owner's first yes."""

    @operation("accounts_confirm", "Allow automatic changes", scope="accounts", role=Role.ADMIN, answer=AccountShape)
    def post(self, call: Call, uid: str) -> object:
        """From now on what is done by itself may reach this shop (before, only what a sale forces does)."""
        connection = queries.get(call.organization, uid)
        services.confirm(connection=connection)
        return shape(connection)


class CompareAccount(Endpoint):
    """A walk over one shop's pages."""

    @operation("accounts_compare", "Compare a shop's pages now", scope="accounts", answer=AccountShape)
    def post(self, call: Call, uid: str) -> object:
        """Every page is read and compared with what both sides agreed on; ``comparing`` of ``sync/`` says how far."""
        connection = queries.get(call.organization, uid)
        reconcile.compare(connection=connection)
        return shape(connection)
