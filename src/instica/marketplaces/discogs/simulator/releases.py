"""The database: releases, masters and their versions, and the search over them."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call, found, message, number, page
from instica.marketplaces.discogs.simulator.catalogue import Release, mix
from instica.marketplaces.discogs.simulator.pictures import images, thumb
from instica.marketplaces.discogs.simulator.site import Site

ROUTES = Routes()
KINDS = {"LP": "Vinyl", '12"': "Vinyl", '7"': "Vinyl", "CD": "CD", "Cass": "Cassette"}
WHOLE = {"Gat": "Gatefold", "RE": "Reissue"}


@ROUTES("GET", "/releases/{release_id}")
def release(site: Site, call: Call, release_id: str) -> Response:
    """One pressing, whole."""
    one = site.catalogue.get(number(release_id))
    if one is None:
        raise message(404, words.NO_RELEASE)
    return found(200, _release(call, one))


def formats(one: Release) -> list[dict[str, Any]]:
    """``2xLP, Album, Gat`` as Discogs takes it apart."""
    head, *rest = [part.strip() for part in one.format.split(",")]
    count, _, kind = head.rpartition("x")
    words_after = [*([kind] if KINDS.get(kind) == "Vinyl" else []), *(WHOLE.get(word, word) for word in rest)]
    return [{"name": KINDS.get(kind, kind), "qty": count if count.isdecimal() else "1", "descriptions": words_after}]


def _release(call: Call, one: Release) -> dict[str, Any]:
    url = f"{call.origin}/releases/{one.id}"
    pictures = images(call, one) if call.caller.images else []
    return {
        "id": one.id,
        "status": "Accepted",
        "resource_url": url,
        "uri": f"{call.origin}/release/{one.id}",
        "title": one.title,
        "artists": [_artist(call, one.artist)],
        "artists_sort": one.artist,
        "extraartists": [],
        "labels": [_label(call, one)],
        "companies": [],
        "series": [],
        "formats": formats(one),
        "format_quantity": int(formats(one)[0]["qty"]),
        "identifiers": _codes(one),
        "images": pictures,
        "thumb": thumb(call, one) if pictures else "",
        "genres": [one.genre],
        "styles": [],
        "country": one.country,
        "released": str(one.year),
        "released_formatted": str(one.year),
        "year": one.year,
        "notes": "",
        "tracklist": _tracks(),
        "videos": [],
        **_mastered(call, one),
        "community": _community(call, one),
        "num_for_sale": one.id % 40,
        "lowest_price": 1.0 + one.id % 40,
        "estimated_weight": one.weight,
        "blocked_from_sale": one.blocked,
        "date_added": "2009-03-14T08:11:05-07:00",
        "date_changed": "2024-11-02T15:40:51-07:00",
        "data_quality": "Correct",
    }


def _codes(one: Release) -> list[dict[str, str]]:
    codes = [{"type": "Matrix / Runout", "value": f"{one.catno} A1", "description": "Side A"}]
    if one.barcode:
        codes.insert(0, {"type": "Barcode", "value": f"{one.barcode[0]} {one.barcode[1:7]} {one.barcode[7:]}"})
    return codes


def _mastered(call: Call, one: Release) -> dict[str, Any]:
    if not one.master_id:
        return {}
    return {"master_id": one.master_id, "master_url": f"{call.origin}/masters/{one.master_id}"}


def _artist(call: Call, name: str) -> dict[str, Any]:
    number = mix(*name.encode()) % 900_000
    url = f"{call.origin}/artists/{number}"
    return {"id": number, "name": name, "anv": "", "join": "", "role": "", "tracks": "", "resource_url": url}


def _label(call: Call, one: Release) -> dict[str, Any]:
    number = mix(*one.label.encode()) % 90_000
    return {
        "id": number,
        "name": one.label,
        "catno": one.catno,
        "entity_type": "1",
        "entity_type_name": "Label",
        "resource_url": f"{call.origin}/labels/{number}",
        "thumbnail_url": "",
    }


def _tracks() -> list[dict[str, Any]]:
    sides = ("A1", "A2", "A3", "B1", "B2", "B3")
    return [{"position": side, "type_": "track", "title": f"Track {side}", "duration": ""} for side in sides]


def _community(call: Call, one: Release) -> dict[str, Any]:
    person = {"username": "archivist", "resource_url": f"{call.origin}/users/archivist"}
    rating = {"average": round(3.5 + one.id % 15 / 10, 2), "count": one.id % 700}
    counts = {"have": one.id % 4000, "want": one.id % 900, "rating": rating}
    return {**counts, "submitter": person, "contributors": [], "status": "Accepted", "data_quality": "Correct"}


@ROUTES("GET", "/masters/{master_id}")
def master(site: Site, call: Call, master_id: str) -> Response:
    """What all pressings of an album have in common."""
    versions = site.catalogue.versions(number(master_id))
    if not versions:
        raise message(404, words.NO_MASTER)
    first, last = versions[0], versions[-1]
    url = f"{call.origin}/masters/{master_id}"
    return found(
        200,
        {
            "id": int(master_id),
            "resource_url": url,
            "uri": f"{call.origin}/master/{master_id}",
            "title": first.title,
            "artists": [_artist(call, first.artist)],
            "year": first.year,
            "genres": [first.genre],
            "styles": [],
            "images": images(call, first) if call.caller.images else [],
            "tracklist": _tracks(),
            "videos": [],
            "main_release": first.id,
            "main_release_url": f"{call.origin}/releases/{first.id}",
            "most_recent_release": last.id,
            "most_recent_release_url": f"{call.origin}/releases/{last.id}",
            "versions_url": f"{url}/versions",
            "num_for_sale": len(versions),
            "lowest_price": 1.0 + first.id % 40,
            "data_quality": "Correct",
        },
    )


SORTS = {
    "released": "year",
    "title": "title",
    "format": "format",
    "label": "label",
    "catno": "catno",
    "country": "country",
}


@ROUTES("GET", "/masters/{master_id}/versions")
def versions(site: Site, call: Call, master_id: str) -> Response:
    """The pressings of an album."""
    rows = site.catalogue.versions(number(master_id))
    if not rows:
        raise message(404, words.NO_MASTER)
    for name in ("format", "label", "country"):
        if asked := call.get(name).lower():
            rows = [row for row in rows if asked in f"{formats(row)[0]['name']} {getattr(row, name)}".lower()]
    if released := call.get("released"):
        rows = [row for row in rows if str(row.year) == released]
    if (sort := call.get("sort")) in SORTS:
        rows = sorted(rows, key=lambda row: getattr(row, SORTS[sort]), reverse=call.get("sort_order") == "desc")
    return page(call, "versions", len(rows), lambda start, stop: [_version(call, row) for row in rows[start:stop]])


def _version(call: Call, one: Release) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "label": one.label,
        "catno": one.catno,
        "country": one.country,
        "released": str(one.year),
        "format": one.format,
        "major_formats": [formats(one)[0]["name"]],
        "status": "Accepted",
        "thumb": thumb(call, one) if call.caller.images else "",
        "resource_url": f"{call.origin}/releases/{one.id}",
        "stats": {"community": {"in_wantlist": one.id % 900, "in_collection": one.id % 4000}},
    }
