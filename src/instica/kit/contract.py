"""What every marketplace offers: a manifest, an ``Auth``, a ``Connector`` and, where they exist, ``Webhooks``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

from instica.kit import types as t
from instica.kit.errors import Refused
from instica.kit.ports import Session

Scope = Literal["connection", "app", "egress", "listing"]


@dataclass(frozen=True, slots=True)
class LimitSpec:
    """``rate`` calls per ``per`` seconds and ``burst`` at once; rate + burst stay within what is published.

    ``scope`` is what it is counted by; costs of a ``listing`` limit are named ``limit:id``. ``polls`` is whether
    reading orders draws on it, ``changes`` whether asking for changed listings does. ``published`` is how many calls
    they allow in ``per`` seconds, given where their answers or the operator may name another figure for this
    installation's app; ``settled`` when the operator did. A ``sliding`` limit is ``burst`` calls in any ``per``
    seconds, as fast as they come: for windows that a steady pace would stretch far beyond the work.
    """

    name: str
    rate: float
    per: float
    burst: float
    scope: Scope
    polls: bool = True
    changes: bool = False
    published: float = 0
    settled: bool = False
    sliding: bool = False

    def at(self, most: float) -> tuple[float, float]:
        """Rate and burst where ``most`` calls are allowed instead of ``published``; a burst of one stays one."""
        factor = most / self.published
        return self.rate * factor, self.burst if self.burst == 1 else max(1.0, self.burst * factor)


@dataclass(frozen=True, slots=True)
class Credential:
    """One app credential the operator sets, as ``INSTICA_<SLUG>_<NAME>``."""

    name: str
    help: str
    secret: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class Manual:
    """How something is listed there by hand: the form to open, and what a seller must know first.

    What the form takes stands in ``fields.json``; ``kit.manual`` cuts to it.
    """

    page: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Marketplace:
    """The manifest. Parts are named ``module:attribute`` and loaded when first used; ``""`` means there is none.

    ``consent_hosts`` are hosts of its consent page beyond its own domain, such as ``*.myshopify.com``. ``page_hosts``
    are those whose pages the browser extension reads; ``manual`` is there where listing stays with the seller.
    """

    slug: str
    name: str
    url: str
    connection: Literal["oauth", "extension"]
    auth: str = ""
    connector: str = ""
    webhooks: str = ""
    simulator: str = ""
    port: int = 0
    limits: tuple[LimitSpec, ...] = ()
    poll_seconds: tuple[int, int] = (60, 900)
    change_seconds: tuple[int, int] = (300, 3600)
    credentials: tuple[Credential, ...] = ()
    notices: tuple[str, ...] = ()
    photo_hosts: tuple[str, ...] = ()
    consent_hosts: tuple[str, ...] = ()
    page_hosts: tuple[str, ...] = ()
    manual: Manual | None = None
    fresh_for: dt.timedelta | None = None
    folder: Path = field(default_factory=Path)

    def load(self, part: Literal["auth", "connector", "webhooks", "simulator"]) -> Any:
        """The class behind a part. Raises ``LookupError`` when this marketplace has none."""
        path: str = getattr(self, part)
        if not path:
            raise LookupError(f"{self.name} has no {part}")
        module, _, name = path.partition(":")
        return getattr(import_module(module), name)


class Auth:
    """How a shop is connected. Overridden whole by each marketplace."""

    asks: Sequence[t.Question] = ()

    def begin(self, app: t.App, answers: Mapping[str, str]) -> t.Redirect | t.Grant:
        """Where to send the person; or at once a grant, when the answers hold a token."""
        raise NotImplementedError

    def finish(self, app: t.App, kept: Mapping[str, str], raw_query: str) -> t.Grant:
        """The grant behind a callback. Raises ``NotGenuine``, ``Denied``, ``TryLater``."""
        raise NotImplementedError

    def refresh(self, app: t.App, grant: t.Grant) -> t.Grant:
        """A fresh grant. Raises ``SignInAgain`` where the old one is dead."""
        raise NotImplementedError

    def revoke(self, app: t.App, grant: t.Grant) -> None:
        """Give the grant back where the marketplace can take it."""
        raise NotImplementedError


class Webhooks:
    """One door per marketplace, whatever the account."""

    def challenge(self, app: t.App, method: str, headers: Mapping[str, str], raw_query: str) -> str | None:
        """The answer to a verification request, or ``None`` when it is not one."""
        return None

    def read(self, app: t.App, headers: Mapping[str, str], body: bytes) -> Sequence[t.Event]:
        """The events of a delivery. Raises ``NotGenuine``; ``TryLater`` when a key cannot be had."""
        raise NotImplementedError


class Connector:
    """One connected shop; keeps no state of its own. A capability is an overridden method.

    Every method may raise any of ``kit.errors``; ``Unsure`` only from methods that change something there.
    ``carriers`` are those it knows, each with its name for people; ``ships_parts`` is whether a parcel may name the
    lines in it.
    """

    carriers: Sequence[tuple[str, str]] = ()
    ships_parts: bool = False

    def __init__(self, session: Session) -> None:
        self.session = session

    @classmethod
    def can(cls, capability: str) -> bool:
        """Whether this marketplace implements ``capability`` (a method's name)."""
        return getattr(cls, capability) is not getattr(Connector, capability)

    def shop(self) -> t.Account:
        """Who we are there, read now: also the connection test."""
        raise NotImplementedError

    def listings(self, cursor: str | None) -> t.Page[t.RemoteListing]:
        """A page of everything in the shop; ``cursor`` is the previous page's ``next``."""
        raise NotImplementedError

    def listing(self, ref: t.Ref) -> t.RemoteListing:
        """One page as it is now. Raises ``Gone``."""
        raise NotImplementedError

    def details(self, refs: Sequence[t.Ref]) -> Sequence[t.RemoteListing | None]:
        """What ``listings`` left out of brief rows: the first of these pages whole, ``None`` for one nobody shows.

        As many as one step takes, at least one; the caller asks again for the rest. ``Ref.extra`` is what the row said
        in ``details``. Raises ``Throttled`` when not even the first may be read now.
        """
        raise NotImplementedError

    def changes(self, since: dt.datetime, cursor: str | None) -> t.Page[t.RemoteListing]:
        """Listings that changed since, overlapping a little; ended ones too. Some may be as they were.

        ``complete`` ``False``: it reaches back less far, or something is missing.
        """
        raise NotImplementedError

    def orders(self, since: dt.datetime, cursor: str | None) -> t.Page[t.RemoteOrder]:
        """Orders with activity since, overlapping a little; callers deduplicate by fingerprint."""
        raise NotImplementedError

    def order(self, ref: str) -> t.RemoteOrder:
        """One order as it is now. Raises ``Gone``."""
        raise NotImplementedError

    def publish(self, draft: t.Draft, step: str, attempt: t.Attempt) -> t.Step:
        """Do one remote write of a publish; ``step`` is ``""`` at first, then ``Step.next``."""
        raise NotImplementedError

    def publish_many(self, wanted: Sequence[tuple[t.Draft, t.Attempt]]) -> Sequence[t.Step | Refused | None]:
        """The next write of up to 25 publishes in one call, all at the same step: what stands before a colon names it.

        In the same order: the step that follows (never none: reading back is one), a refusal, or ``None`` for one that
        must go by itself and was not sent. What fails as a whole is raised; after ``Unsure`` each is looked for.
        """
        raise NotImplementedError

    def revise(self, ref: t.Ref, draft: t.Draft) -> t.RemoteListing:
        """Make the page say what the draft says; answers what was read back."""
        raise NotImplementedError

    def show(self, ref: t.Ref) -> t.RemoteListing:
        """Put a hidden page up for sale."""
        raise NotImplementedError

    def withdraw(self, ref: t.Ref) -> t.RemoteListing | None:
        """Take it off sale, reversibly where possible; ``None`` when nothing is left there. Gone is success."""
        raise NotImplementedError

    def set_levels(self, levels: Sequence[t.Level]) -> Sequence[t.Outcome]:
        """Set quantities on sale."""
        raise NotImplementedError

    def ship(self, order: str, shipment: t.Shipment, attempt: t.Attempt) -> t.RemoteOrder:
        """Mark shipped, with tracking."""
        raise NotImplementedError

    def cancel(self, order: str, reason: str) -> t.RemoteOrder:
        """Cancel; ``reason`` is one of the order's ``choices``."""
        raise NotImplementedError

    def quote(self, draft: t.Draft) -> t.Quote:
        """Fees, and suggested prices by grade where the marketplace has them."""
        raise NotImplementedError

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The shop's own settings a listing chooses from: policies, profiles, locations, by field name."""
        raise NotImplementedError

    def categories(self, said: str) -> Sequence[tuple[str, str]]:
        """Categories of the marketplace that sound like it, best first, each with its whole path for people."""
        raise NotImplementedError

    def find(self, attempt: t.Attempt) -> t.Search:
        """After doubt or a crash: did the attempt happen?"""
        raise NotImplementedError

    def search(self, query: Mapping[str, str]) -> Sequence[t.CatalogMatch]:
        """Look in the marketplace's database by ``barcode``, ``catalog_number``, ``artist``, ``title`` …"""
        raise NotImplementedError

    def entry(self, release: str) -> t.CatalogMatch:
        """One entry of the marketplace's database, by ``release``: picture, year, barcodes. Raises ``Gone``."""
        raise NotImplementedError

    def watch(self, url: str, have: t.Watch | None) -> t.Watch:
        """Subscribe to webhooks at ``url``, keeping what already stands."""
        raise NotImplementedError

    def unwatch(self, watch: t.Watch) -> None:
        """End a subscription."""
        raise NotImplementedError

    def read_page(self, payload: Mapping[str, object]) -> Sequence[t.RemoteListing]:
        """What the browser extension read off a page (extension platforms)."""
        raise NotImplementedError
