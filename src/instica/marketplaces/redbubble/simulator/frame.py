"""The frame around every page of the simulated Redbubble, and where its pictures lie."""

from __future__ import annotations

from html import escape

from instica.kit.simulation.http import Response
from instica.kit.simulation.studio import Design, Studio, html, mix, slug

PRODUCTS = (("t-shirt", "FB110", "classic_tee"), ("sticker", "EJUG5", "sticker"), ("poster", "LVTDI", "poster"))


def product_path(work: Design, kind: str, code: str) -> str:
    """The path of a product page."""
    return f"/i/{kind}/{slug(work.title)}-by-{work.artist}/{work.id}.{code}"


def picture(work: Design, render: str) -> str:
    """Where a picture lies: the second number of its name is the end of its work's id."""
    upload = 5_000_000_000 + mix(work.index) % 900_000_000
    return f"https://ih{work.index % 4}.redbubble.net/image.{upload}.{work.id[-4:]}/{render}.jpg"


def preview(work: Design) -> str:
    """The work on a product."""
    colours = f"{work.index % 100:02d}2a2d"
    return picture(work, f"ssrco,classic_tee,mens,{colours}:01c5ca27c6,front,square_product,600x600")


def navigation(studio: Studio) -> str:
    """The header: who is signed in, or a way to sign in."""
    if not studio.who:
        return '<a href="/auth/login">Log In</a> <a href="/signup">Sign Up</a>'
    links = {
        f"/people/{studio.who}/shop": studio.who,
        "/portfolio/manage_works": "Manage Portfolio",
        "/portfolio/images/new": "Add New Work",
        "/studio/dashboard": "Dashboard",
        "/account/payment_history": "Payment History",
    }
    return " ".join(f'<a href="{path}?ref=account-nav-dropdown">{escape(name)}</a>' for path, name in links.items())


def framed(studio: Studio, title: str, main: str, *, head: str = "", after: str = "", status: int = 200) -> Response:
    """A page with header and footer; class names carry the build's suffix."""
    build = "1kexh" if studio.changed else "RyVET"
    menu = f'<nav class="AccountMenu__menu--{build}">{navigation(studio)}</nav>'
    body = f"""<div id="__next"><div class="App__dsWrapper--{build}"><header role="banner">
<a href="/" aria-label="Redbubble">Redbubble</a> {menu}</header>
<main>{main}</main><footer><small>Simulated: nothing here is real</small></footer></div></div>{after}"""
    return html(f"{title} | Redbubble", body, head, status)
