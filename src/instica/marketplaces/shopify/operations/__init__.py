"""Every GraphQL document that is sent to Shopify: one a file, with what it costs and which scope it takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SPREAD = re.compile(r"\.\.\.(\w+Fields)")
COMMENT = re.compile(r"(?m)^#.*\n")


@dataclass(frozen=True, slots=True)
class Operation:
    """``root`` is the field that is asked for; ``cost`` the points it takes, a little more than was reckoned."""

    name: str
    root: str
    cost: float
    scope: str = ""

    @property
    def text(self) -> str:
        """The document, with the fragments it uses."""
        return document(self.name)

    @property
    def title(self) -> str:
        """Its name in the document: ``SetProduct``."""
        return "".join(part.capitalize() for part in self.name.split("_"))


KNOWN = (
    Operation("who", "shop", 6),
    Operation("size", "productsCount", 22, "read_products"),
    Operation("product_page", "products", 490, "read_products"),
    Operation("product", "product", 44, "read_products"),
    Operation("product_by_handle", "productByIdentifier", 2, "read_products"),
    Operation("more_variants", "product", 40, "read_products"),
    Operation("more_media", "product", 28, "read_products"),
    Operation("start_export", "bulkOperationRunQuery", 10, "read_products"),
    Operation("export", "bulkOperation", 2),
    Operation("set_product", "productSet", 12, "write_products"),
    Operation("stage", "stagedUploadsCreate", 11),
    Operation("set_status", "productUpdate", 10, "write_products"),
    Operation("set_variants", "productVariantsBulkUpdate", 11, "write_products"),
    Operation("publish", "publishablePublish", 10, "write_publications"),
    Operation("channels", "publications", 14, "read_publications"),
    Operation("locations", "locations", 10, "read_locations"),
    Operation("categories", "taxonomy", 12),
    Operation("levels", "nodes", 29, "read_inventory"),
    Operation("product_variants", "product", 14, "read_products"),
    Operation("set_quantities", "inventorySetQuantities", 11, "write_inventory"),
    Operation("track_item", "inventoryItemUpdate", 11, "write_inventory"),
    Operation("order_page", "orders", 360, "read_orders"),
    Operation("order", "order", 52, "read_orders"),
    Operation("more_lines", "order", 40, "read_orders"),
    Operation("work", "order", 192, "read_merchant_managed_fulfillment_orders"),
    Operation("ship", "fulfillmentCreate", 11, "write_merchant_managed_fulfillment_orders"),
    Operation("track", "fulfillmentTrackingInfoUpdate", 11, "write_merchant_managed_fulfillment_orders"),
    Operation("cancel_order", "orderCancel", 11, "write_orders"),
    Operation("hooks", "webhookSubscriptions", 12),
    Operation("subscribe", "webhookSubscriptionCreate", 10),
    Operation("unsubscribe", "webhookSubscriptionDelete", 10),
    Operation("uninstall", "appUninstall", 10),
)
OPERATIONS = {operation.name: operation for operation in KNOWN}


@cache
def document(name: str) -> str:
    """The text of a document and, once each, of the fragments it spreads."""
    texts: dict[str, str] = {}
    wanted = [name]
    while wanted:
        each = wanted.pop(0)
        if each not in texts:
            texts[each] = COMMENT.sub("", (FOLDER / f"{each}.graphql").read_text(encoding="utf-8"))
            wanted += [snake(found) for found in SPREAD.findall(texts[each])]
    return "\n".join(texts.values())


def snake(name: str) -> str:
    """``ProductFields`` as its file is called."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()
