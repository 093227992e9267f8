"""Etsy's remote calls, one method each, in Etsy's words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from instica.kit.addresses import Site
from instica.kit.answers import Answer, Dialect, Effect, is_refused_grant
from instica.kit.errors import Complaint, Gone, TryLater, Unsure
from instica.kit.http import Call, Http, Query
from instica.kit.ports import Budget, Session
from instica.kit.types import App, Grant

SECOND, DAY = "etsy.second", "etsy.day"
REMAINING = {SECOND: ("x-remaining-this-second", "x-remaining-this-secon"), DAY: ("x-remaining-today",)}
MOST = {SECOND: "x-limit-per-second", DAY: "x-limit-per-day"}
HOSTS = {"api": "https://api.etsy.com", "openapi": "https://openapi.etsy.com", "www": "https://www.etsy.com"}
APP = "/v3/application"
PER_PAGE = 100
FORM = "application/x-www-form-urlencoded"
UPLOAD_SECONDS = 60.0
PATIENCE_SECONDS = 2.0
NOBODY = "No user was provided as part of the bearer token."
Json = dict[str, Any]


def site(app: App) -> Site:
    """Where Etsy is, for this installation."""
    return Site("Etsy", HOSTS, app.origin)


def sign(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The app's key with its shared secret on every call, and whose shop it is where there is one."""
    headers = {"x-api-key": f"{app.client_id}:{app.client_secret.reveal()}"}
    if grant and "access_token" in grant.secrets:
        headers["Authorization"] = f"Bearer {grant.secrets['access_token'].reveal()}"
    return headers


def learn(answer: Answer, budget: Budget) -> None:
    """Steer by what Etsy says this app may do in a second and a day, and what is left of it."""
    for limit, names in REMAINING.items():
        left = next((amount(answer, name) for name in names if name in answer.headers), None)
        most = amount(answer, MOST[limit])
        if left is not None or most:
            budget.learn(limit, remaining=left, most=most or None)


