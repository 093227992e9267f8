"""Brings a draft's pictures to Shopify: public ones as links, all others as bytes into its storage first."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from instica.kit import pictures
from instica.kit.errors import Complaint, Refused, TryLater
from instica.kit.pictures import There
from instica.kit.ports import Session
from instica.kit.types import Draft
from instica.marketplaces.shopify.client import Shopify
from instica.marketplaces.shopify.mapping import records, words
from instica.marketplaces.shopify.verdicts import record

MOST_PICTURES = 250
FAILED, UNREADY = "FAILED", ("PROCESSING", "UPLOADED")
PREPARING = dt.timedelta(seconds=5)
LARGEST = 20 * 1024 * 1024
KINDS = ((b"\xff\xd8\xff", "image/jpeg", "jpg"), (b"\x89PNG", "image/png", "png"), (b"GIF8", "image/gif", "gif"))
WEBP = (b"RIFF", "image/webp", "webp")


def files(api: Shopify, session: Session, draft: Draft) -> list[dict[str, str]]:
    """The ``files`` of a product, in the draft's order. Raises ``Refused`` for a picture that cannot be had or sent."""
    links = draft.images[:MOST_PICTURES]
    there = staged(api, session, [link for link in links if not link.startswith("https://")])
    alt = draft.title.strip()
    return [{"originalSource": there.get(link, link), "contentType": "IMAGE", "alt": alt} for link in links]


def revised(api: Shopify, session: Session, draft: Draft, media: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The ``files`` that make the pictures of a product those of the draft; none where they are so already.

    What the draft does not name is sent by its id, films and models too: a list replaces. Pictures that could not be
    made are left out. Raises ``TryLater`` while some are being made and cannot be told apart.
    """
    if pictures.wants(draft) is None:
        return []
    ready = [row for row in media if words(row.get("status")) != FAILED]
    there = [There(words(row.get("id")), words(record(row.get("image")).get("url"))) for row in ready]
    wanted = pictures.arranged(draft, there)
    if not pictures.changed(wanted, there):
        return []
    if any(words(row.get("status")) in UNREADY for row in ready):
        raise TryLater("Shopify is still preparing the pictures of this product", PREPARING)
    if len(wanted) > MOST_PICTURES:
        raise Refused([Complaint(f"A product has at most {MOST_PICTURES} pictures on Shopify", "images")])
    fresh = [link for link in wanted if isinstance(link, str)]
    lying = staged(api, session, [link for link in fresh if not link.startswith("https://")])
    alt = draft.title.strip()
    return [
        {"id": each.id}
        if isinstance(each, There)
        else {"originalSource": lying.get(each, each), "contentType": "IMAGE", "alt": alt}
        for each in wanted
    ]


def staged(api: Shopify, session: Session, links: Sequence[str]) -> dict[str, str]:
    """Where Shopify keeps each picture for the moment, by its link."""
    if not links:
        return {}
    bodies = [session.photo(link) for link in links]
    wishes = [wish(body) for body in bodies]
    targets = api.stage(wishes)
    if len(targets) != len(links):
        raise Refused([Complaint("Shopify gave no place for every picture", "images")])
    for body, asked, target in zip(bodies, wishes, targets, strict=True):
        api.upload(words(target.get("url")), body, asked["mimeType"], parameters(target))
    return {link: words(target.get("resourceUrl")) for link, target in zip(links, targets, strict=True)}


def wish(body: bytes) -> dict[str, Any]:
    """What to ask a place for. Raises ``Refused`` for what is no picture Shopify takes."""
    found = next((each for each in (*KINDS, WEBP) if body.startswith(each[0])), None)
    if found is None or len(body) > LARGEST:
        raise Refused([Complaint("Shopify takes JPEG, PNG, GIF and WEBP pictures of at most 20 MB", "images")])
    name = f"{hashlib.sha256(body).hexdigest()[:16]}.{found[2]}"
    size = str(len(body))
    return {"resource": "IMAGE", "filename": name, "mimeType": found[1], "httpMethod": "PUT", "fileSize": size}


def parameters(target: Mapping[str, Any]) -> dict[str, str]:
    """What Shopify wants as headers of the upload; the type and the length are told by the request itself."""
    rows = [record(row) for row in records(target.get("parameters"))]
    named = {words(row.get("name")).lower(): words(row.get("value")) for row in rows}
    return {name: value for name, value in named.items() if name and name not in ("content-type", "content-length")}
