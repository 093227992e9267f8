"""What can be asked at the root."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from instica.marketplaces.shopify.simulator import bulk, nodes
from instica.marketplaces.shopify.simulator.ledger import BulkJob, Order
from instica.marketplaces.shopify.simulator.nodes import Item, Sold, Work
from instica.marketplaces.shopify.simulator.paging import page, stream
from instica.marketplaces.shopify.simulator.search import Field, Search, Times, Words
from instica.marketplaces.shopify.simulator.site import gid, number_in
from instica.marketplaces.shopify.simulator.store import Product
from instica.marketplaces.shopify.simulator.visit import Visit, complaint

Root = Callable[[Visit, dict[str, Any]], Any]
VERSIONS = ("2026-01", "2026-04", "2026-07", "2026-10")
NEXT = "2027-01"
PRODUCTS: dict[str, Field] = {
    "id": lambda each: each.id,
    "title": lambda each: each.title,
    "handle": lambda each: each.handle,
    "vendor": lambda each: each.vendor,
    "product_type": lambda each: each.kind,
    "status": Words(lambda each: each.status.lower(), frozenset({"active", "archived", "draft", "unlisted"})),
    "tag": lambda each: each.tags,
    "sku": lambda each: [variant.sku for variant in each.variants],
    "barcode": lambda each: [variant.barcode for variant in each.variants],
    "created_at": Times(lambda each: each.created),
    "updated_at": Times(lambda each: each.updated),
    "published_at": Times(lambda each: each.published),
    "published_status": lambda each: "published" if each.published is not None else "unpublished",
    "gift_card": lambda each: each.gift_card,
    "has_only_default_variant": lambda each: each.is_simple,
    "inventory_total": lambda each: sum(level.available for one in each.variants for _, level in one.levels),
    "price": lambda each: each.variants[0].cents / 100,
    "tracks_inventory": lambda each: any(one.tracked for one in each.variants),
    "variant_id": lambda each: [variant.id for variant in each.variants],
}
VARIANTS: dict[str, Field] = {
    "id": lambda each: each.variant.id,
    "sku": lambda each: each.variant.sku,
    "barcode": lambda each: each.variant.barcode,
    "title": lambda each: " / ".join(each.variant.options),
    "product_id": lambda each: each.product.id,
    "product_ids": lambda each: each.product.id,
    "product_status": lambda each: each.product.status.lower(),
    "vendor": lambda each: each.product.vendor,
    "updated_at": Times(lambda each: each.variant.updated),
    "inventory_quantity": lambda each: sum(level.available for _, level in each.variant.levels),
}


def _standing(order: Order) -> list[str]:
    standing = "cancelled" if order.cancelled else "closed" if order.closed else "open"
    return [standing, "any", *(["not_closed"] if not order.closed else [])]


FINANCIAL = frozenset("paid pending authorized partially_paid partially_refunded refunded voided expired".split())
FULFILMENT = frozenset("unshipped shipped fulfilled partial scheduled on_hold unfulfilled request_declined".split())
ORDERS: dict[str, Field] = {
    "id": lambda each: each.id,
    "name": lambda each: [each.name, each.name[1:]],
    "email": lambda each: each.buyer.email,
    "created_at": Times(lambda each: each.at),
    "processed_at": Times(lambda each: each.at),
    "updated_at": Times(lambda each: each.updated),
    "financial_status": Words(lambda each: each.financial.lower(), FINANCIAL),
    "fulfillment_status": Words(
        lambda each: {"PARTIALLY_FULFILLED": "partial"}.get(each.fulfilment, each.fulfilment.lower()), FULFILMENT
    ),
    "status": Words(_standing, frozenset({"open", "closed", "cancelled", "not_closed", "any"})),
    "sku": lambda each: [line.sku for line in each.lines],
    "test": lambda each: each.test,
    "tag": lambda each: each.tags,
    "source_name": lambda each: "web",
    "customer_id": lambda each: each.buyer.id,
}
SIXTY_DAYS = 60 * 24 * 3600


def searched(visit: Visit, name: str, args: dict[str, Any], fields: dict[str, Field], free: Any) -> Search:
    """The search string of a list, with what is to be remarked about it."""
    text = args.get("query") or ""
    found = Search(text, fields, free, visit.site.now)
    if found.warnings:
        visit.remarks.append({"path": [name], "query": text, "parsed": {}, "warnings": found.warnings})
    return found


def product_rows(visit: Visit, args: dict[str, Any]) -> Iterator[Product]:
    """The products a list shows, in its order. Without a sort key they come as they are made."""
    test = searched(visit, "products", args, PRODUCTS, lambda each: f"{each.title} {each.vendor}").test
    catalogue, lag = visit.site.catalogue, visit.site.switches["search_lag"]
    newest = visit.site.now - lag
    sort = args.get("sortKey") or "ID"
    rows = catalogue.backwards() if args.get("reverse") and sort == "ID" else catalogue.every()
    wanted = (each for each in rows if test(each) and not (lag and args.get("query") and each.updated > newest))
    keys: dict[str, Callable[[Product], Any]] = {
        "UPDATED_AT": lambda each: (each.updated, each.id),
        "CREATED_AT": lambda each: (each.created, each.id),
        "TITLE": lambda each: (each.title.lower(), each.id),
    }
    if sort in keys:
        return iter(sorted(wanted, key=keys[sort], reverse=bool(args.get("reverse"))))
    return wanted


def products(visit: Visit, args: dict[str, Any]) -> Any:
    """A page of products."""
    key: Callable[[Product], int] = lambda each: each.id  # noqa: E731
    if args.get("last") is not None:
        return page(list(product_rows(visit, {**args, "reverse": False})), args, key)
    return stream(product_rows(visit, args), args, key)


def variant_rows(visit: Visit, args: dict[str, Any]) -> Iterator[Sold]:
    """The variants a list shows."""
    test = searched(visit, "productVariants", args, VARIANTS, lambda each: each.product.title).test
    return (sold for product in visit.site.catalogue.every() for sold in nodes.sold(product) if test(sold))


def order_rows(visit: Visit, args: dict[str, Any]) -> list[Order]:
    """The orders a list shows: without the right to all, none that is older than sixty days."""
    site = visit.site
    test = searched(visit, "orders", args, ORDERS, lambda each: f"{each.name} {each.buyer.email}").test
    rows = [order for order in site.orders.values() if visible(visit, order) and test(order)]
    if lag := site.switches["search_lag"]:
        rows = [order for order in rows if order.updated <= site.now - lag]
    sort = args.get("sortKey") or "PROCESSED_AT"
    rows.sort(key=lambda each: (each.updated if sort == "UPDATED_AT" else each.at, each.id))
    return rows


def visible(visit: Visit, order: Order) -> bool:
    """Whether this app may see an order of that age."""
    return visit.may(("read_all_orders",)) or order.at >= visit.site.now - SIXTY_DAYS


def order(visit: Visit, args: dict[str, Any]) -> Order | None:
    """One order."""
    number = number_in(args["id"], "Order")
    found = visit.site.orders.get(number) if number else None
    return found if found and visible(visit, found) else None


def counted(count: int, limit: int | None) -> dict[str, Any]:
    """A count, cut at a limit."""
    if limit is not None and count > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": count, "precision": "EXACT"}


def locations(visit: Visit, args: dict[str, Any]) -> Any:
    """Where stock lies."""
    rows = [each for each in visit.site.locations.values() if each.active or args.get("includeInactive")]
    return page(sorted(rows, key=lambda each: each.name), args, lambda each: each.id)


def location(visit: Visit, args: dict[str, Any]) -> Any:
    """One location; the shop's own when none is named."""
    if not args.get("id"):
        return next(iter(visit.site.locations.values()))
    return visit.site.locations.get(number_in(args["id"], "Location") or 0)


