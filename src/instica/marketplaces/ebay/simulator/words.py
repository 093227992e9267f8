"""The site's own words: marketplaces, conditions, grades, categories."""

from __future__ import annotations

from dataclasses import dataclass

BASE = "https://api.ebay.com/oauth/api_scope"
VINYL = "176985"
CDS = "176984"
PRINTS = "360"
SHIRTS = "15687"


@dataclass(frozen=True, slots=True)
class Market:
    """One national site, by its REST and its Trading name."""

    id: str
    site: str
    number: int
    currency: str
    locale: str
    country: str
    place: str
    postcode: str


MARKETS = {
    market.id: market
    for market in (
        Market("EBAY_US", "US", 0, "USD", "en-US", "US", "Portland, Oregon", "97205"),
        Market("EBAY_CA", "Canada", 2, "CAD", "en-CA", "CA", "Toronto, Ontario", "M5V 2T6"),
        Market("EBAY_GB", "UK", 3, "GBP", "en-GB", "GB", "Leeds", "LS1 4AP"),
        Market("EBAY_AU", "Australia", 15, "AUD", "en-AU", "AU", "Melbourne, VIC", "3000"),
        Market("EBAY_DE", "Germany", 77, "EUR", "de-DE", "DE", "Berlin", "10999"),
        Market("EBAY_FR", "France", 71, "EUR", "fr-FR", "FR", "Paris", "75011"),
        Market("EBAY_PL", "Poland", 212, "PLN", "pl-PL", "PL", "Warszawa", "00-001"),
    )
}
SITES = {market.site: market for market in MARKETS.values()}
LOCALES = {market.locale for market in MARKETS.values()}
CATEGORIES = {
    VINYL: ("Vinyl Records", ("Music",)),
    CDS: ("CDs", ("Music",)),
    PRINTS: ("Art Prints", ("Art",)),
    SHIRTS: ("T-Shirts", ("Clothing, Shoes & Accessories", "Men", "Men's Clothing", "Shirts")),
}
CONDITIONS = {
    "NEW": (1000, "New"),
    "LIKE_NEW": (2750, "Like New"),
    "NEW_OTHER": (1500, "New other (see details)"),
    "NEW_WITH_DEFECTS": (1750, "New with defects"),
    "CERTIFIED_REFURBISHED": (2000, "Certified - Refurbished"),
    "EXCELLENT_REFURBISHED": (2010, "Excellent - Refurbished"),
    "VERY_GOOD_REFURBISHED": (2020, "Very Good - Refurbished"),
    "GOOD_REFURBISHED": (2030, "Good - Refurbished"),
    "SELLER_REFURBISHED": (2500, "Seller refurbished"),
    "PRE_OWNED_EXCELLENT": (2990, "Pre-owned - Excellent"),
    "USED_EXCELLENT": (3000, "Used"),
    "PRE_OWNED_FAIR": (3010, "Pre-owned - Fair"),
    "USED_VERY_GOOD": (4000, "Very Good"),
    "USED_GOOD": (5000, "Good"),
    "USED_ACCEPTABLE": (6000, "Acceptable"),
    "FOR_PARTS_OR_NOT_WORKING": (7000, "For parts or not working"),
}
CONDITION_NAMES = dict(CONDITIONS.values())
CONDITION_ENUMS = {number: name for name, (number, _) in CONDITIONS.items()}
LEGAL_CONDITIONS = {
    VINYL: (1000, 3000),
    CDS: (1000, 2750, 4000, 5000, 6000),
    PRINTS: (1000, 3000),
    SHIRTS: (1000, 3000),
}
GRADES = (
    "Mint (M)",
    "Near Mint (NM or M-)",
    "Excellent (EX)",
    "Very Good Plus (VG+)",
    "Very Good (VG)",
    "Good Plus (G+)",
    "Good (G)",
    "Fair (F)",
    "Poor (P)",
)
FIXED, AUCTION = "FixedPriceItem", "Chinese"
ACTIVE, ENDED, COMPLETED = "Active", "Ended", "Completed"
TRADING, INVENTORY = "trading", "inventory"
