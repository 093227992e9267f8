"""What the conformance suite must be told about Etsy: how its calls look, and a draft it would take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from instica.core.money import Money
from instica.core.secrets import Secret
from instica.kit.types import Draft, RemoteListing, RemoteOffer
from instica.marketplaces.etsy.simulator.seed import Seeds

A_CREATE = "POST /v3/application/shops/*/listings"
A_WITHDRAWAL = "PATCH *"
ENDED_IS_GONE = True
WRITTEN = ("/v3/application/shops/", "/v3/application/listings/")
REVISES_PICTURES = True
SANDBOX_CURRENCY = True
SOLD_IS_FINAL = True
HOOK_SECRET = "whsec_c2VjcmV0IG9mIHRoZSBwb3J0YWw="
SECRETS = {
    "access_token": Secret("48210077.sandbox-token"),
    "refresh_token": Secret("48210077.sandbox-refresh"),
}
OFFERS_OF_150 = 150 + 19 + 99
BENCH_SIZES = (10_000, 50_000)
ACCOUNT = {"remote_id": "21540033", "username": "GreenStreetPrints", "currency": "USD"}


def is_write(row: Mapping[str, Any]) -> bool:
    """Whether a request in the journal changes listings or orders."""
    return row["method"] != "GET" and str(row["path"]).startswith(WRITTEN)


def is_listed(row: Mapping[str, Any]) -> bool:
    """Whether buyers can see that listing of the sandbox."""
    return bool(row["status"] == "active")


def fewest_requests(size: int) -> int:
    """Of that many listings a hundred come in a call, one state at a time."""
    seeds = Seeds(1, size)
    states = Counter(seeds.state(index) for index in range(size))
    return sum(-(-count // 100) for count in states.values())


def draft(like: RemoteListing) -> Draft:
    """Another print like one the shop has."""
    return Draft(
        title=like.title,
        offers=(RemoteOffer("", sku="CONFORM-1", price=Money(2150, "USD")),),
        description="Played twice.",
        images=like.images[:1],
        fields={
            "taxonomy_id": 2078,
            "who_made": "i_did",
            "when_made": "made_to_order",
            "shipping_profile_id": 188204511203,
            "return_policy_id": 1102334872,
            "readiness_state_id": 1402336022581,
        },
    )


def shortest_seconds(asked: Sequence[Mapping[str, Any]]) -> float:
    """How long so many calls take at least: 5 in any second and 5 000 in any day."""
    return max((len(asked) - 1) // 5, (len(asked) - 1) // 5_000 * 86_400)


def listen(place: Any) -> None:
    """Somebody sets up an endpoint in the portal, and the app knows its secret."""
    place.sandbox("webhooks", {"secret": HOOK_SECRET})
    place.session.app = replace(place.session.app, extra={"webhook_secret": Secret(HOOK_SECRET)})


def deliveries(place: Any) -> list[tuple[Mapping[str, str], bytes]]:
    """What was sent so far, headers and body."""
    return [(each["headers"], each["body"].encode()) for each in place.sandbox("webhooks")["outbox"]]
