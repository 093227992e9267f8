"""The kinds of webhooks we send, and what each carries; the API's document and the reference are made of this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One key of ``data``: its JSON type, what it means, and how it may look."""

    type: str
    text: str
    example: Any
    null: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: when it is sent, and the keys of its ``data`` beside ``sequence``."""

    text: str
    fields: Mapping[str, Field]


SEQUENCE = Field(
    "integer",
    "Grows with every event about the same `uid`: drop one that is not above the last you saw.",
    1771156800000000,
)
SHOP = {
    "platform": Field("string", "The marketplace.", "ebay"),
    "seller_account_uid": Field("string", "The shop there.", "sa_01h455vb4pex5vsknk084sn02q"),
}
LINK = Field("string", "Where to read it whole.", "https://hub.example/api/v1/…/")

IMPORT = {
    "uid": Field("string", "The import job.", "job_01h455vb4pex5vsknk084sn02q"),
    **SHOP,
    "status": Field("string", "Its status, as the job has it.", "completed"),
    "found": Field("integer", "Listings found.", 150),
    "imported": Field("integer", "Listings taken in.", 145),
    "skipped": Field("integer", "Listings passed over.", 0),
    "failed": Field("integer", "Listings that cannot be taken in.", 3),
    "conflicted": Field("integer", "Listings a person must decide about.", 2),
    "link": LINK,
}
ORDER = {
    "uid": Field("string", "The order.", "ord_01h455vb4pex5vsknk084sn02q"),
    **SHOP,
    "marketplace_order_id": Field("string", "Its number there.", "12-05678-91234"),
    "status": Field("string", "How it stands.", "paid"),
    "total": Field("string", "What was paid, with two places.", "34.99", null=True),
    "currency": Field("string", "Of the total.", "USD"),
    "missing": Field("integer", "Pieces that were sold and are not in stock: above 0 it is oversold.", 0),
    "link": LINK,
}
STOCK = {
    "uid": Field("string", "The inventory item.", "inv_01h455vb4pex5vsknk084sn02q"),
    "sku": Field("string", "Its SKU; may be empty.", "PCS-7088-001"),
    "quantity": Field("integer", "Pieces in stock now; null when it is made to order.", 1, null=True),
    "change": Field("integer", "How that differs from before.", -1),
    "cause": Field("string", "`sale`, `return`, `person`, `import`, `lower`, `undo` …", "sale"),
    "link": LINK,
}
LISTING = {
    "uid": Field("string", "The listing.", "lst_01h455vb4pex5vsknk084sn02q"),
    **SHOP,
    "listing_id": Field("string", "Its number there; empty while there is none.", "394857201"),
    "inventory_item_uid": Field(
        "string", "What it sells; of several items the first.", "inv_01h455vb4pex5…", null=True
    ),
    "state": Field("string", "How it stands: `live`, `ended`, `sold out`, `updating`, `refused`, `drifted` …", "live"),
    "problem": Field("string", "The marketplace's words, where it refused something.", "Title is too long", null=True),
    "differs": Field("string", "The fields that differ there, where somebody edited it there.", "price", null=True),
    "link": Field("string", "Where to read the item's listings.", "https://hub.example/api/v1/…/", null=True),
}
TEST = {
    "uid": Field("string", "The endpoint.", "hook_01h455vb4pex5vsknk084sn02q"),
    "message": Field("string", "A greeting.", "It works."),
}
TESTING = "webhook.test"

KINDS: Mapping[str, Kind] = {
    "import.completed": Kind("An import came to its end; some rows may be left for a person.", IMPORT),
    "import.failed": Kind("An import cannot go on by itself.", IMPORT),
    "import.undone": Kind("An import was taken back.", IMPORT),
    "order.created": Kind("Something was sold.", ORDER),
    "order.updated": Kind("Anything about an order changed that has no kind of its own.", ORDER),
    "order.shipped": Kind("An order was sent.", ORDER),
    "order.cancelled": Kind("An order was cancelled.", ORDER),
    "order.oversold": Kind("An order asks for more than is in stock: cancel it, or find another piece.", ORDER),
    "stock.changed": Kind(
        "The stock of an item changed. What an import takes in as new is told by import.completed alone.",
        STOCK,
    ),
    "listing.live": Kind("A listing can be bought.", LISTING),
    "listing.updated": Kind("What we changed on a live listing stands there: words, price or quantity.", LISTING),
    "listing.ended": Kind("A listing can no longer be bought: ended by us, or gone there.", LISTING),
    "listing.refused": Kind("The marketplace refused a change: a person edits the item, or tries again.", LISTING),
    "listing.drifted": Kind("Somebody edited a listing there: take theirs, or keep ours.", LISTING),
    "listing.unclear": Kind("Nobody can tell whether a listing was put up: a person has to look.", LISTING),
    TESTING: Kind("You asked for a test. Sent only to the endpoint you asked for.", TEST),
}


def chosen() -> list[str]:
    """The kinds an endpoint may choose from."""
    return [name for name in KINDS if name != TESTING]


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of a whole body of that kind."""
    fields = {**KINDS[name].fields, "sequence": SEQUENCE}
    data = {
        "type": "object",
        "properties": {key: _property(field) for key, field in fields.items()},
        "required": list(fields),
        "additionalProperties": True,
    }
    properties = {
        "type": {"type": "string", "const": name},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
        "data": data,
    }
    return {"type": "object", "properties": properties, "required": list(properties), "description": KINDS[name].text}


def example(name: str) -> dict[str, Any]:
    """A body of that kind."""
    fields = {**KINDS[name].fields, "sequence": SEQUENCE}
    data = {key: field.example for key, field in fields.items()}
    return {"type": name, "timestamp": "2026-02-15T12:00:00Z", "data": data}


def _property(field: Field) -> dict[str, Any]:
    kind: Any = [field.type, "null"] if field.null else field.type
    return {"type": kind, "description": field.text, "examples": [field.example]}
