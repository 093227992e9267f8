"""eBay's own words and ours for the same things: marketplaces, grades, conditions, states."""

from __future__ import annotations

from dataclasses import dataclass

from instica.kit.types import OrderState, Seen

VINYL = "176985"


@dataclass(frozen=True, slots=True)
class Market:
    """One national site, by its REST name, its Trading number, and what its listings are in."""

    id: str
    number: int
    currency: str
    locale: str
    country: str


MARKETS = {
    market.id: market
    for market in (
        Market("EBAY_US", 0, "USD", "en-US", "US"),
        Market("EBAY_CA", 2, "CAD", "en-CA", "CA"),
        Market("EBAY_GB", 3, "GBP", "en-GB", "GB"),
        Market("EBAY_AU", 15, "AUD", "en-AU", "AU"),
        Market("EBAY_DE", 77, "EUR", "de-DE", "DE"),
        Market("EBAY_FR", 71, "EUR", "fr-FR", "FR"),
        Market("EBAY_IT", 101, "EUR", "it-IT", "IT"),
        Market("EBAY_ES", 186, "EUR", "es-ES", "ES"),
        Market("EBAY_AT", 16, "EUR", "de-AT", "AT"),
        Market("EBAY_NL", 146, "EUR", "nl-NL", "NL"),
        Market("EBAY_IE", 205, "EUR", "en-IE", "IE"),
        Market("EBAY_CH", 193, "CHF", "de-CH", "CH"),
        Market("EBAY_PL", 212, "PLN", "pl-PL", "PL"),
    )
}
HOME = MARKETS["EBAY_US"]

GRADES = {
    "mint": "Mint (M)",
    "near_mint": "Near Mint (NM or M-)",
    "vg_plus": "Very Good Plus (VG+)",
    "vg": "Very Good (VG)",
    "g_plus": "Good Plus (G+)",
    "g": "Good (G)",
    "f": "Fair (F)",
    "p": "Poor (P)",
}
SLEEVES = {**GRADES, "generic": "Generic", "no_cover": "No Cover"}
CODES = {words: code for code, words in SLEEVES.items()}
RECORD_GRADING, SLEEVE_GRADING = "Record Grading", "Sleeve Grading"

CONDITIONS = {
    "NEW": 1000,
    "NEW_OTHER": 1500,
    "NEW_WITH_DEFECTS": 1750,
    "CERTIFIED_REFURBISHED": 2000,
    "EXCELLENT_REFURBISHED": 2010,
    "VERY_GOOD_REFURBISHED": 2020,
    "GOOD_REFURBISHED": 2030,
    "SELLER_REFURBISHED": 2500,
    "LIKE_NEW": 2750,
    "PRE_OWNED_EXCELLENT": 2990,
    "USED_EXCELLENT": 3000,
    "PRE_OWNED_FAIR": 3010,
    "USED_VERY_GOOD": 4000,
    "USED_GOOD": 5000,
    "USED_ACCEPTABLE": 6000,
    "FOR_PARTS_OR_NOT_WORKING": 7000,
}
USED = "USED_EXCELLENT"

FIXED, AUCTION = "FixedPriceItem", "Chinese"
AUCTIONS = frozenset({AUCTION, "Auction", "LeadGeneration"})
ACTIVE = "Active"
LISTING_STATES: dict[str, Seen] = {
    "ACTIVE": "live",
    "OUT_OF_STOCK": "sold_out",
    "INACTIVE": "hidden",
    "ENDED": "hidden",
    "EBAY_ENDED": "ended",
    "NOT_LISTED": "hidden",
}
PAID: dict[str, OrderState] = {
    "PENDING": "open",
    "FAILED": "open",
    "PAID": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "FULLY_REFUNDED": "completed",
}
