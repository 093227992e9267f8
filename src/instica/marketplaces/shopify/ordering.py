"""Turns Shopify's orders into ours; touches nothing outside its arguments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from instica.core.money import Money
from instica.kit.types import OrderState, RemoteOrder, RemoteOrderLine
from instica.marketplaces.shopify.mapping import amount_of, digits, moment, money, nodes, records, whole, words
from instica.marketplaces.shopify.verdicts import record
from instica.marketplaces.shopify.words import CANCEL_REASONS, FINANCIAL, PUT_BACK, SHIPPED, SUCCEEDED

ADMIN = "https://admin.shopify.com/store/"
ADDRESS = {
    "full_name": "name",
    "company": "company",
    "line1": "address1",
    "line2": "address2",
    "city": "city",
    "state": "provinceCode",
    "postal_code": "zip",
    "country": "countryCodeV2",
    "phone": "phone",
}


def from_json(row: Mapping[str, Any], shop: str) -> RemoteOrder | None:
    """An order as the API shows it; ``None`` when it has no id or no time. What is withheld about a buyer is empty."""
    number, placed = digits(row.get("id")), moment(row.get("processedAt")) or moment(row.get("createdAt"))
    if not number or placed is None:
        return None
    updated = moment(row.get("updatedAt")) or placed
    state, status = state_of(row), status_of(row)
    lines = lines_of(row, whole_order=state == "cancelled")
    carrier, tracking = tracking_of(row)
    address = address_of(row.get("shippingAddress"))
    return RemoteOrder(
        id=number,
        state=state,
        status=status,
        placed_at=placed,
        updated_at=updated,
        lines=lines,
        fingerprint=fingerprint(state, status, tracking, lines),
        name=words(row.get("name")),
        url=f"{ADMIN}{shop.removesuffix('.myshopify.com')}/orders/{number}",
        buyer=digits(record(row.get("customer")).get("id")),
        buyer_name=address.get("full_name", ""),
        address=address,
        total=amount_of(row.get("totalPriceSet")),
        shipping=amount_of(row.get("totalShippingPriceSet")),
        processing_fee=fees(row.get("transactions")),
        tracking_number=tracking,
        carrier=carrier,
        choices=CANCEL_REASONS if state in ("open", "paid") and not parcels(row) else (),
    )


def is_test(row: Mapping[str, Any]) -> bool:
    """Whether nobody bought anything: a merchant tries the checkout."""
    return row.get("test") is True


def state_of(row: Mapping[str, Any]) -> OrderState:
    """Our word for how it stands; what we do not know leaves it open for a person to see."""
    if row.get("cancelledAt"):
        return "cancelled"
    if words(row.get("displayFulfillmentStatus")) in SHIPPED:
        return "completed" if row.get("closed") is True else "shipped"
    return FINANCIAL.get(words(row.get("displayFinancialStatus")), "open")


def status_of(row: Mapping[str, Any]) -> str:
    """Their words: paid, shipped, cancelled for a reason."""
    parts = (words(row.get("displayFinancialStatus")), words(row.get("displayFulfillmentStatus")))
    reason = f"CANCELLED {words(row.get('cancelReason'))}".strip() if row.get("cancelledAt") else ""
    return ", ".join(filter(None, (reason, *parts)))


def lines_of(row: Mapping[str, Any], *, whole_order: bool) -> tuple[RemoteOrderLine, ...]:
    """What was ordered. What was refunded and not put back is still gone from the shelf, so it still counts."""
    lost = not_put_back(row.get("refunds"))
    return tuple(
        RemoteOrderLine(
            id=number,
            listing=digits(record(line.get("product")).get("id")),
            offer=digits(record(line.get("variant")).get("id")),
            title=" - ".join(filter(None, (words(line.get("title")), words(line.get("variantTitle"))))),
            sku=words(line.get("sku")),
            quantity=whole(line.get("quantity")) if whole_order else pieces(line, lost[number]),
            price=amount_of(line.get("discountedUnitPriceAfterAllDiscountsSet")),
        )
        for line in nodes(row.get("lineItems"))
        if (number := digits(line.get("id")))
    )


def pieces(line: Mapping[str, Any], lost: int) -> int:
    """How many a line takes from the stock now."""
    ordered = whole(line.get("quantity"))
    current = whole(line["currentQuantity"]) if "currentQuantity" in line else ordered
    return max(0, min(ordered, current + lost))


def not_put_back(refunds: object) -> Counter[str]:
    """By line: pieces refunded and not put back into stock."""
    lost: Counter[str] = Counter()
    for refund in records(refunds):
        for row in nodes(refund.get("refundLineItems")):
            if words(row.get("restockType")) not in PUT_BACK:
                lost[digits(record(row.get("lineItem")).get("id"))] += whole(row.get("quantity"))
    return lost


def fingerprint(state: str, status: str, tracking: str, lines: tuple[RemoteOrderLine, ...]) -> str:
    """Equal when nothing we use has changed: a note or a tag is no news."""
    return "|".join((state, status, tracking, *(f"{line.id}x{line.quantity}" for line in lines)))


def parcels(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Fulfilments that stand."""
    return [each for each in records(row.get("fulfillments")) if words(each.get("status")) == SUCCEEDED]


def tracking_of(row: Mapping[str, Any]) -> tuple[str, str]:
    """Carrier and number of the first parcel that has one."""
    for parcel in parcels(row):
        for info in records(parcel.get("trackingInfo")):
            if number := words(info.get("number")):
                return words(info.get("company")), number
    return "", ""


def has_parcel(row: Mapping[str, Any], number: str) -> bool:
    """Whether Shopify knows a parcel of that tracking number."""
    told = [info for parcel in parcels(row) for info in records(parcel.get("trackingInfo"))]
    return any(words(info.get("number")) == number for info in told)


def fees(transactions: object) -> Money | None:
    """What the payment cost; told for Shopify's own payments only."""
    found = [
        money(record(fee.get("amount")).get("amount"), words(record(fee.get("amount")).get("currencyCode")))
        for each in records(transactions)
        if words(each.get("status")) == SUCCEEDED
        for fee in records(each.get("fees"))
    ]
    known = [fee for fee in found if fee]
    if not known or len({fee.currency for fee in known}) > 1:
        return None
    return Money(sum(fee.minor for fee in known), known[0].currency)


def address_of(found: object) -> dict[str, str]:
    """Where the parcel goes, as far as this app may know."""
    row = record(found)
    return {ours: value for ours, theirs in ADDRESS.items() if (value := words(row.get(theirs)))}
