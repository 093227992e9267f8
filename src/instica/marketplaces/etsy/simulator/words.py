"""The words of the simulated Etsy: states, choices, and what it says when it refuses."""

from __future__ import annotations

ACTIVE, INACTIVE, SOLD_OUT, DRAFT, EXPIRED, DELETED = "active", "inactive", "sold_out", "draft", "expired", "deleted"
STATES = (ACTIVE, INACTIVE, SOLD_OUT, DRAFT, EXPIRED, DELETED)
LISTED = STATES[:5]

SCOPES = (
    "address_r address_w email_r listings_d listings_r listings_w profile_r profile_w shops_r shops_w"
    " transactions_r transactions_w"
).split()
WHO_MADE = ("i_did", "someone_else", "collective")
TYPES = ("physical", "download", "both")
OLD = ("1990s 1980s 1970s 1960s 1950s 1940s 1930s 1920s 1910s 1900s 1800s 1700s before_1700").split()

NO_KEY = "Invalid API key: should be in the format 'keystring:shared_secret'."
NO_SHARED_SECRET = "Shared secret is required in x-api-key header."  # noqa: S105 - what Etsy says
WRONG_KEY = "API key not found or not active, or incorrect shared secret for API key."
NO_USER = "No user was provided as part of the bearer token."
TOO_DEEP = "Offset provided is greater than the maximum offset allowed."
NOTHING_HERE = "Resource not found"
NOT_DRAFT = "Cannot activate a listing in this state: state = {state}, listing_id = {listing}, ending_tsz = {ending}"
NO_SHIPPING = "A shipping_profile_id is required for physical listings."
NO_READINESS = "A readiness_state_id is required for physical listings."
ALL_READY = "All offerings need readiness state"
NO_STOCK = "One offering must have quantity greater than 0"
PER_SECOND = "Exceeded per second rate limit"
PER_DAY = "Exceeded daily rate limit"
CONFLICT = "The listing was changed by another request. Read its inventory and try again."


def when_made(year: int) -> tuple[str, ...]:
    """The choices of a year: the newest and the twenty-year borders roll every January."""
    old = year - 20
    rolling = (f"2020_{year}", "2010_2019", f"{old + 1}_2009", f"before_{old + 1}", f"2000_{old}")
    return ("made_to_order", *rolling, *OLD)
