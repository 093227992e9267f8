"""Pages of a list: the documented envelope, lenient about what clients send, cheap deep inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from pydantic import BaseModel, Field

from instica.core import cursors
from instica.core.cursors import Cursor
from instica.core.errors import Invalid, NotFound

Row = TypeVar("Row")
LAST = 10**9


class Page(BaseModel, Generic[Row]):
    """The envelope of every paged list."""

    count: int = Field(description="How many there are on all pages.")
    next: str | None = Field(description="Address of the next page.", examples=["https://hub.example/api/v1/…/?page=2"])
    previous: str | None = Field(description="Address of the page before.")
    results: list[Row]


def number(text: str | None, default: int, largest: int) -> int:
    """A whole number from 1, clamped; anything else is the default."""
    if not text or not text.isascii() or not text.isdecimal() or not int(text[:12]):
        return default
    return min(int(text[:12]), largest)


def paged(
    request: HttpRequest,
    count: int,
    rows: Callable[[int, int], Sequence[Row]],
    *,
    default: int,
    largest: int = 100,
) -> dict[str, object]:
    """The envelope; ``rows(start, stop)`` is asked only for a page that exists. Raises ``NotFound`` past the end."""
    size = number(request.GET.get("page_size"), default, largest)
    page = number(request.GET.get("page"), 1, LAST)
    start = (page - 1) * size
    if page > 1 and start >= count:
        raise NotFound("Invalid page.", code="invalid_page")
    return {
        "count": count,
        "next": link(request, page + 1) if start + size < count else None,
        "previous": link(request, page - 1) if page > 1 else None,
        "results": rows(start, min(start + size, count)) if count else [],
    }


class Stretch(BaseModel, Generic[Row]):
    """The envelope of a log, which grows at its head: read on with ``next``, and no row comes twice or is missed."""

    next: str | None = Field(description="Address of the older rows.", examples=["https://hub.example/…/?cursor=AAY…"])
    results: list[Row]


def stretch(request: HttpRequest, rows: Callable[[Cursor | None], QuerySet[Any]], *, default: int) -> tuple[Any, Any]:
    """The rows from the cursor in the address on, and the address of the rest. Raises ``Invalid`` for a foreign one."""
    text = request.GET.get("cursor", "")
    place = cursors.read(text)
    if text and place is None:
        raise Invalid("cursor: Not one of ours; take it from `next`.", code="validation_error")
    size = number(request.GET.get("page_size"), default, 100)
    found = list(rows(place)[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    query = request.GET.copy()
    query["cursor"] = Cursor(last.at, last.uid).show()
    return found[:size], request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def link(request: HttpRequest, page: int) -> str:
    """The absolute address of a page: the same query, ``page`` last; page 1 is the address without it."""
    query: QueryDict = request.GET.copy()
    query.pop("page", None)
    pairs = [(name, value) for name, values in query.lists() for value in values]
    if page > 1:
        pairs.append(("page", str(page)))
    return request.build_absolute_uri(request.path + (f"?{urlencode(pairs)}" if pairs else ""))
