"""The business policies of a fresh shop."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]
KINDS = ("fulfillment", "payment", "return")


def policies() -> dict[str, dict[str, Body]]:
    """The policies of a fresh shop, by kind and id: two ways to ship, one of everything else, and some for the UK."""
    ship = {"handlingTime": {"unit": "DAY", "value": 2}, "shippingOptions": [_shipping("USPSMedia", "4.95")]}
    fast = {"handlingTime": {"unit": "DAY", "value": 1}, "shippingOptions": [_shipping("USPSPriority", "9.95")]}
    back = {"returnsAccepted": True, "returnPeriod": {"value": 30, "unit": "DAY"}, "returnShippingCostPayer": "BUYER"}
    rows = (
        ("fulfillment", "6196932000", "Media Mail in a stiff mailer", "EBAY_US", True, ship),
        ("fulfillment", "6196933000", "Priority Mail", "EBAY_US", False, fast),
        (
            "fulfillment",
            "6196938000",
            "Royal Mail Tracked",
            "EBAY_GB",
            True,
            {"handlingTime": {"unit": "DAY", "value": 2}},
        ),
        ("payment", "6196944000", "Immediate payment", "EBAY_US", True, {"immediatePay": True}),
        ("payment", "6196945000", "Immediate payment UK", "EBAY_GB", True, {"immediatePay": True}),
        ("return", "6196947000", "30 days, buyer pays", "EBAY_US", True, {**back, "refundMethod": "MONEY_BACK"}),
        ("return", "6196948000", "30 days UK", "EBAY_GB", True, back),
    )
    made: dict[str, dict[str, Body]] = {kind: {} for kind in KINDS}
    for kind, number, name, market, default, more in rows:
        types = [{"name": "ALL_EXCLUDING_MOTORS_VEHICLES", "default": default}]
        body = {"name": name, "marketplaceId": market, "categoryTypes": types, f"{kind}PolicyId": number}
        made[kind][number] = {**body, **more}
    return made


def _shipping(service: str, cost: str) -> Body:
    one = {
        "sortOrder": 1,
        "shippingCarrierCode": "USPS",
        "shippingServiceCode": service,
        "shippingCost": {"value": cost, "currency": "USD"},
        "freeShipping": False,
    }
    return {"optionType": "DOMESTIC", "costType": "FLAT_RATE", "shippingServices": [one]}
