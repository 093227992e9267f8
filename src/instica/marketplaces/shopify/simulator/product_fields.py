"""What products, variants, pictures and stock answer, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from instica.marketplaces.shopify.simulator import nodes, trade
from instica.marketplaces.shopify.simulator.nodes import PRINTS, Item, Shelf, Shown
from instica.marketplaces.shopify.simulator.paging import page
from instica.marketplaces.shopify.simulator.site import ONLINE_STORE, gid, iso, money, number_in
from instica.marketplaces.shopify.simulator.store import FIRST_OPTION, Picture, Product
from instica.marketplaces.shopify.simulator.visit import Visit

Table = dict[str, Callable[[Visit, Any, dict[str, Any]], Any]]
STATES = ("available", "committed", "on_hand", "incoming", "reserved", "damaged", "safety_stock", "quality_control")


def options(visit: Visit, product: Product, args: dict[str, Any]) -> list[dict[str, Any]]:
    """Option names with their values."""
    rows = [_option(product, place, name, values) for place, (name, values) in enumerate(product.options)]
    return rows[: args["first"]] if args.get("first") else rows


def _option(product: Product, place: int, name: str, values: tuple[str, ...]) -> dict[str, Any]:
    first = FIRST_OPTION + product.index * 3 + place
    used = {variant.options[place] for variant in product.variants if place < len(variant.options)}
    return {
        "id": gid("ProductOption", first),
        "name": name,
        "position": place + 1,
        "values": [value for value in values if value in used],
        "optionValues": [
            {"id": gid("ProductOptionValue", first * 4096 + number), "name": value, "hasVariants": value in used}
            for number, value in enumerate(values)
        ],
    }


def media(visit: Visit, product: Product) -> list[Shown]:
    """Its pictures as they stand now."""
    return [shown(visit, picture) for picture in product.pictures]


def shown(visit: Visit, picture: Picture) -> Shown:
    """One picture: processed, being processed, or failed."""
    ready = picture.ready_at <= visit.site.now
    status = "FAILED" if picture.failed and ready else "READY" if ready else "PROCESSING"
    return Shown(picture, status, visit.origin)


def image(visit: Visit, found: Shown) -> dict[str, Any] | None:
    """Where a picture that is ready lies."""
    if found.status != "READY":
        return None
    source = found.picture.source
    url = f"{found.origin}{source}?v=1795000000" if source.startswith("/") else source
    return {
        "id": gid("ImageSource", found.picture.id),
        "altText": found.picture.alt or None,
        "url": url,
        "width": found.picture.width,
        "height": found.picture.height,
    }


def price_range(visit: Visit, product: Product, args: dict[str, Any]) -> dict[str, Any]:
    """From the cheapest variant to the dearest."""
    prices = [variant.cents for variant in product.variants]
    return {
        "minVariantPrice": {"amount": money(min(prices)), "currencyCode": visit.site.shop.currency},
        "maxVariantPrice": {"amount": money(max(prices)), "currencyCode": visit.site.shop.currency},
    }


def address(visit: Visit, product: Product) -> str:
    """Where buyers find it; the store is on the same origin as all the rest."""
    return f"{visit.origin}/products/{product.handle}"


def is_on(visit: Visit, product: Product, publication: int | None) -> bool:
    """Whether buyers see it on that channel now."""
    return publication == ONLINE_STORE and trade.is_shown(visit.site, product)


def publications(visit: Visit, product: Product, args: dict[str, Any]) -> dict[str, Any]:
    """The channels it is on, or will be."""
    rows = []
    if product.published is not None:
        rows = [
            {
                "isPublished": True,
                "publication": nodes.publications()[0],
                "publishDate": iso(product.published),
            }
        ]
    return page(rows, args, lambda row: row["publication"].id)


PRODUCT: Table = {
    "id": lambda visit, each, args: gid("Product", each.id),
    "legacyResourceId": lambda visit, each, args: str(each.id),
    "descriptionHtml": lambda visit, each, args: each.html,
    "description": lambda visit, each, args: re.sub(r"<[^>]+>", "", each.html)[: args.get("truncateAt") or None],
    "productType": lambda visit, each, args: each.kind,
    "category": lambda visit, each, args: PRINTS,
    "tags": lambda visit, each, args: list(each.tags),
    "templateSuffix": lambda visit, each, args: None,
    "seo": lambda visit, each, args: {"title": None, "description": None},
    "options": options,
    "variants": lambda visit, each, args: page(nodes.sold(each), args, lambda row: row.variant.id),
    "variantsCount": lambda visit, each, args: {"count": len(each.variants), "precision": "EXACT"},
    "media": lambda visit, each, args: page(media(visit, each), args, lambda row: row.picture.id),
    "mediaCount": lambda visit, each, args: {"count": len(each.pictures), "precision": "EXACT"},
    "featuredMedia": lambda visit, each, args: next(iter(media(visit, each)), None),
    "createdAt": lambda visit, each, args: iso(each.created),
    "updatedAt": lambda visit, each, args: iso(each.updated),
    "publishedAt": lambda visit, each, args: iso(each.published),
    "totalInventory": lambda visit, each, args: sum(trade.stock(visit.site, one) for one in each.variants),
    "tracksInventory": lambda visit, each, args: any(one.tracked for one in each.variants),
    "hasOnlyDefaultVariant": lambda visit, each, args: each.is_simple,
    "hasOutOfStockVariants": lambda visit, each, args: any(trade.stock(visit.site, one) <= 0 for one in each.variants),
    "isGiftCard": lambda visit, each, args: each.gift_card,
    "requiresSellingPlan": lambda visit, each, args: False,
    "priceRangeV2": price_range,
    "onlineStoreUrl": lambda visit, each, args: address(visit, each) if is_on(visit, each, ONLINE_STORE) else None,
    "onlineStorePreviewUrl": lambda visit, each, args: address(visit, each),
    "publishedOnPublication": lambda visit, each, args: is_on(
        visit, each, number_in(args["publicationId"], "Publication")
    ),
    "resourcePublicationsV2": publications,
}

VARIANT: Table = {
    "id": lambda visit, each, args: gid("ProductVariant", each.variant.id),
    "legacyResourceId": lambda visit, each, args: str(each.variant.id),
    "title": lambda visit, each, args: " / ".join(each.variant.options),
    "displayName": lambda visit, each, args: f"{each.product.title} - {' / '.join(each.variant.options)}",
    "sku": lambda visit, each, args: each.variant.sku or None,
    "barcode": lambda visit, each, args: each.variant.barcode or None,
    "price": lambda visit, each, args: money(each.variant.cents),
    "compareAtPrice": lambda visit, each, args: (
        None if each.variant.compare_cents is None else money(each.variant.compare_cents)
    ),
    "position": lambda visit, each, args: each.product.variants.index(each.variant) + 1,
    "selectedOptions": lambda visit, each, args: [
        {"name": name, "value": value}
        for (name, _), value in zip(each.product.options, each.variant.options, strict=False)
    ],
    "inventoryItem": lambda visit, each, args: Item(each.product, each.variant),
    "inventoryPolicy": lambda visit, each, args: each.variant.policy,
    "inventoryQuantity": lambda visit, each, args: trade.stock(visit.site, each.variant),
    "sellableOnlineQuantity": lambda visit, each, args: trade.sellable(visit.site, each.variant),
    "availableForSale": lambda visit, each, args: (
        not each.variant.tracked or each.variant.policy == "CONTINUE" or trade.stock(visit.site, each.variant) > 0
    ),
    "taxable": lambda visit, each, args: True,
    "requiresComponents": lambda visit, each, args: each.variant.bundle,
    "createdAt": lambda visit, each, args: iso(each.product.created),
    "updatedAt": lambda visit, each, args: iso(each.variant.updated),
}

PICTURE: Table = {
    "id": lambda visit, each, args: gid("MediaImage", each.picture.id),
    "alt": lambda visit, each, args: each.picture.alt or None,
    "mediaContentType": lambda visit, each, args: "IMAGE",
    "mimeType": lambda visit, each, args: "image/jpeg",
    "fileStatus": lambda visit, each, args: each.status,
    "status": lambda visit, each, args: each.status,
    "mediaErrors": lambda visit, each, args: (
        [{"code": "IMAGE_DOWNLOAD_FAILURE", "details": None, "message": "The image could not be downloaded."}]
        if each.status == "FAILED"
        else []
    ),
    "preview": lambda visit, each, args: {"image": image(visit, each), "status": each.status},
    "image": lambda visit, each, args: image(visit, each),
    "createdAt": lambda visit, each, args: iso(each.picture.ready_at or visit.site.now),
    "updatedAt": lambda visit, each, args: iso(each.picture.ready_at or visit.site.now),
}


def _count_sku(visit: Visit, sku: str) -> int:
    if not sku:
        return 0
    return sum(one.sku == sku for each in visit.site.catalogue.every() for one in each.variants)


def _shelf(visit: Visit, item: Item, args: dict[str, Any]) -> Shelf | None:
    place = number_in(args["locationId"], "Location")
    rows = nodes.shelves(item, inactive=bool(args.get("includeInactive")))
    return next((row for row in rows if row.location == place), None)


ITEM: Table = {
    "id": lambda visit, each, args: gid("InventoryItem", each.variant.item_id),
    "legacyResourceId": lambda visit, each, args: str(each.variant.item_id),
    "sku": lambda visit, each, args: each.variant.sku or None,
    "duplicateSkuCount": lambda visit, each, args: max(0, _count_sku(visit, each.variant.sku) - 1),
    "tracked": lambda visit, each, args: each.variant.tracked,
    "requiresShipping": lambda visit, each, args: each.variant.ships,
    "unitCost": lambda visit, each, args: (
        None
        if each.variant.cost_cents is None
        else {"amount": money(each.variant.cost_cents), "currencyCode": visit.site.shop.currency}
    ),
    "measurement": lambda visit, each, args: {
        "id": gid("InventoryItemMeasurement", each.variant.item_id),
        "weight": {"unit": "GRAMS", "value": float(each.variant.grams)},
    },
    "countryCodeOfOrigin": lambda visit, each, args: None,
    "harmonizedSystemCode": lambda visit, each, args: None,
    "inventoryLevel": _shelf,
    "inventoryLevels": lambda visit, each, args: page(
        nodes.shelves(each, inactive=bool(args.get("includeInactive"))), args, lambda row: row.location
    ),
    "locationsCount": lambda visit, each, args: {"count": len(each.variant.levels), "precision": "EXACT"},
    "createdAt": lambda visit, each, args: iso(each.product.created),
    "updatedAt": lambda visit, each, args: iso(each.variant.updated),
}


def _quantity_id(shelf: Shelf, name: str) -> str:
    return f"inventory_item_id={shelf.item.variant.item_id}&name={name}"


def quantities(visit: Visit, shelf: Shelf, args: dict[str, Any]) -> list[dict[str, Any]]:
    """The named quantities asked for."""
    known = {"available": shelf.level.available, "committed": shelf.level.committed, "on_hand": shelf.level.on_hand}
    return [
        {
            "id": gid(
                "InventoryQuantity", f"{shelf.location}?inventory_item_id={shelf.item.variant.item_id}&name={name}"
            ),
            "name": name,
            "quantity": known.get(name, 0),
            "updatedAt": iso(shelf.level.updated),
        }
        for name in args["names"]
        if name in STATES
    ]


LEVEL: Table = {
    "id": lambda visit, each, args: (
        f"{gid('InventoryLevel', each.location)}?inventory_item_id={each.item.variant.item_id}"
    ),
    "isActive": lambda visit, each, args: each.level.active,
    "canDeactivate": lambda visit, each, args: len(each.item.variant.levels) > 1,
    "location": lambda visit, each, args: visit.site.locations[each.location],
    "quantities": quantities,
    "createdAt": lambda visit, each, args: iso(each.item.product.created),
    "updatedAt": lambda visit, each, args: iso(each.level.updated),
}


def catalog(visit: Visit, each: nodes.Publication, args: dict[str, Any]) -> dict[str, Any]:
    """The catalogue behind a channel."""
    return {"id": gid("AppCatalog", each.id + 1), "title": each.title, "status": "ACTIVE", "__typename": "AppCatalog"}


PUBLICATION: Table = {
    "id": lambda visit, each, args: gid("Publication", each.id),
    "name": lambda visit, each, args: each.title,
    "autoPublish": lambda visit, each, args: False,
    "supportsFuturePublishing": lambda visit, each, args: each.id == ONLINE_STORE,
    "catalog": catalog,
}


def sounding(visit: Visit, every: Sequence[nodes.Category], args: dict[str, Any]) -> dict[str, Any]:
    """Categories whose path holds a word of the search."""
    wanted = (args.get("search") or "").lower().split()
    return page(
        [each for each in every if any(word in each.full.lower() for word in wanted)], args, lambda each: each.id
    )


CATEGORY: Table = {"fullName": lambda visit, each, args: each.full}
TABLES: dict[str, Table] = {
    "Product": PRODUCT,
    "ProductVariant": VARIANT,
    "MediaImage": PICTURE,
    "InventoryItem": ITEM,
    "InventoryLevel": LEVEL,
    "Publication": PUBLICATION,
    "Taxonomy": {"categories": sounding},
    "TaxonomyCategory": CATEGORY,
}
