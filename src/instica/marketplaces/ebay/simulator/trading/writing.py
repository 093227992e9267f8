"""Trading's writes: list, revise, relist, end, and stock of four at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from instica.marketplaces.ebay.simulator import publishing
from instica.marketplaces.ebay.simulator.ledger import Parcel
from instica.marketplaces.ebay.simulator.seed import MONTH
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.store import Listing, Variation
from instica.marketplaces.ebay.simulator.trading.fields import check, fields
from instica.marketplaces.ebay.simulator.trading.reading import known
from instica.marketplaces.ebay.simulator.trading.shapes import end_of
from instica.marketplaces.ebay.simulator.trading.wire import Amount, Asked, Tree, Trouble, stamp
from instica.marketplaces.ebay.simulator.words import ACTIVE, AUCTION, INVENTORY

UUID = re.compile(r"[0-9A-Fa-f]{32}")
REASONS = ("NotAvailable", "LostOrBroken", "Incorrect", "OtherListingError", "SellToHighBidder", "Sold", "CustomCode")
LAST_HOURS = 12 * 3600


def add(site: Site, asked: Asked) -> Tree:
    """List it."""
    found = fields(asked, site)
    check(site, found)
    mark = _mark(site, asked)
    now = site.epoch()
    span = MONTH if found["kind"] != AUCTION else 7 * 86_400
    listing = site.shelf.add(**found, started=now, ends=now + span, modified=now, uuid=mark)
    if mark:
        site.uuids[mark] = listing.id
    return _listed(site, listing)


def verify(site: Site, asked: Asked) -> Tree:
    """Would it be listed, and for what?"""
    found = fields(asked, site)
    check(site, found)
    return [("ItemID", 0), *_fees(found["currency"])]


def _mark(site: Site, asked: Asked) -> str:
    """The call's own mark: the same one a second time is refused."""
    mark = asked.text("Item/UUID").upper()
    if mark and not UUID.fullmatch(mark):
        raise Trouble(483, "Invalid UUID.", "The UUID must have 32 hexadecimal digits.", mark)
    if mark in site.uuids:
        first = site.uuids[mark]
        named = f"The specified UUID has already been used; ListedByRequestAppId=1, item ID={first}."
        text = named if site.switches["duplicate_uuid"] == "named" else "The specified UUID has already been used."
        raise Trouble(488, "Duplicate UUID used.", text, mark, str(first))
    return mark


def _listed(site: Site, listing: Listing) -> Tree:
    times = [("StartTime", stamp(listing.started)), ("EndTime", stamp(end_of(listing, site.epoch())))]
    return [("ItemID", listing.id), ("SKU", listing.sku or None), *times, *_fees(listing.currency)]


def _fees(currency: str) -> Tree:
    names = ("AuctionLengthFee", "BoldFee", "InsertionFee", "ListingFee", "SubtitleFee")
    return [("Fees", [("Fee", [("Name", name), ("Fee", Amount(0, currency))]) for name in names])]


def revise(site: Site, asked: Asked) -> Tree:
    """Change what was sent; what was not sent stays."""
    listing = _changeable(site, asked.text("Item/ItemID"))
    found = fields(asked, site, listing)
    found.pop("kind")
    check(site, {**found, "kind": listing.kind})
    if listing.kind == AUCTION and (listing.bids or listing.ends - site.epoch() < LAST_HOURS):
        raise Trouble(240, "The item cannot be listed or modified.", "An item with bids cannot be revised that way.")
    _count(site, listing)
    changed = site.shelf.change(listing, **found, modified=site.epoch(), revised=listing.revised + 1)
    return _listed(site, _settled(site, changed))


def _changeable(site: Site, number: str) -> Listing:
    listing = known(site, number)
    if listing.model == INVENTORY:
        text = (
            "Inventory-based listing management is not currently supported by this tool. "
            "Please refer to the tool used to create this listing."
        )
        raise Trouble(21919474, "Operation not allowed for inventory item", text, number)
    if listing.status != ACTIVE:
        long = f"You are not allowed to revise an ended item. {number}"
        raise Trouble(291, "You are not allowed to revise ended listings.", long, number)
    return listing


def _count(site: Site, listing: Listing) -> None:
    if not site.limits.revise(listing.id, site.clock.now()):
        text = "You have exceeded the maximum number of 250 revisions a day for this listing."
        raise Trouble(21919165, "Number of revisions exceeded.", text, str(listing.id))


def _settled(site: Site, listing: Listing) -> Listing:
    """Nothing left: hidden, refused or ended, as the seller's preference and the switch have it."""
    if listing.left or site.switches["out_of_stock_control"]:
        return listing
    if site.switches["zero_without_control"] == "refuse":
        raise Trouble(515, "The quantity must be a valid number greater than 0.", "", "0")
    return publishing.settle(site, listing)


def set_stock(site: Site, asked: Asked) -> Tree:
    """Price and what is left, of up to four at once: all or none."""
    rows = list(asked.every("InventoryStatus"))
    if not 1 <= len(rows) <= 4:
        raise Trouble(21916608, "Invalid number of items.", "Between 1 and 4 InventoryStatus nodes are needed.")
    before = [_changeable(site, row.text("ItemID")) for row in rows]
    changed = []
    for row, listing in zip(rows, before, strict=True):
        if listing.kind == AUCTION:
            raise Trouble(21916750, "Only fixed price items can be revised this way.", "", str(listing.id))
        _count(site, listing)
        fresh = _stocked(site.shelf.at(listing.index), row)
        if not fresh.left and not site.switches["out_of_stock_control"]:
            _settled(site, fresh)
        changed.append(site.shelf.change(fresh, modified=site.epoch()))
        _settled(site, changed[-1])
    return [("InventoryStatus", _stock(listing, row)) for listing, row in zip(changed, rows, strict=True)]


