"""The state of the simulated Discogs: people, shops, orders, jobs, grants, the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from instica.kit.simulation import Clock, MovingWindow, Switches
from instica.marketplaces.discogs.simulator.catalogue import Catalogue, Release, mix
from instica.marketplaces.discogs.simulator.jobs import Jobs
from instica.marketplaces.discogs.simulator.ledger import Order
from instica.marketplaces.discogs.simulator.people import EVERYONE, OTHER, OWNER, User
from instica.marketplaces.discogs.simulator.seed import FIRST_LISTING, Odd, Seeds, make_odd
from instica.marketplaces.discogs.simulator.store import Inventory, Listing

PACIFIC = ZoneInfo("America/Los_Angeles")
FAR_AWAY = 4_000_000_000


@dataclass(slots=True)
class Shop:
    """What one seller has on the site."""

    user: User
    inventory: Inventory
    orders: dict[str, Order] = field(default_factory=dict)
    exports: Jobs = field(default_factory=lambda: Jobs(18_400_000))
    uploads: Jobs = field(default_factory=lambda: Jobs(6_200_000))


@dataclass(slots=True)
class Application:
    """A registered app. ``callback`` ``""`` allows any."""

    key: str
    secret: str
    name: str
    callback: str = ""


@dataclass(slots=True)
class RequestToken:
    """A request for consent: ``username`` and ``verifier`` are there once it was given."""

    token: str
    secret: str
    key: str
    callback: str
    asked_at: dt.datetime
    verifier: str = ""
    username: str = ""
    denied: bool = False


@dataclass(slots=True)
class AccessToken:
    """Consent given to an app by a person."""

    token: str
    secret: str
    key: str
    username: str


class Site:
    """Everything that a reset makes anew, and what survives one: registered apps and the grants they hold."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self.clock = clock
        self.switches = switches
        self.apps = {"sandbox": Application("sandbox", "sandbox-secret", "Instica")}
        self.access: dict[str, AccessToken] = {}
        self.issued = 0
        self.fill(seed=1, listings=0, limits=False, odd=False)

    def fill(self, *, seed: int, listings: int, limits: bool, odd: bool) -> None:
        """A fresh shop."""
        seeds = Seeds(seed, listings)
        self.seed = seed
        self.limits = limits
        self.catalogue = Catalogue(listings)
        self.users: dict[str, User] = {user.username: user for user in EVERYONE}
        self.personal = {user.token: user.username for user in EVERYONE if user.token}
        self.shops = {
            OWNER.username: Shop(OWNER, seeds.inventory()),
            OTHER.username: Shop(OTHER, Inventory(FIRST_LISTING + FAR_AWAY, seeds.listing, b"")),
        }
        self.odd: list[Odd] = make_odd(self.owner.inventory, self.catalogue) if odd else []
        self.asked: dict[str, RequestToken] = {}
        self.nonces: set[str] = set()
        self.signed_in = OWNER.username
        self.calls = MovingWindow(60)
        self.pictures = MovingWindow(60)
        self.answered = 0

    @property
    def owner(self) -> Shop:
        """The shop that the control interface works on."""
        return self.shops[OWNER.username]

    def user(self, username: str) -> User | None:
        """Names are found whatever their case."""
        return next((user for name, user in self.users.items() if name.lower() == username.lower()), None)

    def shop(self, username: str) -> Shop | None:
        """The shop of that person, if they have one."""
        user = self.user(username)
        return self.shops.get(user.username) if user else None

    def find(self, listing_id: int) -> tuple[Shop, Listing] | None:
        """A listing in whichever shop it is."""
        for shop in self.shops.values():
            if listing := shop.inventory.get(listing_id):
                return shop, listing
        return None

    def release(self, listing: Listing) -> Release:
        """What is on sale."""
        release = self.catalogue.get(listing.release_id)
        if release is None:
            raise LookupError(listing.release_id)
        return release

    def secret(self, purpose: str) -> str:
        """A token or a secret: unguessable enough for a sandbox, the same after the same steps."""
        self.issued += 1
        parts = (mix(self.seed, self.issued, index, *purpose.encode()) for index in range(2))
        return "".join(f"{part:016x}" for part in parts)

    def pacific(self, moment: dt.datetime | None = None) -> dt.datetime:
        """A moment on the wall clock of Portland."""
        return (moment or self.clock.now()).astimezone(PACIFIC).replace(microsecond=0)

    def stamp(self, moment: dt.datetime | int | None = None) -> str:
        """ISO 8601 with the Pacific offset, as listings, orders and messages carry it."""
        if isinstance(moment, int):
            moment = dt.datetime.fromtimestamp(moment, dt.UTC)
        return self.pacific(moment).isoformat()

    def wall(self, moment: dt.datetime | None = None) -> str:
        """The same without an offset, as jobs carry it."""
        return self.pacific(moment).replace(tzinfo=None).isoformat()


def money(cents: int | None, currency: str) -> dict[str, Any]:
    """``{"currency", "value"}`` in major units."""
    return {"currency": currency, "value": None if cents is None else cents / 100}
