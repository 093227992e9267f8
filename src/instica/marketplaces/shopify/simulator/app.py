"""The simulated Shopify: one WSGI application with the shop, its admin API and its file store on one origin."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from instica.kit.simulation import Request, Response, Routes, SiteSimulation, json_response
from instica.kit.simulation.routes import NoMethod, NoPath
from instica.marketplaces.shopify.simulator import bulk, deeds, engine, oauth, pictures, rest, storefront, trade
from instica.marketplaces.shopify.simulator.controls import CONTROLS
from instica.marketplaces.shopify.simulator.queries import NEXT, VERSIONS
from instica.marketplaces.shopify.simulator.site import Site
from instica.marketplaces.shopify.simulator.switches import SWITCHES
from instica.marketplaces.shopify.simulator.visit import Visit

PAGES = Routes(oauth.ROUTES, pictures.ROUTES, rest.ROUTES, storefront.ROUTES)
GRAPHQL = re.compile(r"/admin/api/([a-z0-9-]+)/graphql\.json\Z")
FILE = re.compile(r"/shopify-tiers-assets-prod-us-east1/bulk-operation-outputs/(\w+)\Z")
NO_SUCH_SHOP = ".myshopify.com"


class ShopifySimulator(SiteSimulation):
    """``ShopifySimulator(origin="http://127.0.0.1:8104")``; see ``Simulation`` for what every simulator does."""

    control = CONTROLS
    known_switches = SWITCHES
    site: Site
    deeds = deeds
    title = "Shopify"

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

    def revoke(self, request: Request) -> None:
        """The app of the token this request carries is uninstalled."""
        self.site.grants.pop(request.headers.get("x-shopify-access-token", ""), None)

    def reset(
        self, seed: int = 1, listings: int = 150, limits: bool = False, odd: bool = True, **more: Any
    ) -> Mapping[str, Any]:
        """A fresh shop; ``huge`` adds a product of 2 048 variants, ``old_orders`` so many of the last 90 days."""
        orders = int(more.pop("old_orders", 0))
        super().reset(seed, listings, limits, odd, huge=bool(more.pop("huge", False)), **more)
        trade.old_orders(self.site, orders)
        return self.shop()


def _asked(request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _not_found() -> Response:
    return json_response(404, {"errors": "Not Found"})
