"""The frame around every page of the simulated TeePublic, its tiles, and where its pictures lie."""

from __future__ import annotations

from html import escape

from instica.kit.simulation.http import Response
from instica.kit.simulation.studio import Design, Studio, html, slug


def path(design: Design, product: str = "t-shirt") -> str:
    """The path of a design page."""
    return f"/{product}/{design.id}-{slug(design.title)}"


def picture(design: Design, size: int = 313) -> str:
    """The tile's picture."""
    made = int(design.created.timestamp())
    return (
        f"https://images.teepublic.com/derived/production/designs/{design.id}_0/{made}/i_p:c_191919,s_{size},q_90.jpg"
    )


def tile(studio: Studio, design: Design, *, own: bool) -> str:
    """A design in a grid; the shop's own carry the hook that scripts use."""
    name = "tp-product-card" if studio.changed else "tp-design-tile"
    hook = " jsDesignContainer" if own and not studio.changed else ""
    address = f"{path(design)}?store_id=183206" if own else path(design)
    first, rest = design.tags[0], ", ".join(design.tags[1:])
    return f"""<div class="{name}{hook}" data-design-id="{design.id}" data-url="{escape(address)}"
 data-gtm-design-title="{escape(design.title)}" data-gtm-primary-tag="{escape(first)}">
<a class="tp-design-image__preview_link" href="{escape(address)}">
<img class="{name}__image" src="{escape(picture(design))}" data-image-url="{escape(picture(design))}" alt=""></a>
<a class="{name}__title_link" href="{escape(address)}">{escape(design.title)} T-Shirt</a>
<span class="{name}__seo-secondary-tags" hidden>{escape(rest)}</span></div>"""


def navigation(studio: Studio) -> str:
    """The header: who is signed in, or a way to sign in."""
    if not studio.who:
        return '<a href="/users/sign_in">Log In</a> <a href="/users/sign_up">Sign Up</a>'
    links = {f"/user/{studio.who}": studio.who, "/user/account": "Account Settings", "/design/quick_create": "Upload"}
    return " ".join(f'<a href="{address}">{escape(name)}</a>' for address, name in links.items())


def framed(studio: Studio, title: str, main: str, *, head: str = "", status: int = 200) -> Response:
    """A page with header and footer."""
    body = f"""<header class="m-header"><a href="/">TeePublic</a>
<nav class="m-header__account">{navigation(studio)}</nav>
</header><main>{main}</main><footer><small>Simulated: nothing here is real</small></footer>"""
    return html(f"{title} | TeePublic", body, head, status)
