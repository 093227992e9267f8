"""How often each API may be called: by day and application, and per call name on Trading. Off unless asked for."""

from __future__ import annotations

import datetime as dt
from collections import Counter

INVENTORY, FULFILLMENT, ACCOUNT, FEED, NOTIFICATION, SMALL = 2_000_000, 100_000, 25_000, 100_000, 10_000, 5_000
BY_DAY = {
    "/sell/inventory/": INVENTORY,
    "/sell/fulfillment/": FULFILLMENT,
    "/sell/account/": ACCOUNT,
    "/sell/feed/": FEED,
    "/sell/metadata/": SMALL,
    "/commerce/notification/": NOTIFICATION,
    "/commerce/taxonomy/": SMALL,
    "/commerce/identity/": SMALL,
}
TRADING = 5_000
MINTS = {"client_credentials": 1_000, "authorization_code": 10_000, "refresh_token": 50_000}
BURSTS = {"GetMyeBaySelling": 300, "GetSellerList": 300, "GetSellerEvents": 1_000, "ReviseInventoryStatus": 6_000}
BURST_SECONDS = 15
REVISIONS = 250
DAY_SECONDS = 86_400


class Limits:
    """Counters of one day; revisions of a listing are counted whether or not the other limits are on."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.calls: Counter[tuple[str, int]] = Counter()

    def take(self, name: str, most: int, now: dt.datetime, seconds: int = DAY_SECONDS) -> bool:
        """Count one call; ``False``, and nothing counted, when the window is full."""
        key = (f"{name}/{seconds}", int(now.timestamp()) // seconds)
        if self.on and self.calls[key] >= most:
            return False
        self.calls[key] += 1
        return True

    def used(self, name: str, now: dt.datetime) -> int:
        """Calls of that name today."""
        return self.calls[(f"{name}/{DAY_SECONDS}", int(now.timestamp()) // DAY_SECONDS)]

    def revise(self, listing_id: int, now: dt.datetime) -> bool:
        """Count one revision of a listing; ``False`` when it had 250 today."""
        key = (f"revise {listing_id}", int(now.timestamp()) // DAY_SECONDS)
        if self.calls[key] >= REVISIONS:
            return False
        self.calls[key] += 1
        return True
