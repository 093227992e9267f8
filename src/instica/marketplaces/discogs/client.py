"""Discogs' remote calls, one method each, in Discogs' words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from instica.kit import oauth
from instica.kit.addresses import Site
from instica.kit.answers import Answer, Dialect
from instica.kit.errors import Complaint, TryLater, Unsure
from instica.kit.http import Http, Query
from instica.kit.ports import Budget, Session
from instica.kit.types import App, Grant

LIMIT = "discogs.calls"
PUBLISHED = 60
KEPT_BACK = 1
PER_PAGE = 100
LARGEST_EXPORT = 512 * 1024 * 1024
DOWNLOAD_SECONDS = 300.0
HOSTS = {"api": "https://api.discogs.com", "www": "https://www.discogs.com", "images": "https://i.discogs.com"}


def site(app: App) -> Site:
    """Where Discogs is, for this installation."""
    return Site("Discogs", HOSTS, app.origin)


def sign(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The header that proves who calls: a personal token, or OAuth 1.0a."""
    secrets = grant.secrets if grant else {}
    if "token" in secrets:
        return {"Authorization": f"Discogs token={secrets['token'].reveal()}"}
    if "oauth_token" not in secrets:
        return oauth.signed(app, method, url)
    return oauth.signed(app, method, url, oauth.Token(secrets["oauth_token"].reveal(), secrets["oauth_token_secret"]))


def learn(answer: Answer, budget: Budget) -> None:
    """Steer by what Discogs says is left, keeping one back for whoever connects a shop right now."""
    left = answer.headers.get("x-discogs-ratelimit-remaining", "")
    if left.isascii() and left.isdigit():
        budget.learn(LIMIT, remaining=max(0, min(int(left), PUBLISHED) - KEPT_BACK))


def complaints(answer: Answer) -> Sequence[Complaint]:
    """What Discogs objects to: ``message``, with ``detail`` rows on newer back ends, or plain text."""
    said: Any = None
    with suppress(ValueError, RecursionError):
        said = json.loads(answer.body)
    if not isinstance(said, dict):
        text = answer.body.decode("utf-8", "replace").strip()
        return [Complaint(text)] if text else []
    message = said.get("message")
    found = [Complaint(str(message))] if message else []
    details = said.get("detail")
    rows = details if isinstance(details, list) else []
    return [*found, *(Complaint(str(row["msg"])) for row in rows if isinstance(row, dict) and row.get("msg"))]


DIALECT = Dialect(limit=LIMIT, costs={LIMIT: 1}, learn=learn, complaints=complaints)


class Discogs:
    """The API of Discogs as one person."""

    def __init__(self, session: Session) -> None:
        self.http = Http(site(session.app), DIALECT, sign, app=session.app, session=session)

    def identity(self) -> dict[str, Any]:
        """Who the credential belongs to."""
        return an_object(self.http.read("/oauth/identity"))

    def profile(self, username: str) -> dict[str, Any]:
        """A person's own page."""
        return an_object(self.http.read(f"/users/{part(username)}"))

    def inventory(self, username: str, page: int, order: str = "asc") -> dict[str, Any]:
        """A page of all listings whatever their status, by the day they were listed."""
        query: Query = {"status": "All", "sort": "listed", "sort_order": order, "page": page, "per_page": PER_PAGE}
        return an_object(self.http.read(f"/users/{part(username)}/inventory", query))

    def listing(self, listing_id: str) -> dict[str, Any]:
        """One listing."""
        return an_object(self.http.read(f"/marketplace/listings/{part(listing_id)}"))

    def create_listing(self, fields: Mapping[str, object]) -> str:
        """Create a listing; its id."""
        answer = self.http.write("POST", "/marketplace/listings", fields, effect="once")
        with suppress(ValueError, RecursionError, AttributeError):
            return str(int(json.loads(answer.body).get("listing_id") or last_number(answer)))
        return last_number(answer)

    def edit_listing(self, listing_id: str, fields: Mapping[str, object]) -> None:
        """Edit a listing."""
        self.http.write("POST", f"/marketplace/listings/{part(listing_id)}", fields, effect="set")

    def orders(self, page: int) -> dict[str, Any]:
        """A page of all orders, the latest activity first."""
        query: Query = {
            "status": "All",
            "sort": "last_activity",
            "sort_order": "desc",
            "page": page,
            "per_page": PER_PAGE,
        }
        return an_object(self.http.read("/marketplace/orders", query))

    def order(self, order_id: str) -> dict[str, Any]:
        """One order."""
        return an_object(self.http.read(f"/marketplace/orders/{part(order_id)}"))

    def edit_order(self, order_id: str, fields: Mapping[str, object]) -> None:
        """Change an order's status or tracking; the buyer is told each time."""
        self.http.write("POST", f"/marketplace/orders/{part(order_id)}", fields, effect="once")

    def request_export(self) -> str:
        """Have the inventory written to a CSV; the job's id."""
        return last_number(self.http.write("POST", "/inventory/export", None, effect="once"))

    def exports(self) -> dict[str, Any]:
        """The export jobs of late."""
        return an_object(self.http.read("/inventory/export"))

    def export(self, export_id: str) -> dict[str, Any]:
        """One export job."""
        return an_object(self.http.read(f"/inventory/export/{part(export_id)}"))

    def download(self, export_id: str, to: Path) -> Answer:
        """Spool a finished export."""
        path = f"/inventory/export/{part(export_id)}/download"
        return self.http.download(path, to, largest=LARGEST_EXPORT, seconds=DOWNLOAD_SECONDS)

    def fee(self, price: str, currency: str) -> dict[str, Any]:
        """What Discogs takes of a price, given with two decimals."""
        return an_object(self.http.read(f"/marketplace/fee/{part(price)}/{part(currency)}"))

    def price_suggestions(self, release_id: str) -> dict[str, Any]:
        """Prices by grade for a release, in the seller's currency."""
        return an_object(self.http.read(f"/marketplace/price_suggestions/{part(release_id)}"))

    def release(self, release_id: str) -> dict[str, Any]:
        """One pressing, whole."""
        return an_object(self.http.read(f"/releases/{part(release_id)}"))

    def stats(self, release_id: str) -> dict[str, Any]:
        """How a release sells, and whether it may be sold."""
        return an_object(self.http.read(f"/marketplace/stats/{part(release_id)}"))

    def search(self, query: Query) -> dict[str, Any]:
        """Releases in the database."""
        return an_object(self.http.read("/database/search", {"type": "release", "per_page": 50, **query}))


def part(text: str) -> str:
    """One segment of a path, whatever it holds. Dots alone would climb."""
    return quote(text, safe="").replace(".", "%2E") if set(text) <= {"."} else quote(text, safe="")


def an_object(data: Any) -> dict[str, Any]:
    """What should be a JSON object."""
    if not isinstance(data, dict):
        raise TryLater("Discogs answered with something else than an object")
    return data


def last_number(answer: Answer) -> str:
    """The id at the end of ``Location``; the link itself is not followed."""
    number = answer.headers.get("location", "").rstrip("/").rpartition("/")[2]
    if not number.isdigit():
        raise Unsure("Discogs did not say what it made")
    return number
