"""The activity log: every change sent to a shop, read and exported."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from instica.api.document import Query
from instica.api.endpoint import Call, Endpoint, operation, refused
from instica.api.paging import Stretch, stretch
from instica.connections import activity, exporting
from instica.connections import queries as connections
from instica.connections.activity import Wanted
from instica.connections.models import Outcome
from instica.core.clock import read

SIZE = 25
MOST_SUBJECTS = 50
FILTERS = [
    Query("seller_account_uid", "Only changes of this shop."),
    Query("subject", "Only changes of these listings or orders; comma-separated uids, at most 50."),
    Query("outcome", "One or more of: " + ", ".join(Outcome.values) + "."),
    Query("since", "From this moment on (RFC 3339)."),
    Query("until", "Before this moment (RFC 3339)."),
]
CURSOR = [
    Query("cursor", "Where to read on: from `next`."),
    Query("page_size", f"How many rows: {SIZE} unless told, 100 at most.", int),
]


class ActivityShape(BaseModel):
    """One change of a shop, with why it was made."""

    model_config = ConfigDict(title="Activity")

    uid: str
    at: str
    platform: str | None
    seller_account_uid: str | None
    action: str = Field(description="`publish`, `revise`, `set_levels`, `withdraw`, `ship` …", examples=["set_levels"])
    subject: str = Field(description="Uid of the listing or order that was changed.", examples=["lst_01h455vb4pex5…"])
    before: dict[str, Any] = Field(examples=[{"quantity": 2}])
    after: dict[str, Any] = Field(examples=[{"quantity": 1}])
    cause: str = Field(examples=["order ord_01h455vb4pex5vsknk084sn02q was sold on Discogs"])
    outcome: str = Field(json_schema_extra={"enum": list(Outcome.values)})
    request_id: str | None = Field(description="The marketplace's, where it gives one.")
    actor: str | None = Field(description="Uid of the person who asked for it; null when the program did it by itself.")


class ActivityStretch(Stretch[ActivityShape]):
    """Part of the log, the newest first."""


def wanted(call: Call) -> Wanted:
    """The part of the log that was asked for. Raises ``NotFound`` for a shop that is not the organization's."""
    shop = call.text("seller_account_uid")
    return Wanted(
        connection=connections.get(call.organization, shop) if shop else None,
        subjects=call.texts("subject", MOST_SUBJECTS),
        outcomes=call.words("outcome", Outcome.values),
        since=moment(call, "since"),
        until=moment(call, "until"),
    )


def moment(call: Call, name: str) -> dt.datetime | None:
    """A moment with its zone. Raises ``Invalid``."""
    text = call.text(name)
    if not text:
        return None
    found = read(text.replace(" ", "+"))
    if found is None:
        raise refused(name, "Write a moment with its zone, such as 2026-02-15T12:00:00Z.")
    return found


class Log(Endpoint):
    """The log."""

    @operation(
        "activity_list",
        "Read the activity log",
        scope="activity",
        answer=ActivityStretch,
        query=[*FILTERS, *CURSOR],
        description="Every change sent to a shop or held back, the newest first, with what it was before, what after,"
        " and why. It is kept for ever.",
    )
    def get(self, call: Call) -> object:
        """From the cursor on."""
        rows = activity.found(call.organization, wanted(call))
        found, following = stretch(call.request, lambda place: activity.older(rows, place), default=SIZE)
        return {"next": following, "results": [exporting.facts(row) for row in found]}


class Whatever(BaseContentNegotiation):
    """A file has the type that was asked for in the address."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Refusals are documents all the same."""
        return JSONRenderer(), "application/json"


class Export(Endpoint):
    """The log as a file."""

    content_negotiation_class = Whatever

    @operation(
        "activity_export",
        "Export the activity log",
        scope="activity",
        answer=None,
        query=[Query("file", "What to write: `ndjson` unless told.", choices=list(exporting.TYPES)), *FILTERS],
        media=list(exporting.TYPES.values()),
        description="All of it, or the part asked for, streamed; the newest first.",
    )
    def get(self, call: Call) -> HttpResponseBase:
        """Streams however much there is."""
        kind = call.word("file", exporting.TYPES) or "ndjson"
        rows = activity.walk(activity.found(call.organization, wanted(call)))
        return file(rows, kind)


def file(rows: Any, kind: str) -> StreamingHttpResponse:
    """A download of those rows."""
    return StreamingHttpResponse(
        exporting.lines(rows, kind),
        content_type=exporting.TYPES[kind],
        headers={"Content-Disposition": f'attachment; filename="activity.{kind}"'},
    )
