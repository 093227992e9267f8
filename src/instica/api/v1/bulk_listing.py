"""Listing and delisting many items on many platforms (S7.3, S7.4, D21)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from django.http import HttpResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import to_json

from instica import marketplaces
from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.idempotency import Keyed
from instica.api.v1.item_listing import PRICE, by, priced_wrong
from instica.api.waiting import until
from instica.listings import bulk
from instica.listings.models import Bulk

SLUGS = tuple(marketplaces.every())


class DelistMany(Body):
    """Which items, on which platforms."""

    uids: list[str] = Field(min_length=1, max_length=bulk.MOST, examples=[["inv_01h455vb4pex5vsknk084sn02q"]])
    platforms: list[str] = Field(min_length=1, max_length=len(SLUGS), examples=[["ebay", "discogs"]])
    seller_account_uid: str | None = Field(None, description="Which shop on its marketplace; else the default one.")

    @field_validator("platforms")
    @classmethod
    def known(cls, value: list[str]) -> list[str]:
        """Each of them exists."""
        if unknown := [slug for slug in value if slug not in SLUGS]:
            raise ValueError(f"Unknown: {', '.join(unknown)[:200]}. Choose from: {', '.join(SLUGS)}.")
        return value


class ListMany(DelistMany):
    """The same, and a price for all of them where they shall not have their own."""

    price: str | None = Field(None, description="In each shop's own currency; else each item's own.")


class PairShape(BaseModel):
    """What became of one item on one platform."""

    uid: str
    platform: str
    status: Literal["success", "failed", "pending"]
    listing_id: str | None
    listing_url: str | None
    error: str | None
    error_code: str | None


class BulkShape(BaseModel):
    """What became of all of them."""

    model_config = ConfigDict(title="Bulk")

    uid: str
    status: Literal["success", "partial", "failed", "pending"]
    succeeded: int
    failed: int
    pending: int
    results: list[PairShape]


class ListManyItems(Endpoint):
    """Many items onto many platforms."""

    @operation(
        "inventory_bulk_list",
        "List many items on many platforms",
        scope="listings",
        tag="listings",
        answer=BulkShape,
        also=202,
        body=ListMany,
        refuses=[402],
        keyed=Keyed.AROUND,
        description="Waits up to 25 seconds; still at work: 202, followed at `/api/v1/inventory/bulk/{uid}/`."
        " One pair's failure does not stop the others.",
    )
    def post(self, call: Call) -> object:
        """Every item on every platform named."""
        body = call.read(ListMany)
        if body.price is not None and (not PRICE.fullmatch(body.price) or not float(body.price)):
            raise priced_wrong("Write a decimal above zero, such as 34.99.")
        return begun(call, body, bulk.Wish("live", body.price or "", body.seller_account_uid or ""))


class DelistManyItems(Endpoint):
    """Many items off many platforms."""

    @operation(
        "inventory_bulk_delist",
        "Delist many items from many platforms",
        scope="listings",
        tag="listings",
        answer=BulkShape,
        also=202,
        body=DelistMany,
        keyed=Keyed.AROUND,
        description="Waits up to 25 seconds; still at work: 202, followed at `/api/v1/inventory/bulk/{uid}/`.",
    )
    def post(self, call: Call) -> object:
        """What is not listed there is a success."""
        body = call.read(DelistMany)
        return begun(call, body, bulk.Wish("ended", account=body.seller_account_uid or ""))


class BulkCall(Endpoint):
    """One bulk call."""

    @operation("inventory_bulk_read", "Follow a bulk call", scope="listings", tag="listings", answer=BulkShape)
    def get(self, call: Call, uid: str) -> object:
        """As it stands now."""
        return shape(bulk.get(call.organization, uid))


def begun(call: Call, body: DelistMany, wish: bulk.Wish) -> HttpResponse:
    """Begin it, wait a little, and answer what became of it."""
    uids, platforms = list(dict.fromkeys(body.uids)), list(dict.fromkeys(body.platforms))
    row = bulk.begin(organization=call.organization, uids=uids, platforms=platforms, wish=wish, by=by(call))
    until(lambda: bulk.word(bulk.told(row)) != "pending")
    found = shape(row)
    status = HTTPStatus.ACCEPTED if found.status == "pending" else HTTPStatus.OK
    return HttpResponse(to_json(found), status=status, content_type="application/json")


def shape(row: Bulk) -> BulkShape:
    """The whole of it."""
    pairs = bulk.told(row)
    counts = {word: sum(pair.status == word for pair in pairs) for word in ("success", "failed", "pending")}
    return BulkShape(
        uid=row.public_id,
        status=bulk.word(pairs),
        succeeded=counts["success"],
        failed=counts["failed"],
        pending=counts["pending"],
        results=[PairShape(**{name: getattr(pair, name) for name in PairShape.model_fields}) for pair in pairs],
    )
