"""The inventory of a listing: what was read as what can be written, and changes in between that lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from hashlib import blake2b
from typing import Any

from instica.kit.errors import Complaint, Refused
from instica.kit.types import RemoteOffer
from instica.marketplaces.etsy.reading import listed, record, records, whole, words

Product = dict[str, Any]
Body = dict[str, Any]
ON = ("price_on_property", "quantity_on_property", "sku_on_property", "readiness_state_on_property")
FREE_SLOTS = (513, 514)
LONGEST_KEY = 100
MOST_PIECES = 999


def key(values: Iterable[Mapping[str, Any]]) -> str:
    """What tells one product of a listing from the others: its property values, as they are sent.

    Not the product's id: that may change with every write.
    """
    parts = sorted((each["property_id"], "/".join(each["values"])) for each in values)
    text = "|".join(f"{ident}={value}" for ident, value in parts)
    return text if len(text) <= LONGEST_KEY else f"#{digest(text)}"


def key_read(values: Iterable[Mapping[str, Any]]) -> str:
    """The same of property values as they are read."""
    return key(map(_value, values))


def digest(text: str) -> str:
    """A short text that stands for a long one."""
    return blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()


def products(inventory: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The products that are not deleted."""
    return [each for each in records(inventory.get("products")) if each.get("is_deleted") is not True]


def offering(product: Mapping[str, Any]) -> Mapping[str, Any]:
    """How a product sells: its first offering that is not deleted, one that is enabled before others."""
    rows = [each for each in records(product.get("offerings")) if each.get("is_deleted") is not True]
    return next((each for each in rows if each.get("is_enabled") is True), rows[0] if rows else {})


def as_sent(inventory: Mapping[str, Any]) -> Body:
    """Everything in an inventory in the form a PUT takes. Raises ``Refused`` where a price cannot be read."""
    body: Body = {"products": [_sent(each) for each in products(inventory)]}
    return body | {name: [whole(each) for each in listed(inventory.get(name))] for name in ON}


def _sent(product: Mapping[str, Any]) -> Product:
    rows = [each for each in records(product.get("offerings")) if each.get("is_deleted") is not True]
    values = [_value(each) for each in records(product.get("property_values"))]
    offerings = [_offering(each) for each in rows]
    return {"sku": words(product.get("sku")), "property_values": values, "offerings": offerings}


