"""Ship and cancel orders at their marketplaces, and follow what became of it (I5.3)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from instica.api.bodies import Body
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.problems import request_id
from instica.core.clock import iso
from instica.orders import errands, queries, relisting
from instica.orders.doors import doors
from instica.orders.errands import Asker, Parcel
from instica.orders.models import Errand, Order
from instica.orders.values import UNSENT

WORDS = {
    Errand.State.WAITING: "pending",
    Errand.State.SENT: "pending",
    Errand.State.ACCEPTED: "pending",
    Errand.State.DONE: "success",
    Errand.State.REFUSED: "failed",
    Errand.State.STUCK: "unknown",
}


class ShipOrder(Body):
    """A parcel."""

    tracking_number: str = Field("", max_length=errands.LONGEST_NUMBER, examples=["1Z999AA10123456784"])
    carrier: str = Field("", max_length=errands.LONGEST_CARRIER, description="As at `…/choices/`, or any name.")
    lines: dict[str, int] = Field(
        default_factory=dict,
        description="Pieces by uid of a line, where only a part of the order is in the parcel; all that is left unless"
        " told. Not every marketplace takes parts: see `partial_shipments` at `…/choices/`.",
    )


class CancelOrder(Body):
    """Why."""

    reason: str = Field("", max_length=80, description="One of `cancel_reasons` at `…/choices/`.")


class ActionShape(BaseModel):
    """Something asked of the marketplace for an order."""

    model_config = ConfigDict(title="OrderAction")

    uid: str
    order_uid: str
    action: str = Field(json_schema_extra={"enum": ["ship", "cancel"]})
    status: str = Field(
        description="`pending`; `success` once the marketplace confirmed; `failed` with its words in `error`; `unknown`"
        " when it never answered and somebody must look.",
        json_schema_extra={"enum": ["pending", "success", "failed", "unknown"]},
    )
    tracking_number: str | None
    carrier: str | None
    lines: dict[str, int] = Field(description="Pieces by uid of a line; empty means whatever was left to ship.")
    reason: str | None
    error: str | None = Field(description="The marketplace's own words, also while it is tried again.")
    created_at: str
    finished_at: str | None


class ActionList(RootModel[list[ActionShape]]):
    """The latest first."""


class Carrier(BaseModel):
    """A carrier the marketplace knows."""

    code: str
    name: str


class RelistableShape(BaseModel):
    """A page that went off sale for this order and could come back."""

    listing_uid: str
    platform: str
    inventory_item_uid: str
    title: str
    costs_a_fee: bool


class NotRelisted(BaseModel):
    """A page that cannot come back as it is."""

    listing_uid: str
    detail: str
    error_code: str | None


class RelistedShape(BaseModel):
    """The pages that are being put back."""

    model_config = ConfigDict(title="OrderRelisted")

    listings: list[str] = Field(description="Their uids.")
    refused: list[NotRelisted] = Field(description="Those that lack something.")


class ChoicesShape(BaseModel):
    """What can be done with an order now."""

    model_config = ConfigDict(title="OrderChoices")

    can_ship: bool
    partial_shipments: bool
    carriers: list[Carrier]
    can_cancel: bool
    cancel_reasons: list[str] = Field(description="In the marketplace's words; empty when it takes none now.")
    order_url: str | None = Field(description="The order at the marketplace, for what cannot be done from here.")
    relistable: list[RelistableShape] = Field(description="Pages that `…/relist/` would put back on sale.")


def action(errand: Errand, order: Order) -> dict[str, Any]:
    """One action."""
    lines = {line.remote_id: line.public_id for line in order.lines.all()} if errand.parts else {}
    return {
        "uid": errand.public_id,
        "order_uid": order.public_id,
        "action": errand.kind,
        "status": WORDS[Errand.State(errand.state)],
        "tracking_number": errand.tracking_number or None,
        "carrier": errand.carrier or None,
        "lines": {lines[part]: pieces for part, pieces in errand.parts.items() if part in lines},
        "reason": errand.reason or None,
        "error": errand.trouble or None,
        "created_at": iso(errand.created),
        "finished_at": iso(errand.settled_at),
    }


def asker(call: Call) -> Asker:
    """Who asks."""
    return Asker(actor=call.user, request_id=request_id(call.request))


class Ship(Endpoint):
    """Report a shipment."""

    @operation(
        "orders_ship",
        "Ship an order, or a part of it",
        scope="orders",
        status=202,
        answer=ActionShape,
        body=ShipOrder,
        refuses=[409],
        description="The marketplace is told in the background, once for each tracking number, however often you ask.",
    )
    def post(self, call: Call, uid: str) -> object:
        """The same parcel again answers what became of it."""
        order, body = queries.get(call.organization, uid), call.read(ShipOrder)
        parcel = Parcel(body.tracking_number, body.carrier, body.lines)
        return action(errands.ship(order=order, parcel=parcel, asker=asker(call)), order)


class Cancel(Endpoint):
    """Cancel an order."""

    @operation(
        "orders_cancel",
        "Cancel an order at its marketplace",
        scope="orders",
        status=202,
        answer=ActionShape,
        body=CancelOrder,
        refuses=[409],
        description="For one of the reasons the marketplace takes now. The stock returns once it confirmed.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Asked in the background."""
        order, body = queries.get(call.organization, uid), call.read(CancelOrder)
        return action(errands.cancel(order=order, reason=body.reason, asker=asker(call)), order)


