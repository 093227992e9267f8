"""What a simulated site of designs is made of: an artist, their designs, and the states its pages can be in."""

from __future__ import annotations

import datetime as dt
import io
import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from html import escape
from typing import Any, ClassVar

from PIL import Image, ImageDraw

from instica.kit.simulation.control import Rows
from instica.kit.simulation.http import Refusal, Request, Response, json_response
from instica.kit.simulation.shell import Simulation
from instica.kit.simulation.switches import Switch

OWNER, STRANGER = "gsprints", "nightowlstudio"
LOCALE = re.compile(r"/(?:en|fr|de|es|it|nl|pt|ja)(?=/|\Z)")
FIRST_DAY = dt.datetime(2021, 3, 1, 9, 0, tzinfo=dt.UTC)
MOODS = (
    "Quiet Amber Crooked Midnight Paper Velvet Lonely Electric Tiny Wandering Salted Hollow Golden Frosted Restless"
    " Faded Curious Sleepy Copper Tangled Distant Neon Wild Gentle Rusty Secret Floating Stormy Lucky Broken Silver"
    " Drifting Mellow Feral Crimson Humble Patient Burning Lazy Sunken"
).split()
THINGS = (
    "Moth Lighthouse Cactus Fox Teapot Comet Harbour Fern Bicycle Whale Mushroom Radio Heron Canyon Kettle Owl Meadow"
    " Anchor Beetle Orchard Train Glacier Poppy Raccoon Violin Island Lantern Otter Cassette Mountain Jellyfish Camera"
    " Badger Willow Compass Tiger Typewriter Dune Sparrow Telescope"
).split()
WORDS = (
    "retro minimal line-art nature vintage cute night botanical travel typography abstract animal sea camping".split()
)
SWITCHES = (
    Switch("signed_in", True, "whether a seller is signed in in that browser"),
    Switch("signed_in_as", OWNER, "who that is; the shop belongs to gsprints"),
    Switch("challenge", False, "whether every page asks for a human first"),
    Switch("layout", "today", "`changed` moves and renames what a reader looks for", ("today", "changed")),
    Switch("look_alikes", True, "whether pages also show designs and tags of others"),
)
CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="refresh" content="390"><meta name="robots" content="noindex,nofollow"></head>
<body><div class="main-wrapper" role="main"><div class="main-content"><h1 class="zone-name-title h1">{host}</h1>
<p class="h2" id="challenge-running">Verify you are human by completing the action below.</p>
<div id="challenge-stage"></div><form id="challenge-form" action="/cdn-cgi/challenge-platform" method="POST"></form>
</div></div></body></html>"""


@dataclass(frozen=True, slots=True)
class Design:
    """One design: ``id`` as the site writes it, ``index`` its place in the shop, the oldest first."""

    id: str
    index: int
    title: str
    description: str
    tags: tuple[str, ...]
    created: dt.datetime
    status: str = "live"
    artist: str = OWNER


class Studio(Simulation):
    """A site where artists show designs. A marketplace gives its ids and its pages."""

    known_switches: Sequence[Switch] = SWITCHES
    host: ClassVar[str] = ""

    def __init__(self, origin: str = "", seed: int = 1, listings: int = 150, *, limits: bool = False) -> None:
        super().__init__(origin)
        self.reset(seed=seed, listings=listings, limits=limits)

    @abstractmethod
    def number(self, index: int) -> str:
        """The site's id of the design at that place."""

    @abstractmethod
    def found(self, request: Request, path: str) -> Response:
        """The page at a path without its locale. May raise ``LookupError``: there is none."""

    @abstractmethod
    def missing(self, request: Request) -> Response:
        """The site's page for what is not there."""

    def answer(self, request: Request) -> Response:
        """A page of the site, unless it asks for a human first; every locale shows the same."""
        if self.switches["challenge"]:
            return self.page(request, 403)
        try:
            return self.found(request, LOCALE.sub("", request.path, count=1) or "/")
        except LookupError:
            return self.missing(request)

    def page(self, request: Request, status: int) -> Response:
        """The edge's question, which is no page of the shop."""
        headers = [
            ("Content-Type", "text/html; charset=UTF-8"),
            ("Server", "cloudflare"),
            ("cf-mitigated", "challenge"),
        ]
        return Response(status, CHALLENGE.format(host=self.host).encode(), headers)

    def failing(self, request: Request, status: int) -> Response:
        """A bare failure."""
        text = f"<!DOCTYPE html><html><head><title>{status}</title></head><body><h1>Error {status}</h1></body></html>"
        return Response(status, text.encode(), [("Content-Type", "text/html; charset=utf-8")])

    def revoke(self, request: Request) -> None:
        """The seller is signed out."""
        self.switches.set({"signed_in": False})

    def reset(self, seed: int = 1, listings: int = 150, limits: bool = False) -> Mapping[str, Any]:
        """A fresh shop, the same for the same seed."""
        self.start_over()
        self.seed = int(seed)
        self.designs = {made.id: made for made in (self._seeded(index) for index in range(int(listings)))}
        self.uploads: dict[str, bytes] = {}
        return {"account": OWNER, "listings": len(self.designs)}

    def _seeded(self, index: int) -> Design:
        bits = mix(self.seed, index)
        return Design(
            id=self.number(index),
            index=index,
            title=title_of(index, bits),
            description=f"Drawn by hand in ink & pencil, number {index + 1}.\n\nLooks good on nearly everything.",
            tags=tuple(dict.fromkeys(tags_of(index, bits))),
            created=FIRST_DAY + dt.timedelta(hours=7 * index),
        )

    def others(self, count: int, start: int = 0) -> list[Design]:
        """Designs of somebody else, which stand beside the shop's own."""
        return [
            replace(self._seeded(900_000 + start + place), artist=STRANGER, title=f"Other {THINGS[place % 40]}")
            for place in range(count)
        ]

    @property
    def shown(self) -> list[Design]:
        """The shop as visitors see it, newest first."""
        live = [design for design in self.designs.values() if design.status == "live"]
        return sorted(live, key=lambda design: (design.created, design.index), reverse=True)

    @property
    def who(self) -> str:
        """Who is signed in in that browser; empty for nobody."""
        return str(self.switches["signed_in_as"]) if self.switches["signed_in"] else ""

    @property
    def changed(self) -> bool:
        """Whether the pages look other than readers know them."""
        return bool(self.switches["layout"] == "changed")

    def add(self, title: str, description: str, tags: Sequence[str], picture: bytes = b"") -> Design:
        """What an upload makes."""
        index = 500_000 + len(self.uploads)
        made = Design(self.number(index), index, title, description, tuple(tags), self.clock.now())
        self.designs[made.id] = made
        self.uploads[made.id] = picture
        return made

    def listings(self) -> Rows:
        """Every design."""
        for design in self.designs.values():
            row = {"listing_id": design.id, "title": design.title, "price": None, "currency": "", "quantity": None}
            more = {"tags": list(design.tags), "description": design.description}
            yield {**row, "status": design.status, "sku": "", **more}

    def orders(self) -> Rows:
        """Sellers are not told who bought what."""
        return []

    def buy(self, listing_id: Any, quantity: int = 1, **more: Any) -> Mapping[str, Any]:
        """Never: what is sold there is printed there, and no order of it can be read."""
        raise Refusal(json_response(409, {"detail": "Orders of this site cannot be seen by its sellers"}))

    def cancel(self, order_id: str, reason: str = "", **more: Any) -> Mapping[str, Any]:
        """Never, as there are none."""
        raise Refusal(json_response(409, {"detail": "There are no orders here"}))

    def edit(self, listing_id: Any, **changes: Any) -> Mapping[str, Any]:
        """The seller edits a design: title, description, tags, status."""
        known = self._design(listing_id)
        if unknown := sorted(changes.keys() - {"title", "description", "tags", "status"}):
            raise ValueError(f"unknown field {', '.join(unknown)}")
        tags = tuple(changes.pop("tags", known.tags))
        self.designs[known.id] = replace(known, **changes, tags=tags)
        return {"listing_id": known.id}

    def end(self, listing_id: Any) -> Mapping[str, Any]:
        """The seller deletes a design."""
        return {"listing_id": self.designs.pop(self._design(listing_id).id).id}

    def _design(self, listing_id: Any) -> Design:
        if str(listing_id) not in self.designs:
            raise Refusal(json_response(404, {"detail": "There is no such design"}))
        return self.designs[str(listing_id)]

    def picture(self, name: str, size: int) -> Response:
        """A picture by its name, the same every time."""
        headers = [("Content-Type", "image/jpeg"), ("Cache-Control", "public, max-age=86400")]
        return Response(200, drawn(mix(*name.encode()), size), headers)


