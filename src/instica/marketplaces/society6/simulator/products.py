"""What every Shopify shop answers: collections and products, as pages and as JSON."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from instica.kit.simulation import Request, Response, Routes, json_response
from instica.kit.simulation.studio import Design, Studio
from instica.marketplaces.society6.simulator.frame import framed, grid
from instica.marketplaces.society6.simulator.shapes import FORMATS, HOUSE, everything, handle, picture, product

ROUTES = Routes()
COLLECTIONS = {"all": "", "art-prints": "art-print", "canvas-prints": "canvas-print"}
A_PAGE, MOST = 30, 250


def rows_of(studio: Studio, collection: str) -> list[tuple[Design, str]]:
    """The products of a collection. Raises ``LookupError`` for one that is not there."""
    wanted = COLLECTIONS[collection]
    return [row for row in everything(studio) if not wanted or row[1] == wanted]


def number(text: str, default: int) -> int:
    """A whole number from 1."""
    return int(text) if text.isascii() and text.isdecimal() and int(text) else default


@ROUTES("GET HEAD", "/")
def home(studio: Studio, request: Request) -> Response:
    """The front page."""
    return framed(studio, "Art for your walls", "<h1>Society6</h1>")


@ROUTES("GET HEAD", "/collections.json")
def collections(studio: Studio, request: Request) -> Response:
    """All of them, on one page."""
    first = number(request.get("page"), 1) == 1
    found = [{"id": place, "title": name.title(), "handle": name} for place, name in enumerate(COLLECTIONS)]
    return json_response(200, {"collections": found if first else []})


@ROUTES("GET HEAD", "/collections/{collection}/products.json")
@ROUTES("GET HEAD", "/a/collections/{collection}/products.json")
def products(studio: Studio, request: Request, collection: str) -> Response:
    """A page of a collection; the first beyond the last is empty."""
    rows, size = rows_of(studio, collection), min(number(request.get("limit"), A_PAGE), MOST)
    start = (number(request.get("page"), 1) - 1) * size
    found = [product(*row) for row in rows[start : start + size]]
    if studio.changed:
        return json_response(200, {"data": {"nodes": [{"node": each} for each in found]}})
    house = {**product(*rows[0]), "id": 1, "handle": "gift-card", "title": "Gift Card", "vendor": HOUSE} if rows else {}
    beside = [house] if house and start == 0 and studio.switches["look_alikes"] else []
    return json_response(200, {"products": [*beside, *found]})


@ROUTES("GET HEAD", "/collections/{collection}")
@ROUTES("GET HEAD", "/a/collections/{collection}")
def collection(studio: Studio, request: Request, collection: str) -> Response:
    """The same for people."""
    rows = rows_of(studio, collection)
    return grid(studio, request, collection.title(), rows)


def known(studio: Studio, name: str) -> tuple[Design, str]:
    """The product of that handle. Raises ``LookupError``."""
    design, _, form = name.rpartition("_")
    if form not in FORMATS or studio.switches["closed"]:
        raise LookupError(name)
    return studio.designs[design], form


@ROUTES("GET HEAD", "/products/{name}.json")
def as_json(studio: Studio, request: Request, name: str) -> Response:
    """One product as JSON."""
    return json_response(200, {"product": product(*known(studio, name))})


@ROUTES("GET HEAD", "/products/{name}.js")
def as_script(studio: Studio, request: Request, name: str) -> Response:
    """One product as scripts of the shop read it."""
    found = product(*known(studio, name))
    pictures = [each["src"].removeprefix("https:") for each in found["images"]]
    variants = [{**each, "price": round(float(each["price"]) * 100)} for each in found["variants"]]
    return json_response(200, {**found, "images": pictures, "variants": variants, "url": f"/products/{name}"})


@ROUTES("GET HEAD", "/products/{name}")
@ROUTES("GET HEAD", "/a/products/{name}")
def page(studio: Studio, request: Request, name: str) -> Response:
    """One product for people."""
    design, form = known(studio, name)
    found = product(design, form)
    data: dict[str, Any] = {
        "@context": "http://schema.org/",
        "@type": "Product",
        "name": found["title"],
        "brand": {"@type": "Brand", "name": design.artist},
        "description": design.description,
        "image": picture(design, form),
        "url": f"https://society6.com/products/{name}",
        "offers": [
            {"@type": "Offer", "price": each["price"], "priceCurrency": "USD", "name": each["title"]}
            for each in found["variants"]
        ],
    }
    script = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    head = "" if studio.changed else f'<script type="application/ld+json">{script}</script>'
    others = ""
    if studio.switches["look_alikes"]:
        links = "".join(
            f'<a href="/products/{handle(each, form)}">{escape(each.title)}</a>' for each in studio.others(4)
        )
        others = f'<section class="recommendations"><h2>More like this</h2>{links}</section>'
    main = f"""<h1>{escape(found["title"])}</h1>
<div class="artist-link"><a href="/a/artists/{design.artist}">{design.artist}</a>
</div><img src="{escape(picture(design, form))}" alt=""><span class="product-item__product-price-label">
${found["variants"][0]["price"]}</span><p>{escape(design.description)}</p>{others}"""
    return framed(studio, found["title"], main, head=head)


@ROUTES("GET HEAD", "/s/files/{a}/{b}/{c}/files/{name}")
def image(studio: Studio, request: Request, a: str, b: str, c: str, name: str) -> Response:
    """A picture."""
    return studio.picture(name, 500)
