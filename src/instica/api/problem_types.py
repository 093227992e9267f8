"""Every kind of problem the API can answer: its slug, its status, its constant title and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One page of the problem documentation; ``slug`` is the last part of a problem's ``type``."""

    slug: str
    status: int
    title: str
    help: str


PLAIN = {
    400: ProblemType("bad-request", 400, "Bad request", "Something in the request cannot be read. `errors` says what."),
    401: ProblemType("unauthorized", 401, "Unauthorized", "Send a valid API key as a Bearer token or as X-API-Key."),
    402: ProblemType("payment-required", 402, "Payment required", "The organization's plan does not include this."),
    403: ProblemType("forbidden", 403, "Forbidden", "The role or the key's scopes are too low for this call."),
    404: ProblemType("not-found", 404, "Not found", "No such address, or no such object in your organization."),
    405: ProblemType("method-not-allowed", 405, "Method not allowed", "The Allow header names the methods offered."),
    406: ProblemType("not-acceptable", 406, "Not acceptable", "The API speaks application/json; accept that."),
    409: ProblemType("conflict", 409, "Conflict", "The object is not in a state that allows this. Read it again."),
    412: ProblemType("precondition-failed", 412, "Precondition failed", "It changed since you read it. Read it again."),
    413: ProblemType("content-too-large", 413, "Content too large", "Send a smaller body; bulk calls can be split."),
    415: ProblemType("unsupported-media-type", 415, "Unsupported media type", "Send the body as application/json."),
    422: ProblemType("unprocessable", 422, "Unprocessable", "Understood and refused; `detail` says by whom and why."),
    429: ProblemType("too-many-requests", 429, "Too many requests", "Wait as many seconds as Retry-After says."),
    500: ProblemType("internal-error", 500, "Internal error", "Our fault. Report the `request_id`; retrying is safe."),
    502: ProblemType("marketplace-error", 502, "Marketplace error", "The marketplace did not answer. Try later."),
    503: ProblemType("unavailable", 503, "Unavailable", "Not available for a moment. Try again later."),
}

NAMED = {
    "validation_error": ProblemType(
        "validation-error", 400, "Invalid request", "`errors` lists every fault at once, each with a JSON pointer."
    ),
    "invalid_page": ProblemType("invalid-page", 404, "Invalid page", "The list has fewer pages. Begin at page 1."),
    "subscription_required": ProblemType(
        "subscription-required", 402, "Subscription required", "Listing needs an active subscription."
    ),
    "primary_address_required": ProblemType(
        "primary-address-required", 400, "Primary address required", "Set the address the organization ships from."
    ),
    "marketplace_not_connected": ProblemType(
        "marketplace-not-connected", 400, "Marketplace not connected", "Connect a shop on that marketplace first."
    ),
    "not_available": ProblemType(
        "not-available", 400, "Not available", "Only what is in stock and received, ready or listed can be listed."
    ),
    "price_required": ProblemType(
        "price-required", 400, "Price required", "Send a price in the shop's own currency: `currency` names it."
    ),
    "release_required": ProblemType(
        "release-required", 400, "Release required", "Set the product's release; `candidates` lists what it could be."
    ),
    "listing_incomplete": ProblemType(
        "listing-incomplete", 400, "Listing incomplete", "`errors` lists everything the marketplace would refuse."
    ),
    "manual_platform": ProblemType(
        "manual-platform", 400, "Listed by hand", "Open `page` and copy what `copy` holds; no program can list there."
    ),
    "refused_by_marketplace": ProblemType(
        "refused-by-marketplace", 422, "Refused by the marketplace", "`marketplace` holds its own words."
    ),
    "use_extension": ProblemType(
        "use-extension", 400, "Browser extension needed", "This marketplace is read by the browser extension."
    ),
    "resolution_required": ProblemType(
        "resolution-required", 400, "Resolution required", "More than one answer is possible: `choices` lists them."
    ),
    "changed_since_read": ProblemType(
        "changed-since-read", 412, "Changed since it was read", "Somebody changed it. Read it again and decide anew."
    ),
    "plan_stale": ProblemType(
        "plan-stale", 412, "Plan is stale", "The plan changed since it was read. Read it again and decide anew."
    ),
    "key_reused": ProblemType(
        "key-reused",
        422,
        "Idempotency key reused",
        "The key came with another request. A new intent needs a new key.",
    ),
    "request_running": ProblemType(
        "request-running", 409, "Request still running", "The same key is at work right now. Retry after a moment."
    ),
}

BY_SLUG = {kind.slug: kind for kind in (*PLAIN.values(), *NAMED.values())}


def kind_of(status: int, code: str = "") -> ProblemType:
    """The type of a problem: the named one of that code and status, else the plain one of the status."""
    named = NAMED.get(code)
    if named and named.status == status:
        return named
    return PLAIN.get(status) or PLAIN[400 if status < 500 else 500]
