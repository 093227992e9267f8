"""The simulated Society6: a Shopify-like shop of many artists, and the studio of the curated ones."""

from __future__ import annotations

from typing import ClassVar

from instica.kit.simulation import Request, Response, Routes, Switch
from instica.kit.simulation.studio import SWITCHES, Studio, html, mix, slug, title_of
from instica.marketplaces.society6.simulator import artists, products, studio

SHOP = Routes(products.ROUTES, artists.ROUTES)
STUDIO = Routes(studio.ROUTES)


class Society6Simulator(Studio):
    """``Society6Simulator(origin="http://127.0.0.1:8107")``; see ``Studio`` for its states.

    Asked as ``studio.society6.com`` it is the studio; any other host is the shop, with the studio's upload beside it.
    """

    known_switches = (*SWITCHES, Switch("closed", False, "whether the artist was removed: shop and studio are gone"))
    host: ClassVar[str] = "society6.com"

    def number(self, index: int) -> str:
        """A design's slug, which ends with digits."""
        return f"{slug(title_of(index, mix(self.seed, index)))}{mix(index) % 9_000_000 + 1_000_000}"

    def found(self, request: Request, path: str) -> Response:
        """A page of the studio or of the shop."""
        inside = request.headers.get("host", "").startswith("studio.")
        routes = STUDIO if inside or path in ("/upload", "/login", "/submissions") else SHOP
        handler, parts = routes.find(request.method, path.rstrip("/") or "/")
        answer: Response = handler(self, request, **parts)
        return answer

    def missing(self, request: Request) -> Response:
        """What is not there."""
        return html("Society6", "<main><h1>Page not found</h1></main>", status=404)
