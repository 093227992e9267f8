"""The words Discogs uses, spelled exactly."""

from __future__ import annotations

MEDIA = (
    "Mint (M)",
    "Near Mint (NM or M-)",
    "Very Good Plus (VG+)",
    "Very Good (VG)",
    "Good Plus (G+)",
    "Good (G)",
    "Fair (F)",
    "Poor (P)",
)
SLEEVES = (*MEDIA, "Generic", "Not Graded", "No Cover")
CURRENCIES = ("USD", "GBP", "EUR", "CAD", "AUD", "JPY", "CHF", "MXN", "BRL", "NZD", "SEK", "ZAR")
IN_USD = dict(zip(CURRENCIES, (1.0, 1.27, 1.08, 0.73, 0.66, 0.0067, 1.13, 0.055, 0.18, 0.6, 0.095, 0.054), strict=True))
SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€", "CAD": "CA$", "AUD": "A$", "JPY": "¥"}

DRAFT, FOR_SALE, EXPIRED, SOLD, DELETED, SUSPENDED, VIOLATION = STATUSES = (
    "Draft",
    "For Sale",
    "Expired",
    "Sold",
    "Deleted",
    "Suspended",
    "Violation",
)
FILTERS = ("All", *sorted(STATUSES))
WRITABLE = (FOR_SALE, DRAFT)
EDITABLE = (FOR_SALE, DRAFT, EXPIRED)

NOT_FOUND = "The requested resource was not found."
NO_LISTING = "Item not found. It may have been deleted."
NOT_YOURS = "You don't have permission to access this resource."
SIGN_IN = "You must authenticate to access this resource."
BAD_TOKEN = "Invalid consumer token. Please register an app before making requests."  # noqa: S105 - a message
BAD_KEY = "Invalid consumer key/secret. Please register an app before making requests."
TOO_FAST = "You are making requests too quickly."
NO_USER = "User does not exist or may have been deleted."
NO_RELEASE = "Release not found."
NO_MASTER = "Master Release not found."
BAD_STATUS = f"Invalid status: expected one of {', '.join(FILTERS)}."
TOO_DEEP = "Pagination above 100 disabled for inventories besides your own"
REALM = 'OAuth realm="https://api.discogs.com"'
