"""One listing as a whole, what a person decides about it, and what listing would send and cost."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from instica.api.bodies import Body, Nothing
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.idempotency import Keyed
from instica.api.v1 import listing_shapes as shapes
from instica.api.v1.item_listing import PRICE, Fields, ListingList, ListOne, by, checked, money, priced_wrong, words
from instica.api.v1.listing_shapes import ListingDetail
from instica.connections.services import problem
from instica.connections.talk import connector_for
from instica.core.money import two_places
from instica.inventory import queries as inventory
from instica.kit.errors import RemoteFailure
from instica.kit.types import Draft, Quote
from instica.listings import decisions, prerequisites, queries
from instica.listings.decisions import Decision


class Edit(Fields):
    """What the page shall ask and say otherwise."""

    price: str | None = Field(None, description="In the shop's currency, for this page alone.")


class Decide(Body):
    """What a person decided."""

    decision: Decision = Field(
        description="`relist` it, `accept` that it is over, `retry` what was refused, `recheck` whether it was put up,"
        " or say that it is `absent` there."
    )


class Amount(BaseModel):
    """An amount of money."""

    amount: str
    currency: str


class Preview(BaseModel):
    """What listing would do: nothing was sent."""

    platform: str
    seller_account_uid: str
    action: str = Field(description="`publish`, `revise`, `show`, or `none` where it is listed so already.")
    fee: Amount | None = Field(description="What the marketplace takes for it at once, or on a sale; null: unknown.")
    charged_now: bool = Field(description="Whether the fee is taken when the page goes on sale.")
    suggested: dict[str, Amount] = Field(description="Prices the marketplace suggests, by grade.")
    draft: dict[str, Any] = Field(description="Exactly what would be sent.")


class OneListing(Endpoint):
    """One page of one shop."""

    @operation("listings_read", "Read a listing", scope="listings", answer=ListingDetail)
    def get(self, call: Call, uid: str) -> object:
        """With its levels, what waits, and what can be decided."""
        return shapes.detail(queries.get(call.organization, uid))

    @operation(
        "listings_edit",
        "Change what a listing asks and says",
        scope="listings",
        answer=ListingDetail,
        body=Edit,
        description="For this page alone; it is revised in the background. What was refused before is tried anew.",
    )
    def patch(self, call: Call, uid: str) -> object:
        """An override that is null or empty is taken back."""
        page = queries.get(call.organization, uid)
        body = call.read(Edit)
        if body.price is not None and (not PRICE.fullmatch(body.price) or not float(body.price)):
            raise priced_wrong("Write a decimal above zero, such as 34.99.")
        price = money(body.price, queries.currency(page))
        return shapes.detail(decisions.edit(page=page, price=price, overrides=words(body), by=by(call)))


class DecideListing(Endpoint):
    """What a person decides."""

    @operation(
        "listings_decide",
        "Decide about a listing",
        scope="listings",
        answer=ListingDetail,
        body=Decide,
        description="`decisions` of the listing names what can be decided now; anything else is 409. Relisting may make"
        " a new page, which is answered then, and agrees to the marketplace's fee.",
    )
    def post(self, call: Call, uid: str) -> object:
        """It is done in the background."""
        page = queries.get(call.organization, uid)
        body = call.read(Decide)
        return shapes.detail(decisions.decide(page=page, decision=body.decision, by=by(call)))


class RelistItem(Endpoint):
    """Everything of an item that waits for it."""

    @operation(
        "inventory_relist",
        "Bring back every listing of an item that waits for it",
        scope="listings",
        tag="listings",
        answer=ListingList,
        body=Nothing,
        description="After a cancelled order an item's other listings come back only when a person says so: by this.",
    )
    def post(self, call: Call, uid: str) -> object:
        """The item's listings after that."""
        item = inventory.get(call.organization, uid)
        call.read(Nothing)
        decisions.relist_all(item=item, by=by(call))
        return shapes.of_items([item.pk])[item.pk]


class QuoteItem(Endpoint):
    """A dry run of listing."""

    @operation(
        "inventory_quote_on",
        "What listing an item would send and cost",
        scope="listings",
        tag="listings",
        answer=Preview,
        body=ListOne,
        refuses=[402, 422],
        keyed=Keyed.NO,
        description="A dry run: the same checks as listing, the draft as it would be sent, and the marketplace's fee.",
    )
    def post(self, call: Call, uid: str, slug: str) -> object:
        """Nothing is sent but the question for the fee."""
        item, manifest = inventory.get(call.organization, uid), prerequisites.platform(slug)
        body = call.read(ListOne)
        price, shop = checked(call, item, manifest, body)
        made = prerequisites.ready(item, shop, price, words(body))
        connector = connector_for(shop, "stock")
        try:
            quote = connector.quote(made.draft) if connector.can("quote") else None
        except RemoteFailure as failure:
            raise problem(slug, failure) from None
        return preview(slug, shop.public_id, queries.action(item, shop, made.draft), made.draft, quote)


def preview(slug: str, account: str, action: str, draft: Draft, quote: Quote | None) -> Preview:
    """The dry run's answer."""
    fee = Amount(amount=str(quote.fee), currency=quote.fee.currency) if quote else None
    suggested = {
        grade: Amount(amount=str(each), currency=each.currency)
        for grade, each in (quote.suggested if quote else {}).items()
    }
    return Preview(
        platform=slug,
        seller_account_uid=account,
        action=action,
        fee=fee,
        charged_now=queries.costs(slug),
        suggested=suggested,
        draft=drafted(draft),
    )


def drafted(draft: Draft) -> dict[str, Any]:
    """The draft as JSON, amounts as the API writes them."""
    offers = [
        {
            "sku": offer.sku,
            "price": two_places(offer.price.minor, offer.price.currency) if offer.price else None,
            "currency": offer.price.currency if offer.price else None,
            "quantity": offer.quantity,
            "options": dict(offer.options),
            "barcode": offer.barcode or None,
        }
        for offer in draft.offers
    ]
    return {
        "title": draft.title,
        "description": draft.description,
        "release": draft.release or None,
        "condition_item": draft.condition_item or None,
        "condition_container": draft.condition_container or None,
        "images": list(draft.images),
        "fields": dict(draft.fields),
        "offers": offers,
    }
