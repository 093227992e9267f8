"""Covers: drawn from what the record is, the same every time."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call, message, said
from instica.marketplaces.discogs.simulator.catalogue import Release, mix
from instica.marketplaces.discogs.simulator.site import Site

ROUTES = Routes()
SIZES = (600, 150)
A_MINUTE = 35
PAPERS = ("#e9e1d2", "#1d2b3a", "#c8452f", "#2f5d50", "#e4b343", "#3d3553", "#d9d3c7", "#12343b", "#7c2f3e", "#f2efe9")
INKS = ("#f6f1e7", "#d8573a", "#e6b84c", "#2a6f7a", "#1b1b1b", "#9fb8a3", "#b9443a", "#f0d9b0")


def _signature(name: str) -> str:
    return hashlib.sha256(f"cover {name}".encode()).hexdigest()[:16]


def _url(call: Call, release: Release, number: int, size: int) -> str:
    name = f"R-{release.id}-{number}-{size}.jpeg"
    return f"{call.origin}/images/{_signature(name)}/{name}"


def images(call: Call, release: Release) -> list[dict[str, Any]]:
    """The catalogue's images of a release: the front, and the label."""
    return [
        {
            "type": "primary" if number == 1 else "secondary",
            "uri": _url(call, release, number, 600),
            "resource_url": _url(call, release, number, 600),
            "uri150": _url(call, release, number, 150),
            "width": 600,
            "height": 600,
        }
        for number in (1, 2)
    ]


def thumb(call: Call, release: Release) -> str:
    """The small front."""
    return _url(call, release, 1, 150)


@ROUTES("GET", "/images/{signature}/{name}")
def image(site: Site, call: Call, signature: str, name: str) -> Response:
    """One image. A changed name or size is refused, and the edge has a limit of its own."""
    if signature != _signature(name):
        return Response(403, b"Forbidden", [("Content-Type", "text/plain")])
    if site.limits and not site.pictures.take(call.request.address, site.clock.now(), A_MINUTE):
        return said(429, words.TOO_FAST)
    _, release_id, number, rest = name.split("-")
    release = site.catalogue.get(int(release_id))
    if release is None:
        raise message(404, words.NOT_FOUND)
    drawn = draw(release, int(number), int(rest.partition(".")[0]))
    return Response(200, drawn, [("Content-Type", "image/jpeg"), ("Cache-Control", "public, max-age=86400")])


@lru_cache(maxsize=512)
def draw(release: Release, number: int, size: int) -> bytes:
    """The cover, or the label of the record, as a JPEG."""
    bits = mix(*release.artist.encode(), 0, *release.title.encode())
    canvas = Image.new("RGB", (600, 600), PAPERS[bits % len(PAPERS)])
    pen = ImageDraw.Draw(canvas)
    ink = _other(PAPERS[bits % len(PAPERS)], bits >> 8)
    if number == 1:
        (_circles, _stripes, _blocks, _arcs)[bits >> 37 & 3](pen, bits, ink)
        _words(pen, release, PAPERS[bits % len(PAPERS)])
    else:
        _label(pen, release, ink)
    out = io.BytesIO()
    canvas.resize((size, size), Image.Resampling.LANCZOS).save(out, "JPEG", quality=82)
    return out.getvalue()


def _other(paper: str, bits: int) -> str:
    choices = [ink for ink in INKS if abs(_light(ink) - _light(paper)) > 60]
    return choices[bits % len(choices)]


def _light(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def _circles(pen: ImageDraw.ImageDraw, bits: int, ink: str) -> None:
    x, y = 180 + bits % 240, 250 + (bits >> 9) % 150
    for ring in range(9, 0, -1):
        radius = ring * (18 + (bits >> 16) % 8)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink, width=3 + ring % 3 * 4)


def _stripes(pen: ImageDraw.ImageDraw, bits: int, ink: str) -> None:
    slope = (bits >> 10) % 260
    for line in range(12):
        x = 40 + line * 46
        pen.line((x, 160, x + slope - 130, 600), fill=ink, width=6 + (bits >> line) % 18)


def _blocks(pen: ImageDraw.ImageDraw, bits: int, ink: str) -> None:
    for place in range(16):
        if bits >> place & 1:
            x, y = 60 + place % 4 * 122, 160 + place // 4 * 104
            pen.rectangle((x, y, x + 108, y + 90), fill=ink if place % 3 else INKS[(bits >> 20) % len(INKS)])


def _arcs(pen: ImageDraw.ImageDraw, bits: int, ink: str) -> None:
    for ring in range(11):
        radius = 60 + ring * 38
        pen.arc(
            (300 - radius, 600 - radius, 300 + radius, 600 + radius), 180, 360, fill=ink, width=10 + (bits >> ring) % 14
        )


def _words(pen: ImageDraw.ImageDraw, release: Release, paper: str) -> None:
    colour = "#161616" if _light(paper) > 128 else "#f7f3ea"
    pen.rectangle((0, 0, 600, 140), fill=paper)
    pen.text((36, 26), _cut(release.artist, 30), fill=colour, font=_font(30))
    pen.text((36, 70), _cut(release.title or "—", 34), fill=colour, font=_font(26))
    pen.text((36, 108), _cut(f"{release.label}  {release.catno}", 60), fill=colour, font=_font(15))


def _label(pen: ImageDraw.ImageDraw, release: Release, ink: str) -> None:
    pen.ellipse((20, 20, 580, 580), fill="#141414")
    for groove in range(30, 190, 9):
        pen.ellipse((groove, groove, 600 - groove, 600 - groove), outline="#2a2a2a")
    pen.ellipse((190, 190, 410, 410), fill=ink)
    pen.ellipse((291, 291, 309, 309), fill="#f4f1ea")
    colour = "#161616" if _light(ink) > 128 else "#f7f3ea"
    for text, y in ((release.label, 222), (release.title, 250), (release.artist, 334), (release.catno, 362)):
        pen.text((300, y), _cut(text, 24), fill=colour, font=_font(14), anchor="ma")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    return ImageFont.load_default(size)
