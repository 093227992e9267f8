"""Receipts and their transactions: read them, mark them, submit tracking."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import shapes, trade
from instica.marketplaces.etsy.simulator.answers import Call, asked, error, found, number, page, rows, yes
from instica.marketplaces.etsy.simulator.gate import needs, own_shop
from instica.marketplaces.etsy.simulator.ledger import Line, Receipt
from instica.marketplaces.etsy.simulator.shops import APP
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Value

ROUTES = Routes()
EARLIEST = 946_684_800
SORTS = {"created": "created", "updated": "changed", "receipt_id": "id"}
WALLED = "first_line second_line city state zip formatted_address country_iso".split()
UPWARDS = {"asc", "ascending", "up"}


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/receipts")
@needs("transactions_r")
def receipts(site: Site, call: Call, shop_id: str) -> Response:
    """One page of one's own receipts."""
    shop = own_shop(site, call, number(shop_id))
    sort = call.get("sort_on") or "created"
    if sort not in SORTS:
        raise error(400, f"Invalid value for sort_on: {sort}")
    chosen = [each for each in shop.receipts.values() if _wanted(site, call, each)]
    downwards = (call.get("sort_order") or "desc") not in UPWARDS
    chosen.sort(key=lambda each: (getattr(each, SORTS[sort]), each.id), reverse=downwards)
    return page(call, len(chosen), lambda start, stop: [receipt(site, call, shop, each) for each in chosen[start:stop]])


def _wanted(site: Site, call: Call, one: Receipt) -> bool:
    moments = {
        "min_created": one.created,
        "max_created": one.created,
        "min_last_modified": one.changed,
        "max_last_modified": one.changed,
    }
    for name, at in moments.items():
        bound = asked(call, name, 0)
        if bound and bound < EARLIEST:
            raise error(400, f"Invalid value for {name}: {bound}")
        if bound and (at < bound if name.startswith("min") else at > bound):
            return False
    hidden = one.canceled and site.switches["silent_cancel"] and call.get("min_last_modified")
    if hidden and not call.get("was_canceled"):
        return False
    flags = {"was_paid": one.paid, "was_shipped": one.shipped, "was_canceled": one.canceled, "was_delivered": False}
    return all(not call.get(name) or yes(call.get(name)) == flag for name, flag in flags.items())


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/receipts/{{receipt_id}}")
@needs("transactions_r")
def one(site: Site, call: Call, shop_id: str, receipt_id: str) -> Response:
    """One receipt."""
    shop, found_one = own(site, call, shop_id, receipt_id)
    return found(receipt(site, call, shop, found_one))


@ROUTES("PUT", f"{APP}/shops/{{shop_id}}/receipts/{{receipt_id}}")
@needs("transactions_w")
def update(site: Site, call: Call, shop_id: str, receipt_id: str) -> Response:
    """Mark as shipped or paid, or not."""
    shop, marked = own(site, call, shop_id, receipt_id)
    sent = call.body()
    if "was_shipped" in sent:
        marked.shipped = yes(sent["was_shipped"])
    if "was_paid" in sent:
        marked.paid = yes(sent["was_paid"])
    marked.changed = site.now()
    return found(receipt(site, call, shop, marked))


@ROUTES("POST", f"{APP}/shops/{{shop_id}}/receipts/{{receipt_id}}/tracking")
@needs("transactions_w")
def tracking(site: Site, call: Call, shop_id: str, receipt_id: str) -> Response:
    """A parcel is on its way; the buyer gets an e-mail each time."""
    shop, shipped = own(site, call, shop_id, receipt_id)
    if not site.switches["tracking"] or site.switches["address"] == "wall":
        raise error(403, "Your app does not have access to submit tracking for this shop")
    sent = call.body()
    code, carrier = str(sent.get("tracking_code") or ""), str(sent.get("carrier_name") or "")
    dear = shop.owner.country == "US" == shipped.buyer.country and shipped.goods > 1000
    if (dear or shipped.buyer.country == "IN") and not (code and carrier):
        raise error(400, "A tracking code and a carrier name are required for this order")
    if bool(code) != bool(carrier):
        raise error(400, "tracking_code and carrier_name must be sent together")
    if shipped.canceled:
        raise error(409, "The receipt is canceled")
    trade.ship(site, shop, shipped, carrier, code)
    return found(receipt(site, call, shop, shipped))


def own(site: Site, call: Call, shop_id: str, receipt_id: str) -> tuple[Shop, Receipt]:
    """A receipt of one's own shop."""
    shop = own_shop(site, call, number(shop_id))
    held = shop.receipts.get(number(receipt_id))
    if held is None:
        text = f"Could not find a Shop Receipt with receipt_id = {receipt_id} associated with shop_id = {shop_id}."
        raise error(404, text)
    return shop, held


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/receipts/{{receipt_id}}/transactions")
@needs("transactions_r")
def transactions(site: Site, call: Call, shop_id: str, receipt_id: str) -> Response:
    """The lines of a receipt."""
    shop, one_of = own(site, call, shop_id, receipt_id)
    return rows([transaction(site, shop, one_of, line) for line in one_of.lines])


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/transactions")
@needs("transactions_r")
def all_transactions(site: Site, call: Call, shop_id: str) -> Response:
    """The lines of all receipts, the newest first."""
    shop = own_shop(site, call, number(shop_id))
    lines = [(one_of, line) for one_of in shop.receipts.values() for line in one_of.lines][::-1]
    return page(call, len(lines), lambda start, stop: [transaction(site, shop, *each) for each in lines[start:stop]])


