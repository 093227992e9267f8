"""Everything the schema can ask for, and the scopes it takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instica.marketplaces.shopify.simulator import (
    hook_deeds,
    inventory_deeds,
    order_deeds,
    order_fields,
    product_deeds,
    product_fields,
    queries,
    shop_fields,
    variant_deeds,
)
from instica.marketplaces.shopify.simulator.visit import Visit

DEEDS = {
    **product_deeds.DEEDS,
    **variant_deeds.DEEDS,
    **inventory_deeds.DEEDS,
    **order_deeds.DEEDS,
    **hook_deeds.DEEDS,
}
TABLES: dict[str, Any] = {
    **product_fields.TABLES,
    **order_fields.TABLES,
    **shop_fields.TABLES,
    "QueryRoot": queries.ROOTS,
    "Mutation": DEEDS,
}
READ_FULFILMENT = (
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_assigned_fulfillment_orders",
)
WRITE_FULFILMENT = tuple(scope.replace("read_", "write_") for scope in READ_FULFILMENT)
READ = {
    "Product": ("read_products",),
    "ProductVariant": ("read_products",),
    "InventoryItem": ("read_inventory", "read_products"),
    "InventoryLevel": ("read_inventory",),
    "Location": ("read_locations", "read_inventory"),
    "Publication": ("read_publications",),
    "Order": ("read_orders",),
    "Customer": ("read_customers",),
    "FulfillmentOrder": READ_FULFILMENT,
    "Fulfillment": ("read_orders", *READ_FULFILMENT),
}
FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("QueryRoot", "products"): READ["Product"],
    ("QueryRoot", "product"): READ["Product"],
    ("QueryRoot", "productByIdentifier"): READ["Product"],
    ("QueryRoot", "productsCount"): READ["Product"],
    ("QueryRoot", "productVariants"): READ["Product"],
    ("QueryRoot", "productVariant"): READ["Product"],
    ("QueryRoot", "productVariantsCount"): READ["Product"],
    ("QueryRoot", "inventoryItem"): READ["InventoryItem"],
    ("QueryRoot", "inventoryItems"): READ["InventoryItem"],
    ("QueryRoot", "inventoryLevel"): READ["InventoryLevel"],
    ("InventoryItem", "inventoryLevels"): READ["InventoryLevel"],
    ("InventoryItem", "inventoryLevel"): READ["InventoryLevel"],
    ("QueryRoot", "locations"): READ["Location"],
    ("QueryRoot", "location"): READ["Location"],
    ("QueryRoot", "publications"): READ["Publication"],
    ("Product", "resourcePublicationsV2"): READ["Publication"],
    ("QueryRoot", "orders"): READ["Order"],
    ("QueryRoot", "order"): READ["Order"],
    ("QueryRoot", "ordersCount"): READ["Order"],
    ("Order", "customer"): READ["Customer"],
    ("Order", "fulfillmentOrders"): READ["FulfillmentOrder"],
    ("QueryRoot", "fulfillmentOrder"): READ["FulfillmentOrder"],
    ("QueryRoot", "fulfillmentOrders"): READ["FulfillmentOrder"],
    **{("Mutation", name): ("write_products",) for name in (*product_deeds.CONTENT, *variant_deeds.DEEDS)},
    **{("Mutation", name): ("write_publications",) for name in product_deeds.CHANNELS},
    **{("Mutation", name): ("write_inventory",) for name in inventory_deeds.DEEDS},
    **{("Mutation", name): ("write_orders",) for name in order_deeds.ORDERS},
    **{("Mutation", name): WRITE_FULFILMENT for name in order_deeds.PARCELS},
}


def needs(kind: str, name: str) -> tuple[str, ...]:
    """The scopes of which a field wants one."""
    return FIELDS.get((kind, name), ())


def access_of(kind: str) -> tuple[str, ...]:
    """The scopes of which an object of that kind wants one."""
    return READ.get(kind, ())


def bulk_rows(visit: Visit, name: str, args: dict[str, Any]) -> Iterable[Any]:
    """Everything a root list holds, for a bulk operation."""
    if name == "products":
        return queries.product_rows(visit, args)
    if name == "productVariants":
        return queries.variant_rows(visit, args)
    if name == "orders":
        return queries.order_rows(visit, args)
    if name == "locations":
        return list(visit.site.locations.values())
    raise LookupError(name)
