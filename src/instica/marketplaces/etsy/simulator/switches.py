"""The behaviours of Etsy that nobody has written down, and knobs for bad days."""

from __future__ import annotations

from instica.kit.simulation import Switch

SWITCHES = (
    Switch("scope_status", 403, "Status of a call outside the granted scopes", (401, 403)),
    Switch("scopes_answer", "list", "How a token's scopes are told", ("list", "object", "text", "none")),
    Switch("token_key", False, "The token endpoint wants the x-api-key header too"),
    Switch("old_refresh_lives", False, "A refresh token can be used again after it was spent"),
    Switch("day_header", "x-remaining-this-second", "Spelling of the header", ("x-remaining-this-second", "short")),
    Switch("bare_429", False, "A refusal for too many calls carries no headers at all"),
    Switch("validation", "array", "How a refused listing field is told", ("array", "text")),
    Switch("capital_status", True, "Receipts say Paid and Completed with a capital letter, as live ones do"),
    Switch("address", "shown", "Shipping addresses: shown, or behind the wall", ("shown", "wall")),
    Switch("tracking", True, "The app may submit tracking; it may not behind the wall"),
    Switch("silent_cancel", True, "A cancellation does not show among receipts changed since"),
    Switch("inventory_include", True, "Listings by shop carry their inventory when asked for"),
    Switch("product_ids", "kept", "Whether product ids survive a PUT of the inventory", ("kept", "renewed")),
    Switch("conflicts", 0, "So many PUTs of an inventory meet a change that just happened (409)"),
    Switch("inactive_state", "inactive", "The word for a deactivated listing", ("inactive", "edit")),
    Switch("bare_listings", False, "Listings come with their id only: every other field is optional by the contract"),
    Switch("yen_divisor", 1, "The divisor of amounts in a currency without cents", (1, 100)),
    Switch("signature", "versioned", "Webhook signatures as v1,<base64> or as plain base64", ("versioned", "plain")),
    Switch("shop_id", "number", "How webhooks name the shop", ("number", "text")),
)
