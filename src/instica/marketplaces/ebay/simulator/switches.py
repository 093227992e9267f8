"""The behaviours of eBay that nobody has written down, and knobs for bad days."""

from __future__ import annotations

from instica.kit.simulation import Switch

SWITCHES = (
    Switch("out_of_stock_control", True, "The seller keeps listings without stock: quantity 0 hides instead of ending"),
    Switch("zero_without_control", "refuse", "Quantity 0 without that preference", ("refuse", "end")),
    Switch("withdrawn_offer", "kept", "Whether a withdrawn offer still names its last listing", ("kept", "dropped")),
    Switch("unknown_sku", 25710, "Error of reading an inventory item that is not there", (25710, 25702)),
    Switch("no_offers", 404, "Status of asking for the offers of a SKU that has none", (404, 200)),
    Switch("unknown_order", 404, "Status of an order that is not there (400 with 32100, or 404)", (404, 400)),
    Switch("untracked_shipment", "9999999999999", "Id of a shipment without a tracking number"),
    Switch("stale_active_list", 0, "ActiveList still shows so many listings that ended"),
    Switch("payment", "paid", "New orders are paid at once or wait", ("paid", "pending")),
    Switch("legacy_order_id", True, "Orders carry legacyOrderId, which is not in the contract"),
    Switch("buyer_data", True, "Orders still carry what is known of the buyer"),
    Switch("required_aspects", "", "Aspects that publishing in Vinyl Records demands, with commas between"),
    Switch("business_policies", True, "The seller has opted in to business policies"),
    Switch("quantity_after_sale", "both", "What a sale lowers", ("both", "offer", "item")),
    Switch("empty_body", "accept", "A publish or withdrawal without any body: taken, or 411", ("accept", "refuse")),
    Switch("selling_limit", 0, "How many more listings the account may have; 0 is no limit"),
    Switch("concurrent", 0, "So many writes of the Inventory API fail with 25025"),
    Switch("scope_of_revocation", "APPLICATION", "Scope of AUTHORIZATION_REVOCATION", ("APPLICATION", "USER")),
    Switch("key_digest", "SHA1", "The digest eBay names with a public key", ("SHA1", "SHA256")),
    Switch("duplicate_uuid", "named", "Whether error 488 names the first listing", ("named", "bare")),
)
