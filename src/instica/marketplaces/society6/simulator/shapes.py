"""Designs as the products of a Shopify shop: one for each format, with a variant for each size."""

from __future__ import annotations

from typing import Any

from instica.core import clock
from instica.kit.simulation.studio import Design, Studio, mix, slug

FORMATS = {
    "art-print": ("Art Print", (('X-Small 8" x 10"', "22.99"), ('Small 13" x 16"', "28.99"))),
    "canvas-print": ("Canvas Print", (('X-Small 8" x 10"', "69.99"), ('Small 16" x 20"', "99.99"))),
    "framed-art-print": ("Framed Art Print", (('Vector Black / X-Small 10" x 12"', "54.99"),)),
    "mini-art-print": ("Mini Art Print", (('3" x 4"', "9.99"),)),
}
HOUSE = "society6"


def handle(design: Design, form: str) -> str:
    """How a product is called in addresses."""
    return f"{design.id}_{form}"


def picture(design: Design, form: str) -> str:
    """A picture on the shop's own host for files."""
    name = f"{design.artist}-{slug(design.title)}-{form}-whitebg-8x10.jpg"
    return f"https://cdn.shopify.com/s/files/1/0822/7715/files/{name}?v={1_700_000_000 + design.index}"


def product(design: Design, form: str) -> dict[str, Any]:
    """A product as ``products.json`` shows it."""
    kind, sizes = FORMATS[form]
    number = 8_000_000_000_000 + mix(*handle(design, form).encode()) % 900_000_000_000
    made = clock.iso(design.created)
    return {
        "id": number,
        "title": f"{design.title} {kind}",
        "handle": handle(design, form),
        "body_html": f"<p>{kind} by {design.artist}.</p>",
        "published_at": made,
        "created_at": made,
        "updated_at": made,
        "vendor": design.artist,
        "product_type": kind,
        "tags": list(design.tags),
        "variants": [
            {
                "id": number * 10 + place,
                "title": size,
                "price": price,
                "available": True,
                "sku": f"s6-{number % 10**7}p{place}",
            }
            for place, (size, price) in enumerate(sizes)
        ],
        "images": [{"id": number + 7, "src": picture(design, form), "width": 1000, "height": 1250, "position": 1}],
        "options": [{"name": "Size", "position": 1, "values": [size for size, _ in sizes]}],
    }


def everything(studio: Studio) -> list[tuple[Design, str]]:
    """Every product of the whole shop: the artist's, other artists', and the house's own."""
    own = [] if studio.switches["closed"] else studio.shown
    rows = [(design, form) for design in own for form in FORMATS]
    if not studio.switches["look_alikes"]:
        return rows
    strangers = [
        (design, form) for design in studio.others(max(4, len(own) // 4)) for form in ("art-print", "canvas-print")
    ]
    mixed: list[tuple[Design, str]] = []
    for place, row in enumerate(rows):
        mixed.append(row)
        if place % 8 == 7 and strangers:
            mixed.append(strangers.pop(0))
    return mixed + strangers