def amount(answer: Answer, header: str) -> int | None:
    """The whole number in a header, ``None`` where there is none."""
    text = answer.headers.get(header, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def told(answer: Answer) -> Any:
    """The JSON of an answer, ``None`` when it is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(answer.body)
    return None


def complaints(answer: Answer) -> Sequence[Complaint]:
    """What Etsy objects to: ``error``, an OAuth error with its description, a bare list of problems, or plain text."""
    said = told(answer)
    if isinstance(said, dict):
        code, text = said.get("error"), said.get("error_description")
        parts = [str(part) for part in (code, text) if part]
        return [Complaint(": ".join(parts), code=str(code or ""))] if parts else []
    if isinstance(said, list):
        rows = [row for row in said if isinstance(row, dict) and row.get("message")]
        return [_problem(str(row.get("path", "")), str(row["message"]), str(row.get("type", ""))) for row in rows]
    text = answer.body.decode("utf-8", "replace").strip()
    return [Complaint(text)] if text else []


def _problem(path: str, message: str, kind: str) -> Complaint:
    field = path.strip("/").partition("/")[0]
    return Complaint(f"{field}: {message}" if field else message, field, kind)


def is_dead(answer: Answer) -> bool:
    """Whether the token is refused. One that is too narrow works for other calls."""
    said = told(answer)
    error = said.get("error") if isinstance(said, dict) else ""
    return (is_refused_grant(answer) and error != "insufficient_scope") or (answer.status == 403 and error == NOBODY)


DIALECT = Dialect(
    limit=SECOND,
    costs={SECOND: 1, DAY: 1},
    learn=learn,
    complaints=complaints,
    rejected=is_dead,
    patience=PATIENCE_SECONDS,
)


class Etsy:
    """The API of Etsy for one shop."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.http = Http(site(session.app), DIALECT, sign, app=session.app, session=session)

    def me(self) -> Json:
        """Whose token it is: ``user_id`` and ``shop_id``."""
        return an_object(self.http.read(f"{APP}/users/me"))

    def shop(self, shop_id: str) -> Json:
        """A shop."""
        return an_object(self.http.read(f"{APP}/shops/{number(shop_id)}"))

    def listings(self, state: str, offset: int, limit: int = PER_PAGE, includes: str = "") -> Json:
        """A page of the shop's listings in one state."""
        query: dict[str, str | int] = {"state": state, "limit": limit, "offset": offset}
        return an_object(self.http.read(self._shop("/listings"), query | ({"includes": includes} if includes else {})))

    def listings_in(self, section: int, offset: int) -> Json:
        """A page of the active listings of one section, plain."""
        query: Query = {"shop_section_ids": section, "limit": PER_PAGE, "offset": offset}
        return an_object(self.http.read(self._shop("/shop-sections/listings"), query))

    def listings_of(self, ids: Iterable[int]) -> list[Json]:
        """Up to a hundred listings with their images."""
        query: Query = {"listing_ids": joined(ids), "includes": "Images"}
        return results(self.http.read(f"{APP}/listings/batch", query))

    def inventories_of(self, ids: Iterable[int]) -> list[Json]:
        """Up to a hundred listings with their inventories; one unknown id and all are ``Gone``."""
        return results(self.http.read(f"{APP}/listings/batch/inventory", {"listing_ids": joined(ids)}))

    def listing(self, listing_id: str) -> Json:
        """One listing with its images."""
        return an_object(self.http.read(f"{APP}/listings/{number(listing_id)}", {"includes": "Images"}))

    def images(self, listing_id: str) -> list[Json]:
        """The images of a listing."""
        return results(self.http.read(f"{APP}/listings/{number(listing_id)}/images"))

    def inventory(self, listing_id: str) -> Json:
        """Products and offerings of a listing."""
        return an_object(self.http.read(f"{APP}/listings/{number(listing_id)}/inventory"))

    def create_draft(self, fields: Mapping[str, object]) -> Json:
        """Create a draft."""
        return self._send("POST", self._shop("/listings"), "once", form(fields), FORM)

    def update_listing(self, listing_id: str, fields: Mapping[str, object], effect: Effect = "set") -> Json:
        """Change the named fields of a listing, its state among them."""
        return self._send("PATCH", self._shop(f"/listings/{number(listing_id)}"), effect, form(fields), FORM)

    def put_inventory(self, listing_id: str, inventory: Mapping[str, object], variations: int) -> Json:
        """Replace the whole inventory; a third variation is only kept when that is asked for."""
        path = f"{APP}/listings/{number(listing_id)}/inventory"
        query: Query = {"max_variations_supported": variations} if variations > 2 else {}
        return self._send("PUT", path, "set", json.dumps(inventory).encode(), "application/json", query)

    def upload_image(self, listing_id: str, content: bytes, rank: int) -> Json:
        """Add an image at a rank."""
        body, kind = multipart(content, {"rank": str(rank)})
        return self._send("POST", self._shop(f"/listings/{number(listing_id)}/images"), "once", body, kind)

    def receipts(self, query: Query) -> Json:
        """A page of the shop's receipts."""
        return an_object(self.http.read(self._shop("/receipts"), {"limit": PER_PAGE, **query}))

    def receipt(self, receipt_id: str) -> Json:
        """One receipt with its transactions."""
        return an_object(self.http.read(self._shop(f"/receipts/{number(receipt_id)}")))

    def create_shipment(self, receipt_id: str, shipment: Mapping[str, object]) -> Json:
        """Submit tracking; the buyer gets an e-mail each time."""
        path = self._shop(f"/receipts/{number(receipt_id)}/tracking")
        return self._send("POST", path, "once", json.dumps(shipment).encode(), "application/json")

    def sections(self) -> list[Json]:
        """The sections of the shop."""
        return results(self.http.read(self._shop("/sections")))

    def shipping_profiles(self) -> list[Json]:
        """The shipping profiles of the shop."""
        return results(self.http.read(self._shop("/shipping-profiles")))

    def return_policies(self) -> list[Json]:
        """The return policies of the shop."""
        return results(self.http.read(self._shop("/policies/return")))

    def processing_profiles(self) -> list[Json]:
        """The readiness states of the shop."""
        return results(self.http.read(self._shop("/readiness-state-definitions"), {"limit": PER_PAGE}))

    def taxonomy(self) -> list[Json]:
        """The whole tree a seller chooses a category from."""
        return results(self.http.read(f"{APP}/seller-taxonomy/nodes"))

    def _shop(self, path: str) -> str:
        return f"{APP}/shops/{number(self.session.account.remote_id)}{path}"

    def _send(
        self, method: str, path: str, effect: Effect, body: bytes, content_type: str, query: Query | None = None
    ) -> Json:
        """A change; its answer must be an object, or nobody knows what was made."""
        seconds = UPLOAD_SECONDS if content_type.startswith("multipart") else 30.0
        call = Call(
            method,
            self.http.site.url(path),
            effect,
            query=query or {},
            body=body,
            content_type=content_type,
            seconds=seconds,
        )
        answer = self.http.send(call).data
        if not isinstance(answer, dict):
            raise Unsure("Etsy did not say what it made") if effect == "once" else TryLater("Etsy answered strangely")
        return answer


def form(fields: Mapping[str, object]) -> bytes:
    """Fields as a form: lists by commas, truth in small letters, ``None`` left out."""
    return urlencode({name: _value(value) for name, value in fields.items() if value is not None}).encode()


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return joined(value) if isinstance(value, (list, tuple)) else str(value)


def multipart(content: bytes, fields: Mapping[str, str]) -> tuple[bytes, str]:
    """An image and some fields as a multipart form, and its content type."""
    line = f"instica-{uuid4().hex}"
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    start = f"--{line}\r\nContent-Disposition: form-data; name="
    parts = [f'{start}"{name}"\r\n\r\n{text}' for name, text in fields.items()]
    text = "\r\n".join([*parts, f'{start}"image"; filename="image"\r\nContent-Type: {kind}\r\n\r\n'])
    return text.encode() + content + f"\r\n--{line}--\r\n".encode(), f"multipart/form-data; boundary={line}"


def joined(values: Iterable[object]) -> str:
    """A list as Etsy takes it."""
    return ",".join(map(str, values))


def number(text: str) -> str:
    """An id that may stand in a path. Raises ``Gone`` for what no id of Etsy's looks like."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text)):
        raise Gone("Etsy has nothing under that number")
    return text


def an_object(data: Any) -> Json:
    """What should be a JSON object."""
    if not isinstance(data, dict):
        raise TryLater("Etsy answered with something else than an object")
    return data


def results(data: Any) -> list[Json]:
    """The objects of a list in its envelope."""
    rows = an_object(data).get("results")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
