"""Shopify's own words and ours for the same things: statuses, reasons, topics, carriers."""

from __future__ import annotations

import re

from instica.kit.types import OrderState, Seen

VERSION = "2026-10"
DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com")

ACTIVE, DRAFT, ARCHIVED, UNLISTED = "ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"
UNPUBLISHED = "UNPUBLISHED"
ON_SALE = frozenset({ACTIVE, UNLISTED})
SEEN: dict[str, Seen] = {
    ACTIVE: "live",
    UNLISTED: "live",
    DRAFT: "hidden",
    UNPUBLISHED: "hidden",
    ARCHIVED: "ended",
}
DEFAULT_OPTION, DEFAULT_VALUE = "Title", "Default Title"
ONLINE_STORE = "Online Store"

FINANCIAL: dict[str, OrderState] = {
    "PAID": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "PARTIALLY_PAID": "open",
    "REFUNDED": "completed",
    "AUTHORIZED": "open",
    "PENDING": "open",
    "EXPIRED": "open",
    "VOIDED": "open",
}
SHIPPED = frozenset({"FULFILLED"})
PUT_BACK = frozenset({"CANCEL", "RETURN", "LEGACY_RESTOCK"})
CANCEL_REASONS = ("CUSTOMER", "INVENTORY", "DECLINED", "FRAUD", "STAFF", "OTHER")
SHIPPABLE = frozenset({"OPEN", "IN_PROGRESS"})
SUCCEEDED = "SUCCESS"
CARRIERS = (
    "UPS",
    "USPS",
    "FedEx",
    "DHL Express",
    "DHL eCommerce",
    "Canada Post",
    "Royal Mail",
    "Deutsche Post (EN)",
    "DHL Packet",
    "La Poste",
    "PostNL",
    "Australia Post",
    "Japan Post (EN)",
)

TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "INVENTORY_LEVELS_UPDATE",
    "APP_UNINSTALLED",
)
