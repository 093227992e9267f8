"""Pictures of what is for sale, drawn from their names, and where they lie while all hosts are one origin."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache

from PIL import Image, ImageDraw

from instica.kit.simulation import Request, Response, Routes
from instica.marketplaces.ebay.simulator.site import Site

ROUTES = Routes()
SIZE = 400
HOST = b"https://i.ebayimg.com/images/g/"
PAPERS = ("#d9c7a8", "#2c4a52", "#b4553a", "#5d6b4f", "#e0b04c", "#40344f", "#c9c1b6", "#7a2e3a")
INKS = ("#1d1d1f", "#f3ead8", "#d96c47", "#8fb0a9")


@ROUTES("GET", "/images/g/{key}/{name}")
def picture(site: Site, request: Request, key: str, name: str) -> Response:
    """One picture, the same for the same name."""
    headers = [("Content-Type", "image/jpeg"), ("Cache-Control", "public, max-age=86400")]
    return Response(200, draw(key[:40]), headers)


@lru_cache(maxsize=512)
def draw(key: str) -> bytes:
    """A record half out of its sleeve, as a JPEG."""
    bits = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    paper, ink = PAPERS[bits % len(PAPERS)], INKS[(bits >> 8) % len(INKS)]
    canvas = Image.new("RGB", (SIZE, SIZE), "#ece7de")
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((150, 70, 390, 330), fill="#161618")
    for groove in range(12, 90, 11):
        pen.ellipse((150 + groove, 70 + groove, 390 - groove, 330 - groove), outline="#2b2b2f")
    pen.ellipse((240, 168, 300, 232), fill=ink if ink != "#1d1d1f" else paper)
    pen.rectangle((30, 60, 290, 340), fill=paper)
    for line in range(4):
        top = 110 + line * 52 + (bits >> (12 + line)) % 18
        pen.rectangle((60, top, 90 + (bits >> (20 + 8 * line)) % 170, top + 16), fill=ink)
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=82)
    return out.getvalue()


def here(response: Response, origin: str) -> Response:
    """The answer with pictures where this simulator has them."""
    if isinstance(response.body, bytes):
        response.body = response.body.replace(HOST, f"{origin}/images/g/".encode())
    return response


def there(request: Request) -> Request:
    """The request with pictures where eBay has them, as if it had never been told otherwise."""
    request.body = request.body.replace(f"{request.origin}/images/g/".encode(), HOST)
    return request
