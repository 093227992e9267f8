"""What changed in a shop of late: eBay tells up to 3 000 listings of less than 48 hours at a time, without pages."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

from instica.core import clock
from instica.kit.types import Page, RemoteListing
from instica.marketplaces.ebay.trading import Door

OVERLAP, REACH = dt.timedelta(minutes=2), dt.timedelta(hours=47)
NEARLY_ALL, SHORTEST = 2_900, dt.timedelta(minutes=1)


def step(door: Door, since: dt.datetime, cursor: str | None) -> Page[RemoteListing]:
    """What changed in a window; where that is more than eBay tells at once, in its earlier half, and so on.

    ``complete`` is ``False`` where ``since`` lies further back than eBay does, and where a minute holds too much.
    """
    now = clock.now()
    where = json.loads(cursor) if cursor else {}
    start = dt.datetime.fromisoformat(where["from"]) if where else max(since - OVERLAP, now - REACH)
    stop = dt.datetime.fromisoformat(where["to"]) if where else now
    reaches = bool(where) or since >= now - REACH
    last = dt.datetime.fromisoformat(where["end"]) if where else now
    found = door.changed(start, stop)
    if len(found.rows) >= NEARLY_ALL and stop - start > SHORTEST:
        half = {"from": start.isoformat(), "to": (start + (stop - start) / 2).isoformat(), "end": last.isoformat()}
        return Page((), next=json.dumps(half), complete=reaches)
    rows = {row.listing.id: replace(row.listing, brief=True) for row in found.rows}
    rest = {"from": stop.isoformat(), "to": last.isoformat(), "end": last.isoformat()}
    return Page(
        tuple(rows.values()),
        next=json.dumps(rest) if stop < last else None,
        complete=reaches and len(found.rows) < NEARLY_ALL,
        unreachable=found.unreadable,
    )
