"""The simulated TeePublic: store pages of tiles, design pages, the uploader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.studio import Design, Studio, html
from instica.marketplaces.teepublic.simulator import store, uploader

ROUTES = Routes(uploader.ROUTES, store.ROUTES)
FIRST, STEP = 31_204_511, 61


class TeePublicSimulator(Studio):
    """``TeePublicSimulator(origin="http://127.0.0.1:8106")``; see ``Studio`` for its states."""

    host: ClassVar[str] = "www.teepublic.com"

    def number(self, index: int) -> str:
        """A design id."""
        return str(FIRST + index * STEP)

    def reset(self, seed: int = 1, listings: int = 150, limits: bool = False) -> Mapping[str, Any]:
        """A fresh store without a design under way."""
        self.under_way: dict[str, Design] = {}
        return super().reset(seed=seed, listings=listings, limits=limits)

    def found(self, request: Request, path: str) -> Response:
        """A page."""
        handler, parts = ROUTES.find(request.method, path.rstrip("/") or "/")
        answer: Response = handler(self, request, **parts)
        return answer

    def missing(self, request: Request) -> Response:
        """What is not there."""
        return html("TeePublic", "<main><h1>404</h1><p>We could not find that page.</p></main>", status=404)
