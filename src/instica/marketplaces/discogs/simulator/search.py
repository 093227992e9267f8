"""Searching the database."""

from __future__ import annotations

import re
from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator.answers import Call, page, unauthorized
from instica.marketplaces.discogs.simulator.catalogue import FIRST_MASTER, Release, records
from instica.marketplaces.discogs.simulator.pictures import images, thumb
from instica.marketplaces.discogs.simulator.releases import formats
from instica.marketplaces.discogs.simulator.site import Site
from instica.marketplaces.discogs.simulator.words import SIGN_IN

ROUTES = Routes()
MOST_PAGES = 100
IGNORED = re.compile(r"[^a-z0-9]+")
FIELDS = ("artist", "title", "release_title", "label", "genre", "country", "year", "format", "catno", "barcode", "q")


@ROUTES("GET", "/database/search")
def search(site: Site, call: Call) -> Response:
    """Everything that matches all that was asked; an empty question matches all."""
    if not call.caller.images:
        raise unauthorized(SIGN_IN)
    asked = {name: call.get(name) for name in FIELDS if call.get(name)}
    kind = call.get("type")
    if kind in {"artist", "label"}:
        return page(call, "results", 0, lambda start, stop: [])
    rows: list[tuple[str, Release]] = []
    if kind in {"", "release"}:
        rows += [("release", one) for one in site.catalogue.every() if _matches(one, asked)]
    if kind in {"", "master"} and "barcode" not in asked and "catno" not in asked:
        firsts = (site.catalogue.versions(FIRST_MASTER + which)[0] for which in range(len(records())))
        rows += [("master", one) for one in firsts if _matches(one, asked)]
    return page(
        call,
        "results",
        len(rows),
        lambda start, stop: [_result(call, *row) for row in rows[start:stop]],
        pages_at_most=MOST_PAGES,
    )


def _plain(text: str) -> str:
    return f" {IGNORED.sub(' ', text.casefold()).strip()} "


def _matches(one: Release, asked: dict[str, str]) -> bool:
    return all(_field(one, name, value) for name, value in asked.items())


def _field(one: Release, name: str, value: str) -> bool:
    if name == "barcode":
        return bool(one.barcode) and re.sub(r"\D", "", value) == one.barcode
    if name == "catno":
        return _plain(value).replace(" ", "") in _plain(one.catno).replace(" ", "")
    if name == "year":
        return value == str(one.year)
    texts = {
        "title": f"{one.artist} {one.title}",
        "release_title": one.title,
        "format": f"{one.format} {formats(one)[0]['name']}",
        "q": f"{one.artist} {one.title} {one.label} {one.catno} {one.barcode} {one.year}",
    }
    text = _plain(str(texts[name] if name in texts else getattr(one, name)))
    return all(f" {word}" in text for word in _plain(value).split())


def _result(call: Call, kind: str, one: Release) -> dict[str, Any]:
    number = one.id if kind == "release" else one.master_id
    whole = formats(one)[0]
    shown: dict[str, Any] = {
        "id": number,
        "type": kind,
        "title": f"{one.artist} - {one.title}",
        "uri": f"/{kind}/{number}",
        "resource_url": f"{call.origin}/{kind}s/{number}",
        "thumb": thumb(call, one),
        "cover_image": images(call, one)[0]["uri"],
        "catno": one.catno,
        "year": str(one.year),
        "country": one.country,
        "format": [whole["name"], *whole["descriptions"]],
        "genre": [one.genre],
        "style": [],
        "label": [one.label],
        "barcode": [code for code in (one.barcode, f"{one.catno} A1") if code],
        "master_id": one.master_id,
        "master_url": f"{call.origin}/masters/{one.master_id}" if one.master_id else None,
        "community": {"have": one.id % 4000, "want": one.id % 900},
        "user_data": {"in_wantlist": False, "in_collection": False},
    }
    return {**shown, "formats": [whole], "format_quantity": int(whole["qty"])} if kind == "release" else shown