def mix(*numbers: int) -> int:
    """64 bits that look random and are the same for the same numbers."""
    text = ",".join(map(str, numbers)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def title_of(index: int, bits: int) -> str:
    """A title of its own for 1 600 designs, then with a number; a few that readers stumble over."""
    again, place = divmod(index, len(MOODS) * len(THINGS))
    mood, thing = MOODS[place % len(MOODS)], THINGS[(place // len(MOODS) + place) % len(THINGS)]
    odd = (f'{mood} & "{thing}" <3', f"{mood} {thing} – été édition", f"{mood} {thing}'s Café")
    title = odd[bits % 3] if index % 17 == 5 else f"{mood} {thing}"
    return f"{title} No. {again + 1}" if again else title


def tags_of(index: int, bits: int) -> list[str]:
    """Five words about it."""
    thing = THINGS[(index // len(MOODS) + index) % len(THINGS)].lower()
    return [thing, *(WORDS[(bits >> shift) % len(WORDS)] for shift in (0, 8, 16)), f"{thing} lover"]


def slug(title: str) -> str:
    """A title as addresses write it."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "design"


def html(title: str, body: str, head: str = "", status: int = 200) -> Response:
    """A page."""
    text = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><link rel="icon" href="data:,">{head}</head>
<body>{body}</body></html>"""
    return Response(status, text.encode(), [("Content-Type", "text/html; charset=utf-8")])


def moved(address: str) -> Response:
    """Go there."""
    return Response(302, b"", [("Location", address)])


def paged(rows: Sequence[Design], text: str, size: int) -> tuple[int, Sequence[Design], int]:
    """The page asked for, its rows, and how many pages there are."""
    number = int(text) if text.isascii() and text.isdecimal() and int(text) else 1
    return number, rows[(number - 1) * size : number * size], max(1, -(-len(rows) // size))


@lru_cache(maxsize=256)
def drawn(bits: int, size: int) -> bytes:
    """A drawing of three shapes, as a JPEG."""
    ink = [tuple(bits >> shift & 0xFF for shift in (start, start + 8, start + 16)) for start in (0, 12, 24, 36)]
    canvas = Image.new("RGB", (size, size), ink[0])
    pen = ImageDraw.Draw(canvas)
    for place in range(1, 4):
        edge = size * (bits >> 5 * place & 7) // 20
        pen.ellipse((edge, edge * place // 2, size - edge, size - edge // 2), fill=ink[place])
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=80)
    return file.getvalue()