class Actions(Endpoint):
    """What was asked for an order."""

    @operation("orders_actions", "Follow what is done with an order", scope="orders", answer=ActionList)
    def get(self, call: Call, uid: str) -> object:
        """The latest first."""
        order = queries.get(call.organization, uid)
        return [action(errand, order) for errand in errands.of(order)]


class Retry(Endpoint):
    """Another try."""

    @operation(
        "orders_actions_retry",
        "Try again what got no answer",
        scope="orders",
        status=202,
        answer=ActionShape,
        refuses=[409],
        description="Only what is `unknown`: whether it was done is looked up first.",
    )
    def post(self, call: Call, uid: str, action_uid: str) -> object:
        """From where it stands."""
        order = queries.get(call.organization, uid)
        return action(errands.again(errand=errands.get(order, action_uid)), order)


class Relist(Endpoint):
    """After a cancelled order."""

    @operation(
        "orders_relist",
        "Put back on sale what a cancelled order had taken off",
        scope="listings",
        status=202,
        answer=RelistedShape,
        refuses=[402, 409],
        description="The pages at `relistable` of `…/choices/`, in all shops; their fees are agreed to.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Asked in the background; follow each at the item's listings."""
        found = relisting.relist(order=queries.get(call.organization, uid), asker=asker(call))
        return {
            "listings": [page.public_id for page in found.done],
            "refused": [
                {"listing_uid": page.public_id, "detail": problem.detail, "error_code": problem.code or None}
                for page, problem in found.refused
            ],
        }


class Choices(Endpoint):
    """What can be chosen."""

    @operation("orders_choices", "What can be done with an order now", scope="orders", answer=ChoicesShape)
    def get(self, call: Call, uid: str) -> object:
        """Carriers, and the marketplace's reasons to cancel."""
        order = queries.get(call.organization, uid)
        there = doors(order.connection.marketplace)
        open_still = order.state in UNSENT
        return {
            "can_ship": there.ship and open_still,
            "partial_shipments": there.parts,
            "carriers": [{"code": code, "name": name} for code, name in there.carriers],
            "can_cancel": there.cancel and bool(order.choices),
            "cancel_reasons": order.choices if there.cancel else [],
            "order_url": order.url or None,
            "relistable": [
                {
                    "listing_uid": page.listing.public_id,
                    "platform": page.listing.connection.marketplace,
                    "inventory_item_uid": page.item.public_id,
                    "title": page.listing.title,
                    "costs_a_fee": page.costs,
                }
                for page in relisting.waiting(order)
            ],
        }
