"""Etsy's own words and ours for the same things: states, scopes, choices, carriers, fees."""

from __future__ import annotations

from instica.core.money import Money
from instica.kit.types import OrderState, Seen

ACTIVE, INACTIVE, SOLD_OUT, DRAFT, EXPIRED = "active", "inactive", "sold_out", "draft", "expired"
STATES = (ACTIVE, INACTIVE, SOLD_OUT, DRAFT, EXPIRED)
SEEN: dict[str, Seen] = {
    ACTIVE: "live",
    INACTIVE: "hidden",
    SOLD_OUT: "sold_out",
    DRAFT: "hidden",
    EXPIRED: "ended",
    "removed": "ended",
}
PAID_FOR = frozenset({DRAFT, SOLD_OUT, EXPIRED})
"""From these states going on sale costs the listing fee."""
LISTING_FEE = Money(20, "USD")
NO_FEE = Money(0, "USD")

SCOPES = ("shops_r", "listings_r", "listings_w", "listings_d", "transactions_r", "transactions_w")

WHO_MADE = (("i_did", "I did"), ("someone_else", "Another company or person"), ("collective", "A member of my shop"))
OLD = "1990s 1980s 1970s 1960s 1950s 1940s 1930s 1920s 1910s 1900s 1800s 1700s before_1700".split()

ORDER_STATES: dict[str, OrderState] = {
    "open": "open",
    "payment processing": "open",
    "paid": "paid",
    "completed": "completed",
    "canceled": "cancelled",
    "fully refunded": "completed",
    "partially refunded": "paid",
}
CARRIERS = (
    ("usps", "USPS"),
    ("ups", "UPS"),
    ("fedex", "FedEx"),
    ("dhl", "DHL"),
    ("royal-mail", "Royal Mail"),
    ("canada-post", "Canada Post"),
    ("australia-post", "Australia Post"),
    ("deutsche-post", "Deutsche Post"),
    ("la-poste", "La Poste"),
    ("postnl", "PostNL"),
    ("gls", "GLS"),
    ("dpd", "DPD"),
    ("other", "Other"),
)


def when_made(year: int) -> tuple[tuple[str, str], ...]:
    """The choices of a year with their labels: the newest and the twenty-year borders roll every January."""
    old = year - 20
    rolling = {
        "made_to_order": "Made to order",
        f"2020_{year}": f"2020 to {year}",
        "2010_2019": "2010 to 2019",
        f"{old + 1}_2009": f"{old + 1} to 2009",
        f"before_{old + 1}": f"Before {old + 1}",
        f"2000_{old}": f"2000 to {old}",
    }
    return (*rolling.items(), *((name, name.replace("_", " ").capitalize()) for name in OLD))


def rolled(name: str, year: int) -> str:
    """A choice of an earlier year as this one calls it; any other as it is."""
    old = year - 20
    if name.startswith("2020_"):
        return f"2020_{year}"
    if name.startswith("2000_"):
        return f"2000_{old}"
    if name.startswith("before_20"):
        return f"before_{old + 1}"
    return f"{old + 1}_2009" if name.endswith("_2009") else name


def carrier(name: str) -> str:
    """The carrier as Etsy calls it; one it does not know is ``other``."""
    wanted = name.strip().casefold().replace(" ", "-")
    return wanted if wanted in dict(CARRIERS) else "other"
