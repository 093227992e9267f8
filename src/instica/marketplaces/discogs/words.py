"""Discogs' own words and ours for the same things: grades, states, currencies, carriers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from instica.kit.types import OrderState, Seen

PACIFIC = ZoneInfo("America/Los_Angeles")
CURRENCIES = ("USD", "GBP", "EUR", "CAD", "AUD", "JPY", "CHF", "MXN", "BRL", "NZD", "SEK", "ZAR")
CARRIERS = ("UPS", "USPS", "DHL", "Deutsche Post", "La Poste", "Royal Mail", "PostNL", "DHL Germany", "Other")

MEDIA = {
    "mint": "Mint (M)",
    "near_mint": "Near Mint (NM or M-)",
    "vg_plus": "Very Good Plus (VG+)",
    "vg": "Very Good (VG)",
    "g_plus": "Good Plus (G+)",
    "g": "Good (G)",
    "f": "Fair (F)",
    "p": "Poor (P)",
}
SLEEVE = {**MEDIA, "generic": "Generic", "not_graded": "Not Graded", "no_cover": "No Cover"}
GRADES = {words: code for code, words in SLEEVE.items()}

DRAFT, FOR_SALE, SOLD, EXPIRED = "Draft", "For Sale", "Sold", "Expired"
EDITABLE = frozenset({DRAFT, FOR_SALE, EXPIRED})
SEEN: dict[str, Seen] = {
    DRAFT: "hidden",
    FOR_SALE: "live",
    SOLD: "sold_out",
    EXPIRED: "ended",
    "Suspended": "ended",
    "Violation": "ended",
    "Deleted": "absent",
}

SHIPPED = "Shipped"
NON_PAYING = "Cancelled (Non-Paying Buyer)"
ORDER_STATES: dict[str, OrderState] = {
    "New Order": "open",
    "Buyer Contacted": "open",
    "Invoice Sent": "open",
    "Payment Pending": "open",
    "Order Changed": "open",
    "Payment Received": "paid",
    "In Progress": "paid",
    SHIPPED: "shipped",
    "Refund Sent": "completed",
    "Merged": "merged",
}