def work_rows(visit: Visit, args: dict[str, Any]) -> list[Work]:
    """Fulfilment orders; the closed ones when asked for."""
    rows = list(nodes.every_work(visit.site))
    return rows if args.get("includeClosed") else [row for row in rows if row.status not in ("CLOSED", "CANCELLED")]


def one(kind: str) -> Root:
    """The object of that kind behind ``id``."""

    def found(visit: Visit, args: dict[str, Any]) -> Any:
        if not str(args["id"]).startswith(f"gid://shopify/{kind}/"):
            raise complaint(f"Invalid global id '{args['id']}'", "RESOURCE_NOT_FOUND")
        return nodes.find(visit.site, args["id"], visit.origin)

    return found


def node(visit: Visit, args: dict[str, Any]) -> Any:
    """Any object by its global id, as far as the app may see it."""
    from instica.marketplaces.shopify.simulator.tables import access_of

    found = nodes.find(visit.site, args["id"], visit.origin)
    if found is None or not visit.may(access_of(nodes.KINDS.get(type(found), ""))):
        return None
    if isinstance(found, BulkJob):
        return bulk.looked_at(visit, found)
    return found if not isinstance(found, Order) or visible(visit, found) else None


def bulk_one(visit: Visit, args: dict[str, Any]) -> Any:
    """A bulk operation as it is now."""
    job = visit.site.bulk.get(number_in(args["id"], "BulkOperation") or 0)
    return bulk.looked_at(visit, job) if job else None


