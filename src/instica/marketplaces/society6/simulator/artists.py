"""An artist's own page."""

from __future__ import annotations

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.studio import OWNER, Studio
from instica.marketplaces.society6.simulator.frame import grid
from instica.marketplaces.society6.simulator.shapes import FORMATS

ROUTES = Routes()


@ROUTES("GET HEAD", "/a/artists/{artist}")
def artist(studio: Studio, request: Request, artist: str) -> Response:
    """Everything of theirs, in every format; nothing where the artist was removed."""
    if artist == OWNER and studio.switches["closed"]:
        raise LookupError(artist)
    designs = studio.shown if artist == OWNER else studio.others(10)
    return grid(studio, request, artist, [(design, form) for design in designs for form in FORMATS])
