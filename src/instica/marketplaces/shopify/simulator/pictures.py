"""Pictures of the prints: drawn from their name, the same every time."""

from __future__ import annotations

import io
import re
from functools import lru_cache

from PIL import Image, ImageDraw

from instica.kit.simulation import Request, Response, Routes
from instica.marketplaces.shopify.simulator.seed import mix
from instica.marketplaces.shopify.simulator.site import Site

ROUTES = Routes()
NAME = re.compile(r"print-(\d{1,8})-(\d{1,2})\.jpg\Z")
PAPERS = ("#e9e1d2", "#1d2b3a", "#c8452f", "#2f5d50", "#e4b343", "#3d3553", "#d9d3c7", "#12343b")
INKS = ("#f6f1e7", "#d8573a", "#e6b84c", "#2a6f7a", "#1b1b1b", "#9fb8a3", "#b9443a", "#f0d9b0")


@ROUTES("GET", "/s/files/1/0812/4400/files/{name}")
def picture(site: Site, request: Request, name: str) -> Response:
    """One picture; the version in the query does not matter."""
    found = NAME.match(name)
    if not found:
        return Response(404, b"Not Found", [("Content-Type", "text/plain")])
    drawn = draw(int(found[1]), int(found[2]))
    return Response(200, drawn, [("Content-Type", "image/jpeg"), ("Cache-Control", "public, max-age=31557600")])


@ROUTES("GET PUT", "/staged/{shop}/files/{secret}/{name}")
def staged(site: Site, request: Request, shop: str, secret: str, name: str) -> Response:
    """A file put by somebody, where it was staged; anybody may fetch it."""
    place = f"staged/{shop}/files/{secret}/{name}"
    if place not in site.uploads:
        return Response(403, b"AccessDenied", [("Content-Type", "application/xml")])
    if request.method == "PUT":
        site.uploads[place] = request.body
        return Response(200)
    return Response(200, site.uploads[place], [("Content-Type", f"image/{name.rpartition('.')[2]}")])


@lru_cache(maxsize=256)
def draw(number: int, view: int) -> bytes:
    """A print on its wall, as a JPEG."""
    bits = mix(number % 48, 7)
    canvas = Image.new("RGB", (480, 600), "#eceae5")
    pen = ImageDraw.Draw(canvas)
    edge = 40 + 14 * ((view - 1) % 5)
    paper, ink = PAPERS[bits % len(PAPERS)], INKS[(bits >> 8) % len(INKS)]
    pen.rectangle((edge, edge, 480 - edge, 600 - edge), fill=paper, outline="#2b2b2b", width=6)
    for step in range(5):
        left = edge + 30 + (bits >> 12 + 3 * step) % 200
        top = edge + 40 + (bits >> 20 + 4 * step) % 280
        size = 40 + (bits >> 28 + 2 * step) % 120
        (pen.ellipse if bits >> step & 1 else pen.rectangle)(
            (left, top, min(left + size, 460 - edge), min(top + size, 560 - edge)), fill=ink
        )
        ink = INKS[(bits >> 16 + step) % len(INKS)]
    held = io.BytesIO()
    canvas.save(held, "JPEG", quality=80)
    return held.getvalue()
