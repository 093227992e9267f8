"""What orders, their parcels and the people in them answer, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from instica.marketplaces.shopify.simulator import nodes
from instica.marketplaces.shopify.simulator.ledger import Buyer, Line, Order, Refund
from instica.marketplaces.shopify.simulator.nodes import OrderLine, Sent, Sold, WorkLine
from instica.marketplaces.shopify.simulator.paging import page
from instica.marketplaces.shopify.simulator.site import gid, iso, money
from instica.marketplaces.shopify.simulator.visit import Visit, complaint

Table = dict[str, Callable[[Visit, Any, dict[str, Any]], Any]]
PRIVATE = (
    "This app is not approved to use the {0} field."
    " See https://shopify.dev/docs/apps/launch/protected-customer-data for more details."
)
ACTIONS = {
    "OPEN": ("CREATE_FULFILLMENT", "HOLD", "MOVE"),
    "IN_PROGRESS": ("CREATE_FULFILLMENT",),
    "ON_HOLD": ("RELEASE_HOLD",),
}


def bag(visit: Visit, cents: int) -> dict[str, Any]:
    """An amount for the shop and for the buyer."""
    amount = {"amount": money(cents), "currencyCode": visit.site.shop.currency}
    return {"shopMoney": amount, "presentmentMoney": amount}


def withheld(name: str) -> GraphQLError:
    """A field of a buyer that the app is not approved for."""
    return complaint(PRIVATE.format(name), "ACCESS_DENIED")


def private(visit: Visit, name: str, value: Any) -> Any:
    """A buyer's name, address, phone or e-mail; null and an error where that is withheld."""
    if visit.site.switches["protected"] == "withheld":
        raise withheld(name)
    return value


def _set(cents: Callable[[Order], int]) -> Callable[[Visit, Any, dict[str, Any]], Any]:
    return lambda visit, each, args: bag(visit, cents(each))


def _current(order: Order) -> int:
    return sum(line.cents * line.current for line in order.lines)


def _left(order: Order) -> int:
    return sum(line.current for line in order.lines)


ORDER: Table = {
    "id": lambda visit, each, args: gid("Order", each.id),
    "legacyResourceId": lambda visit, each, args: str(each.id),
    "confirmationNumber": lambda visit, each, args: f"XPAV{each.number}",
    "createdAt": lambda visit, each, args: iso(each.at),
    "processedAt": lambda visit, each, args: iso(each.at),
    "updatedAt": lambda visit, each, args: iso(each.updated),
    "closed": lambda visit, each, args: each.closed is not None,
    "closedAt": lambda visit, each, args: iso(each.closed),
    "cancelledAt": lambda visit, each, args: iso(each.cancelled),
    "cancelReason": lambda visit, each, args: each.reason,
    "confirmed": lambda visit, each, args: True,
    "edited": lambda visit, each, args: False,
    "currencyCode": lambda visit, each, args: visit.site.shop.currency,
    "presentmentCurrencyCode": lambda visit, each, args: visit.site.shop.currency,
    "displayFinancialStatus": lambda visit, each, args: each.financial,
    "displayFulfillmentStatus": lambda visit, each, args: each.fulfilment,
    "returnStatus": lambda visit, each, args: "NO_RETURN",
    "fullyPaid": lambda visit, each, args: each.financial in ("PAID", "PARTIALLY_REFUNDED", "REFUNDED"),
    "unpaid": lambda visit, each, args: each.financial in ("PENDING", "AUTHORIZED", "EXPIRED"),
    "requiresShipping": lambda visit, each, args: any(line.ships for line in each.lines),
    "email": lambda visit, each, args: private(visit, "email", each.buyer.email),
    "phone": lambda visit, each, args: private(visit, "phone", None),
    "statusPageUrl": lambda visit, each, args: private(
        visit, "statusPageUrl", f"https://{visit.site.shop.storefront}/orders/{each.id}"
    ),
    "customer": lambda visit, each, args: each.buyer,
    "billingAddress": lambda visit, each, args: each.buyer,
    "shippingAddress": lambda visit, each, args: each.buyer,
    "note": lambda visit, each, args: None,
    "tags": lambda visit, each, args: list(each.tags),
    "customAttributes": lambda visit, each, args: [],
    "sourceName": lambda visit, each, args: "web",
    "lineItems": lambda visit, each, args: page(
        [OrderLine(each, line) for line in each.lines], args, lambda row: row.line.id
    ),
    "fulfillmentOrders": lambda visit, each, args: page(nodes.works(each, visit.site.now), args, lambda row: row.id),
    "fulfillments": lambda visit, each, args: [Sent(each, parcel) for parcel in each.parcels][: args.get("first")],
    "refunds": lambda visit, each, args: [(each, refund) for refund in each.refunds][: args.get("first")],
    "transactions": lambda visit, each, args: transactions(visit, each)[: args.get("first")],
    "paymentGatewayNames": lambda visit, each, args: ["shopify_payments"],
    "taxesIncluded": lambda visit, each, args: False,
    "subtotalPriceSet": _set(lambda each: each.subtotal),
    "totalShippingPriceSet": _set(lambda each: each.shipping_cents),
    "totalTaxSet": _set(lambda each: 0),
    "totalPriceSet": _set(lambda each: each.total),
    "totalRefundedSet": _set(lambda each: each.refunded),
    "totalOutstandingSet": _set(lambda each: 0 if each.financial != "PENDING" else each.total),
    "totalReceivedSet": _set(lambda each: 0 if each.financial == "PENDING" else each.total),
    "totalDiscountsSet": _set(lambda each: 0),
    "currentSubtotalPriceSet": _set(_current),
    "currentTotalPriceSet": _set(lambda each: _current(each) + (each.shipping_cents if _left(each) else 0)),
    "currentTotalTaxSet": _set(lambda each: 0),
    "currentSubtotalLineItemsQuantity": lambda visit, each, args: _left(each),
    "subtotalLineItemsQuantity": lambda visit, each, args: sum(line.quantity for line in each.lines),
}