def receipt(site: Site, call: Call, shop: Shop, one_of: Receipt) -> dict[str, Any]:
    """A receipt as the API shows it."""
    walled, zero = site.switches["address"] == "wall", 0
    amounts = {
        "grandtotal": one_of.goods + one_of.shipping,
        "subtotal": one_of.goods,
        "total_price": one_of.goods,
        "total_shipping_cost": one_of.shipping,
        **dict.fromkeys(("total_tax_cost", "total_vat_cost", "discount_amt", "gift_wrap_price"), zero),
    }
    return {
        "receipt_id": one_of.id,
        "receipt_type": 0,
        "seller_user_id": shop.owner.user_id,
        "seller_email": f"shop@{shop.owner.login}.example",
        "buyer_user_id": one_of.buyer.user_id,
        "buyer_email": None,
        "name": shapes.shown(one_of.buyer.name),
        **(dict.fromkeys(WALLED) if walled else _address(one_of)),
        "status": one_of.status.title() if site.switches["capital_status"] else one_of.status,
        "payment_method": "cc",
        "payment_email": None,
        "message_from_seller": None,
        "message_from_buyer": shapes.shown(one_of.message) or None,
        "message_from_payment": None,
        "is_paid": one_of.paid,
        "is_shipped": one_of.shipped,
        "create_timestamp": one_of.created,
        "created_timestamp": one_of.created,
        "update_timestamp": one_of.changed,
        "updated_timestamp": one_of.changed,
        "is_gift": False,
        "gift_message": "",
        "gift_sender": "",
        **{name: shapes.money(site, cents, one_of.currency) for name, cents in amounts.items()},
        "shipments": [_parcel(each) for each in one_of.parcels],
        "transactions": [transaction(site, shop, one_of, line) for line in one_of.lines],
        "refunds": _refunds(site, one_of),
    }


def _address(one_of: Receipt) -> dict[str, Any]:
    to = one_of.buyer
    lines = [to.name, to.first_line, to.second_line, f"{to.city} {to.state} {to.zip}", to.country]
    shown = {"first_line": to.first_line, "second_line": to.second_line or None, "city": to.city, "zip": to.zip}
    whole = "\n".join(shapes.shown(line) for line in lines if line)
    return {**shown, "state": to.state or None, "formatted_address": whole, "country_iso": to.country}


def _parcel(each: Any) -> dict[str, Any]:
    code = {"carrier_name": each.carrier, "tracking_code": each.code}
    return {"receipt_shipping_id": each.id, "shipment_notification_timestamp": each.at, **code}


def _refunds(site: Site, one_of: Receipt) -> list[dict[str, Any]]:
    if not one_of.refunded:
        return []
    amount = shapes.money(site, one_of.refunded, one_of.currency)
    texts = {"reason": "Other", "note_from_issuer": "", "status": "processed"}
    return [{"amount": amount, "created_timestamp": max(one_of.created, EARLIEST), **texts}]


def transaction(site: Site, shop: Shop, one_of: Receipt, line: Line) -> dict[str, Any]:
    """One line as the API shows it."""
    row, values = line.listing, line.product.values
    return {
        "transaction_id": line.id,
        "title": shapes.shown(row.title),
        "description": shapes.shown(row.description),
        "seller_user_id": shop.owner.user_id,
        "buyer_user_id": one_of.buyer.user_id,
        "create_timestamp": one_of.created,
        "created_timestamp": one_of.created,
        "paid_timestamp": one_of.created if one_of.paid else None,
        "shipped_timestamp": one_of.parcels[0].at if one_of.parcels else None,
        "quantity": line.quantity,
        "listing_image_id": row.pictures[0].id if row.pictures else None,
        "receipt_id": one_of.id,
        "is_digital": row.type == "download",
        "file_data": "",
        "listing_id": row.id,
        "transaction_type": "listing",
        "product_id": line.product.id,
        "sku": line.product.sku,
        "price": shapes.money(site, line.product.offering.cents or 0, one_of.currency),
        "shipping_cost": shapes.money(site, one_of.shipping, one_of.currency),
        "variations": [_variation(each) for each in values],
        "product_data": [shapes.value(each) for each in values],
        "shipping_profile_id": row.get("shipping_profile_id"),
        "min_processing_days": 1,
        "max_processing_days": 3,
        "shipping_method": None,
        "shipping_upgrade": None,
        "expected_ship_date": one_of.created + 3 * 86_400,
        "buyer_coupon": 0,
        "shop_coupon": 0,
    }


def _variation(value: Value) -> dict[str, Any]:
    chosen = {"formatted_name": value.name, "formatted_value": shapes.shown(value.text), "question_id": None}
    return {"property_id": value.property_id, "value_id": value.value_id, **chosen}
