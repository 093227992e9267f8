"""Listing and delisting one item on one platform, and where it is listed (S7.1, S7.2, D17 to D20)."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Literal

from django.http import HttpResponse
from pydantic import BaseModel, Field, RootModel
from pydantic_core import to_json

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.idempotency import Keyed
from instica.api.problems import request_id
from instica.api.v1 import listing_shapes as shapes
from instica.api.v1.listing_shapes import ListingShape
from instica.api.waiting import until
from instica.connections.models import Connection
from instica.core.errors import Fault, Invalid, Unprocessable
from instica.core.money import Money, NotMoney
from instica.inventory import queries
from instica.inventory.models import Item
from instica.kit.contract import Marketplace
from instica.listings import ending, prerequisites, services
from instica.listings.ending import Outcome
from instica.listings.wishes import By

PRICE = re.compile(r"\d{1,9}(\.\d{1,2})?")


class Fields(Body):
    """What this page says otherwise than its item; null or empty takes a word back."""

    title: str | None = Field(None, max_length=600)
    description: str | None = Field(None, max_length=500_000)
    fields: dict[str, Any] | None = Field(None, description="Fields of that marketplace's form.")


class ListOne(Fields):
    """How to list it. Nothing is needed where the item says it all."""

    price: str | None = Field(None, description="In the shop's currency, for this page alone.", examples=["34.99"])
    seller_account_uid: str | None = Field(None, description="Which shop; else the default one there.")


class DelistOne(Body):
    """Nothing is needed."""

    seller_account_uid: str | None = Field(None, description="Which shop; else the default one there.")


class Listed(BaseModel):
    """What came of it; nulls while the marketplace is still at work (`pending`)."""

    status: Literal["success", "pending"]
    listing_url: str | None
    listing_id: str | None


class ListingList(RootModel[list[ListingShape]]):
    """Every page of one item, oldest first."""


class ListItem(Endpoint):
    """One item onto one platform."""

    @operation(
        "inventory_list_on",
        "List an item on a platform",
        scope="listings",
        tag="listings",
        answer=Listed,
        also=202,
        body=ListOne,
        refuses=[402, 422],
        keyed=Keyed.UNTIL_SETTLED,
        description="Waits up to 25 seconds for the marketplace. Still at work: 202, the same keys, `pending`; what"
        " comes of it is at `…/listings/`. Listed already at that price: 200, nothing new; at another: it is revised.",
    )
    def post(self, call: Call, uid: str, slug: str) -> object:
        """Whatever is missing is said before anything is sent."""
        item, manifest = queries.get(call.organization, uid), prerequisites.platform(slug)
        body = call.read(ListOne)
        price, shop = checked(call, item, manifest, body)
        prerequisites.ready(item, shop, price, words(body))
        page = services.list_item(item=item, connection=shop, price=price, overrides=words(body), by=by(call))
        return answered(lambda: ending.of_listing(page.pk))


class DelistItem(Endpoint):
    """One item off one platform."""

    @operation(
        "inventory_delist_from",
        "Delist an item from a platform",
        scope="listings",
        tag="listings",
        answer=Listed,
        also=202,
        body=DelistOne,
        refuses=[422],
        keyed=Keyed.UNTIL_SETTLED,
        description="Waits up to 25 seconds for the marketplace; still at work: 202. Not listed there: 200.",
    )
    def post(self, call: Call, uid: str, slug: str) -> object:
        """Every page of the item in that shop."""
        item, manifest = queries.get(call.organization, uid), prerequisites.platform(slug)
        account = call.read(DelistOne).seller_account_uid or ""
        prerequisites.check_off_by_hand(item, manifest)
        shops = ending.shops_of(item, manifest, account)
        pages = services.delist(item=item, connections=shops, by=by(call))
        if not pages:
            return Listed(status="success", listing_url=None, listing_id=None)
        return answered(lambda: ending.of_delisting([page.pk for page in pages]))


class ItemListings(Endpoint):
    """Where one item is listed."""

    @operation("inventory_listings", "Where an item is listed", scope="listings", tag="listings", answer=ListingList)
    def get(self, call: Call, uid: str) -> object:
        """A bare array."""
        item = queries.get(call.organization, uid)
        return shapes.of_items([item.pk])[item.pk]


def checked(call: Call, item: Item, manifest: Marketplace, body: ListOne) -> tuple[Money | None, Connection]:
    """The price and the shop, after what the organization itself must have (D17)."""
    amount = body.price
    if amount is not None and (not PRICE.fullmatch(amount) or not float(amount)):
        raise priced_wrong("Write a decimal above zero, such as 34.99.")
    prerequisites.organization_may_list(call.organization)
    if manifest.connection == "extension":
        raise prerequisites.by_hand(item, manifest)
    shop = prerequisites.shop(call.organization, manifest.slug, body.seller_account_uid or "")
    return money(amount, shop.currency or item.currency), shop


def money(amount: str | None, currency: str) -> Money | None:
    """A price in that currency."""
    if amount is None:
        return None
    try:
        return Money.parse(amount, currency)
    except NotMoney:
        raise priced_wrong(f"This is no price in {currency}.") from None


def priced_wrong(detail: str) -> Invalid:
    """The refusal of a price."""
    return Invalid(detail, code="validation_error", faults=[Fault(detail, "#/price")])


def words(body: Fields) -> dict[str, Any] | None:
    """What the page shall say otherwise; nothing where nothing is said."""
    given = body.model_dump(include={"title", "description", "fields"}, exclude_unset=True)
    return given or None


def by(call: Call) -> By:
    """Who asks, for the activity."""
    return By(actor=call.user, request_id=request_id(call.request))


def answered(judge: ending.Judge) -> HttpResponse:
    """Wait a little; what came of it, in the contract's words."""
    found = Outcome("pending")

    def done() -> bool:
        nonlocal found
        found = judge()
        return found.status != "pending"

    until(done)
    if found.status == "failed":
        raise Unprocessable(found.error, code=found.code, marketplace=found.complaints)
    body = Listed(status=found.status, listing_url=found.url, listing_id=found.listing_id)
    status = HTTPStatus.OK if found.status == "success" else HTTPStatus.ACCEPTED
    return HttpResponse(to_json(body), status=status, content_type="application/json")
