"""What to tell eBay of a parcel, and whether it knows already; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from instica.kit.types import Shipment
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.client import objects

OTHER = "Other"
CARRIERS = tuple(
    (each, each)
    for each in (
        *("USPS", "UPS", "FedEx", "DHL", "Royal Mail", "Canada Post", "Australia Post", "Deutsche Post", "Hermes"),
        *("DPD", "GLS", "La Poste", "PostNL", OTHER),
    )
)
"""What eBay's own form offers most; it takes any name."""


def tracking(shipment: Shipment) -> str:
    """The number as eBay takes it: letters and digits alone."""
    return "".join(letter for letter in shipment.tracking_number if letter.isascii() and letter.isalnum())


def is_told(order: Mapping[str, Any], parcels: Sequence[Mapping[str, Any]], shipment: Shipment) -> bool:
    """Whether that parcel is known; one without a number is, once everything is shipped."""
    number = tracking(shipment)
    if number:
        return any(mapping.words(each.get("shipmentTrackingNumber")) == number for each in parcels)
    return mapping.words(order.get("orderFulfillmentStatus")) == "FULFILLED"


def parcel(order: Mapping[str, Any], shipment: Shipment) -> dict[str, object]:
    """The lines of the order that are in it, all unless it names some. Number and carrier go together."""
    rows = [
        (line, shipment.parts.get(line, mapping.whole(row.get("quantity"))))
        for row in objects(order.get("lineItems"))
        if (line := mapping.words(row.get("lineItemId"))) in shipment.parts or not shipment.parts
    ]
    told: dict[str, object] = {
        "lineItems": [{"lineItemId": line, "quantity": max(1, count)} for line, count in rows if line]
    }
    if number := tracking(shipment):
        told |= {"trackingNumber": number, "shippingCarrierCode": shipment.carrier or OTHER}
    return told
