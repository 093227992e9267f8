"""The state of the simulated Etsy: apps, tokens, shops, receipts, fees, the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import count

from instica.kit.simulation import Clock, Faults, MovingWindow, Switches
from instica.marketplaces.etsy.simulator.ledger import Fee, Receipt
from instica.marketplaces.etsy.simulator.people import OTHER, OWNER, SELLERS, Seller
from instica.marketplaces.etsy.simulator.portal import Portal
from instica.marketplaces.etsy.simulator.seed import FIRST_LISTING, Odd, Seeds, make_odd, mix
from instica.marketplaces.etsy.simulator.store import Inventory, Listing
from instica.marketplaces.etsy.simulator.words import SCOPES

FAR_AWAY = 2_000_000_000
FIRST_ID = 3_104_000_001
HOUR, NINETY_DAYS = dt.timedelta(hours=1), dt.timedelta(days=90)
FOR_EVER = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True)
class Shop:
    """What one seller has on the site."""

    owner: Seller
    inventory: Inventory
    receipts: dict[int, Receipt] = field(default_factory=dict)
    fees: list[Fee] = field(default_factory=list)
    uploads: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Application:
    """A registered app; only the redirect addresses it names are taken, any where it names none."""

    key: str
    secret: str
    name: str
    number: int = 104_220_317
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """Consent that was given and waits to be exchanged."""

    key: str
    redirect: str
    challenge: str
    scopes: tuple[str, ...]
    user_id: int
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Token:
    """An access or refresh token. ``family`` ties what came of one consent together."""

    user_id: int
    key: str
    scopes: tuple[str, ...]
    until: dt.datetime
    family: int = 0


class Site:
    """Everything that a reset makes anew, and what survives one: registered apps and the tokens they hold."""

    def __init__(self, clock: Clock, switches: Switches, faults: Faults) -> None:
        self.clock = clock
        self.switches = switches
        self.apps = {"sandbox": Application("sandbox", "sandbox-secret", "Instica")}
        self.access: dict[str, Token] = {}
        self.refresh: dict[str, Token] = {}
        self.spent: set[str] = set()
        self.issued = 0
        self.families = count(1)
        self.portal = Portal(clock, faults)
        self.fill(seed=1, listings=0, limits=False, odd=False)

    def fill(self, *, seed: int, listings: int, limits: bool, odd: bool) -> None:
        """A fresh shop."""
        seeds = Seeds(seed, listings)
        self.seed = seed
        self.limits = limits
        self.shops = {
            OWNER.shop_id: Shop(OWNER, seeds.inventory()),
            OTHER.shop_id: Shop(OTHER, Inventory(FIRST_LISTING + FAR_AWAY, seeds.listing, b"")),
        }
        for seller in SELLERS:
            self.access[seller.access] = Token(seller.user_id, "sandbox", tuple(SCOPES), FOR_EVER)
            self.refresh[seller.refresh] = Token(seller.user_id, "sandbox", tuple(SCOPES), FOR_EVER)
        self.odd: list[Odd] = make_odd(self.owner.inventory) if odd else []
        self.codes: dict[str, Code] = {}
        self.signed_in = OWNER.user_id
        self.ids = count(FIRST_ID)
        self.seconds, self.days = MovingWindow(1), MovingWindow(86_400)
        self.most_a_second, self.most_a_day = 5, 5_000
        self.conflicts_met = 0
        self.portal.clear()

    @property
    def owner(self) -> Shop:
        """The shop that the control interface works on."""
        return self.shops[OWNER.shop_id]

    def shop_of(self, user_id: int) -> Shop | None:
        """The shop of that person, if they have one."""
        return next((shop for shop in self.shops.values() if shop.owner.user_id == user_id), None)

    def find(self, listing_id: int) -> tuple[Shop, Listing] | None:
        """A listing in whichever shop it is."""
        for shop in self.shops.values():
            if listing := shop.inventory.get(listing_id):
                return shop, listing
        return None

    def now(self) -> int:
        """The present, in epoch seconds."""
        return int(self.clock.now().timestamp())

    def secret(self, purpose: str) -> str:
        """A token: unguessable enough for a sandbox, the same after the same steps."""
        self.issued += 1
        parts = (mix(self.seed, self.issued, index, *purpose.encode()) for index in range(3))
        return "".join(f"{part:016x}" for part in parts)

    def forget(self, family: int) -> None:
        """Everything that came of one consent ends."""
        self.access = {name: token for name, token in self.access.items() if token.family != family}
        self.refresh = {name: token for name, token in self.refresh.items() if token.family != family}
