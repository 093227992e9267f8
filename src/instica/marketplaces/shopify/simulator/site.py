"""The state of the simulated Shopify: the shop, its products, orders, grants, jobs and subscriptions."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from instica.kit.simulation import Clock, Faults, Switches
from instica.marketplaces.shopify.simulator.bucket import Bucket
from instica.marketplaces.shopify.simulator.hooks import Hooks
from instica.marketplaces.shopify.simulator.ledger import BulkJob, Order
from instica.marketplaces.shopify.simulator.seed import BACK_ROOM, CLOSED, MAIN, Odd, Seeds, make_odd, mix
from instica.marketplaces.shopify.simulator.store import Catalogue

SCOPES = (
    "write_products,write_inventory,read_locations,write_publications,write_orders,read_all_orders,"
    "write_merchant_managed_fulfillment_orders,write_third_party_fulfillment_orders,read_customers"
)
FIXED_TOKEN = "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"  # noqa: S105 - the sandbox's public token
ONLINE_STORE, POINT_OF_SALE = 104_220_310_001, 104_220_310_002
SEEDED_HANDLE = re.compile(r"-(\d+)\Z")
MINUTES_60, DAYS_90 = 3_600, 90 * 24 * 3_600


@dataclass(frozen=True, slots=True)
class Shop:
    """Who owns the shop."""

    id: int = 68_240_115_010
    domain: str = "sandbox.myshopify.com"
    name: str = "Greenstreet Prints"
    email: str = "prints@greenstreet.example"
    storefront: str = "greenstreet-prints.example"
    currency: str = "USD"
    timezone: str = "America/Los_Angeles"


@dataclass(frozen=True, slots=True)
class Location:
    """A place where stock lies."""

    id: int
    name: str
    active: bool = True
    online: bool = True


@dataclass(slots=True)
class Grant:
    """What an app holds. ``ends`` of 0 is never; ``replaced`` is the refresh token this one took the place of."""

    token: str
    scopes: tuple[str, ...]
    app: str
    ends: float = 0
    refresh: str = ""
    refresh_ends: float = 0
    replaced: str = ""


@dataclass(slots=True)
class Code:
    """A code of the consent page, good once."""

    app: str
    scopes: tuple[str, ...]
    redirect_uri: str
    ends: float


@dataclass(slots=True)
class Application:
    """A registered app. ``previous`` is its secret before the last rotation."""

    key: str
    secret: str
    name: str
    previous: str = "sandbox-secret-before"


@dataclass(slots=True)
class Replay:
    """A call made with an idempotency key: what was asked, and what came of it."""

    asked: str
    answer: Any = None
    failed: bool = False
    at: float = 0


@dataclass
class Site:
    """Everything that a reset makes anew, and what survives one: apps and the grants they hold."""

    clock: Clock
    switches: Switches
    faults: Faults
    apps: dict[str, Application] = field(
        default_factory=lambda: {"sandbox": Application("sandbox", "sandbox-secret", "Instica")}
    )
    grants: dict[str, Grant] = field(default_factory=dict)
    retired: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hooks = Hooks(self.clock)

    def fill(self, *, seed: int, listings: int, limits: bool, odd: bool, huge: bool) -> None:
        """A fresh shop."""
        seeds = Seeds(seed, listings)
        self.seed = seed
        self.limits = limits
        self.shop = Shop()
        self.random = random.Random(seed)  # noqa: S311 - anyone may predict a sandbox
        self.catalogue = Catalogue(seeds.product, listings, seeded=listings)
        self.catalogue.by_seed = self._seeded_handle
        self.locations = {
            each.id: each
            for each in (
                Location(MAIN, "Greenstreet Workshop"),
                Location(BACK_ROOM, "Back Room"),
                Location(CLOSED, "Old Market Stall", active=False, online=False),
            )
        }
        self.orders: dict[int, Order] = {}
        self.bulk: dict[int, BulkJob] = {}
        self.jobs: dict[str, float] = {}
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.operations: dict[int, Any] = {}
        self.replays: dict[str, Replay] = {}
        self.uploads: dict[str, bytes] = {}
        self.codes: dict[str, Code] = {}
        self.bucket = Bucket()
        self.issued = 0
        self.hooks.forget()
        self.odd: list[Odd] = make_odd(self.catalogue, huge=huge) if odd else []
        self.grants[FIXED_TOKEN] = Grant(FIXED_TOKEN, tuple(SCOPES.split(",")), "sandbox")

    def _seeded_handle(self, handle: str) -> int | None:
        """Seeded handles end in the place of their product."""
        found = SEEDED_HANDLE.search(handle)
        index = int(found[1]) - 1 if found and len(found[1]) < 8 else -1
        return index if 0 <= index < self.catalogue.seeded else None

    def catch_up(self) -> None:
        """Do what was to be done later and is due by now."""
        due = [deed for at, deed in self.later if at <= self.now]
        self.later = [(at, deed) for at, deed in self.later if at > self.now]
        for deed in due:
            deed()

    @property
    def now(self) -> int:
        """Seconds since the epoch, by the simulator's clock."""
        return int(self.clock.now().timestamp())

    def number(self) -> int:
        """A number nobody else has: for jobs, groups, fulfilments."""
        self.issued += 1
        return 1_040_200_000_000 + self.issued * 11

    def secret(self, purpose: str) -> str:
        """A token: unguessable enough for a sandbox, the same after the same steps."""
        self.issued += 1
        parts = (mix(self.seed, self.issued, index, *purpose.encode()) for index in range(2))
        return "".join(f"{part:016x}" for part in parts)

    def scopes_of(self, grant: Grant) -> set[str]:
        """What a grant allows: to write is to read."""
        return {*grant.scopes, *(scope.replace("write_", "read_", 1) for scope in grant.scopes)}


def iso(at: float | None) -> str | None:
    """Seconds since the epoch as Shopify writes a time."""
    if at is None:
        return None
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def gid(kind: str, number: int | str) -> str:
    """``gid://shopify/Product/1``."""
    return f"gid://shopify/{kind}/{number}"


def number_in(text: object, kind: str) -> int | None:
    """The number in a global id of that kind; ``None`` when it is not one."""
    found = re.fullmatch(rf"gid://shopify/{kind}/(\d{{1,19}})(\?.*)?", text) if isinstance(text, str) else None
    return int(found[1]) if found else None


def money(cents: int) -> str:
    """Hundredths as a decimal text."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