def current_bulk(visit: Visit, args: dict[str, Any]) -> Any:
    """The newest bulk operation."""
    job = next(reversed(visit.site.bulk.values()), None)
    return bulk.looked_at(visit, job) if job and args.get("type", "QUERY") == "QUERY" else None


def hook_rows(visit: Visit, args: dict[str, Any]) -> Any:
    """The app's subscriptions in this shop."""
    rows = list(visit.site.hooks.subscriptions.values())
    if topics := args.get("topics"):
        rows = [row for row in rows if row.topic in topics]
    if uri := args.get("uri") or args.get("callbackUrl"):
        rows = [row for row in rows if row.uri == uri]
    return page(rows, args, lambda row: row.id)


def installation(visit: Visit, args: dict[str, Any]) -> Any:
    """What the app was given here."""
    rows = [{"handle": scope, "description": scope.replace("_", " ")} for scope in visit.grant.scopes]
    return {"id": gid("AppInstallation", 512_300_900_001), "accessScopes": rows}


def versions(visit: Visit, args: dict[str, Any]) -> Any:
    """The versions that can be asked for."""
    rows = [{"handle": each, "displayName": each, "supported": True} for each in VERSIONS]
    return [*rows, {"handle": NEXT, "displayName": f"{NEXT} (Release candidate)", "supported": False}]


def job(visit: Visit, args: dict[str, Any]) -> Any:
    """Something that takes a while."""
    done_at = visit.site.jobs.get(args["id"])
    return None if done_at is None else nodes.Job(args["id"], done_at)


def product_by(visit: Visit, args: dict[str, Any]) -> Any:
    """One product by id or handle."""
    return nodes.of_handle(visit.site, args["identifier"])


def items(visit: Visit, args: dict[str, Any]) -> Any:
    """Inventory items, by SKU or id."""
    fields: dict[str, Field] = {"sku": lambda each: each.variant.sku, "id": lambda each: each.variant.item_id}
    test = searched(visit, "inventoryItems", args, fields, lambda each: each.variant.sku).test
    rows = (Item(row.product, row.variant) for row in variant_rows(visit, {}))
    return stream((row for row in rows if test(row)), args, lambda each: each.variant.item_id)


ROOTS: dict[str, Root] = {
    "shop": lambda visit, args: visit.site.shop,
    "currentAppInstallation": installation,
    "publicApiVersions": versions,
    "products": products,
    "product": one("Product"),
    "productByIdentifier": product_by,
    "productsCount": lambda visit, args: counted(sum(1 for _ in product_rows(visit, args)), args.get("limit")),
    "productVariants": lambda visit, args: stream(variant_rows(visit, args), args, lambda each: each.variant.id),
    "productVariant": one("ProductVariant"),
    "productVariantsCount": lambda visit, args: counted(sum(1 for _ in variant_rows(visit, args)), args.get("limit")),
    "productOperation": lambda visit, args: visit.site.operations.get(
        number_in(args["id"], "ProductSetOperation") or number_in(args["id"], "ProductDeleteOperation") or 0
    ),
    "node": node,
    "nodes": lambda visit, args: [node(visit, {"id": each}) for each in args["ids"]],
    "publications": lambda visit, args: page(
        list(nodes.publications()) if args.get("catalogType") in (None, "APP") else [], args, lambda each: each.id
    ),
    "locations": locations,
    "location": location,
    "inventoryItem": one("InventoryItem"),
    "inventoryItems": items,
    "inventoryLevel": one("InventoryLevel"),
    "orders": lambda visit, args: page(order_rows(visit, args), args, lambda each: each.id),
    "order": order,
    "ordersCount": lambda visit, args: counted(len(order_rows(visit, args)), args.get("limit")),
    "fulfillmentOrder": one("FulfillmentOrder"),
    "fulfillmentOrders": lambda visit, args: page(work_rows(visit, args), args, lambda each: each.id),
    "webhookSubscriptions": hook_rows,
    "webhookSubscription": one("WebhookSubscription"),
    "bulkOperation": bulk_one,
    "bulkOperations": lambda visit, args: page(list(visit.site.bulk.values()), args, lambda each: each.id),
    "currentBulkOperation": current_bulk,
    "job": job,
    "taxonomy": lambda visit, args: nodes.TAXONOMY,
}