def _value(row: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {
        "property_id": whole(row.get("property_id")),
        "value_ids": [whole(each) for each in listed(row.get("value_ids"))],
        "values": [words(each) for each in listed(row.get("values"))],
    }
    name, scale = words(row.get("property_name")), whole(row.get("scale_id"))
    return value | ({"property_name": name} if name else {}) | ({"scale_id": scale} if scale else {})


def _offering(row: Mapping[str, Any]) -> dict[str, Any]:
    price = record(row.get("price"))
    amount, divisor = price.get("amount"), whole(price.get("divisor"))
    if not isinstance(amount, int) or not divisor:
        raise Refused([Complaint("Etsy shows a variation without a price: set one there first", "price")])
    return {
        "price": float(Decimal(amount) / divisor),
        "quantity": whole(row.get("quantity")),
        "is_enabled": row.get("is_enabled") is not False,
        "readiness_state_id": whole(row.get("readiness_state_id")) or None,
    }


def total(body: Body) -> int:
    """What buyers can buy, all products together."""
    rows = [each for product in body["products"] for each in product["offerings"]]
    return sum(each["quantity"] for each in rows if each["is_enabled"])


def variations(body: Body) -> int:
    """By how many properties the products differ."""
    return max((len(product["property_values"]) for product in body["products"]), default=0)


def with_levels(body: Body, levels: Mapping[str, int], *, others: int | None = None) -> Body:
    """The same with those quantities, by key; ``others`` is what everything not named gets, ``None`` keeps it.

    Raises ``Refused`` for a key that is not there.
    """
    changed = deepcopy(body)
    found = {key(product["property_values"]): product for product in changed["products"]}
    if missing := [name for name in levels if name not in found]:
        raise Refused([Complaint(f"This listing has no variation {name or 'without options'}") for name in missing])
    for name, product in found.items():
        quantity = levels.get(name, others)
        for row in product["offerings"] if quantity is not None else ():
            row["quantity"] = min(MOST_PIECES, quantity or 0)
            row["is_enabled"] = row["is_enabled"] or bool(quantity)
    return loosened(changed)


def with_offers(body: Body, offers: Sequence[RemoteOffer], ready: int | None = None) -> Body:
    """The same with what a draft's offers say of price, quantity and SKU; products they do not name stay as they are.

    ``ready`` is the processing profile where there is none yet. Raises ``Refused`` for an offer that fits no product.
    """
    changed = deepcopy(body)
    for offer in offers:
        product = _meant(changed["products"], offer, alone=len(offers) == 1)
        if product is None:
            options = ", ".join(offer.options.values()) or offer.sku or offer.id
            raise Refused([Complaint(f"This listing has no variation {options}: add it on Etsy", "offers")])
        product["sku"] = offer.sku or product["sku"]
        for row in product["offerings"]:
            row["price"] = float(offer.price.decimal) if offer.price else row["price"]
            row["quantity"] = pieces(offer)
            row["is_enabled"] = row["is_enabled"] or bool(row["quantity"])
            row["readiness_state_id"] = row["readiness_state_id"] or ready
    return loosened(changed)


def _meant(rows: Sequence[Product], offer: RemoteOffer, *, alone: bool) -> Product | None:
    """The product an offer is about: by key, by option values, by SKU, or the only one."""
    wanted = sorted(offer.options.values())
    tests: tuple[Callable[[Product], bool], ...] = (
        lambda row: bool(offer.id) and key(row["property_values"]) == offer.id,
        lambda row: bool(wanted) and sorted(", ".join(each["values"]) for each in row["property_values"]) == wanted,
        lambda row: bool(offer.sku) and row["sku"] == offer.sku,
    )
    for fits in tests:
        if len(found := [row for row in rows if fits(row)]) == 1:
            return found[0]
    return rows[0] if alone and len(rows) == 1 else None


def built(offers: Sequence[RemoteOffer], ready: int | None) -> Body:
    """A new inventory out of a draft's offers: the free slots carry the options, missing combinations are disabled."""
    names = list(dict.fromkeys(name for offer in offers for name in offer.options))
    dearest = max((offer.price.decimal for offer in offers if offer.price), default=Decimal(0))
    axes = [list(dict.fromkeys(offer.options.get(name, "") for offer in offers)) for name in names]
    given = {tuple(offer.options.get(name, "") for name in names): offer for offer in offers}
    rows = [_made(names, combined, given.get(combined), dearest, ready) for combined in _every(axes)]
    return loosened({"products": rows, **{name: [] for name in ON}})


def _every(axes: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for axis in axes:
        found = [(*before, value) for before in found for value in axis]
    return found


def _made(
    names: Sequence[str], combined: tuple[str, ...], offer: RemoteOffer | None, dearest: Decimal, ready: int | None
) -> Product:
    values = [
        {"property_id": slot, "property_name": name, "value_ids": [], "values": [value]}
        for slot, name, value in zip(FREE_SLOTS, names, combined, strict=False)
    ]
    row = {
        "price": float(offer.price.decimal if offer and offer.price else dearest),
        "quantity": pieces(offer) if offer else 0,
        "is_enabled": offer is not None,
        "readiness_state_id": ready,
    }
    return {"sku": offer.sku if offer else "", "property_values": values, "offerings": [row]}


def pieces(offer: RemoteOffer) -> int:
    """How many to show: what is made to order is always there."""
    return MOST_PIECES if offer.quantity is None else max(0, min(MOST_PIECES, offer.quantity))


def loosened(body: Body) -> Body:
    """The same, where price, quantity, SKU and profile may differ by every property by which they now do differ."""
    takes: tuple[Callable[[Product], Any], ...] = (
        _of_first("price"),
        _of_first("quantity"),
        lambda row: row["sku"],
        _of_first("readiness_state_id"),
    )
    for name, take in zip(ON, takes, strict=True):
        on = set(body[name])
        seen: dict[str, Any] = {}
        for row in body["products"]:
            group = key(each for each in row["property_values"] if each["property_id"] in on)
            if seen.setdefault(group, take(row)) != take(row):
                body[name] = [each["property_id"] for each in row["property_values"]]
                break
    return body


def _of_first(field: str) -> Callable[[Product], Any]:
    return lambda row: row["offerings"][0][field] if row["offerings"] else None
