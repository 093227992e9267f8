"""The Inventory API's offers: written, published, withdrawn, priced."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Refusal, Response, Routes
from instica.marketplaces.ebay.simulator import publishing
from instica.marketplaces.ebay.simulator.inventory import READ, WRITE, many
from instica.marketplaces.ebay.simulator.rest import Body, Call, amount, answer, demand, error, page, problem, whole
from instica.marketplaces.ebay.simulator.stock import Offer
from instica.marketplaces.ebay.simulator.words import ENDED, MARKETS

ROUTES = Routes()
FIXED_FIELDS = ("sku", "marketplaceId", "format")


@ROUTES("GET", "/offer")
def offers(call: Call) -> Response:
    """The offers of one SKU; without a SKU there is no answer."""
    demand(call.token, *READ)
    sku = call.get("sku")
    if not sku or len(sku) > 50:
        raise error(400, 25707, "API_INVENTORY", "This is an invalid value for a SKU.")
    limit = whole(call, "limit", 100, 1, 200, _paging)
    offset = whole(call, "offset", 0, 0, 10**8, _paging)
    wanted = (("marketplaceId", call.get("marketplace_id")), ("format", call.get("format")))
    found = [
        offer
        for offer in call.site.stock.offers_of(sku)
        if all(value in ("", offer.body.get(name)) for name, value in wanted)
    ]
    if not found and call.site.switches["no_offers"] == 404:
        raise _unavailable()
    rows = [shown(call.site, offer) for offer in found[offset * limit : (offset + 1) * limit]]
    frame = page(call, "/offer", {"offers": rows}, limit=limit, offset=offset, step=1, total=len(found))
    return answer(200, {**frame, "size": len(rows)})


@ROUTES("POST", "/offer")
def create(call: Call) -> Response:
    """Create an offer; nonsense in it comes to light when it is published."""
    demand(call.token, *WRITE)
    call.wants_language()
    publishing.not_at_once(call.site)
    return answer(201, {"offerId": made(call, call.body()).id})


def made(call: Call, body: Body) -> Offer:
    """A new offer."""
    sku, market, form = (str(body.get(name) or "") for name in FIXED_FIELDS)
    if not sku or call.site.stock.item(sku) is None:
        raise error(400, 25702, "API_INVENTORY", f"SKU {sku} is not available in the system.")
    if market not in MARKETS:
        raise error(400, 2004, "ACCESS", "Invalid request", "Could not serialize field [marketplaceId]")
    if form not in ("FIXED_PRICE", "AUCTION"):
        raise error(400, 2004, "ACCESS", "Invalid request", "Could not serialize field [format]")
    for known in call.site.stock.offers_of(sku):
        if (known.body.get("marketplaceId"), known.body.get("format")) == (market, form):
            value = [{"name": "offerId", "value": known.id}]
            text = "A user error has occurred. Offer entity already exists."
            raise error(400, 25002, "API_INVENTORY", text, parameters=value)
    return call.site.stock.new_offer(sku, body)


@ROUTES("GET", "/offer/{offer_id}")
def read(call: Call, offer_id: str) -> Response:
    """One offer."""
    demand(call.token, *READ)
    return answer(200, shown(call.site, _found(call, offer_id)))


@ROUTES("PUT", "/offer/{offer_id}")
def replace(call: Call, offer_id: str) -> Response:
    """Replace it whole; a published one is revised at once."""
    demand(call.token, *WRITE)
    call.wants_language()
    publishing.not_at_once(call.site)
    offer = _found(call, offer_id)
    fixed = {name: offer.body[name] for name in FIXED_FIELDS}
    body = {**call.body(), **fixed}
    if offer.published:
        publishing.check(call.site, Offer(offer.id, offer.sku, body))
        publishing.revise_allowed(call.site, offer.sku)
    offer.body = body
    call.site.stock.keep_offer(offer)
    publishing.refresh(call.site, offer.sku)
    return answer(200, {"offerId": offer.id})


@ROUTES("DELETE", "/offer/{offer_id}")
def delete(call: Call, offer_id: str) -> Response:
    """Delete it, and end what it listed."""
    demand(call.token, *WRITE)
    offer = _found(call, offer_id)
    publishing.withdraw(call.site, offer)
    call.site.stock.drop_offer(offer)
    return answer(204)


@ROUTES("POST", "/offer/{offer_id}/publish")
def publish(call: Call, offer_id: str) -> Response:
    """Put it on sale. One that is on sale stays as it is, with a warning."""
    demand(call.token, *WRITE)
    _wants_body(call)
    publishing.not_at_once(call.site)
    return answer(200, published(call, offer_id))


def published(call: Call, offer_id: str) -> Body:
    """The listing an offer is on sale as now."""
    offer = _found(call, offer_id)
    if offer.published:
        said = problem(25402, "API_INVENTORY", "The offer is published already; nothing was changed.")
        return {"listingId": str(call.site.shelf.at(offer.place).id), "warnings": [said]}
    return {"listingId": str(publishing.publish(call.site, offer).id), "warnings": []}


@ROUTES("POST", "/offer/{offer_id}/withdraw")
def withdraw(call: Call, offer_id: str) -> Response:
    """Take it off sale; the offer stays."""
    demand(call.token, *WRITE)
    _wants_body(call)
    publishing.not_at_once(call.site)
    offer = _found(call, offer_id)
    if not offer.published:
        raise error(400, 25002, "API_INVENTORY", "A user error has occurred. The offer is not published.")
    return answer(200, {"listingId": str(publishing.withdraw(call.site, offer)), "warnings": []})


@ROUTES("POST", "/bulk_create_offer")
def create_many(call: Call) -> Response:
    """Up to 25 at once."""
    demand(call.token, *WRITE)
    call.wants_language()

    def one(call: Call, row: Body) -> Body:
        return {"offerId": made(call, row).id, "statusCode": 201}

    return many(call, 25727, one, lambda row: {name: row.get(name) for name in FIXED_FIELDS})


@ROUTES("POST", "/bulk_publish_offer")
def publish_many(call: Call) -> Response:
    """Up to 25 at once."""
    demand(call.token, *WRITE)

    def one(call: Call, row: Body) -> Body:
        return {**published(call, str(row.get("offerId"))), "statusCode": 200}

    return many(call, 25728, one, lambda row: {"offerId": row.get("offerId")})


@ROUTES("POST", "/offer/get_listing_fees")
def fees(call: Call) -> Response:
    """What publishing these offers would cost, by marketplace."""
    demand(call.token, *READ)
    ids = [str(row.get("offerId")) for row in call.body().get("offers") or () if isinstance(row, dict)]
    if not 0 < len(ids) <= 250:
        raise error(400, 25727, "API_INVENTORY", "Between 1 and 250 offers are needed.")
    markets = sorted({str(_found(call, each).body["marketplaceId"]) for each in ids})
    zero = amount(0, "USD")
    told = [{"feeType": name, "amount": zero} for name in ("ListingFee", "InsertionFee", "SubtitleFee")]
    return answer(200, {"feeSummaries": [{"marketplaceId": market, "fees": told} for market in markets]})


def shown(site: Any, offer: Offer) -> Body:
    """An offer as it is read."""
    body: Body = {"offerId": offer.id, **offer.body, "status": "PUBLISHED" if offer.published else "UNPUBLISHED"}
    if offer.place < 0 or (not offer.published and site.switches["withdrawn_offer"] == "dropped"):
        return body
    listing = site.shelf.at(offer.place)
    state = "ENDED" if listing.status == ENDED or not offer.published else "ACTIVE" if listing.left else "OUT_OF_STOCK"
    told = {"listingId": str(listing.id), "listingStatus": state, "soldQuantity": listing.sold_in_all}
    return {**body, "listing": told}


def _found(call: Call, offer_id: str) -> Offer:
    offer = call.site.stock.offer(offer_id)
    if offer is None:
        raise _unavailable()
    return offer


def _wants_body(call: Call) -> None:
    if not call.request.body and call.site.switches["empty_body"] == "refuse":
        raise Refusal(Response(411, b"", [("Content-Type", "text/html")]))


def _unavailable() -> Refusal:
    return error(404, 25713, "API_INVENTORY", "This Offer is not available : ")


def _paging() -> Refusal:
    return error(400, 25706, "API_INVENTORY", "Invalid value for pagination parameters offset or limit.")
