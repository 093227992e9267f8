"""What the list of a shop leaves out: descriptions, all pictures, conditions and specifics, one call a listing.

A walk of its own, after the import and never before it: it stops at the quota of the day and goes on from its cursor.
"""

from __future__ import annotations

from collections.abc import Sequence

from instica.kit.errors import Gone, Refused
from instica.kit.types import Page, Ref, RemoteListing
from instica.marketplaces.ebay import owning
from instica.marketplaces.ebay.client import Ebay
from instica.marketplaces.ebay.trading import Door

AT_ONCE = 20


def step(api: Ebay, door: Door, refs: Sequence[Ref], cursor: str | None) -> Page[RemoteListing]:
    """The next of those pages, whole; those gone are left out. At the quota of the day it raises ``Throttled``."""
    start = int(cursor or 0)
    rows: list[RemoteListing] = []
    for ref in refs[start : start + AT_ONCE]:
        try:
            rows.append(owning.look(api, door, ref).listing)
        except (Gone, Refused):
            continue
    following = start + AT_ONCE
    return Page(tuple(rows), next=str(following) if following < len(refs) else None, total=len(refs))
