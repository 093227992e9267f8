"""A marketplace under test: its simulator mounted in-process, a shop connected to it, and its control interface."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2

from instica.kit.contract import Connector, Marketplace
from instica.kit.types import Grant, Redirect, RemoteListing
from instica.kit.wire import mounted
from instica.marketplaces import every
from tests.conformance.consent import agree
from tests.contracts.recorder import listening
from tests.kit_session import FolderSpool, MemorySession, app_for

MARKETPLACES = [each for each in every().values() if each.auth and each.connector and each.simulator]
STEPS_AT_MOST = 200


def named(marketplace: Marketplace) -> str:
    """How a test's line calls it."""
    return marketplace.slug


def able(capability: str) -> list[Marketplace]:
    """Those whose connector has this capability: a test that needs it runs for no other."""
    return [each for each in MARKETPLACES if each.load("connector").can(capability)]


def facts_of(marketplace: Marketplace) -> Any:
    """What its folder tells this suite."""
    return import_module(f"instica.marketplaces.{marketplace.slug}.tests.facts")


def where(fact: str) -> list[Marketplace]:
    """Those whose folder says so of itself: ``where("REVISES_PICTURES")``."""
    return [each for each in MARKETPLACES if getattr(facts_of(each), fact, False)]


@dataclass
class Place:
    """What the suite may use: the generic contract, and the sandbox's own view of the truth."""

    marketplace: Marketplace
    simulator: Callable[..., Any]
    session: MemorySession
    connector: Connector
    facts: Any
    visits: list[Mapping[str, str]] = field(default_factory=list)

    def sandbox(self, path: str, body: Any = None) -> Any:
        """Ask the control interface: GET, or POST where there is a body."""
        with httpx2.Client(transport=httpx2.WSGITransport(self.simulator), base_url=self.session.app.origin) as client:
            answer = client.request("GET" if body is None else "POST", f"/_sandbox/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def fault(self, match: str, do: str, times: int = 1) -> None:
        """Something goes wrong with the next matching calls."""
        self.sandbox("faults", [{"match": match, "times": times, "do": do}])

    def truth(self) -> dict[str, Mapping[str, Any]]:
        """The shop's listings by id, as the sandbox knows them."""
        return {str(row["listing_id"]): row for row in self.sandbox("listings")["listings"]}

    def requests(self) -> list[Mapping[str, Any]]:
        """What the marketplace was asked, without the control calls."""
        return list(self.sandbox("requests")["requests"])

    def writes(self) -> list[str]:
        """Calls that change something."""
        return [f"{row['method']} {row['path']}" for row in self.requests() if self.facts.is_write(row)]

    def walk(self) -> list[RemoteListing]:
        """Every listing, to the end, waiting by the sandbox's clock only."""
        found: dict[str, RemoteListing] = {}
        cursor: str | None = None
        for _ in range(STEPS_AT_MOST):
            page = self.connector.listings(cursor)
            found.update({listing.id: listing for listing in page.rows})
            if page.ready_at:
                self.sandbox("clock", {"advance": 60})
            cursor = page.next
            if cursor is None:
                assert page.complete
                return list(found.values())
        raise AssertionError("The walk has no end")

    def as_walked(self, listing: RemoteListing) -> RemoteListing:
        """A listing read alone, as far as a walk tells it: whole, unless its details come later."""
        known: RemoteListing = getattr(self.facts, "as_walked", lambda whole: whole)(listing)
        return known

    def on_sale(self) -> RemoteListing:
        """A sound listing that is live and sells its last piece."""
        sound = [listing for listing in self.walk() if listing.seen == "live" and not listing.faults]
        return next(listing for listing in sound if [offer.quantity for offer in listing.offers] == [1])


@contextmanager
def connected(marketplace: Marketplace, folder: Path, listings: int = 150) -> Iterator[Place]:
    """A fresh shop there, connected through the consent page."""
    origin = f"http://127.0.0.1:{marketplace.port}"
    simulator = marketplace.load("simulator")(origin=origin, seed=1, listings=listings)
    visits: list[Mapping[str, str]] = []

    def noted(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Any:
        visits.append({key: str(environ.get(key, "")) for key in ("HTTP_HOST", "HTTP_USER_AGENT", "PATH_INFO")})
        return simulator(environ, start_response)

    with mounted(origin, listening(marketplace.slug, noted)):
        session = sign_in(marketplace, simulator, origin, folder)
        connector = marketplace.load("connector")(session)
        yield Place(marketplace, simulator, session, connector, facts_of(marketplace), visits)


def sign_in(marketplace: Marketplace, simulator: Callable[..., Any], origin: str, folder: Path) -> MemorySession:
    """Connect as a person does: begin, agree on their page, finish."""
    app = app_for(marketplace.slug, origin)
    auth = marketplace.load("auth")()
    start = auth.begin(app, {question.name: "sandbox" for question in auth.asks if question.required})
    assert isinstance(start, Redirect)
    assert start.url.startswith(f"{origin}/")
    grant: Grant = auth.finish(app, json.loads(json.dumps(start.kept)), agree(simulator, start.url, app.redirect_uri))
    assert grant.account is not None
    return MemorySession(app, grant.account, FolderSpool(folder), grant, renew=lambda held: auth.refresh(app, held))
