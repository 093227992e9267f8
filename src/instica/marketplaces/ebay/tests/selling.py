"""What tests of a shop do all the time: find a listing, publish, buy, throw a switch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
from tests.conformance.place import Place

from instica.core import clock
from instica.core.money import Money
from instica.kit.types import (
    Attempt,
    Draft,
    RemoteListing,
    RemoteOffer,
)

MODELS = ("inventory", "trading")


def grouped(place: Place) -> str:
    """A page of two SKUs that the seller's other tool made by the Inventory API; its id."""
    base, headers = "/sell/inventory/v1", {"Authorization": "Bearer sandbox-token", "Content-Language": "en-US"}
    policies = {"fulfillmentPolicyId": "6196932000", "paymentPolicyId": "6196944000", "returnPolicyId": "6196947000"}
    price = {"price": {"value": "24.00", "currency": "USD"}}
    with httpx2.Client(transport=httpx2.WSGITransport(place.simulator), base_url=place.session.app.origin) as tool:
        for size in ("S", "M"):
            product: dict[str, Any] = {
                "title": "Print",
                "description": "Fine.",
                "aspects": {"Size": [size]},
                "imageUrls": ["https://x.ex/a"],
            }
            stock = {"shipToLocationAvailability": {"quantity": 2}}
            item = {"availability": stock, "condition": "NEW", "product": product}
            tool.put(f"{base}/inventory_item/P-{size}", json=item, headers=headers)
            offer: dict[str, Any] = {
                "sku": f"P-{size}",
                "marketplaceId": "EBAY_US",
                "format": "FIXED_PRICE",
                "categoryId": "360",
            }
            offer |= {"listingPolicies": policies, "merchantLocationKey": "greenstreet-pdx", "pricingSummary": price}
            tool.post(f"{base}/offer", json=offer, headers=headers)
        varies = {"specifications": [{"name": "Size", "values": ["S", "M"]}]}
        group = {"title": "Print", "variantSKUs": ["P-S", "P-M"], "variesBy": varies}
        tool.put(f"{base}/inventory_item_group/P", json=group, headers=headers)
        asked = {"inventoryItemGroupKey": "P", "marketplaceId": "EBAY_US"}
        made = tool.post(f"{base}/offer/publish_by_inventory_item_group", json=asked, headers=headers)
    return str(made.json()["listingId"])


def by_model(place: Place, model: str, count: int = 1) -> list[RemoteListing]:
    """Live fixed-price listings of that model with one piece each."""
    details = {"kind": "fixed", "model": model}
    live = [each for each in place.walk() if each.seen == "live" and not each.faults and each.details == details]
    twins = {row[key] for row in place.sandbox("shop")["odd"] for key in ("listing_id", "twin") if key in row}
    return [each for each in live if len(each.offers) == 1 and int(each.id) not in twins][:count]


def odd(place: Place, what: str) -> str:
    """The id of the listing that is odd in that way."""
    return str(next(row["listing_id"] for row in place.sandbox("shop")["odd"] if row["odd"] == what))


def attempt_at(draft: Draft, key: str = "attempt-1") -> Attempt:
    return Attempt(key, "", clock.now(), draft.title, draft)


def published(place: Place, draft: Draft, attempt: Attempt | None = None, begin: str = "") -> RemoteListing:
    attempt = attempt or attempt_at(draft)
    step = place.connector.publish(draft, begin, attempt)
    while step.next:
        step = place.connector.publish(draft, step.next, attempt)
    assert step.listing
    return step.listing


def calls(place: Place, since: int = 0) -> list[str]:
    """What was called, Trading by name."""
    return [str(row["call"]).partition("#")[2] or f"{row['method']} {row['path']}" for row in place.requests()[since:]]


def tee(**changes: Any) -> Draft:
    """A page with variations."""
    offers = tuple(RemoteOffer("", f"TEE-{size}", Money(2400, "USD"), 3, {"Size": size}) for size in ("S", "M", "L"))
    pictures = ("https://i.ebayimg.com/images/g/TEE/s-l1600.jpg",)
    draft = Draft("Shop Tee", offers, "Soft.", images=pictures, fields={"category_id": "15687", "condition": "NEW"})
    return replace(draft, **changes)


def switch(place: Place, **values: object) -> None:
    place.sandbox("switches", values)


def buy(place: Place, listing: str, quantity: int = 1, **more: Any) -> str:
    return str(place.sandbox("buy", {"listing_id": int(listing), "quantity": quantity, **more})["order_id"])
