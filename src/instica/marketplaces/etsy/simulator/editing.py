"""Creating, changing, publishing and deleting listings, with what publishing costs; uploading images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import fields, shapes, words
from instica.marketplaces.etsy.simulator.answers import Call, error, found, missing, number, rows, texts
from instica.marketplaces.etsy.simulator.gate import needs, own_shop, owns
from instica.marketplaces.etsy.simulator.ledger import Fee
from instica.marketplaces.etsy.simulator.listings import own, visible
from instica.marketplaces.etsy.simulator.seed import FOUR_MONTHS, restocked
from instica.marketplaces.etsy.simulator.shops import APP
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.store import Listing, Offering, Picture, Product, Stock
from instica.marketplaces.etsy.simulator.telling import tell_listing

ROUTES = Routes()
LISTING_FEE = 20
COSTS = {words.DRAFT, words.EXPIRED, words.SOLD_OUT}


@ROUTES("POST", f"{APP}/shops/{{shop_id}}/listings")
@needs("listings_w")
def create(site: Site, call: Call, shop_id: str) -> Response:
    """A draft, always; its one product has the price and the quantity."""
    shop, sent = own_shop(site, call, number(shop_id)), call.body()
    fields.creation(site, sent)
    ready = number(sent.get("readiness_state_id")) if sent.get("readiness_state_id") else None
    index = len(shop.inventory.states)
    ident = (shop.inventory.first_id + index * 7) * 100
    offering = Offering(ident + 1, number(sent["quantity"]), fields.cents(sent["price"]), readiness=ready)
    row = shop.inventory.add(
        state=words.DRAFT,
        title=str(sent["title"]),
        description=str(sent["description"]),
        stock=Stock((Product(ident, "", offering),)),
        created=site.now(),
        updated=site.now(),
        ending=site.now() + FOUR_MONTHS,
        section=number(sent["shop_section_id"]) if sent.get("shop_section_id") else None,
        pictures=_pictures(shop, sent),
        tags=texts(sent.get("tags")),
        materials=texts(sent.get("materials")),
        type=str(sent.get("type") or "physical"),
        more=tuple(fields.changes(sent).items()),
    )
    tell_listing(site, shop, row, "listing.created")
    return found(shapes.listing(site, call, shop, row), 201)


def _pictures(shop: Shop, sent: dict[str, Any], pictures: Sequence[Picture] = ()) -> tuple[Picture, ...]:
    """Images by their ids, which must be some of this shop; those of the listing keep what is said of them."""
    wanted = [number(each) for each in texts(sent.get("image_ids"))]
    for each in wanted:
        if each not in shop.uploads and shop.inventory.get(each // 10) is None:
            raise error(404, f"Could not find a ListingImage with listing_image_id = {each}.")
    known = {each.id: each for each in pictures}
    return tuple(known.get(each) or Picture(each) for each in wanted)


@ROUTES("PATCH", f"{APP}/shops/{{shop_id}}/listings/{{listing_id}}")
@needs("listings_w")
def update(site: Site, call: Call, shop_id: str, listing_id: str) -> Response:
    """Change what is named; price, quantity and sku are not among it and are ignored."""
    shop, row = own(site, call, shop_id, listing_id)
    sent = call.body()
    fields.refuse(site, fields.common(site, sent))
    if sent.get("type") == "download" and len(row.stock.products) > 1:
        raise error(409, "A listing with variations cannot become a download")
    changed: dict[str, Any] = {name: str(sent[name]) for name in ("title", "description") if name in sent}
    changed |= {name: texts(sent[name]) for name in ("tags", "materials") if name in sent}
    if sent.get("type"):
        changed["type"] = str(sent["type"])
    if sent.get("shop_section_id"):
        changed["section"] = number(sent["shop_section_id"])
    if "image_ids" in sent:
        changed["pictures"] = _pictures(shop, sent, row.pictures)
    more = tuple((dict(row.more) | fields.changes(sent)).items())
    wanted = replace(row, **changed, more=more, updated=site.now())
    after = _moved(site, shop, wanted, str(sent.get("state") or ""))
    row = shop.inventory.change(row, **{name: getattr(after, name) for name in Listing.__slots__ if name != "index"})
    tell_listing(site, shop, row, "listing.updated")
    return found(shapes.listing(site, call, shop, row))


def _moved(site: Site, shop: Shop, row: Listing, state: str) -> Listing:
    """The listing in the state that was asked for, when it may go there; paid for where that costs."""
    if state == "inactive" and row.state in (words.ACTIVE, words.INACTIVE):
        return replace(row, state=words.INACTIVE)
    if state == "active" and row.state != words.ACTIVE:
        _refuse_unfit(site, row)
        if row.state == words.SOLD_OUT:
            row = replace(row, stock=restocked(row, 1))
        if row.state in COSTS or row.ending <= site.now():
            shop.fees.append(Fee(site.now(), row.id, LISTING_FEE, "listing" if row.state == words.DRAFT else "renew"))
            row = replace(row, ending=site.now() + FOUR_MONTHS)
        return replace(row, state=words.ACTIVE)
    if state not in ("", "active", row.state):
        ending = {"state": row.state, "listing": row.id, "ending": row.ending}
        raise error(400, words.NOT_DRAFT.format(**ending).replace("activate", "deactivate"))
    return row


def _refuse_unfit(site: Site, row: Listing) -> None:
    """What keeps a listing from being published."""
    if not row.pictures:
        fields.refuse(site, [("/images", "array_too_short", "cannot be less than 1 items")])
    if row.type == "physical":
        if not row.get("shipping_profile_id"):
            raise error(400, words.NO_SHIPPING)
        if not row.get("return_policy_id"):
            raise error(400, "A return_policy_id is required for physical listings.")
        if any(each.offering.readiness is None for each in row.stock.products):
            raise error(400, words.ALL_READY)
    if row.state != words.SOLD_OUT and row.stock.quantity < 1:
        raise error(400, words.NO_STOCK)


@ROUTES("DELETE", f"{APP}/listings/{{listing_id}}")
@needs("listings_d")
def delete(site: Site, call: Call, listing_id: str) -> Response:
    """Gone for ever."""
    shop, row = visible(site, call, listing_id)
    if not owns(call, shop):
        raise error(403, f"User does not own Shop {shop.owner.shop_id}")
    shop.inventory.change(row, state=words.DELETED)
    tell_listing(site, shop, row, "listing.deleted")
    return Response(204)


@ROUTES("POST", f"{APP}/shops/{{shop_id}}/listings/{{listing_id}}/images")
@needs("listings_w")
def upload(site: Site, call: Call, shop_id: str, listing_id: str) -> Response:
    """Put an image at its rank: sent, or one that is known already."""
    shop, row = own(site, call, shop_id, listing_id)
    sent = call.body()
    content, known = sent.get("image"), number(sent.get("listing_image_id", ""))
    if not (isinstance(content, bytes) and content) and known < 0:
        raise missing("image")
    if isinstance(content, bytes) and not content.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF")):
        raise error(400, "The file is not an image that can be read")
    if len(row.pictures) >= fields.MOST_IMAGES and str(sent.get("overwrite", "")).lower() not in {"true", "1"}:
        fields.refuse(site, [("/images", "array_too_long", "cannot be more than 20 items")])
    ident = next(site.ids) * 10 if isinstance(content, bytes) else known
    shop.uploads.add(ident)
    rank = max(1, number(sent.get("rank", 1)))
    pictures = list(row.pictures)
    pictures.insert(rank - 1, Picture(ident, str(sent.get("alt_text", ""))[:500]))
    row = shop.inventory.change(row, pictures=tuple(pictures), updated=site.now())
    return found(shapes.image(call, row, Picture(ident, str(sent.get("alt_text", ""))), min(rank, len(pictures))), 201)


@ROUTES("DELETE", f"{APP}/shops/{{shop_id}}/listings/{{listing_id}}/images/{{image_id}}")
@needs("listings_w")
def remove_image(site: Site, call: Call, shop_id: str, listing_id: str, image_id: str) -> Response:
    """Take an image off; the file is kept."""
    shop, row = own(site, call, shop_id, listing_id)
    left = tuple(each for each in row.pictures if each.id != number(image_id))
    if len(left) == len(row.pictures):
        raise error(404, f"Could not find a ListingImage with listing_image_id = {image_id}.")
    shop.inventory.change(row, pictures=left, updated=site.now())
    return Response(204)


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/payment-account/ledger-entries")
@needs("transactions_r")
def ledger(site: Site, call: Call, shop_id: str) -> Response:
    """What the shop was charged."""
    shop = own_shop(site, call, number(shop_id))
    for name in ("min_created", "max_created"):
        if not call.get(name):
            raise missing(name)
    return rows([_entry(shop, place, fee) for place, fee in enumerate(shop.fees, start=1)])


def _entry(shop: Shop, place: int, fee: Fee) -> dict[str, Any]:
    owed = -sum(each.cents for each in shop.fees[:place])
    moments = {"create_date": fee.at, "created_timestamp": fee.at}
    about = {"ledger_type": fee.what, "reference_type": "listing", "reference_id": str(fee.listing_id)}
    amounts = {"amount": -fee.cents, "currency": "USD", "description": fee.what, "balance": owed}
    return {"entry_id": place, "ledger_id": 1, "sequence_number": place, **amounts, **moments, **about}
