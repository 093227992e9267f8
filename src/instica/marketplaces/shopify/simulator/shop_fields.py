"""What the shop, its places, jobs and subscriptions answer, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instica.marketplaces.shopify.simulator.hooks import VERSION
from instica.marketplaces.shopify.simulator.site import gid, iso
from instica.marketplaces.shopify.simulator.visit import Visit

Table = dict[str, Callable[[Visit, Any, dict[str, Any]], Any]]
SINCE = "2021-03-02T17:20:00Z"

SHOP: Table = {
    "id": lambda visit, each, args: gid("Shop", each.id),
    "contactEmail": lambda visit, each, args: each.email,
    "myshopifyDomain": lambda visit, each, args: each.domain,
    "primaryDomain": lambda visit, each, args: {
        "id": gid("Domain", each.id + 3),
        "host": each.storefront,
        "url": f"https://{each.storefront}",
        "sslEnabled": True,
    },
    "url": lambda visit, each, args: f"https://{each.storefront}",
    "currencyCode": lambda visit, each, args: each.currency,
    "enabledPresentmentCurrencies": lambda visit, each, args: [each.currency],
    "ianaTimezone": lambda visit, each, args: each.timezone,
    "taxesIncluded": lambda visit, each, args: False,
    "weightUnit": lambda visit, each, args: "GRAMS",
    "plan": lambda visit, each, args: {
        "publicDisplayName": "Basic",
        "partnerDevelopment": False,
        "shopifyPlus": False,
    },
    "resourceLimits": lambda visit, each, args: {
        "locationLimit": 10,
        "maxProductOptions": 3,
        "maxProductVariants": 2048,
        "redirectLimitReached": False,
    },
    "shopOwnerName": lambda visit, each, args: "June Halloran",
    "createdAt": lambda visit, each, args: SINCE,
    "updatedAt": lambda visit, each, args: SINCE,
    "shopAddress": lambda visit, each, args: {
        "id": gid("ShopAddress", each.id),
        "countryCodeV2": "US",
        "city": "Portland",
    },
}
LOCATION: Table = {
    "id": lambda visit, each, args: gid("Location", each.id),
    "legacyResourceId": lambda visit, each, args: str(each.id),
    "isActive": lambda visit, each, args: each.active,
    "fulfillsOnlineOrders": lambda visit, each, args: each.online,
    "shipsInventory": lambda visit, each, args: each.online,
    "isFulfillmentService": lambda visit, each, args: False,
    "address": lambda visit, each, args: {
        "address1": "114 Greenstreet",
        "address2": None,
        "city": "Portland",
        "country": "United States",
        "countryCode": "US",
        "provinceCode": "OR",
        "zip": "97201",
        "phone": None,
    },
    "createdAt": lambda visit, each, args: SINCE,
    "updatedAt": lambda visit, each, args: SINCE,
}
HOOK: Table = {
    "id": lambda visit, each, args: gid("WebhookSubscription", each.id),
    "legacyResourceId": lambda visit, each, args: str(each.id),
    "filter": lambda visit, each, args: each.filter or None,
    "includeFields": lambda visit, each, args: list(each.include),
    "metafieldNamespaces": lambda visit, each, args: [],
    "name": lambda visit, each, args: each.name or None,
    "apiVersion": lambda visit, each, args: {"handle": VERSION, "displayName": VERSION, "supported": True},
    "createdAt": lambda visit, each, args: iso(each.created),
    "updatedAt": lambda visit, each, args: iso(each.updated),
}
BULK: Table = {
    "id": lambda visit, each, args: gid("BulkOperation", each.id),
    "type": lambda visit, each, args: "QUERY",
    "errorCode": lambda visit, each, args: each.error,
    "objectCount": lambda visit, each, args: str(each.objects),
    "rootObjectCount": lambda visit, each, args: str(each.roots),
    "fileSize": lambda visit, each, args: None if each.size is None else str(each.size),
    "url": lambda visit, each, args: (
        f"{visit.origin}/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs/{each.secret}"
        f"?response-content-type=application%2Fjsonl&bulk={each.id}"
        if each.status == "COMPLETED" and each.objects
        else None
    ),
    "partialDataUrl": lambda visit, each, args: None,
    "createdAt": lambda visit, each, args: iso(each.created),
    "completedAt": lambda visit, each, args: iso(each.completed),
}
JOB: Table = {"done": lambda visit, each, args: each.done_at <= visit.site.now}
TABLES: dict[str, Table] = {
    "Shop": SHOP,
    "Location": LOCATION,
    "WebhookSubscription": HOOK,
    "BulkOperation": BULK,
    "Job": JOB,
}
