"""What the conformance suite must be told about Shopify: how its calls look, and a draft it would take."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from instica.core.money import Money
from instica.core.secrets import Secret
from instica.kit.types import Draft, RemoteListing, RemoteOffer

OFFERS_OF_150 = 291
A_CREATE = "POST /admin/api/2026-10/graphql.json#productSet"
WRITES_BEFORE_CREATE = 0
RELISTED_ANEW = False
ENDED_IS_GONE = False
REVISES_PICTURES = True
SANDBOX_CURRENCY = True
SOLD_IS_FINAL = False
SECRETS = {"access_token": Secret("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")}
ACCOUNT = {"remote_id": "sandbox.myshopify.com", "username": "sandbox.myshopify.com", "currency": "USD"}
WRITES = frozenset(
    "productSet productUpdate productVariantsBulkUpdate publishablePublish inventorySetQuantities inventoryItemUpdate"
    " fulfillmentCreate fulfillmentTrackingInfoUpdate orderCancel".split()
)


def is_write(row: Mapping[str, Any]) -> bool:
    """Whether a request in the journal changes listings or orders."""
    return str(row["call"]).partition("#")[2] in WRITES


def is_listed(row: Mapping[str, Any]) -> bool:
    """Whether buyers can buy that listing of the sandbox."""
    return row["status"] in ("ACTIVE", "UNLISTED") and row["quantity"] != 0


def as_walked(listing: RemoteListing) -> RemoteListing:
    """A listing as a walk shows it: whole."""
    return listing


def draft(like: RemoteListing) -> Draft:
    """Another print, on sale by itself."""
    return Draft(
        title=f"{like.title}, second state",
        offers=(RemoteOffer("", sku="CONFORM-1", price=Money(2150, "USD")),),
        description="Played twice.",
    )


def fewest_requests(listings: int) -> int:
    """How few calls a shop of that size can be read with: a page of 250, or a bulk operation asked for and fetched."""
    return 1 if listings <= 250 else 3


def shortest_seconds(asked: Sequence[Mapping[str, Any]]) -> float:
    """How long calls of that cost take at least: 2 000 points at once, then 100 a second."""
    told = (json.loads(row["answer"]) for row in asked if row["path"].endswith("/graphql.json"))
    points = sum(answer["extensions"]["cost"]["actualQueryCost"] for answer in told)
    return max(0.0, float(points) - 2_000) / 100


def listen(place: Any) -> None:
    """Subscribe."""
    place.connector.watch("https://hub.example/webhooks/shopify/", None)


def deliveries(place: Any) -> list[tuple[Mapping[str, str], bytes]]:
    """What was sent so far, headers and body."""
    return [(each["headers"], each["body"].encode()) for each in place.sandbox("webhooks")["outbox"]]
