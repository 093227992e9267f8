"""What buyers, the merchant and we do in a simulated shop, for tests."""

from __future__ import annotations

from typing import Any

from tests.conformance.place import Place

from instica.core import clock
from instica.kit.types import Attempt, Draft, RemoteListing


def odd(place: Place, what: str) -> str:
    """The id of the product that is odd in that way."""
    return next(str(row["listing_id"]) for row in place.sandbox("shop")["odd"] if row["odd"] == what)


def switch(place: Place, **values: Any) -> None:
    place.sandbox("switches", values)


def buy(place: Place, listing: RemoteListing, quantity: int = 1, **more: Any) -> str:
    return str(place.sandbox("buy", {"listing_id": int(listing.id), "quantity": quantity, **more})["order_id"])


def available(place: Place, listing: str) -> dict[int, int]:
    """An only variant's stock by location, as the simulator knows it."""
    product = place.simulator.site.catalogue.get(int(listing))  # type: ignore[attr-defined]
    return {location: level.available for location, level in product.variants[0].levels}


def calls(place: Place, name: str) -> int:
    """How often a field at the root was asked for."""
    return sum(row["call"].endswith(f"#{name}") for row in place.requests())


def plenty(listing: RemoteListing) -> bool:
    return listing.seen == "live" and not listing.faults and (listing.offers[0].quantity or 0) > 5


def published(place: Place, draft: Draft) -> RemoteListing:
    attempt = Attempt("trap", "", clock.now(), draft.title, draft)
    step = place.connector.publish(draft, "", attempt)
    while step.next:
        step = place.connector.publish(draft, step.next, attempt)
    assert step.listing
    return step.listing
