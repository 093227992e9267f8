"""A marketplace that exists only in tests: tokens that end, webhooks that are signed, orders out of a list."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from instica.core.clock import now
from instica.core.secrets import Secret
from instica.kit import types as t
from instica.kit.contract import Auth, Connector, LimitSpec, Marketplace, Webhooks
from instica.kit.errors import Complaint, Gone, NotGenuine, Refused, SignInAgain, TryLater

HERE = "tests.features.pretend"
MANIFEST = Marketplace(
    slug="pretend",
    name="Pretend",
    url="https://pretend.example",
    connection="oauth",
    auth=f"{HERE}:PretendAuth",
    connector=f"{HERE}:PretendConnector",
    webhooks=f"{HERE}:PretendWebhooks",
    limits=(LimitSpec("pretend.calls", rate=1000, per=1, burst=1000, scope="connection"),),
    poll_seconds=(30, 300),
)


@dataclass
class There:
    """What the other side knows and does."""

    token: str = "token-0"
    refreshes: int = 0
    revoked: int = 0
    dead: bool = False
    down: bool = False
    slow: float = 0.0
    orders: list[t.RemoteOrder] = field(default_factory=list)
    listings: list[t.RemoteListing] = field(default_factory=list)
    page_size: int = 100
    told: list[tuple[str, ...]] = field(default_factory=list)
    before: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)
    hides_cancelling: bool = False
    watched: dict[str, str] = field(default_factory=dict)
    refuses_webhooks: bool = False
    meanwhile: Callable[[], None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)


THERE = There()


class PretendAuth(Auth):
    """Every refresh gives a new token and kills the old one."""

    def begin(self, app: t.App, answers: Mapping[str, str]) -> t.Redirect:
        return t.Redirect("https://pretend.example/consent", {"state": "expected"})

    def refresh(self, app: t.App, grant: t.Grant) -> t.Grant:
        time.sleep(THERE.slow)
        with THERE.lock:
            if THERE.down:
                raise TryLater("Pretend is down")
            if THERE.dead or grant.secrets["refresh"].reveal() != f"refresh-{THERE.refreshes}":
                raise SignInAgain("Pretend no longer knows this sign-in")
            THERE.refreshes += 1
            THERE.token = f"token-{THERE.refreshes}"
            return granted(THERE.refreshes, now() + dt.timedelta(hours=1))

    def revoke(self, app: t.App, grant: t.Grant) -> None:
        THERE.revoked += 1


def granted(number: int, expires: dt.datetime | None) -> t.Grant:
    """The pair of that number."""
    return t.Grant({"token": Secret(f"token-{number}"), "refresh": Secret(f"refresh-{number}")}, expires_at=expires)


class PretendConnector(Connector):
    """Orders, page by page; listings one by one. What changes an order is told once and looked for first."""

    carriers = (("slow", "Slow Mail"), ("fast", "Fast Mail"))
    ships_parts = True

    def shop(self) -> t.Account:
        grant = self.session.grant()
        if grant.secrets["token"].reveal() != THERE.token:
            grant = self.session.rejected()
        if grant.secrets["token"].reveal() != THERE.token:
            raise SignInAgain("Pretend no longer knows this sign-in")
        return t.Account("7", "pretender")

    def orders(self, since: dt.datetime, cursor: str | None) -> t.Page[t.RemoteOrder]:
        self.session.budget.admit({"pretend.calls": 1})
        self.session.grant()
        start = int(cursor or 0)
        THERE.meanwhile()
        fresh = [order for order in THERE.orders if order.updated_at >= since]
        end = start + THERE.page_size
        return t.Page(tuple(fresh[start:end]), next=str(end) if end < len(fresh) else None)

    def listing(self, ref: t.Ref) -> t.RemoteListing:
        found = next((listing for listing in THERE.listings if listing.id == ref.listing), None)
        if found is None:
            raise Gone("There is no such page")
        return found

    def order(self, ref: str) -> t.RemoteOrder:
        self.session.grant()
        found = next((order for order in THERE.orders if order.id == ref), None)
        if found is None:
            raise Gone("There is no such order")
        return found

    def ship(self, order: str, shipment: t.Shipment, attempt: t.Attempt) -> t.RemoteOrder:
        number, parts = shipment.tracking_number, ",".join(f"{line}x{n}" for line, n in shipment.parts.items())
        if not any(told[:3] == ("ship", order, number) for told in THERE.told):
            self._tell("ship", order, number, shipment.carrier, parts)
        state = "paid" if shipment.parts else "shipped"
        return self._now(order, state=state, status=state.capitalize(), tracking_number=number, choices=())

    def cancel(self, order: str, reason: str) -> t.RemoteOrder:
        if not any(told[:2] == ("cancel", order) for told in THERE.told):
            self._tell("cancel", order, reason)
        return self.order(order) if THERE.hides_cancelling else self._now(order, state="cancelled", status="Cancelled")

    def find(self, attempt: t.Attempt) -> t.Search:
        return t.Absent()

    def _tell(self, *what: str) -> None:
        """It happens there; before it or after it something may go wrong."""
        self.session.grant()
        if THERE.before:
            raise THERE.before.pop(0)
        THERE.told.append(what)
        if THERE.after:
            self._now(what[1], **({"state": "shipped"} if what[0] == "ship" else {"state": "cancelled"}))
            raise THERE.after.pop(0)

    def _now(self, number: str, **changes: Any) -> t.RemoteOrder:
        """The order with something new; saying it again is no news."""
        old = self.order(number)
        fresh = replace(old, **changes)
        if fresh != old:
            moment = old.updated_at + dt.timedelta(seconds=1)
            fresh = replace(fresh, updated_at=moment, fingerprint=f"{moment} {changes}")
        THERE.orders[THERE.orders.index(old)] = fresh
        return fresh

    def watch(self, url: str, have: t.Watch | None) -> t.Watch:
        self.session.grant()
        if THERE.refuses_webhooks:
            raise Refused([Complaint("Webhooks are for larger sellers")])
        kept = {
            topic: number for topic, number in (have.ids if have else {}).items() if THERE.watched.get(number) == url
        }
        ids = kept or {"orders": f"hook-{len(THERE.watched) + 1}"}
        THERE.watched |= dict.fromkeys(ids.values(), url)
        return t.Watch(ids, now() + dt.timedelta(days=7))

    def unwatch(self, watch: t.Watch) -> None:
        self.session.grant()
        for number in watch.ids.values():
            THERE.watched.pop(number)


class PretendWebhooks(Webhooks):
    """Signed by the app's secret."""

    def read(self, app: t.App, headers: Mapping[str, str], body: bytes) -> Sequence[t.Event]:
        if not hmac.compare_digest(headers.get("x-signature", ""), signature(body)):
            raise NotGenuine("The signature is wrong")
        if THERE.down:
            raise TryLater("The key cannot be had")
        return [t.Event(**event) for event in json.loads(body)]


def signature(body: bytes) -> str:
    """As the sender makes it."""
    return hmac.new(b"shared", body, hashlib.sha256).hexdigest()


def order(number: str = "1", listing: str = "L1", **changes: Any) -> t.RemoteOrder:
    """An order of one piece, placed now."""
    quantity = changes.pop("quantity", 1)
    lines = changes.pop("lines", (t.RemoteOrderLine(id=listing, listing=listing, title="A record", quantity=quantity),))
    moment = changes.pop("at", now())
    values = {"state": "paid", "status": "Paid", "placed_at": moment, "updated_at": moment} | changes
    mark = f"{values['status']}|{values['updated_at']}|{lines}"
    return t.RemoteOrder(id=number, lines=lines, fingerprint=mark, **values)
