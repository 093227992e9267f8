"""What the kit needs from outside, as Protocols; ``instica.connections.session`` implements them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

from instica.kit.types import Account, App, Grant

Class = Literal["stock", "bulk"]


class Budget(Protocol):
    """The shared limits. Names are those of the manifest; how far a limit reaches is the implementer's business."""

    def admit(self, costs: Mapping[str, float]) -> None:
        """Take ``costs`` from the limits, all or nothing. Raises ``kit.errors.Throttled``."""

    def learn(
        self,
        limit: str,
        *,
        remaining: float | None = None,
        until: dt.datetime | None = None,
        most: float | None = None,
    ) -> None:
        """Tighten: so much is left in the window, or nothing before ``until``.

        ``most`` is what they say this app may use in a window, in place of the manifest's ``published``.
        """

    def give_back(self, limit: str, units: float) -> None:
        """Units that were taken and, as they say, not used."""


class Spool(Protocol):
    """A place for one bulk file, kept until the walk that made it is over."""

    def path(self, name: str) -> Path:
        """Where the file ``name`` of this walk lies or will lie."""


class Session(Protocol):
    """One connected shop as a connector sees it: who, with what rights, under which limits."""

    @property
    def app(self) -> App:
        """The installation's credentials there."""

    @property
    def account(self) -> Account:
        """Whose shop it is."""

    @property
    def budget(self) -> Budget:
        """The limits its calls count against."""

    @property
    def spool(self) -> Spool:
        """Where a walk keeps its bulk file."""

    def grant(self) -> Grant:
        """The grant in force, refreshed when due (single-flight). Raises ``SignInAgain``."""

    def rejected(self) -> Grant:
        """They refused the grant: refresh once or raise ``SignInAgain``."""

    def photo(self, link: str) -> bytes:
        """The bytes behind one of a draft's ``images``, for marketplaces that take no links. Raises ``Refused``."""

    def about_to_call(self, seconds: float) -> None:
        """Renew the lane's lease for a call of at most ``seconds``. Raises ``LostLease`` when it is gone."""
