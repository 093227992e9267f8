"""What the conformance suite must be told about eBay: how its calls look, and a draft it would take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from instica.core.money import Money
from instica.core.secrets import Secret
from instica.kit.types import Draft, RemoteListing, RemoteOffer
from instica.marketplaces.ebay.simulator.seed import Seeds
from instica.marketplaces.ebay.simulator.words import INVENTORY

A_CREATE = "POST /sell/inventory/v1/offer"
WRITES_BEFORE_CREATE = 1
RELISTED_ANEW = True
OFFERS_OF_150 = 250
ENDED_IS_GONE = False
SOLD_IS_FINAL = False
SECRETS = {"access_token": Secret("sandbox-token"), "refresh_token": Secret("sandbox-refresh")}
ACCOUNT = {"remote_id": "Gst7kQ2xR0u", "username": "greenstreet-records", "currency": "USD"}
READS = ("#Get", "#Verify")


def is_write(row: Mapping[str, Any]) -> bool:
    """Whether a request in the journal changes listings or orders."""
    call = str(row["call"])
    if call.startswith("POST /ws/api.dll"):
        return not any(name in call for name in READS)
    return row["method"] != "GET" and str(row["path"]).startswith("/sell/")


def is_listed(row: Mapping[str, Any]) -> bool:
    """Whether buyers can see that listing of the sandbox."""
    return bool(row["status"] == "Active")


def as_walked(listing: RemoteListing) -> RemoteListing:
    """A listing as the list of the shop shows it: of what was listed by hand it tells neither specifics nor texts."""
    if listing.details.get("model") != "trading":
        return listing
    bare = replace(listing, description="", artist="", label="", catalog_number="", format="", year=None, brief=True)
    return replace(bare, condition_item="", condition_container="", images=listing.images[:1])


def fewest_requests(size: int) -> int:
    """What a walk of so many listings takes at least.

    200 on a page of the list, 200 on a page of what the Inventory API owns, which no list tells, and one call for each
    SKU that is on no list: offers are told by SKU alone.
    """
    seeds, aside = Seeds(1, size), 2 + size // 400
    owned = aside + sum(seeds.model(index) == INVENTORY for index in range(size))
    return -(-size // 200) + -(-owned // 200) + aside


def draft(like: RemoteListing) -> Draft:
    """Another copy of a record the shop has."""
    return Draft(
        title=like.title,
        offers=(RemoteOffer("", sku="CONFORM-1", price=Money(2150, "USD")),),
        description="Played twice.",
        release=like.release,
        condition_item="vg_plus",
        condition_container="vg",
        images=("https://i.ebayimg.com/images/g/CONFORM000000001/s-l1600.jpg",),
        fields={"category_id": "176985"},
    )


def shortest_seconds(asked: Sequence[Mapping[str, Any]]) -> float:
    """How long so many calls take at least: 300 of GetSellerList in 15 seconds, 5 000 of each call of Trading a day."""
    calls = Counter(str(row["call"]).partition("#")[2] for row in asked if "#" in str(row["call"]))
    of_a_day = max(((count - 1) // 5_000 * 86_400 for count in calls.values()), default=0)
    return max(of_a_day, max(0, calls["GetSellerList"] - 1) // 300 * 15)


def listen(place: Any) -> None:
    """Subscribe."""
    callback = "https://hub.example/accounts/ebay/login/callback/"
    place.session.app = replace(place.session.app, redirect_uri=callback)
    place.connector.watch("https://hub.example/webhooks/ebay/", None)


def deliveries(place: Any) -> list[tuple[Mapping[str, str], bytes]]:
    """What was sent so far, headers and body."""
    return [(each["headers"], each["body"].encode()) for each in place.sandbox("outbox")["deliveries"]]
