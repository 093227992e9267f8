"""Pages that everybody sees: an artist's shop as Next.js sends it, a work with all its products, one product."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from instica.kit.simulation import Request, Response, Routes
from instica.kit.simulation.studio import OWNER, Design, Studio, moved, paged
from instica.marketplaces.redbubble.simulator.frame import PRODUCTS, framed, picture, preview, product_path

ROUTES = Routes()
A_PAGE = 24
COLLECTIONS = (("1190321", "Night things", "What comes out after dark"), ("1190322", "Water", ""))


@ROUTES("GET HEAD", "/")
def home(studio: Studio, request: Request) -> Response:
    """The front page."""
    return framed(studio, "Awesome products designed by independent artists", "<h1>Find your thing</h1>")


@ROUTES("GET HEAD", "/people/{artist}")
def person(studio: Studio, request: Request, artist: str) -> Response:
    """An artist is their shop."""
    return moved(f"{request.path.rstrip('/')}/shop")


@ROUTES("GET HEAD", "/people/{artist}/shop")
@ROUTES("GET HEAD", "/people/{artist}/explore")
def shop(studio: Studio, request: Request, artist: str) -> Response:
    """A page of the shop's grid."""
    works = studio.shown if artist == OWNER else studio.others(30)
    if collection := request.get("collections"):
        works = [work for work in works if COLLECTIONS[work.index % 2][0] == collection]
    number, rows, pages = paged(works, request.get("page"), A_PAGE)
    entries = [entry for place, work in enumerate(rows) for entry in _entries(studio, request, work, place)]
    data = _data(studio, artist, entries, pages, collection)
    links = "".join(_card(entry) for entry in entries)
    beside = _beside(studio) if studio.switches["look_alikes"] else ""
    script = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    after = f'<script id="__NEXT_DATA__" type="application/json">{script}</script>'
    main = f'<h1 class="styles__heading--2Ufmy">{escape(artist)}</h1><div id="SearchResultsGrid">{links}</div>{beside}'
    return framed(studio, f"{artist} Shop page {number}", main, after=after)


def _entries(studio: Studio, request: Request, work: Design, place: int) -> list[dict[str, Any]]:
    """A work in the grid; some stand there as a second product too."""
    twice = place % 8 == 3
    return [_entry(work, *each) for each in PRODUCTS[: 2 if twice else 1]]


def _entry(work: Design, kind: str, code: str, preview_type: str) -> dict[str, Any]:
    return {
        "inventoryItem": {
            "id": f"{work.id}.{code}",
            "productTypeId": kind,
            "productPageUrl": f"https://www.redbubble.com{product_path(work, kind, code)}",
            "previewSet": {
                "previews": [
                    {"previewTypeId": "product_close", "url": preview(work)},
                    {"previewTypeId": "alternate_product_close", "url": picture(work, "flat,750x,075,f-pad,750x1000")},
                ]
            },
            "work": {"id": work.id, "title": work.title, "tags": list(work.tags)},
        }
    }


def _data(studio: Studio, artist: str, entries: list[dict[str, Any]], pages: int, collection: str) -> dict[str, Any]:
    others = [_entry(work, *PRODUCTS[0]) for work in studio.others(6)] if studio.switches["look_alikes"] else []
    found: dict[str, Any] = {"results": entries, "pagination": {"totalPages": pages}}
    if studio.changed:
        found = {"searchState": {"items": entries, "paging": {"pages": pages}}}
    known = [
        {"id": number, "title": title, "description": text, "coverImageUrl": ""} for number, title, text in COLLECTIONS
    ]
    artist_info = {"userName": artist, "name": artist, "collections": known}
    chosen = next((each for each in known if each["id"] == collection), None)
    props = {**found, "artistInfo": artist_info, "filteredCollection": chosen, "recommendations": {"results": others}}
    return {"props": {"pageProps": props}, "page": "/people/[artist]/shop", "buildId": "b7Q2", "query": {}}


