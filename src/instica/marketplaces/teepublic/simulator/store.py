"""Pages that everybody sees: a store's tiles, and a design with its tags."""

from __future__ import annotations

import json
from html import escape

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.studio import OWNER, Design, Studio, paged
from instica.marketplaces.teepublic.simulator.frame import framed, path, picture, tile

ROUTES = Routes()
A_PAGE = 40
PRODUCTS = ("t-shirt", "hoodie", "sticker", "mug", "tote", "poster-and-art")
TRENDING = ("funny", "trending now", "gifts for dad")


@ROUTES("GET HEAD", "/")
def home(studio: Studio, request: Request) -> Response:
    """The front page."""
    return framed(studio, "T-shirts by independent artists", "<h1>Shop independent artists</h1>")


@ROUTES("GET HEAD", "/user/{artist}")
@ROUTES("GET HEAD", "/stores/{artist}")
@ROUTES("GET HEAD", "/user/{artist}/feed")
def store(studio: Studio, request: Request, artist: str) -> Response:
    """A page of tiles; one beyond the last has none."""
    designs = studio.shown if artist == OWNER else studio.others(30)
    number, rows, pages = paged(designs, request.get("page"), A_PAGE)
    tiles = "".join(tile(studio, design, own=True) for design in rows)
    beside = ""
    if studio.switches["look_alikes"]:
        featured = "".join(tile(studio, design, own=False) for design in studio.others(6))
        beside = f'<section class="m-featured"><h2>Featured artists</h2>{featured}</section>'
    numbers = "".join(f'<span class="page">{place}</span>' for place in range(1, pages + 1))
    head = f'<link rel="next" href="{request.path}?page={number + 1}">' if number < pages else ""
    main = f"""<h1>{escape(artist)}</h1><div class="m-tiles">{tiles}</div>
<nav class="pagination">{numbers}</nav>{beside}"""
    return framed(studio, f"{artist}'s Artist Shop", main, head=head)


@ROUTES("GET HEAD", "/{product}/{design}")
def design(studio: Studio, request: Request, product: str, design: str) -> Response:
    """A design on a product."""
    number, _, words = design.partition("-")
    known = studio.designs[number]
    if product not in PRODUCTS or not words:
        raise LookupError(design)
    kind = product.replace("-", " ").title().replace("T Shirt", "T-Shirt")
    data = {
        "@context": "https://schema.org/",
        "@type": "Product",
        "name": f"{known.title} {kind}",
        "description": known.description,
        "category": kind,
        "image": {"@type": "ImageObject", "url": picture(known, 630)},
        "url": f"https://www.teepublic.com{path(known, product)}",
    }
    script = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    about = {"og:title": f"{known.title} {kind}", "og:image": picture(known, 630)}
    head = "".join(f'<meta property="{name}" content="{escape(text)}">' for name, text in about.items())
    head += f'<meta name="description" content="{escape(known.description)}">'
    if not studio.changed:
        head += f'<script type="application/ld+json">{script}</script>'
    main = f"""<div class="m-design__title"><h1>{escape(known.title)}</h1></div>
<a class="m-design__by-name" href="/user/{known.artist}">{known.artist}</a>
<img src="{escape(picture(known, 630))}" alt="">
<span data-testid="regular-price">$23.00</span>{_tags(studio, known)}"""
    return framed(studio, f"{known.title} {kind}", main, head=head)


def _tags(studio: Studio, known: Design) -> str:
    """The artist's own tags, and others that only look like them."""
    own = _block("related_tags_artists_applied_tags", known.tags)
    return own + (_block("related_tags_trending_tags", TRENDING) if studio.switches["look_alikes"] else "")


def _block(location: str, tags: tuple[str, ...]) -> str:
    links = "".join(
        f'<a href="/t-shirts/{escape(tag)}"><span class="link__content">{escape(tag)}</span></a>' for tag in tags
    )
    return f"""<div class="m-design__additional-info" data-rudderstack--link-clicked-location-value="{location}">
<nav class="m-design__additional-info-list">{links}</nav></div>"""


@ROUTES("GET HEAD", "/derived/production/designs/{name}/{made}/{render}")
def image(studio: Studio, request: Request, name: str, made: str, render: str) -> Response:
    """A picture."""
    return studio.picture(name, 630 if "s_630" in render else 313)
