"""What the conformance suite must be told about Discogs: how its calls look, and a draft it would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instica.core.money import Money
from instica.core.secrets import Secret
from instica.kit.types import Draft, RemoteListing, RemoteOffer

A_CREATE = "POST /marketplace/listings"
ENDED_IS_GONE = True
SANDBOX_CURRENCY = True
SOLD_IS_FINAL = True
SECRETS = {"token": Secret("sandbox-token")}
ACCOUNT = {"remote_id": "7203114", "username": "greenstreet_records", "currency": "USD"}


def is_write(row: Mapping[str, Any]) -> bool:
    """Whether a request in the journal changes listings or orders."""
    return row["method"] != "GET" and str(row["path"]).startswith("/marketplace/")


def is_listed(row: Mapping[str, Any]) -> bool:
    """Whether buyers can see that listing of the sandbox."""
    return bool(row["status"] == "For Sale")


def draft(like: RemoteListing) -> Draft:
    """Another copy of a record the shop has."""
    return Draft(
        title=like.title,
        offers=(RemoteOffer("", sku="CONFORM-1", price=Money(2150, "USD")),),
        description="Played twice.",
        release=like.release,
        condition_item="vg_plus",
        condition_container="vg",
    )


def fewest_requests(listings: int) -> int:
    """How few calls a shop of that size can be read with: pages of 100, or one export asked for and fetched."""
    return -(-listings // 100) if listings <= 300 else 3


def shortest_seconds(asked: Sequence[Mapping[str, Any]]) -> float:
    """How long so many calls take at least: 60 in any minute."""
    return max(0, len(asked) - 1) // 60 * 60
