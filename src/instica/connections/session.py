"""One connected shop as its connector sees it: implements ``kit.ports`` on our tables."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from instica.connections import photos, refresh
from instica.connections.budgets import limits_of, pace, pace_of, shared
from instica.connections.credentials import app_for, manifest_of
from instica.connections.models import Connection, State
from instica.connections.spool import ShopSpool
from instica.kit.contract import LimitSpec
from instica.kit.errors import Complaint, Refused, SignInAgain, Throttled
from instica.kit.ports import Class
from instica.kit.types import Account, App, Grant
from instica.work import clock, lanes, limits


class ShopSession:
    """``kit.ports.Session`` for one run of a handler; ``connection`` is kept in step with the row."""

    def __init__(self, connection: Connection, lane_class: Class, walk: str = "") -> None:
        self.connection = connection
        self.app: App = app_for(connection.marketplace)
        self.account = account_of(connection)
        self.budget = ShopBudget(connection, lane_class)
        self.spool = ShopSpool(connection, walk)
        self.refreshed = False

    def grant(self) -> Grant:
        """The grant in force, refreshed when it is about to end."""
        self.connection.refresh_from_db(fields=refresh.FIELDS)
        if self.connection.state == State.REVOKED:
            raise Refused([Complaint("This shop is disconnected")])
        if self.connection.state == State.EXPIRED:
            raise SignInAgain(self.connection.trouble or "This shop must be connected again.")
        if refresh.is_due(self.connection, clock.now()):
            refresh.once(self.connection, self.app)
        return refresh.grant_of(self.connection)

    def rejected(self) -> Grant:
        """They refused the grant: refresh it, but not twice in one run."""
        if self.refreshed:
            raise SignInAgain("The sign-in was refused right after it was renewed.")
        self.refreshed = True
        refresh.once(self.connection, self.app)
        return refresh.grant_of(self.connection)

    def photo(self, link: str) -> bytes:
        """The bytes of a photo: our copy of it, or what lies with a marketplace."""
        return photos.read(link, self.connection.organization_id)

    def about_to_call(self, seconds: float) -> None:
        """Hold the lane for as long as the call may take."""
        lanes.renew(seconds)


class ShopBudget:
    """``kit.ports.Budget``: the manifest's limits, each as far as the marketplace counts it.

    A run that is stopped between two calls begins anew: it is told to wait until all its calls fit one after another,
    or it would spend every unit on its first call for ever.
    """

    def __init__(self, connection: Connection, lane_class: Class) -> None:
        self.spent: Counter[str] = Counter()
        self.connection = connection
        self.lane_class: Class = lane_class
        self.specs = limits_of(manifest_of(connection.marketplace))
        shared_by_many = (spec for spec in self.specs.values() if spec.scope != "listing")
        limits.declare_all({reach(each, connection): pace_of(each) for each in shared_by_many})

    def admit(self, costs: Mapping[str, float]) -> None:
        """Take ``costs``, all or nothing."""
        try:
            names = self._admitted(costs)
        except limits.Exhausted as error:
            raise Throttled(error.limit, error.until) from None
        self.spent.update({name: int(cost) for name, cost in names.items()})

    def _admitted(self, costs: Mapping[str, float]) -> dict[str, float]:
        """Take them. A listing's own row may be forgotten between our look and our taking: then it begins anew."""
        names = {self._row(name): cost for name, cost in costs.items()}
        try:
            limits.admit(names, self.lane_class, self.spent)
        except LookupError:
            names = {self._row(name): cost for name, cost in costs.items()}
            limits.admit(names, self.lane_class, self.spent)
        return names

    def learn(
        self,
        limit: str,
        *,
        remaining: float | None = None,
        until: dt.datetime | None = None,
        most: float | None = None,
    ) -> None:
        """Keep to what they told us."""
        spec = self.specs[limit.partition(":")[0]]
        limits.learn(self._row(limit), remaining=remaining, until=until, pace=pace(spec, most))

    def give_back(self, limit: str, units: float) -> None:
        """Units that were not used."""
        row = self._row(limit)
        limits.give_back(row, units)
        self.spent[row] = max(0, self.spent[row] - int(units))

    def _row(self, name: str) -> str:
        """The shared row of a limit. A listing's own, named ``limit:id``, begins when it is first asked for."""
        limit, _, listing = name.partition(":")
        spec = self.specs[limit]
        if spec.scope != "listing":
            return reach(spec, self.connection)
        row = f"{spec.name}:{self.connection.uid}:{listing}"
        limits.declare(row, pace_of(spec))
        return row


def reach(spec: LimitSpec, connection: Connection) -> str:
    """The name of the shared row: how far a limit reaches is what its marketplace counts."""
    return f"{spec.name}:{connection.uid}" if spec.scope == "connection" else shared(spec)


def account_of(connection: Connection) -> Account:
    """Who the grant belongs to, as far as we know."""
    return Account(
        remote_id=connection.remote_id,
        username=connection.username,
        name=connection.name,
        currency=connection.currency,
        url=connection.url,
    )
