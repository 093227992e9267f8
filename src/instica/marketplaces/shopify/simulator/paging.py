"""Pages of a list: ``first`` or ``last`` up to 250, opaque cursors; a bulk operation gets everything."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from instica.marketplaces.shopify.simulator.visit import complaint

MOST = 250
EVERYTHING = "@everything"
Rows = Sequence[Any]


def page(rows: Rows, args: dict[str, Any], key: Callable[[Any], Any]) -> dict[str, Any]:
    """A connection over rows in their order; ``key`` tells them apart."""
    if args.get("reverse"):
        rows = rows[::-1]
    return stream(iter(rows), args, key, known=rows)


def stream(found: Iterator[Any], args: dict[str, Any], key: Callable[[Any], Any], known: Rows = ()) -> dict[str, Any]:
    """The same over rows that are made while they are walked."""
    if args.get(EVERYTHING):
        return {"nodes": list(found)}
    first, last = args.get("first"), args.get("last")
    if first is None and last is None:
        raise complaint("you must provide one of first or last", "BAD_REQUEST")
    size = first if first is not None else last or 0
    if not 0 <= size <= MOST:
        raise complaint(f"The argument first must be between 0 and {MOST}", "BAD_REQUEST")
    if first is None:
        return _last(list(known or found), args, size, key)
    after = opened(args.get("after"))
    if after is not None:
        for row in found:
            if key(row) == after:
                break
    rows = [row for _, row in zip(range(size), found, strict=False)]
    more = next(found, None) is not None
    return connection(rows, key, more=more, before=after is not None)


def _last(rows: list[Any], args: dict[str, Any], size: int, key: Callable[[Any], Any]) -> dict[str, Any]:
    before = opened(args.get("before"))
    if before is not None:
        rows = rows[: next((place for place, row in enumerate(rows) if key(row) == before), len(rows))]
    kept = rows[max(0, len(rows) - size) :] if size else []
    return connection(kept, key, more=before is not None, before=len(kept) < len(rows))


def connection(rows: list[Any], key: Callable[[Any], Any], *, more: bool, before: bool) -> dict[str, Any]:
    """Edges, nodes and page info."""
    edges = [{"cursor": closed(key(row)), "node": row} for row in rows]
    return {
        "edges": edges,
        "nodes": rows,
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": before,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def closed(last: Any) -> str:
    """A cursor."""
    return base64.b64encode(json.dumps({"last_id": last, "last_value": str(last)}).encode()).decode()


def opened(cursor: str | None) -> Any:
    """What a cursor points at."""
    if cursor is None:
        return None
    try:
        return json.loads(base64.b64decode(cursor, validate=True))["last_id"]
    except (ValueError, KeyError, TypeError):
        raise complaint("Malformed cursor", "BAD_REQUEST") from None
