"""The simulated Shopify: one WSGI application with the shop, its admin API and its file store on one origin."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from instica.kit.simulation import Request, Response, Routes, Simulation, json_response
from instica.kit.simulation.control import Rows
from instica.kit.simulation.routes import NoMethod, NoPath
from instica.marketplaces.shopify.simulator import bulk, deeds, engine, oauth, pictures, rest, trade
from instica.marketplaces.shopify.simulator.controls import CONTROLS
from instica.marketplaces.shopify.simulator.queries import NEXT, VERSIONS
from instica.marketplaces.shopify.simulator.site import Site
from instica.marketplaces.shopify.simulator.switches import SWITCHES
from instica.marketplaces.shopify.simulator.visit import Visit

PAGES = Routes(oauth.ROUTES, pictures.ROUTES, rest.ROUTES)
GRAPHQL = re.compile(r"/admin/api/([a-z0-9-]+)/graphql\.json\Z")
FILE = re.compile(r"/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs/(\w+)\Z")
BUSY_PAGE = (
    b"<!DOCTYPE html><html><head><title>Shopify | %d</title></head><body><h1>Something went wrong.</h1></body></html>"
)
NO_SUCH_SHOP = ".myshopify.com"


class ShopifySimulator(Simulation):
    """``ShopifySimulator(origin="http://127.0.0.1:8104")``; see ``Simulation`` for what every simulator does."""

    control = CONTROLS
    known_switches = SWITCHES

    def __init__(self, origin: str = "", *, seed: int = 1, listings: int = 150, limits: bool = False) -> None:
        super().__init__(origin)
        self.site = Site(self.clock, self.switches, self.faults)
        self.reset(seed=seed, listings=listings, limits=limits)

    def call(self, request: Request) -> str:
        """A GraphQL call is named by the first field at its root."""
        plain = super().call(request)
        if not GRAPHQL.match(request.path):
            return plain
        asked = _asked(request)
        return f"{plain}#{engine.named(str(asked.get('query') or ''), asked.get('operationName'))}"

    def answer(self, request: Request) -> Response:
        """The consent page, a token, a picture, a file, or GraphQL."""
        self.site.catch_up()
        if status := self.switches["frozen"]:
            return json_response(status, {"errors": "Unavailable Shop"})
        host = request.headers.get("host", "").partition(":")[0]
        if host.endswith(NO_SUCH_SHOP) and host != self.site.shop.domain:
            return _not_found()
        if found := GRAPHQL.match(request.path):
            return self._graphql(request, found[1])
        return self._page(request)

    def _page(self, request: Request) -> Response:
        if found := FILE.match(request.path):
            return self._file(found[1])
        try:
            handler, parts = PAGES.find(request.method, request.path)
        except NoMethod as error:
            return json_response(406, {"errors": "Not Acceptable"}, ("Allow", str(error)))
        except NoPath:
            return _not_found()
        return handler(self.site, request, **parts)  # type: ignore[no-any-return]

    def _graphql(self, request: Request, version: str) -> Response:
        if request.method != "POST":
            return json_response(405, {"errors": "Method Not Allowed"}, ("Allow", "POST"))
        held = oauth.holder(self.site, request)
        try:
            asked = json.loads(request.body)
        except ValueError:
            return json_response(400, {"errors": "Bad Request"})
        if not isinstance(asked, dict):
            return json_response(400, {"errors": "Bad Request"})
        answer = engine.run(Visit(self.site, held, request.origin), asked)
        return json_response(
            200,
            answer,
            ("X-Shopify-API-Version", self._version(version)),
            ("X-Request-Id", f"{self.site.now:x}-{len(self.journal.entries):x}"),
            ("X-Shopify-Stage", "sandbox"),
        )

    def _version(self, asked: str) -> str:
        """One that is retired falls forward to the oldest that is still there."""
        if self.switches["api_version"] != VERSIONS[-1]:
            return str(self.switches["api_version"])
        return asked if asked in (*VERSIONS, NEXT, "unstable") else VERSIONS[0]

    def _file(self, secret: str) -> Response:
        job = next((job for job in self.site.bulk.values() if job.secret == secret and job.file), None)
        if job is None:
            return Response(403, b"<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code></Error>")
        return Response(200, bulk.content(job), [("Content-Type", "application/jsonl")])

    def failing(self, request: Request, status: int) -> Response:
        """A bare failure, from the edge."""
        texts = {401: "[API] Invalid API key or access token (unrecognized login or wrong password)", 404: "Not Found"}
        response = json_response(
            status, {"errors": texts.get(status, "Internal Server Error" if status >= 500 else "Refused")}
        )
        return response.with_headers(("Retry-After", "2.0")) if status == 429 else response

    def page(self, request: Request, status: int) -> Response:
        """What the edge shows on a bad day."""
        return Response(status, BUSY_PAGE % status, [("Content-Type", "text/html; charset=UTF-8")])

    def revoke(self, request: Request) -> None:
        """The app of the token this request carries is uninstalled."""
        self.site.grants.pop(request.headers.get("x-shopify-access-token", ""), None)

    def reset(
        self,
        seed: int = 1,
        listings: int = 150,
        limits: bool = False,
        odd: bool = True,
        huge: bool = False,
        old_orders: int = 0,
    ) -> Mapping[str, Any]:
        """A fresh shop; apps and their grants stay, since an installed app stays installed."""
        self.start_over()
        self.site.fill(seed=int(seed), listings=int(listings), limits=bool(limits), odd=bool(odd), huge=bool(huge))
        trade.old_orders(self.site, int(old_orders))
        return deeds.shop(self.site)

    def listings(self) -> Rows:
        """Everything in the shop."""
        return deeds.listings(self.site)

    def orders(self) -> Rows:
        """All of the shop's orders."""
        return deeds.orders(self.site)

    def buy(self, listing_id: Any, quantity: int = 1, **more: Any) -> Mapping[str, Any]:
        """A buyer orders it."""
        return deeds.buy(self.site, listing_id, quantity, **more)

    def cancel(self, order_id: str, reason: str = "", **more: Any) -> Mapping[str, Any]:
        """An order is cancelled in the admin."""
        return deeds.cancel(self.site, order_id, reason, **more)

    def edit(self, listing_id: Any, **changes: Any) -> Mapping[str, Any]:
        """The merchant edits it."""
        return deeds.edit(self.site, listing_id, changes)

    def end(self, listing_id: Any, **more: Any) -> Mapping[str, Any]:
        """The merchant archives it, or, with ``delete``, deletes it."""
        return deeds.end(self.site, listing_id, **more)


def _asked(request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _not_found() -> Response:
    return json_response(404, {"errors": "Not Found"})