def _card(entry: dict[str, Any]) -> str:
    item = entry["inventoryItem"]
    title, address = escape(item["work"]["title"]), escape(item["productPageUrl"])
    image = escape(item["previewSet"]["previews"][0]["url"])
    return f'<a class="styles__link--3QJ5N" href="{address}"><img src="{image}" alt=""><span>{title}</span></a> '


def _beside(studio: Studio) -> str:
    cards = "".join(_card(_entry(work, *PRODUCTS[0])) for work in studio.others(6))
    return f'<section class="RelatedWorks__box--2Ufmy"><h2>You might also like</h2>{cards}</section>'


@ROUTES("GET HEAD", "/shop/ap/{work}")
def work(studio: Studio, request: Request, work: str) -> Response:
    """A work and everything it is printed on, with the older app's state."""
    known = studio.designs[work]
    gallery = "GalleryPicture__pic" if studio.changed else "GalleryImage__img"
    images = [f'<img class="{gallery}--12Vov" src="{escape(preview(known))}" alt="">']
    tags = "".join(f'<a href="/shop/{escape(tag)}">{escape(tag)}</a> ' for tag in known.tags)
    others = ""
    if studio.switches["look_alikes"]:
        images += [
            f'<img class="{gallery}--12Vov" src="{escape(preview(other))}" alt="">' for other in studio.others(4)
        ]
        trending = '<a href="/shop/trending">trending now</a> <a href="/shop/gifts">gift ideas</a>'
        others = f'<section class="Explore__box--2Ufmy"><h2>Explore similar designs</h2>{trending}</section>'
    main = f"""<h1>{escape(known.title)}</h1><p>Designed and sold by
<a href="/people/{known.artist}/shop">{known.artist}</a></p><p><span>$21.58</span></p>{"".join(images)}
<div id="work-tags">{tags}</div>{others}"""
    head = "".join(
        f'<meta name="{name}" content="{escape(text)}">'
        for name, text in (("description", known.description), ("og:title", known.title))
    )
    return framed(
        studio, known.title, main, head=head, after=f"<script>window.__APOLLO_STATE__={_state(known)};</script>"
    )


def _state(work: Design) -> str:
    state: dict[str, Any] = {}
    for kind, code, preview_type in PRODUCTS:
        key, previews = f"inventory_InventoryItemsItem:{work.id}.{code}", f"previewSet:{work.id}.{code}"
        address = f"https://www.redbubble.com{product_path(work, kind, code)}".replace("/", "{{%2F}}")
        state[key] = {"id": f"{work.id}.{code}", "productPageUrl": address, "previewSet": {"id": previews}}
        state[f"{previews}.previews.0"] = {"url": preview(work).replace("/", "{{%2F}}"), "previewTypeId": preview_type}
    return json.dumps(state).replace("</", "<\\/")


@ROUTES("GET HEAD", "/i/{kind}/{slug}/{item}")
def product(studio: Studio, request: Request, kind: str, slug: str, item: str) -> Response:
    """One product of a work."""
    known = studio.designs[item.partition(".")[0]]
    data = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": f"{known.title} {kind.title()}",
        "description": known.description,
        "image": [preview(known)],
        "url": f"https://www.redbubble.com{request.path}",
        "offers": {"@type": "Offer", "price": "21.58", "priceCurrency": "USD"},
    }
    script = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    main = f"""<h1>{escape(known.title)} {kind.title()}</h1><p>Designed and sold by
<a href="/people/{known.artist}/shop">{known.artist}</a></p><p>$21.58</p>"""
    head = f'<script type="application/ld+json">{script}</script>'
    return framed(studio, f"{known.title} {kind.title()}", main, head=head)


@ROUTES("GET HEAD", "/image.{numbers}/{render}")
def image(studio: Studio, request: Request, numbers: str, render: str) -> Response:
    """A picture, on whichever host it was asked for."""
    return studio.picture(numbers.partition("?")[0], 500 if render.startswith("flat") else 300)
