"""An item's stock: every move of its ledger, and a person's adjustment with its reason."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from instica.api.bodies import Body
from instica.api.document import paging
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import Page, paged
from instica.api.preconditions import IF_MATCH, tagged
from instica.api.v1.inventory_shapes import ItemShape
from instica.api.v1.inventory_writing import same, shape, told
from instica.core import ids
from instica.core.clock import iso
from instica.core.errors import Invalid
from instica.inventory import ledger, queries
from instica.inventory.models import Cause, Move
from instica.inventory.stock import LARGEST, LONGEST_NOTE
from instica.listings import counting
from instica.people.validation import fault

SIZE = 50


class MoveShape(BaseModel):
    """One change of an item's stock; never edited."""

    uid: str
    delta: int
    quantity: int = Field(description="The stock after it.")
    cause: str = Field(json_schema_extra={"enum": list(Cause.values)})
    cause_display: str
    reason: str | None = Field(description="In the words of the person who set it.")
    actor: str | None
    at: str


class MovePage(Page[MoveShape]):
    """A page of moves, the newest first."""


class Adjustment(Body):
    """So many pieces more or less, or how many there are."""

    delta: Annotated[int, Field(ge=-LARGEST, le=LARGEST)] | None = Field(None, description="Pieces added or taken.")
    quantity: Annotated[int, Field(ge=0, le=LARGEST)] | None = Field(
        None, description="How many were counted; an explicit null is made to order."
    )
    reason: Annotated[str, Field(max_length=LONGEST_NOTE)] = Field("", examples=["Counted", "Damaged", "Found"])


def move(row: Move, after: int) -> dict[str, Any]:
    """A move as the API shows it."""
    return {
        "uid": ids.show("mov", row.uid),
        "delta": row.delta,
        "quantity": after,
        "cause": row.cause,
        "cause_display": row.get_cause_display(),
        "reason": row.note or None,
        "actor": row.actor or None,
        "at": iso(row.at),
    }


class Stock(Endpoint):
    """The stock of one item."""

    @operation(
        "inventory_stock_list", "List an item's stock moves", scope="inventory", answer=MovePage, query=paging(SIZE)
    )
    def get(self, call: Call, uid: str) -> object:
        """Their sum is the quantity; the newest first."""
        item = queries.get(call.organization, uid)
        rows = ledger.of_item(item)

        def shown(start: int, stop: int) -> list[dict[str, Any]]:
            return [move(row, row.after) for row in rows[start:stop]]

        return paged(call.request, item.moves.count(), shown, default=SIZE)

    @operation(
        "inventory_stock_adjust",
        "Adjust an item's stock",
        scope="inventory",
        answer=ItemShape,
        body=Adjustment,
        headers=[IF_MATCH],
        refuses=(409, 412),
    )
    def post(self, call: Call, uid: str) -> object:
        """`delta` adds or takes; `quantity` sets what was counted. Either becomes a move with the reason."""
        item = queries.get(call.organization, uid)
        body = call.read(Adjustment)
        sent = body.model_fields_set & {"delta", "quantity"}
        if len(sent) != 1 or (body.delta is None and "delta" in sent):
            raise fault("Say delta, or quantity.", "delta")
        who: dict[str, Any] = {"note": body.reason, "actor": call.user.public_id, "check": same(call)}
        try:
            if body.delta is not None:
                row = counting.adjust(item=item, delta=body.delta, **who)
            else:
                row = counting.count(item=item, quantity=body.quantity, **who)
        except Invalid as problem:
            raise told(problem) from problem
        return tagged(shape(call, row))