def transactions(visit: Visit, order: Order) -> list[dict[str, Any]]:
    """The sale with its fee, and what was given back."""
    if order.financial == "PENDING":
        return []
    fee = order.total * 29 // 1000 + 30
    rows = [_transaction(visit, order.id * 4, "SALE", order.total, order.at, fee, order.test)]
    for number, refund in enumerate(order.refunds, start=1):
        if refund.cents:
            rows.append(_transaction(visit, order.id * 4 + number, "REFUND", refund.cents, refund.at, 0, order.test))
    return rows


def _transaction(visit: Visit, number: int, kind: str, cents: int, at: int, fee: int, test: bool) -> dict[str, Any]:
    currency = visit.site.shop.currency
    amount = {"amount": money(fee), "currencyCode": currency}
    zero = {"amount": "0.00", "currencyCode": currency}
    rows = [
        {
            "id": gid("TransactionFee", number),
            "type": "processing_fee",
            "amount": amount,
            "flatFee": {"amount": "0.30", "currencyCode": currency},
            "flatFeeName": "transaction",
            "rate": "0.029",
            "rateName": "domestic",
            "taxAmount": zero,
        }
    ]
    return {
        "id": gid("OrderTransaction", number),
        "kind": kind,
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "formattedGateway": "Shopify Payments",
        "amountSet": bag(visit, cents),
        "fees": rows if fee else [],
        "createdAt": iso(at),
        "processedAt": iso(at),
        "test": test,
    }


CUSTOMER: Table = {
    "id": lambda visit, each, args: gid("Customer", each.id),
    "legacyResourceId": lambda visit, each, args: str(each.id),
    "displayName": lambda visit, each, args: private(visit, "displayName", f"{each.first} {each.last}"),
    "firstName": lambda visit, each, args: private(visit, "firstName", each.first),
    "lastName": lambda visit, each, args: private(visit, "lastName", each.last),
    "numberOfOrders": lambda visit, each, args: str(sum(one.buyer.id == each.id for one in visit.site.orders.values())),
    "createdAt": lambda visit, each, args: "2025-01-15T10:00:00Z",
    "updatedAt": lambda visit, each, args: "2025-01-15T10:00:00Z",
}


