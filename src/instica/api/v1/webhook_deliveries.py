"""How the webhooks we sent went: the log of an endpoint, one delivery whole, a test, and sending one again."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from instica.api.document import Query
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.paging import Stretch, stretch
from instica.core.clock import iso
from instica.notices import endpoints, kinds, queries, replaying
from instica.notices.models import Delivery, DeliveryState
from instica.people.models import Role

SIZE = 25
QUERY = [
    Query("state", "One or more of: " + ", ".join(DeliveryState.values) + "."),
    Query("type", "One or more of: " + ", ".join(kinds.KINDS) + "."),
    Query("cursor", "Where to read on: from `next`."),
    Query("page_size", f"How many rows: {SIZE} unless told, 100 at most.", int),
]


class DeliveryShape(BaseModel):
    """One event on its way to one endpoint."""

    model_config = ConfigDict(title="WebhookDelivery")

    uid: str = Field(examples=["dlv_01h455vb4pex5vsknk084sn02q"])
    webhook_id: str = Field(
        description="The same in every attempt and replay.", examples=["msg_01h455vb4pex5vsknk084sn02q"]
    )
    type: str = Field(examples=["order.created"])
    subject: str = Field(description="Uid of what it is about.", examples=["ord_01h455vb4pex5vsknk084sn02q"])
    state: str = Field(json_schema_extra={"enum": list(DeliveryState.values)})
    attempts: int
    next_attempt_at: str | None
    response_status: int | None
    error: str | None
    created: str
    finished_at: str | None


class TryShape(BaseModel):
    """One attempt."""

    at: str
    status: int | None
    error: str
    milliseconds: int


class DeliveryDetail(DeliveryShape):
    """A delivery with what was sent, what came back, and every attempt."""

    model_config = ConfigDict(title="WebhookDeliveryDetail")

    body: str = Field(description="What is sent, byte for byte.", examples=['{"type":"order.created",…}'])
    response_body: str = Field(description="The beginning of the last answer.")
    tries: list[TryShape] = Field(description="The last 30 attempts, the oldest first.")


class DeliveryStretch(Stretch[DeliveryShape]):
    """Part of the log, the newest first."""


def shape(row: Delivery) -> dict[str, Any]:
    """A delivery in short."""
    return {
        "uid": row.public_id,
        "webhook_id": row.message.public_id,
        "type": row.message.type,
        "subject": row.message.subject,
        "state": row.state,
        "attempts": row.attempts,
        "next_attempt_at": iso(row.next_at),
        "response_status": row.status,
        "error": row.trouble or None,
        "created": iso(row.at),
        "finished_at": iso(row.finished),
    }


def whole(row: Delivery) -> dict[str, Any]:
    """A delivery with everything."""
    return shape(row) | {"body": row.message.body, "response_body": row.response, "tries": row.tries}


class Deliveries(Endpoint):
    """The log of an endpoint."""

    @operation(
        "webhook_deliveries_list",
        "List deliveries to a webhook endpoint",
        scope="webhooks",
        tag="webhooks",
        answer=DeliveryStretch,
        query=QUERY,
        description="The newest first; kept for 30 days.",
    )
    def get(self, call: Call, uid: str) -> object:
        """From the cursor on."""
        row = queries.endpoint(call.organization, uid)
        states, types = call.words("state", DeliveryState.values), call.words("type", kinds.KINDS)
        found, following = stretch(
            call.request,
            lambda place: queries.deliveries(row, states=states, types=types, after=place),
            default=SIZE,
        )
        return {"next": following, "results": [shape(each) for each in found]}


class OneDelivery(Endpoint):
    """One of them."""

    @operation(
        "webhook_deliveries_read",
        "Read a delivery",
        scope="webhooks",
        tag="webhooks",
        answer=DeliveryDetail,
    )
    def get(self, call: Call, uid: str, delivery_uid: str) -> object:
        """With what was sent and what came back."""
        return whole(queries.delivery(queries.endpoint(call.organization, uid), delivery_uid))


class ReplayOne(Endpoint):
    """Sending one again."""

    @operation(
        "webhook_deliveries_replay",
        "Send one delivery again",
        scope="webhooks",
        tag="webhooks",
        role=Role.ADMIN,
        status=202,
        answer=DeliveryShape,
    )
    def post(self, call: Call, uid: str, delivery_uid: str) -> object:
        """Now, whatever came of it before."""
        row = queries.delivery(queries.endpoint(call.organization, uid), delivery_uid)
        replaying.one(delivery=row, by=call.user)
        row.refresh_from_db()
        return shape(row)


class Test(Endpoint):
    """A test event."""

    @operation(
        "webhooks_test",
        "Send a test event to a webhook endpoint",
        scope="webhooks",
        role=Role.ADMIN,
        status=202,
        answer=DeliveryShape,
        description="It has the type `webhook.test` and goes to this endpoint alone. Read the delivery for the answer.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Ahead of everything that waits."""
        return shape(endpoints.test(endpoint=queries.endpoint(call.organization, uid), by=call.user))
