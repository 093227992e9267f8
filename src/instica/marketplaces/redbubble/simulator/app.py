"""The simulated Redbubble: shop and work pages, the seller's portfolio, the upload form."""

from __future__ import annotations

from typing import ClassVar

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.studio import Studio, html
from instica.marketplaces.redbubble.simulator import portfolio, shop

ROUTES = Routes(shop.ROUTES, portfolio.ROUTES)
FIRST, STEP = 48_213_007, 137


class RedbubbleSimulator(Studio):
    """``RedbubbleSimulator(origin="http://127.0.0.1:8105")``; see ``Studio`` for its states."""

    host: ClassVar[str] = "www.redbubble.com"

    def number(self, index: int) -> str:
        """A work id."""
        return str(FIRST + index * STEP)

    def found(self, request: Request, path: str) -> Response:
        """A page."""
        handler, parts = ROUTES.find(request.method, path.rstrip("/") or "/")
        answer: Response = handler(self, request, **parts)
        return answer

    def missing(self, request: Request) -> Response:
        """What is not there."""
        return html("Redbubble", "<main><h1>Houston, we have a problem.</h1><p>404</p></main>", status=404)
