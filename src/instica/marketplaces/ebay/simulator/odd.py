"""Rows that are odd on purpose, so that an import meets what real shops hold."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from instica.marketplaces.ebay.simulator.seed import DAY, PICTURE, POLICIES
from instica.marketplaces.ebay.simulator.store import Listing, Shelf, Variation
from instica.marketplaces.ebay.simulator.words import AUCTION, ENDED, SHIRTS, SITES, TRADING

SMALLEST_ODD = 60
SCRIPT = '<p onclick="steal()">Original pressing.</p><script>document.title="sold"</script><img src=x onerror=alert(1)>'
SIZES = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL", "6XL")
COLOURS = ("Black", "White", "Navy", "Red", "Olive", "Sand", "Grey", "Teal", "Plum", "Rust")
PLAIN: dict[str, Any] = {"model": TRADING, "offer": ""}


@dataclass(frozen=True, slots=True)
class Odd:
    """A listing that is odd on purpose, and how."""

    listing_id: int
    what: str
    twin: int = 0

    def as_json(self) -> dict[str, object]:
        """As the control interface tells it."""
        shown: dict[str, object] = {"listing_id": self.listing_id, "odd": self.what}
        return {**shown, "twin": self.twin} if self.twin else shown


def make_odd(shelf: Shelf, now: int) -> list[Odd]:
    """Spoil some rows of a shop that is large enough; what was done is told."""
    count = len(shelf.states)
    if count < SMALLEST_ODD:
        return []
    at = [shelf.at(count * part // 20) for part in range(1, 20)]
    changes: list[tuple[str, int, dict[str, Any]]] = [
        ("zero_price", 0, {"cents": 0}),
        ("no_price", 1, {"cents": None}),
        ("missing_title", 2, {"title": ""}),
        ("auction", 3, {"kind": AUCTION, "cents": 2550, "bids": 4, "ends": now + 4 * DAY}),
        ("auction_without_bids", 4, {"kind": AUCTION, "cents": 999, "bids": 0, "ends": now + 6 * DAY}),
        ("many", 5, {"quantity": 5, "sold": 7}),
        ("out_of_stock", 6, {"quantity": 0, "sold": 3}),
        ("no_sku", 7, {"sku": ""}),
        ("script", 8, {"description": SCRIPT}),
    ]
    odd = [_spoil(shelf, at[place], what, change) for what, place, change in changes]
    for place, site in ((9, "UK"), (10, "Germany"), (11, "Canada"), (12, "Australia")):
        market = SITES[site]
        odd.append(_spoil(shelf, at[place], market.currency, {"site": site, "currency": market.currency}))
    for first, second in ((13, 14), (15, 16)):
        sku = at[first].sku or f"GSE-TWIN-{first}"
        shelf.change(at[first], **PLAIN, sku=sku)
        odd.append(_spoil(shelf, at[second], "duplicate_sku", {"sku": sku}, at[first].id))
    odd.append(_spoil(shelf, at[17], "hundred_variations", _shirt()))
    over = _spoil(shelf, at[18], "ended", {"status": ENDED, "ends": now - DAY, "reason": "NotAvailable"})
    shelf.forget(shelf.at(at[18].index))
    return [*odd, over]


def _spoil(shelf: Shelf, listing: Listing, what: str, changes: dict[str, Any], twin: int = 0) -> Odd:
    return Odd(shelf.change(listing, **{**PLAIN, **changes}).id, what, twin)


def _shirt() -> dict[str, Any]:
    """One page with a hundred choices."""
    choices = tuple(
        Variation(
            f"GST-TEE-{size}-{colour.upper()}", 2400 if len(size) < 3 else 2700, 3, (("Size", size), ("Color", colour))
        )
        for size, colour in product(SIZES, COLOURS)
    )
    return {
        "title": "Green Street Records Shop Tee, Soft Cotton",
        "sku": "GST-TEE",
        "category": SHIRTS,
        "condition": 1000,
        "note": "",
        "cents": 2400,
        "description": "<p>Our own shop shirt. Printed in Portland.</p>",
        "specifics": (("Brand", ("Green Street",)), ("Department", ("Unisex Adults",))),
        "pictures": (PICTURE.format("GSTEE00000000001"),),
        "variations": choices,
        "policies": POLICIES,
    }
