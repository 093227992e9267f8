"""The simulated eBay: one WSGI application with all of its hosts on one origin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instica.kit.simulation import Request, Response, Routes, SiteSimulation, json_response
from instica.kit.simulation.routes import NoMethod, NoPath
from instica.marketplaces.ebay.simulator import (
    account,
    deeds,
    feed,
    fulfillment,
    inventory,
    knowledge,
    migration,
    notification,
    oauth,
    offers,
    pictures,
    storefront,
)
from instica.marketplaces.ebay.simulator.controls import CONTROLS
from instica.marketplaces.ebay.simulator.limits import BY_DAY
from instica.marketplaces.ebay.simulator.rest import Call, bearer, error, problem, throttled
from instica.marketplaces.ebay.simulator.site import Site
from instica.marketplaces.ebay.simulator.switches import SWITCHES
from instica.marketplaces.ebay.simulator.trading.door import NAME, PATH, Door
from instica.marketplaces.ebay.simulator.trading.wire import VERSION, write
from instica.marketplaces.ebay.simulator.words import LOCALES

PAGES = Routes(oauth.CONSENT, storefront.ROUTES, pictures.ROUTES, oauth.TOKENS)
APIS = {
    "/sell/inventory/v1": Routes(offers.ROUTES, inventory.ROUTES, migration.ROUTES),
    "/sell/fulfillment/v1": fulfillment.ROUTES,
    "/sell/account/v1": account.ROUTES,
    "/sell/metadata/v1": knowledge.METADATA,
    "/sell/feed/v1": feed.ROUTES,
    "/commerce/taxonomy/v1": knowledge.TAXONOMY,
    "/commerce/media/v1_beta": knowledge.MEDIA,
    "/commerce/identity/v1": account.IDENTITY,
    "/commerce/notification/v1": notification.ROUTES,
    "/developer/analytics/v1_beta": account.ANALYTICS,
}


class EbaySimulator(SiteSimulation):
    """``EbaySimulator(origin="http://127.0.0.1:8102")``; see ``Simulation`` for what every simulator does."""

    control = CONTROLS
    known_switches = SWITCHES
    site: Site
    deeds = deeds
    title = "eBay"

    def __init__(self, origin: str = "", *, seed: int = 1, listings: int = 150, limits: bool = False) -> None:
        super().__init__(origin)
        self.site = Site(self.clock, self.switches)
        self.reset(seed=seed, listings=listings, limits=limits)

    def call(self, request: Request) -> str:
        """Trading carries many calls on one address: each is named."""
        plain = f"{request.method} {request.path}"
        name = request.headers.get(NAME, "")
        return f"{plain}#{name}" if request.path == PATH and name else plain

    def answer(self, request: Request) -> Response:
        """A page of the site, Trading, or a REST call."""
        return pictures.here(self._answered(pictures.there(request)), request.origin)

    def _answered(self, request: Request) -> Response:
        if request.path == PATH and request.method == "POST":
            return self.door.answer(request)
        try:
            handler, parts = PAGES.find(request.method, request.path)
        except LookupError:
            return self._rest(request)
        answered: Response = handler(self.site, request, **parts)
        return answered

    def _rest(self, request: Request) -> Response:
        base = next((base for base in APIS if request.path.startswith(f"{base}/")), "")
        if not base:
            return Response(404, b"", [("Content-Type", "text/plain")])
        token = bearer(self.site, request)
        self._check_language(request, base)
        path = next((path for path in BY_DAY if request.path.startswith(path)), base)
        if not self.site.limits.take(path, BY_DAY.get(path, 5_000), self.clock.now()):
            return throttled()
        try:
            handler, parts = APIS[base].find(request.method, request.path.removeprefix(base))
        except NoPath:
            raise error(404, 2002, "ACCESS", "Resource not found", "The resource was not found.") from None
        except NoMethod as known:
            allowed = ("Allow", ", ".join(known.allowed))
            return json_response(405, {"errors": [problem(2003, "ACCESS", "Method not allowed")]}, allowed)
        answered: Response = handler(Call(self.site, request, token, base), **parts)
        return answered

    def _check_language(self, request: Request, base: str) -> None:
        wanted = request.headers.get("accept-language")
        if base == "/sell/inventory/v1" and wanted is not None and wanted not in LOCALES:
            raise error(400, 25709, "API_INVENTORY", "Invalid value for header Accept-Language.")

    def failing(self, request: Request, status: int) -> Response:
        """A bare failure, in the words of the API that was called."""
        if request.path == PATH and status < 500:
            tree = [("Ack", "Failure"), ("Version", VERSION)]
            return Response(status, write("Error", tree), [("Content-Type", "text/xml;charset=utf-8")])
        if status == 429:
            return throttled()
        numbers = {401: (1001, "OAuth"), 403: (1100, "ACCESS"), 404: (2002, "ACCESS")}
        number, domain = numbers.get(status, (25001, "API_INVENTORY"))
        text = "A system error has occurred. " if status >= 500 else "The request could not be done."
        category = "APPLICATION" if status >= 500 else "REQUEST"
        return json_response(status, {"errors": [problem(number, domain, text, category=category)]})

    def revoke(self, request: Request) -> None:
        """The grant behind the token this request carries is taken back: its refresh token dies with it."""
        _, _, value = request.headers.get("authorization", "").partition(" ")
        deeds.revoke(self.site, request.headers.get("x-ebay-api-iaf-token") or value)

    def reset(
        self, seed: int = 1, listings: int = 150, limits: bool = False, odd: bool = True, **more: Any
    ) -> Mapping[str, Any]:
        """A fresh shop; apps and their grants stay, since an installed app stays installed."""
        made = super().reset(seed, listings, limits, odd, **more)
        self.door = Door(self.site)
        return made

    def buy(self, listing_id: Any, quantity: int = 1, **more: Any) -> Mapping[str, Any]:
        """A buyer orders it."""
        fault = self.faults.take("ORDER_CONFIRMATION", webhook=True)
        return deeds.buy(self.site, listing_id, quantity, fault, **more)
