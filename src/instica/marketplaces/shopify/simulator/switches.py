"""The behaviours of Shopify that nobody has written down, and knobs for bad days."""

from __future__ import annotations

from instica.kit.simulation import Switch

SWITCHES = (
    Switch("denial", "error", "Cancel: back with ?error=access_denied, or a page", ("error", "page")),
    Switch("callback_age", 0, "The timestamp of a callback is so many seconds old"),
    Switch("granted", "", "Scopes given instead of those asked for, with commas between them"),
    Switch("expiring", True, "Offline tokens expire when the app asks for that"),
    Switch("api_version", "2026-10", "The version that answers, whatever was asked for"),
    Switch("protected", "open", "Buyers' names and addresses: given, or withheld", ("open", "withheld")),
    Switch("search_lag", 0, "So many seconds until a search finds what was written"),
    Switch("media_polls", 0, "Seconds until a new picture is ready"),
    Switch("routing", 0, "Seconds until a new order has its fulfilment orders"),
    Switch("cancel_polls", 0, "Seconds until a cancellation is done"),
    Switch("bulk_polls", 1, "A bulk operation is ready after so many looks"),
    Switch("bulk_outcome", "COMPLETED", "How it ends", ("COMPLETED", "FAILED", "EXPIRED", "CANCELED")),
    Switch("bulk_busy", False, "Five other bulk operations are running already"),
    Switch("bulk_cut", False, "The file ends in the middle"),
    Switch("bulk_order", "grouped", "Where a child stands in the file", ("grouped", "apart", "before")),
    Switch("http_hooks", True, "Webhook addresses on this machine may be http, since a sandbox needs it"),
    Switch("hook_signature", "current", "What webhooks are signed with after a rotation", ("current", "previous")),
    Switch("frozen", 0, "The shop is frozen or locked: every call is answered with this status", (0, 402, 403, 423)),
)