def _stocked(listing: Listing, row: Asked) -> Listing:
    sku, price = row.text("SKU"), row.cents("StartPrice")
    if price is not None and price <= 0:
        raise Trouble(73, "The price must be greater than 0.", "", str(listing.id))
    quantity = row.number("Quantity", -1) if row.has("Quantity") else None
    if quantity is not None and quantity < 0:
        raise Trouble(515, "The quantity must be a valid number greater than 0.")
    if not listing.variations:
        return replace(
            listing,
            quantity=listing.quantity if quantity is None else quantity,
            cents=listing.cents if price is None else price,
        )
    place = next((place for place, each in enumerate(listing.variations) if each.sku and each.sku == sku), None)
    if place is None:
        raise Trouble(21916635, "Invalid multi-variation item.", "The SKU does not name a variation.", sku)
    each = listing.variations[place]
    fresh = Variation(
        each.sku,
        each.cents if price is None else price,
        each.quantity if quantity is None else quantity,
        each.options,
        each.sold,
    )
    return replace(listing, variations=(*listing.variations[:place], fresh, *listing.variations[place + 1 :]))


def _stock(listing: Listing, row: Asked) -> Tree:
    sku = row.text("SKU")
    chosen: Any = next((each for each in listing.variations if each.sku == sku), listing)
    price = Amount(chosen.cents or 0, listing.currency)
    return [("SKU", sku or None), ("ItemID", listing.id), ("StartPrice", price), ("Quantity", chosen.quantity)]


def end(site: Site, asked: Asked) -> Tree:
    """Take it down, whoever made it."""
    listing, reason = known(site, asked.text("ItemID")), asked.text("EndingReason")
    if reason not in REASONS:
        raise Trouble(37, "Input data is invalid.", "Input data for tag <EndingReason> is invalid or missing.")
    if listing.status != ACTIVE:
        raise Trouble(1047, "The auction has already been closed.", "The auction has already been closed.")
    if listing.bids and reason != "SellToHighBidder" and listing.ends - site.epoch() < LAST_HOURS:
        text = "Items with bids cannot be ended in the last 12 hours."
        raise Trouble(1059, "The auction cannot be ended now.", text)
    if offer := site.stock.owner(listing):
        publishing.withdraw(site, offer)
    elif listing.group:
        for row in site.stock.offers.values():
            row.published = row.published and row.place != listing.index
    ended = publishing.end(site, site.shelf.at(listing.index), reason)
    return [("EndTime", stamp(ended.ends))]


def end_many(site: Site, asked: Asked) -> Tree:
    """Up to ten at once, each by itself."""
    tree: Tree = []
    for row in list(asked.every("EndItemRequestContainer"))[:10]:
        told: Tree = [("CorrelationID", row.text("MessageID"))]
        try:
            told += end(site, row)
        except Trouble as trouble:
            code, short, long, _, severity = trouble.errors[0]
            said = [("ShortMessage", short), ("LongMessage", long), ("ErrorCode", code), ("SeverityCode", severity)]
            told.append(("Errors", said))
        tree.append(("EndItemResponseContainer", told))
    return tree


def relist(site: Site, asked: Asked) -> Tree:
    """On sale again, under a new number."""
    listing = known(site, asked.text("Item/ItemID"))
    if listing.model == INVENTORY:
        _changeable(site, str(listing.id))
    if listing.status == ACTIVE or listing.relisted:
        text = "The item was relisted already or is still on sale."
        raise Trouble(19, "The item cannot be relisted.", text, str(listing.id))
    mark = _mark(site, asked)
    found = fields(asked, site, listing)
    if not listing.variations and not found["quantity"]:
        found["quantity"] = 1
    check(site, found)
    now = site.epoch()
    new = site.shelf.add(**found, started=now, ends=now + MONTH, modified=now, parent=listing.id, uuid=mark)
    site.shelf.change(listing, relisted=new.id)
    if mark:
        site.uuids[mark] = new.id
    return _listed(site, new)


def complete(site: Site, asked: Asked) -> Tree:
    """Mark an order shipped, the old way."""
    order = site.orders.get(asked.text("OrderID"))
    if order is None:
        raise Trouble(21917182, "The order was not found.", "", asked.text("OrderID"))
    tracking = asked.text("Shipment/ShipmentTrackingDetails/ShipmentTrackingNumber")
    carrier = asked.text("Shipment/ShipmentTrackingDetails/ShippingCarrierUsed")
    lines = tuple((line.id, line.quantity) for line in order.lines)
    number = tracking or str(site.switches["untracked_shipment"])
    order.parcels.append(Parcel(number, lines, site.clock.now(), carrier, tracking))
    order.modified = site.clock.now()
    return []


def prefer(site: Site, asked: Asked) -> Tree:
    """Choose whether listings without stock are kept."""
    if asked.has("OutOfStockControlPreference"):
        site.switches.set({"out_of_stock_control": asked.says("OutOfStockControlPreference")})
    return []
