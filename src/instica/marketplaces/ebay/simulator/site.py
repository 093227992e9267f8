"""The state of the simulated eBay: people, the shop, orders, grants, notifications, the clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from instica.kit.simulation import Clock, Switches
from instica.marketplaces.ebay.simulator.ledger import Order
from instica.marketplaces.ebay.simulator.limits import Limits
from instica.marketplaces.ebay.simulator.odd import SMALLEST_ODD, Odd, make_odd
from instica.marketplaces.ebay.simulator.people import EVERYONE, OWNER, User
from instica.marketplaces.ebay.simulator.policies import policies
from instica.marketplaces.ebay.simulator.post import Post
from instica.marketplaces.ebay.simulator.seed import PICTURE, PLACE, POLICIES, Seeds, mix, specifics, title_of
from instica.marketplaces.ebay.simulator.seed import records as stock_book
from instica.marketplaces.ebay.simulator.stock import Item, Stock
from instica.marketplaces.ebay.simulator.store import Shelf
from instica.marketplaces.ebay.simulator.words import BASE, VINYL

SCOPES = (
    BASE,
    *(
        f"{BASE}/{name}"
        for name in (
            "sell.inventory sell.inventory.readonly sell.fulfillment sell.fulfillment.readonly sell.account"
            " sell.account.readonly sell.marketing sell.marketing.readonly sell.analytics.readonly sell.finances"
            " sell.payment.dispute sell.reputation sell.reputation.readonly sell.stores sell.stores.readonly"
            " commerce.identity.readonly commerce.notification.subscription"
            " commerce.notification.subscription.readonly commerce.shipping"
        ).split()
    ),
)


@dataclass(frozen=True, slots=True)
class Application:
    """A registered app: its RuName stands for the two addresses people are sent back to."""

    key: str
    secret: str
    name: str
    ru_name: str
    accepted: str
    declined: str
    scopes: tuple[str, ...] = SCOPES


@dataclass(frozen=True, slots=True)
class Code:
    """Consent, to be exchanged once."""

    key: str
    back_to: str
    user: str
    scopes: tuple[str, ...]
    until: dt.datetime


@dataclass(frozen=True, slots=True)
class Token:
    """An access or refresh token; ``user`` ``""`` is the application itself."""

    key: str
    user: str
    scopes: tuple[str, ...]
    until: dt.datetime | None


@dataclass(slots=True)
class Grants:
    """Apps, codes and tokens; they survive a reset, since an installed app stays installed."""

    apps: dict[str, Application] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)


INSTICA = Application(
    "sandbox",
    "sandbox-secret",
    "Instica",
    "Instica-Instica-SBX-1a2b3c4d5-6e7f8a9b",
    "http://localhost:8000/accounts/ebay/login/callback/",
    "http://localhost:8000/accounts/ebay/login/callback/",
)


class Site:
    """Everything that a reset makes anew, and the grants that survive one."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self.clock = clock
        self.switches = switches
        self.grants = Grants(apps={INSTICA.key: INSTICA})
        self.issued = 0
        self.post = Post(clock)
        self.fill(seed=1, listings=0, limits=False, odd=False)

    def fill(self, *, seed: int, listings: int, limits: bool, odd: bool) -> None:
        """A fresh shop."""
        self.seed = seed
        self.seeds = Seeds(seed, listings)
        self.shelf = Shelf(self.seeds.listing, listings)
        self.odd: list[Odd] = make_odd(self.shelf, self.epoch()) if odd else []
        self.stock = Stock(self.shelf, self.seeds)
        self.orders: dict[str, Order] = {}
        self.users: dict[str, User] = {user.id: user for user in EVERYONE}
        self.signed_in = OWNER.id
        self.limits = Limits(on=limits)
        self.uuids: dict[str, int] = {}
        self.locations: dict[str, dict[str, Any]] = {PLACE: _place()}
        self.policies = policies()
        self.tasks: dict[str, dict[str, Any]] = {}
        self.post.clear()
        for user in EVERYONE:
            if user.token:
                self.grants.access[user.token] = Token(INSTICA.key, user.id, SCOPES, None)
                self.grants.refresh[user.refresh] = Token(INSTICA.key, user.id, SCOPES, None)
        if odd and listings >= SMALLEST_ODD:
            self._put_aside(2 + listings // 400)

    def _put_aside(self, count: int) -> None:
        """Records that are prepared and not for sale yet."""
        for number in range(1, count + 1):
            record = stock_book()[-(number % 60) - 1]
            title, sku = title_of(record), f"GSE-DRAFT-{number:03d}"
            aspects = {name: list(values) for name, values in specifics(record, 3, 3)}
            product = {
                "title": title,
                "description": f"<p>{title}</p>",
                "aspects": aspects,
                "imageUrls": [PICTURE.format(f"{mix(self.seed, number, 77):016X}")],
            }
            availability = {"shipToLocationAvailability": {"quantity": 1}}
            body = {"availability": availability, "condition": "USED_EXCELLENT", "product": product}
            self.stock.keep(Item(sku, body))
            self.stock.new_offer(sku, _offered(sku, f"{18 + number % 9}.50"))

    @property
    def owner(self) -> User:
        """Whose shop the control interface works on."""
        return self.users[OWNER.id]

    def epoch(self) -> int:
        """The present in whole seconds."""
        return int(self.clock.now().timestamp())

    def secret(self, purpose: str) -> str:
        """A token in eBay's clothes: the same after the same steps, with signs that must be encoded."""
        self.issued += 1
        parts = (mix(self.seed, self.issued, index, *purpose.encode()) for index in range(3))
        return f"v^1.1#i^1#p^3#{purpose[0]}^3#t^" + "".join(f"{part:016x}" for part in parts) + "=="


def _place() -> dict[str, Any]:
    address = {"addressLine1": "412 SW Ash Street", "city": "Portland", "stateOrProvince": "OR"}
    return {
        "location": {"address": {**address, "postalCode": "97205", "country": "US"}},
        "name": "Portland shop",
        "locationTypes": ["WAREHOUSE"],
        "merchantLocationStatus": "ENABLED",
    }


def _offered(sku: str, price: str) -> dict[str, Any]:
    fulfilment, payment, returns = POLICIES
    policies = {"fulfillmentPolicyId": fulfilment, "paymentPolicyId": payment, "returnPolicyId": returns}
    return {
        "sku": sku,
        "marketplaceId": "EBAY_US",
        "format": "FIXED_PRICE",
        "availableQuantity": 1,
        "categoryId": VINYL,
        "listingDuration": "GTC",
        "merchantLocationKey": PLACE,
        "includeCatalogProductDetails": False,
        "pricingSummary": {"price": {"value": price, "currency": "USD"}},
        "listingPolicies": policies,
    }