def _whole_name(buyer: Buyer) -> str:
    return f"{buyer.first} {buyer.last}"


ADDRESS: Table = {
    "id": lambda visit, each, args: f"{gid('MailingAddress', each.id)}?model_name=Address",
    "firstName": lambda visit, each, args: private(visit, "firstName", each.first),
    "lastName": lambda visit, each, args: private(visit, "lastName", each.last),
    "name": lambda visit, each, args: private(visit, "name", _whole_name(each)),
    "company": lambda visit, each, args: None,
    "address1": lambda visit, each, args: private(visit, "address1", each.address1),
    "address2": lambda visit, each, args: private(visit, "address2", None),
    "province": lambda visit, each, args: each.province or None,
    "provinceCode": lambda visit, each, args: each.province or None,
    "zip": lambda visit, each, args: private(visit, "zip", each.zip),
    "country": lambda visit, each, args: each.country_name,
    "countryCodeV2": lambda visit, each, args: each.country,
    "phone": lambda visit, each, args: private(visit, "phone", None),
}


def _variant(visit: Visit, line: Line) -> Sold | None:
    found = visit.site.catalogue.of_variant(line.variant) if line.variant else None
    return Sold(*found) if found else None


LINE: Table = {
    "id": lambda visit, each, args: gid("LineItem", each.line.id),
    "title": lambda visit, each, args: each.line.title,
    "name": lambda visit, each, args: " - ".join(filter(None, (each.line.title, each.line.variant_title))),
    "variantTitle": lambda visit, each, args: each.line.variant_title or None,
    "sku": lambda visit, each, args: each.line.sku or None,
    "vendor": lambda visit, each, args: each.line.vendor or None,
    "quantity": lambda visit, each, args: each.line.quantity,
    "currentQuantity": lambda visit, each, args: each.line.current,
    "unfulfilledQuantity": lambda visit, each, args: max(0, each.line.current - each.line.fulfilled),
    "refundableQuantity": lambda visit, each, args: each.line.current,
    "nonFulfillableQuantity": lambda visit, each, args: 0,
    "requiresShipping": lambda visit, each, args: each.line.ships,
    "taxable": lambda visit, each, args: True,
    "isGiftCard": lambda visit, each, args: False,
    "product": lambda visit, each, args: visit.site.catalogue.get(each.line.product) if each.line.product else None,
    "variant": lambda visit, each, args: _variant(visit, each.line),
    "originalUnitPriceSet": lambda visit, each, args: bag(visit, each.line.cents),
    "originalTotalSet": lambda visit, each, args: bag(visit, each.line.cents * each.line.quantity),
    "discountedUnitPriceSet": lambda visit, each, args: bag(visit, each.line.cents),
    "discountedUnitPriceAfterAllDiscountsSet": lambda visit, each, args: bag(visit, each.line.cents),
    "discountedTotalSet": lambda visit, each, args: bag(visit, each.line.cents * each.line.quantity),
    "totalDiscountSet": lambda visit, each, args: bag(visit, 0),
}

WORK: Table = {
    "id": lambda visit, each, args: gid("FulfillmentOrder", each.id),
    "requestStatus": lambda visit, each, args: "UNSUBMITTED",
    "assignedLocation": lambda visit, each, args: {
        "name": visit.site.locations[each.location].name,
        "location": visit.site.locations[each.location],
        "countryCode": "US",
        "city": "Portland",
        "address1": "114 Greenstreet",
        "zip": "97201",
    },
    "orderId": lambda visit, each, args: gid("Order", each.order.id),
    "orderName": lambda visit, each, args: each.order.name,
    "lineItems": lambda visit, each, args: page(
        [WorkLine(each, line) for line in each.lines], args, lambda row: row.line.id
    ),
    "supportedActions": lambda visit, each, args: [{"action": name} for name in ACTIONS.get(each.status, ())],
    "createdAt": lambda visit, each, args: iso(each.order.routed),
    "updatedAt": lambda visit, each, args: iso(each.order.updated),
}

