"""A connected shop in memory, for tests of connectors: grants, limits and spool without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from instica.core.secrets import Secret
from instica.kit.errors import SignInAgain, Throttled
from instica.kit.types import Account, App, Grant


@dataclass
class MemoryBudget:
    """Admits everything and remembers it, until ``closed_until`` is set."""

    admitted: list[dict[str, float]] = field(default_factory=list)
    learned: list[tuple[str, float | None, dt.datetime | None]] = field(default_factory=list)
    most: dict[str, float] = field(default_factory=dict)
    returned: list[tuple[str, float]] = field(default_factory=list)
    closed_until: dt.datetime | None = None

    def admit(self, costs: Mapping[str, float]) -> None:
        """Take the costs, or refuse while closed."""
        if self.closed_until:
            raise Throttled(next(iter(costs)), self.closed_until)
        self.admitted.append(dict(costs))

    def learn(
        self,
        limit: str,
        *,
        remaining: float | None = None,
        until: dt.datetime | None = None,
        most: float | None = None,
    ) -> None:
        """Remember what was heard."""
        if remaining is not None or until is not None:
            self.learned.append((limit, remaining, until))
        if most is not None:
            self.most[limit] = most

    def give_back(self, limit: str, units: float) -> None:
        """Remember what was not used."""
        self.returned.append((limit, units))


@dataclass
class FolderSpool:
    """Files in one folder."""

    folder: Path

    def path(self, name: str) -> Path:
        """Where a file of this walk lies."""
        return self.folder / name


@dataclass
class MemorySession:
    """``kit.ports.Session``: ``fresh`` is the grant a refresh would bring, if any; else ``renew`` asks for one."""

    app: App
    account: Account
    spool: FolderSpool
    current: Grant
    fresh: Grant | None = None
    renew: Callable[[Grant], Grant] | None = None
    budget: MemoryBudget = field(default_factory=MemoryBudget)
    leases: list[float] = field(default_factory=list)
    rejections: int = 0

    def grant(self) -> Grant:
        """The grant in force."""
        return self.current

    def rejected(self) -> Grant:
        """They refused it: use the fresh one, once."""
        self.rejections += 1
        if self.fresh is None and self.renew:
            self.fresh = self.renew(self.current)
        if self.fresh is None:
            raise SignInAgain("The grant is dead")
        self.current, self.fresh = self.fresh, None
        return self.current

    def photo(self, link: str) -> bytes:
        """A picture, whatever the link."""
        return b"\xff\xd8\xff\xe0" + link.encode()

    def about_to_call(self, seconds: float) -> None:
        """Remember the lease that was asked for."""
        self.leases.append(seconds)


def app_for(slug: str, origin: str) -> App:
    """App credentials the simulators know."""
    return App(
        slug=slug,
        redirect_uri=f"http://localhost:8000/accounts/{slug}/login/callback/",
        client_id="sandbox",
        client_secret=Secret("sandbox-secret"),
        origin=origin,
    )
