"""The simulated Discogs: one WSGI application with all of its hosts on one origin."""

from __future__ import annotations

from instica.kit.simulation import Refusal, Request, Response, Routes, SiteSimulation
from instica.kit.simulation.routes import NoMethod, NoPath
from instica.marketplaces.discogs.simulator import (
    accounts,
    deeds,
    export,
    inventory,
    listings,
    messages,
    oauth,
    orders,
    pictures,
    prices,
    releases,
    search,
    storefront,
    upload,
    words,
)
from instica.marketplaces.discogs.simulator.answers import Call, Caller, said
from instica.marketplaces.discogs.simulator.controls import CONTROLS
from instica.marketplaces.discogs.simulator.credentials import caller, claimed, token
from instica.marketplaces.discogs.simulator.site import Site
from instica.marketplaces.discogs.simulator.switches import SWITCHES

NOUNS = (accounts, inventory, listings, orders, messages, prices, export, upload, releases, search)
API = Routes(*(noun.ROUTES for noun in NOUNS))
TOKENS = oauth.TOKENS
PAGES = Routes(pictures.ROUTES, storefront.ROUTES, oauth.CONSENT)
ANONYMOUS, CLAIMED = 25, 60


class DiscogsSimulator(SiteSimulation):
    """``DiscogsSimulator(origin="http://127.0.0.1:8101")``; see ``Simulation`` for what every simulator does."""

    control = CONTROLS
    known_switches = SWITCHES
    site: Site
    deeds = deeds
    title = "discogs.com"

    def __init__(self, origin: str = "", *, seed: int = 1, listings: int = 150, limits: bool = False) -> None:
        super().__init__(origin)
        self.site = Site(self.clock, self.switches)
        self.reset(seed=seed, listings=listings, limits=limits)

    def answer(self, request: Request) -> Response:
        """A page of the site, an image, or an API call."""
        try:
            handler, parts = PAGES.find(request.method, request.path)
        except LookupError:
            return self._api(request)
        return handler(self.site, Call(request, Caller()), **parts)  # type: ignore[no-any-return]

    def _api(self, request: Request) -> Response:
        if not request.headers.get("user-agent"):
            return Response(403, b"", [("Content-Type", "text/plain")])
        now, site = self.clock.now(), self.site
        tier = CLAIMED if claimed(request) else ANONYMOUS
        if site.limits and not site.calls.take(request.address, now, tier):
            return said(429, words.TOO_FAST).with_headers(("Server", "cloudflare"))
        response = self._handled(request)
        response.with_headers(*self._rates(request, tier), *_usual(response.status))
        return response

    def _handled(self, request: Request) -> Response:
        try:
            return self._found(request)
        except Refusal as refusal:
            return refusal.response
        except NoPath:
            return said(404, words.NOT_FOUND)
        except NoMethod as error:
            return said(405, "The method is not allowed here.").with_headers(("Allow", ", ".join(error.allowed)))

    def _found(self, request: Request) -> Response:
        """The two OAuth endpoints answer for themselves; everything else first wants to know who calls."""
        try:
            handler, parts = TOKENS.find(request.method, request.path)
            who = Caller()
        except NoPath:
            handler, parts = API.find(request.method, request.path)
            who = caller(self.site, request)
        return handler(self.site, Call(request, who), **parts)  # type: ignore[no-any-return]

    def _rates(self, request: Request, tier: int) -> list[tuple[str, str]]:
        used = self.site.calls.used(request.address, self.clock.now())
        if lag := self.switches["rate_lag"]:
            self.site.answered += 1
            used = max(0, used - lag) if self.site.answered % 4 else 0
        return [
            ("X-Discogs-Ratelimit", str(tier)),
            ("X-Discogs-Ratelimit-Used", str(used)),
            ("X-Discogs-Ratelimit-Remaining", str(max(0, tier - used))),
        ]

    def failing(self, request: Request, status: int) -> Response:
        """A bare failure; 429 comes from the edge, without Retry-After and rate headers."""
        texts = {429: words.TOO_FAST, 401: words.SIGN_IN, 403: words.NOT_YOURS, 404: words.NOT_FOUND}
        return said(status, texts.get(status, "An internal server error occurred.")).with_headers(
            ("Server", "cloudflare")
        )

    def revoke(self, request: Request) -> None:
        """The token this request carries stops working."""
        held = token(request)
        self.site.access.pop(held, None)
        self.site.personal.pop(held, None)


def _usual(status: int) -> list[tuple[str, str]]:
    headers = [
        ("X-Discogs-Media-Type", "discogs.v2"),
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "Location"),
        ("Server", "cloudflare"),
    ]
    return [*headers, ("Cache-Control", "public, must-revalidate")] if status < 400 else headers