WORK_LINE: Table = {
    "id": lambda visit, each, args: gid("FulfillmentOrderLineItem", work_line_id(each.line)),
    "totalQuantity": lambda visit, each, args: each.line.current,
    "remainingQuantity": lambda visit, each, args: max(0, each.line.current - each.line.fulfilled),
    "lineItem": lambda visit, each, args: OrderLine(each.work.order, each.line),
    "inventoryItemId": lambda visit, each, args: (
        gid("InventoryItem", found.variant.item_id) if (found := _variant(visit, each.line)) else None
    ),
    "sku": lambda visit, each, args: each.line.sku or None,
    "productTitle": lambda visit, each, args: each.line.title,
    "variant": lambda visit, each, args: _variant(visit, each.line),
    "variantTitle": lambda visit, each, args: each.line.variant_title or None,
    "requiresShipping": lambda visit, each, args: each.line.ships,
}


def work_line_id(line: Line) -> int:
    """The id of a line of a fulfilment order, which is not the order line's."""
    return line.id + 1_000_000_000_000


PARCEL: Table = {
    "id": lambda visit, each, args: gid("Fulfillment", each.parcel.id),
    "legacyResourceId": lambda visit, each, args: str(each.parcel.id),
    "name": lambda visit, each, args: each.parcel.name,
    "status": lambda visit, each, args: each.parcel.status,
    "displayStatus": lambda visit, each, args: "FULFILLED",
    "createdAt": lambda visit, each, args: iso(each.parcel.at),
    "updatedAt": lambda visit, each, args: iso(each.parcel.at),
    "totalQuantity": lambda visit, each, args: sum(quantity for _, quantity in each.parcel.lines),
    "trackingInfo": lambda visit, each, args: tracking(each)[: args.get("first")],
    "fulfillmentLineItems": lambda visit, each, args: page(parcel_lines(each), args, lambda row: row["id"]),
    "location": lambda visit, each, args: visit.site.locations.get(each.parcel.location),
}


def tracking(sent: Sent) -> list[dict[str, Any]]:
    """Carrier, number and link, when there are any."""
    parcel = sent.parcel
    if not (parcel.number or parcel.company or parcel.url):
        return []
    return [{"company": parcel.company or None, "number": parcel.number or None, "url": parcel.url or None}]


def parcel_lines(sent: Sent) -> list[dict[str, Any]]:
    """What is in a parcel."""
    lines = {line.id: line for line in sent.order.lines}
    return [
        {
            "id": gid("FulfillmentLineItem", sent.parcel.id + number),
            "lineItem": OrderLine(sent.order, lines[line]),
            "quantity": quantity,
        }
        for number, (line, quantity) in enumerate(sent.parcel.lines)
    ]


def refund_lines(visit: Visit, row: tuple[Order, Refund]) -> list[dict[str, Any]]:
    """What a refund is about."""
    order, refund = row
    lines = {line.id: line for line in order.lines}
    return [
        {
            "id": gid("RefundLineItem", refund.id + number),
            "lineItem": OrderLine(order, lines[each.line]),
            "location": visit.site.locations.get(each.location),
            "quantity": each.quantity,
            "restockType": each.restock,
            "restocked": each.restock != "NO_RESTOCK",
        }
        for number, each in enumerate(refund.lines)
    ]


REFUND: Table = {
    "id": lambda visit, each, args: gid("Refund", each[1].id),
    "legacyResourceId": lambda visit, each, args: str(each[1].id),
    "createdAt": lambda visit, each, args: iso(each[1].at),
    "note": lambda visit, each, args: None,
    "order": lambda visit, each, args: each[0],
    "totalRefundedSet": lambda visit, each, args: bag(visit, each[1].cents),
    "refundLineItems": lambda visit, each, args: page(refund_lines(visit, each), args, lambda row: row["id"]),
}

TABLES: dict[str, Table] = {
    "Order": ORDER,
    "Customer": CUSTOMER,
    "MailingAddress": ADDRESS,
    "LineItem": LINE,
    "FulfillmentOrder": WORK,
    "FulfillmentOrderLineItem": WORK_LINE,
    "Fulfillment": PARCEL,
    "Refund": REFUND,
}
