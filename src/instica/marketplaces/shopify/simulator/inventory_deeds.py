"""What can be done to stock: set with compare-and-swap, adjust, activate; each with an idempotency key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from instica.marketplaces.shopify.simulator import notices
from instica.marketplaces.shopify.simulator.nodes import Item, Shelf
from instica.marketplaces.shopify.simulator.product_deeds import Deed
from instica.marketplaces.shopify.simulator.site import Replay, Site, gid, iso, number_in
from instica.marketplaces.shopify.simulator.store import Level, Product, Variant
from instica.marketplaces.shopify.simulator.visit import Visit, complaint, user_error

Args = dict[str, Any]
MOST_ROWS = 250
HIGHEST = 1_000_000_000
KEPT_FOR = 24 * 3600
REASONS = frozenset(
    "correction cycle_count_available damaged movement_created movement_updated movement_received movement_canceled"
    " other promotion quality_control received reservation_created reservation_updated reservation_deleted restock"
    " safety_stock shrinkage".split()
)


def once(name: str, deed: Callable[[Visit, Args], Args]) -> Deed:
    """A mutation that wants ``@idempotent`` and does the same thing once."""

    def guarded(visit: Visit, args: Args) -> Args:
        key = args["@key"]
        if key is None:
            message = "The @idempotent directive is required for this mutation but was not provided."
            raise complaint(message, "BAD_REQUEST")
        asked = json.dumps([name, {k: v for k, v in args.items() if k != "@key"}])
        seen = visit.site.replays.get(key)
        if seen and seen.at > visit.site.now - KEPT_FOR:
            return _again(seen, asked)
        answer = deed(visit, args)
        failed = bool(answer["userErrors"])
        visit.site.replays[key] = Replay(asked, answer, failed, visit.site.now)
        return answer

    return guarded


def _again(seen: Replay, asked: str) -> Args:
    if seen.asked != asked:
        message, code = "The idempotency key was used with other parameters.", "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    elif seen.failed:
        message, code = "The previous attempt with this key failed.", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
    else:
        answer: Args = seen.answer
        return answer
    return {**dict.fromkeys(seen.answer), "userErrors": [user_error(message, code=code)]}


def set_quantities(visit: Visit, args: Args) -> Args:
    """Set available or on_hand, all rows or none."""
    given, site = args["input"], visit.site
    for row in given["quantities"]:
        if "changeFromQuantity" not in row:
            message = "InventoryQuantityInput must include the following argument: changeFromQuantity."
            raise complaint(message, "INVALID_FIELD_ARGUMENTS")
    _size(given["quantities"])
    if given["name"] not in ("available", "on_hand"):
        return _group_refused(
            [user_error("The quantity name must be available or on_hand.", "input", "name", code="INVALID_NAME")]
        )
    if trouble := _reason(given) or _twice(given["quantities"]):
        return _group_refused(trouble)
    errors = [
        error for place, row in enumerate(given["quantities"]) for error in _unfit(site, given["name"], row, place)
    ]
    if errors:
        return _group_refused(errors)
    rows = []
    for row in given["quantities"]:
        variant, level = _found(site, row)
        committed = level.committed if given["name"] == "on_hand" else 0
        rows.append((row, row["quantity"] - committed - level.available))
        _put(
            site,
            variant,
            _place(row),
            replace(level, available=row["quantity"] - committed, updated=site.now, active=True),
        )
    return _group(site, given, rows, "quantity")


def adjust_quantities(visit: Visit, args: Args) -> Args:
    """Add to or take from available."""
    given, site = args["input"], visit.site
    for row in given["changes"]:
        if "changeFromQuantity" not in row:
            message = "InventoryChangeInput must include the following argument: changeFromQuantity."
            raise complaint(message, "INVALID_FIELD_ARGUMENTS")
    _size(given["changes"])
    if given["name"] != "available":
        message = "The specified quantity name is invalid."
        return _group_refused([user_error(message, "input", "name", code="INVALID_QUANTITY_NAME")])
    if trouble := _reason(given):
        return _group_refused(trouble)
    errors = [
        error
        for place, row in enumerate(given["changes"])
        for error in _unfit(site, "available", row, place, "changes")
    ]
    if errors:
        return _group_refused(errors)
    for row in given["changes"]:
        variant, level = _found(site, row)
        _put(site, variant, _place(row), replace(level, available=level.available + row["delta"], updated=site.now))
    return _group(site, given, [(row, row["delta"]) for row in given["changes"]], "delta")


def _size(rows: list[Args]) -> None:
    if len(rows) > MOST_ROWS:
        message = f"The input array size of {len(rows)} is greater than the maximum allowed of {MOST_ROWS}."
        raise complaint(message, "MAX_INPUT_SIZE_EXCEEDED")


def _reason(given: Args) -> list[Args]:
    if given["reason"] not in REASONS:
        return [user_error("The specified reason is invalid.", "input", "reason", code="INVALID_REASON")]
    uri = given.get("referenceDocumentUri")
    if uri is not None and "://" not in uri:
        message = "The reference document URI is invalid."
        return [user_error(message, "input", "referenceDocumentUri", code="INVALID_REFERENCE_DOCUMENT")]
    return []


def _twice(rows: list[Args]) -> list[Args]:
    pairs = [(row["inventoryItemId"], row["locationId"]) for row in rows]
    if len(set(pairs)) == len(pairs):
        return []
    message = "The combination of inventoryItemId and locationId must be unique."
    return [user_error(message, "input", "quantities", code="NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR")]


def _unfit(site: Site, name: str, row: Args, place: int, key: str = "quantities") -> list[Args]:
    path = ("input", key, str(place))
    if site.catalogue.of_item(number_in(row["inventoryItemId"], "InventoryItem") or 0) is None:
        message = "The specified inventory item could not be found."
        return [user_error(message, *path, "inventoryItemId", code="INVALID_INVENTORY_ITEM")]
    location = site.locations.get(_place(row))
    if location is None or not location.active:
        message = "The specified location could not be found."
        return [user_error(message, *path, "locationId", code="INVALID_LOCATION")]
    _, level = _found(site, row)
    now = level.on_hand if name == "on_hand" else level.available
    if row["changeFromQuantity"] is not None and row["changeFromQuantity"] != now:
        message = "The changeFromQuantity argument no longer matches the persisted quantity."
        return [user_error(message, *path, "changeFromQuantity", code="CHANGE_FROM_QUANTITY_STALE")]
    wanted = row["quantity"] if key == "quantities" else now + row["delta"]
    if wanted > HIGHEST:
        message = f"The quantity can't be higher than {HIGHEST:,}."
        return [user_error(message, *path, "quantity", code="INVALID_QUANTITY_TOO_HIGH")]
    if name == "on_hand" and wanted < 0:
        return [user_error("The quantity can't be negative.", *path, "quantity", code="INVALID_QUANTITY_NEGATIVE")]
    return []


def _place(row: Args) -> int:
    return number_in(row["locationId"], "Location") or 0


def _found(site: Site, row: Args) -> tuple[tuple[Product, Variant], Level]:
    """The variant with its product, and the level, empty where there was none: it is made on demand."""
    found = site.catalogue.of_item(number_in(row["inventoryItemId"], "InventoryItem") or 0)
    if found is None:
        raise LookupError(row["inventoryItemId"])
    return found, found[1].level(_place(row)) or Level(0)


def _put(site: Site, found: tuple[Product, Variant], place: int, level: Level) -> Variant:
    product, variant = found
    changed = replace(variant.with_level(place, level), updated=site.now)
    site.catalogue.put_variant(product, changed, updated=site.now)
    notices.level_changed(site, changed, place)
    return changed


def _group(site: Site, given: Args, rows: list[tuple[Args, int]], kind: str) -> Args:
    moved = [(row, delta) for row, delta in rows if delta]
    if not moved:
        return {"inventoryAdjustmentGroup": None, "userErrors": []}
    changes = [_change(site, row, delta, name) for row, delta in moved for name in ("available", "on_hand")]
    return {
        "inventoryAdjustmentGroup": {
            "id": gid("InventoryAdjustmentGroup", site.number()),
            "createdAt": iso(site.now),
            "reason": given["reason"],
            "referenceDocumentUri": given.get("referenceDocumentUri"),
            "changes": changes,
        },
        "userErrors": [],
    }


def _change(site: Site, row: Args, delta: int, name: str) -> Args:
    found, _ = _found(site, row)
    return {
        "name": name,
        "delta": delta,
        "quantityAfterChange": None,
        "item": Item(*found),
        "location": site.locations[_place(row)],
        "ledgerDocumentUri": None,
    }


def _group_refused(errors: list[Args]) -> Args:
    return {"inventoryAdjustmentGroup": None, "userErrors": errors}


def activate(visit: Visit, args: Args) -> Args:
    """Stock an item at a location; what is stocked already stays as it is."""
    site = visit.site
    found = site.catalogue.of_item(number_in(args["inventoryItemId"], "InventoryItem") or 0)
    place = number_in(args["locationId"], "Location") or 0
    if found is None:
        return {"inventoryLevel": None, "userErrors": [user_error("Inventory item does not exist", "inventoryItemId")]}
    if place not in site.locations:
        return {"inventoryLevel": None, "userErrors": [user_error("Location does not exist", "locationId")]}
    level = found[1].level(place)
    if level and level.active and args.get("available") is not None:
        message = "Not allowed to set available quantity when the item is already active at the location."
        return {"inventoryLevel": None, "userErrors": [user_error(message, "available")]}
    if level is None or not level.active:
        pieces = args.get("onHand") or (0 if level is None else level.available)
        product = site.catalogue.get(found[0].id) or found[0]
        found = (product, _put(site, found, place, Level(pieces, updated=site.now)))
    item = Item(*found)
    row = Shelf(item, place, item.variant.level(place) or Level(0))
    return {"inventoryLevel": row, "userErrors": []}


def item_update(visit: Visit, args: Args) -> Args:
    """Change an item: tracked, SKU, whether it ships."""
    found = visit.site.catalogue.of_item(number_in(args["id"], "InventoryItem") or 0)
    if found is None:
        return {"inventoryItem": None, "userErrors": [user_error("Inventory item does not exist", "id")]}
    product, variant = found
    given = args["input"]
    changed = replace(
        variant,
        tracked=variant.tracked if given.get("tracked") is None else given["tracked"],
        ships=variant.ships if given.get("requiresShipping") is None else given["requiresShipping"],
        sku=variant.sku if given.get("sku") is None else given["sku"],
        updated=visit.site.now,
    )
    kept = visit.site.catalogue.put_variant(product, changed, updated=visit.site.now)
    notices.product_changed(visit.site, kept)
    return {"inventoryItem": Item(kept, changed), "userErrors": []}


DEEDS: dict[str, Deed] = {
    "inventorySetQuantities": once("inventorySetQuantities", set_quantities),
    "inventoryAdjustQuantities": once("inventoryAdjustQuantities", adjust_quantities),
    "inventoryActivate": once("inventoryActivate", activate),
    "inventoryItemUpdate": item_update,
}
