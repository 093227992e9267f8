"""An order as the simulated site keeps it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from instica.marketplaces.discogs.simulator.people import User
from instica.marketplaces.discogs.simulator.store import Listing


@dataclass(slots=True)
class Order:
    """``items`` are the listings as they were when bought; ``messages`` the newest last."""

    id: str
    number: int
    buyer: User
    items: list[Listing]
    status: str
    created: dt.datetime
    last_activity: dt.datetime
    shipping: int = 0
    method: str = "Standard"
    instructions: str = ""
    archived: bool = False
    paid: bool = False
    tracking: dict[str, str] | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
