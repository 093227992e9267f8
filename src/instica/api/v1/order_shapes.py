"""How an order looks from outside: exactly the documented keys, in their order (P6, I5, D16, D24)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from instica.api.paging import Page
from instica.api.v1 import inventory_shapes, listing_shapes
from instica.api.v1.inventory_shapes import ProductRef
from instica.api.v1.listing_shapes import PlatformRef
from instica.core.clock import iso
from instica.core.money import two_places
from instica.inventory import grades
from instica.inventory.models import Item
from instica.listings import standing
from instica.listings.states import State
from instica.orders.models import Errand, Line, Order, Settled

States = Mapping[uuid.UUID, State]
ADDRESS = ("full_name", "line1", "line2", "city", "state", "postal_code", "country")
LISTING = (
    "uid platform status status_display title price listing_id listing_url error_message error_description listed_at"
    " delisted_at state currency seller_account_uid inventory_item"
).split()


class SoldItem(BaseModel):
    """The inventory item in short."""

    uid: str
    title: str
    name: str | None
    manual_sku: str | None
    condition_item: str | None
    condition_item_display: str | None
    status: str
    product: ProductRef


class SoldListing(BaseModel):
    """What was sold: the page it stood on, and the item it is; null where we know no page, or no item yet."""

    uid: str | None
    platform: PlatformRef
    status: str | None
    status_display: str | None
    title: str
    price: str | None
    listing_id: str
    listing_url: str | None
    error_message: str | None
    error_description: str | None
    listed_at: str | None
    delisted_at: str | None
    state: str | None
    currency: str | None
    seller_account_uid: str
    inventory_item: SoldItem | None


class DestinationShape(BaseModel):
    """Where the parcel goes, as far as the marketplace tells us."""

    full_name: str
    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str


class LineShape(BaseModel):
    """One line of an order."""

    uid: str
    quantity: int
    allocated: int = Field(description="How many of them the stock could give.")
    price: str | None = Field(description="Of one piece.")
    inventory_item_listing: SoldListing
    oversold: bool = Field(description="Whether fewer were in stock than were sold.")


class OrderShape(BaseModel):
    """One order of one marketplace. All amounts are in `currency`; nothing is converted."""

    model_config = ConfigDict(title="Order")

    uid: str
    order_id: str | None
    status: str = Field(description="`completed`, `shipped`, `awaiting_shipment`, or the marketplace's own word.")
    platform: str
    platform_name: str
    buyer_name: str | None
    sale_price: str | None = Field(description="All that the buyer paid.")
    marketplace_fee: str | None
    platform_fee: str | None = Field(description="What the payment cost.")
    shipping_cost: str | None
    net_revenue: str | None = Field(description="Sale price less both fees and shipping; an unknown fee counts as 0.")
    sold_at: str
    inventory_item_listing: SoldListing = Field(description="Of the first line.")
    shipment_tracking_number: str | None
    shipment_carrier: str | None
    shipment_status: str | None = Field(description="`pending`, `failed`, `shipped` or `delivered`.")
    shipment_address: DestinationShape | None
    lines: list[LineShape]
    currency: str | None


class OrderPage(Page[OrderShape]):
    """A page of orders."""


def item(row: Item) -> dict[str, Any]:
    """The item in short."""
    return {
        "uid": row.public_id,
        "title": row.title,
        "name": row.name,
        "manual_sku": row.sku or None,
        "condition_item": row.condition_item or None,
        "condition_item_display": grades.display(row.condition_item) or None,
        "status": row.status,
        "product": inventory_shapes.product(row.product),
    }


def listing(order: Order, line: Line | None, states: States) -> dict[str, Any]:
    """The page a line was sold from. One we do not know is told by what the order says of it."""
    thing = item(line.item) if line and line.item else None
    if line and line.offer:
        return {**listing_shapes.shape(line.offer, states[line.offer.listing_id]), "inventory_item": thing}
    known: dict[str, Any] = {
        "platform": listing_shapes.platform(order.connection.marketplace),
        "title": line.title if line else "",
        "listing_id": line.listing_ref if line else "",
        "currency": order.currency or None,
        "seller_account_uid": order.connection.public_id,
        "inventory_item": thing,
    }
    return {key: known.get(key) for key in LISTING}


def amount(minor: int | None, currency: str) -> str | None:
    """An amount with two places."""
    return None if minor is None else two_places(minor, currency)


def line(order: Order, row: Line, states: States) -> dict[str, Any]:
    """One line."""
    return {
        "uid": row.public_id,
        "quantity": row.quantity,
        "allocated": row.allocated,
        "price": amount(row.price, order.currency),
        "inventory_item_listing": listing(order, row, states),
        "oversold": row.settled == Settled.MOVED and row.allocated < row.quantity,
    }


def address(order: Order) -> dict[str, str] | None:
    """The seven parts of the address, where there is one."""
    known = order.address
    return {name: str(known.get(name, "")) for name in ADDRESS} if any(known.get(name) for name in ADDRESS) else None


def shipment_status(order: Order, errand: Errand | None) -> str | None:
    """How the parcel stands: what the marketplace knows goes before what we are about to tell it."""
    if order.status == "completed":
        return "delivered"
    if order.status == "shipped":
        return "shipped"
    if errand is None or errand.state == Errand.State.DONE:
        return None
    return "failed" if errand.state in (Errand.State.REFUSED, Errand.State.STUCK) else "pending"


def order(row: Order, errand: Errand | None, states: States) -> dict[str, Any]:
    """One order; ``errand`` is its latest shipment, ``states`` how the pages of its lines stand."""
    lines = list(row.lines.all())
    amounts = {
        "sale_price": row.total,
        "marketplace_fee": row.fee,
        "platform_fee": row.processing_fee,
        "shipping_cost": row.shipping,
        "net_revenue": row.net,
    }
    platform = listing_shapes.platform(row.connection.marketplace)
    return {
        "uid": row.public_id,
        "order_id": row.remote_id or None,
        "status": row.status,
        "platform": platform["slug"],
        "platform_name": platform["name"],
        "buyer_name": row.buyer_name or None,
        **{name: amount(minor, row.currency) for name, minor in amounts.items()},
        "sold_at": iso(row.sold_at),
        "inventory_item_listing": listing(row, lines[0] if lines else None, states),
        "shipment_tracking_number": row.tracking_number or None,
        "shipment_carrier": row.carrier or None,
        "shipment_status": shipment_status(row, errand),
        "shipment_address": address(row),
        "lines": [line(row, each, states) for each in lines],
        "currency": row.currency or None,
    }


def orders(rows: Sequence[Order]) -> list[dict[str, Any]]:
    """Many orders; their latest shipments and how their pages stand are read together."""
    latest: dict[Any, Errand] = {}
    for errand in Errand.objects.filter(order__in=rows, kind=Errand.Kind.SHIP).order_by("created", "uid"):
        latest[errand.order_id] = errand
    lines = (each for row in rows for each in row.lines.all())
    states = standing.states(each.offer.listing for each in lines if each.offer)
    return [order(row, latest.get(row.pk), states) for row in rows]
