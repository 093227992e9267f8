"""The simulated Etsy: one WSGI application with all of its hosts on one origin."""

from __future__ import annotations

from instica.kit.simulation import Refusal, Request, Response, Routes, SiteSimulation
from instica.kit.simulation.routes import NoMethod, NoPath
from instica.marketplaces.etsy.simulator import (
    deeds,
    editing,
    gate,
    inventory,
    listings,
    oauth,
    others,
    receipts,
    shops,
    storefront,
    words,
)
from instica.marketplaces.etsy.simulator.answers import Call, said
from instica.marketplaces.etsy.simulator.controls import CONTROLS
from instica.marketplaces.etsy.simulator.site import Site
from instica.marketplaces.etsy.simulator.switches import SWITCHES

API = Routes(others.ROUTES, shops.ROUTES, listings.ROUTES, editing.ROUTES, inventory.ROUTES, receipts.ROUTES)
PAGES = Routes(oauth.CONSENT, storefront.ROUTES)
KEYLESS = oauth.TOKENS


class EtsySimulator(SiteSimulation):
    """``EtsySimulator(origin="http://127.0.0.1:8103")``; see ``Simulation`` for what every simulator does."""

    control = CONTROLS
    known_switches = SWITCHES
    site: Site
    deeds = deeds
    title = "Etsy"

    def __init__(self, origin: str = "", seed: int = 1, listings: int = 150, *, limits: bool = False) -> None:
        super().__init__(origin)
        self.site = Site(self.clock, self.switches, self.faults)
        self.reset(seed=seed, listings=listings, limits=limits)

    def answer(self, request: Request) -> Response:
        """A page of the site, a token, or an API call."""
        try:
            handler, parts = PAGES.find(request.method, request.path)
        except LookupError:
            return self._api(request)
        return handler(self.site, Call(request), **parts)  # type: ignore[no-any-return]

    def _api(self, request: Request) -> Response:
        if refusal := self._too_many(request):
            return refusal
        response = self._handled(request)
        request_id = f"req-{self.site.seed}-{self.journal.total + 1}"
        return response.with_headers(*self._rates(request), ("x-etsy-request-uuid", request_id))

    def _handled(self, request: Request) -> Response:
        try:
            return self._found(request)
        except Refusal as refusal:
            return refusal.response
        except NoPath:
            return said(404, words.NOTHING_HERE)
        except NoMethod as error:
            return Response(405, b"Method Not Allowed", [("Allow", ", ".join(error.allowed))])

    def _found(self, request: Request) -> Response:
        """The token endpoint answers for itself; everything else wants the key, then the token and its scopes."""
        try:
            handler, parts = KEYLESS.find(request.method, request.path)
        except NoPath:
            gate.keyed(self.site, request)
            handler, parts = API.find(request.method, request.path)
            who = gate.caller(self.site, request, gate.NEEDED.get(handler, ()))
            return handler(self.site, Call(request, who), **parts)  # type: ignore[no-any-return]
        return handler(self.site, Call(request), **parts)  # type: ignore[no-any-return]

    def _too_many(self, request: Request) -> Response | None:
        site, key, now = self.site, self._key(request), self.clock.now()
        if not site.limits:
            return None
        if not site.seconds.take(key, now, site.most_a_second):
            return self._stopped(request, words.PER_SECOND)
        if not site.days.take(key, now, site.most_a_day):
            return self._stopped(request, words.PER_DAY, ("retry-after", "86400"))
        return None

    def _stopped(self, request: Request, text: str, *headers: tuple[str, str]) -> Response:
        told = [] if self.switches["bare_429"] else [*headers, *self._rates(request)]
        return said(429, text).with_headers(*told)

    def _key(self, request: Request) -> str:
        return request.headers.get("x-api-key", "").partition(":")[0]

    def _rates(self, request: Request) -> list[tuple[str, str]]:
        site, key, now = self.site, self._key(request), self.clock.now()
        spelled = self.switches["day_header"]
        second = "x-remaining-this-secon" if spelled == "short" else spelled
        return [
            ("x-limit-per-second", str(site.most_a_second)),
            (second, str(site.most_a_second - site.seconds.used(key, now))),
            ("x-limit-per-day", str(site.most_a_day)),
            ("x-remaining-today", str(site.most_a_day - site.days.used(key, now))),
        ]

    def failing(self, request: Request, status: int) -> Response:
        """A bare failure."""
        texts = {429: words.PER_SECOND, 401: "invalid_token", 403: "Forbidden", 404: words.NOTHING_HERE}
        return said(status, texts.get(status, "Server Error"))

    def revoke(self, request: Request) -> None:
        """The person takes the consent back: the token this request carries and all of its kin end."""
        held = self.site.access.get(gate.bearer(request))
        if held is not None:
            self.site.forget(held.family)
