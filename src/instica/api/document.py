"""Writes an operation's entry in the OpenAPI document: everything it takes and everything it may answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel

from instica.api.bodies import Body
from instica.api.idempotency import Keyed
from instica.api.permissions import Operation
from instica.api.problem_types import PLAIN
from instica.api.problems import MEDIA_TYPE, ProblemShape

if TYPE_CHECKING:
    from instica.api.endpoint import Handler

ALWAYS = (400, 401, 403, 404, 406, 429, 500)
WITH_BODY = (413, 415)
WITH_KEY = (409, 422)


@dataclass(frozen=True, slots=True)
class Query:
    """One query parameter."""

    name: str
    description: str
    schema: Any = str
    choices: Sequence[str] = ()
    example: str = ""

    def parameter(self) -> OpenApiParameter:
        """Its entry in the document."""
        return OpenApiParameter(
            name=self.name, description=self.description, type=self.schema, enum=list(self.choices) or None
        )


def paging(default: int, largest: int = 100) -> tuple[Query, Query]:
    """The two parameters of a paged list."""
    size = f"How many a page holds: {default} unless told, {largest} at most; more is taken as {largest}."
    return Query("page", "Which page, from 1.", int), Query("page_size", size, int)


ETAG = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you have; unchanged answers 304 without body."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The plan's hash; 412 when the plan says otherwise by now."
)
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Repeat a call safely: the same key and body answer the same, done once. Kept for 48 hours.",
)


def header(name: str, kind: type, description: str, statuses: Sequence[int]) -> OpenApiParameter:
    """A header of answers."""
    codes: list[int | str] = list(statuses)
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, description=description, response=codes)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the document says of an operation beyond its demands."""

    summary: str
    answer: type[BaseModel] | None
    body: type[Body] | None
    query: Sequence[Query]
    headers: Sequence[OpenApiParameter]
    refuses: Sequence[int]
    text: str
    tag: str
    media: Sequence[str]
    """The types of an answer that is a file."""
    also: int = 0
    """Another status of the same answer: 200 where what was asked for was there before."""


def describe(run: Handler, about: Operation, entry: Entry) -> Handler:
    """``run`` with its entry."""
    reads, keyed = run.__name__ == "get", about.keyed is not Keyed.NO
    problems = sorted({*ALWAYS, *(WITH_BODY if entry.body else ()), *(WITH_KEY if keyed else ()), *entry.refuses})
    parameters = [
        *(each.parameter() for each in entry.query),
        *entry.headers,
        *((ETAG, header("ETag", str, "Hash of the answer.", [about.status])) if reads else ()),
        *((KEY, header("Idempotent-Replayed", bool, "`true` when kept.", [about.status])) if keyed else ()),
        header("X-Request-ID", str, "Id of this request, in our log too.", [about.status, *problems]),
        header("RateLimit", str, "What is left of each limit.", [about.status, 429]),
        header("RateLimit-Policy", str, "The limits, by name.", [about.status, 429]),
        header("Retry-After", int, "Seconds to wait.", [429]),
        header("WWW-Authenticate", str, "How to sign in.", [401]),
    ]
    return extend_schema(
        operation_id=about.name,
        summary=entry.summary,
        description=entry.text or entry.summary + ".",
        request={entry.body.media_type: entry.body} if entry.body else None,
        responses=answers(about, entry, problems, reads=reads),
        parameters=parameters,
        tags=[entry.tag or about.name.split("_")[0]],
        auth=[] if about.public else None,
    )(run)


def answers(about: Operation, entry: Entry, problems: Sequence[int], *, reads: bool) -> dict[Any, Any]:
    """Everything an operation may answer."""
    good = OpenApiResponse(entry.answer, description=entry.summary) if entry.answer else None
    file = OpenApiResponse(OpenApiTypes.STR, description=entry.summary)
    found: dict[Any, Any] = {(about.status, kind): file for kind in entry.media} or {about.status: good}
    if entry.also:
        found[entry.also] = good
    if reads:
        found[304] = OpenApiResponse(description="Unchanged since the ETag you sent.")
    for status in problems:
        found[status, MEDIA_TYPE] = OpenApiResponse(ProblemShape, description=PLAIN[status].title)
    return found
