"""What the list of a shop leaves out: descriptions, all pictures, conditions and specifics, one call a listing."""

from __future__ import annotations

from collections.abc import Sequence

from instica.kit.errors import Gone, Refused, Throttled
from instica.kit.types import Ref, RemoteListing
from instica.marketplaces.ebay.owning import marked
from instica.marketplaces.ebay.trading import Door

AT_ONCE = 5


def step(door: Door, refs: Sequence[Ref]) -> list[RemoteListing | None]:
    """The first of those pages, whole; ``None`` for those eBay does not show.

    At the quota of the day it tells what it has, and raises ``Throttled`` where that is nothing.
    """
    found: list[RemoteListing | None] = []
    for ref in refs[:AT_ONCE]:
        try:
            found.append(marked(door.item(ref.listing).listing, ref.extra.get("model", "trading")))
        except (Gone, Refused):
            found.append(None)
        except Throttled:
            if not found:
                raise
            break
    return found
