"""The frame around every page of the simulated Society6, and its grid of products."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from instica.kit.simulation.http import Request, Response
from instica.kit.simulation.studio import Design, Studio, html
from instica.marketplaces.society6.simulator.shapes import FORMATS, handle, picture

A_PAGE = 30


def card(studio: Studio, design: Design, form: str) -> str:
    """A product in a grid."""
    name = "card__product" if studio.changed else "product-item__product"
    kind, sizes = FORMATS[form]
    title, address = escape(f"{design.title} {kind}"), f"/products/{handle(design, form)}"
    return f"""<div class="{name}-gallery"><a href="{address}" aria-label="{title}">
<img src="{escape(picture(design, form))}" alt=""></a></div><div class="artist-link">
<a href="/a/artists/{design.artist}">{design.artist}</a></div>
<span class="{name}-price-label">From ${sizes[0][1]}</span>"""


def grid(studio: Studio, request: Request, title: str, rows: Sequence[tuple[Design, str]]) -> Response:
    """A page of products."""
    text = request.get("page")
    number = int(text) if text.isascii() and text.isdecimal() and int(text) else 1
    shown, pages = rows[(number - 1) * A_PAGE : number * A_PAGE], max(1, -(-len(rows) // A_PAGE))
    name = "results" if studio.changed else "algolia-products-grid"
    items = "".join(f'<li class="{name}__product-item">{card(studio, *row)}</li>' for row in shown)
    beside = ""
    if studio.switches["look_alikes"]:
        others = "".join(f"<li>{card(studio, design, 'art-print')}</li>" for design in studio.others(4))
        beside = f'<section class="recommendations"><h2>You may also like</h2><ul>{others}</ul></section>'
    following = f'<a rel="next" href="{request.path}?page={number + 1}">Next</a>' if number < pages else ""
    main = f'<h1>{escape(title)}</h1><ol class="{name}__grid">{items}</ol><nav>{following}</nav>{beside}'
    return framed(studio, title, main)


def framed(studio: Studio, title: str, main: str, *, head: str = "", status: int = 200) -> Response:
    """A page with header and footer. The shop and the studio sign people in apart."""
    who = f'<a href="/account" data-artist="{escape(studio.who)}">{escape(studio.who)}</a>' if studio.who else ""
    door = who or '<a href="/account/login">Sign In</a>'
    body = f"""<header><a href="/">Society6</a> <nav>{door}
<a href="https://studio.society6.com/">Artist Studio</a></nav>
</header><main>{main}</main><footer><small>Simulated: nothing here is real</small></footer>"""
    return html(f"{title} | Society6", body, head, status)
