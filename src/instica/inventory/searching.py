"""What a thing in the hand could be: products we have, and entries of the databases of connected marketplaces (D22)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q

from instica import marketplaces
from instica.catalog.models import Product
from instica.connections import queries as connections
from instica.connections.models import Connection, State
from instica.connections.services import problem
from instica.connections.talk import connector_for, talking
from instica.core.errors import Invalid
from instica.kit.contract import Marketplace
from instica.kit.types import CatalogMatch
from instica.people.models import Organization

NAMES = ("barcode", "catalog_number", "artist", "title")
MOST = 50
MOST_OURS = 10
CODE = re.compile(r"[\d\s-]{8,20}")


def databases() -> list[Marketplace]:
    """The marketplaces that have a database of what things are."""
    found = [place for place in marketplaces.every().values() if place.connector]
    return [place for place in found if place.load("connector").can("search")]


def asked(text: str) -> dict[str, str]:
    """What a person typed or scanned, as a question: a barcode, ``artist - title``, or a catalogue number or title."""
    text = " ".join(text.split())
    if CODE.fullmatch(text):
        return {"barcode": re.sub(r"\D", "", text)}
    artist, dash, title = text.partition(" - ")
    if dash:
        return {"artist": artist, "title": title}
    return {"catalog_number": text, "title": text} if text else {}


def ours(organization: Organization, question: Mapping[str, str]) -> list[Product]:
    """Products we have that answer the question, the newest first."""
    found = Product.objects.filter(organization=organization).select_related("artist", "label").order_by("-created")
    code, number = question.get("barcode", ""), question.get("catalog_number", "")
    if code:
        rule = Q(barcode=code) | Q(items__barcode=code, items__hidden_at=None)
        return list(found.filter(rule).distinct()[:MOST_OURS])
    words = " ".join(question.get(name, "") for name in ("artist", "title")).lower().split()
    if not words and not number:
        return []
    for word in words or number.lower().split():
        found = found.filter(search__contains=word)
    return list(found[:MOST_OURS])


def search(organization: Organization, question: Mapping[str, str]) -> Sequence[CatalogMatch]:
    """What the databases say. Raises ``Invalid`` when no such shop is connected, ``Unprocessable`` when it does not
    answer."""
    connection = _shop(organization)
    with talking(connection) as talk:
        return connector_for(connection, "stock").search(question)[:MOST]
    assert talk.failure is not None
    raise problem(connection.marketplace, talk.failure)


def entry(organization: Organization, release: str) -> CatalogMatch:
    """One entry, whole: picture, year, barcodes. Raises as ``search``, and ``Unprocessable`` for one that is not."""
    connection = _shop(organization, release.partition(":")[0])
    with talking(connection) as talk:
        return connector_for(connection, "stock").entry(release)
    assert talk.failure is not None
    raise problem(connection.marketplace, talk.failure)


def values(match: CatalogMatch) -> dict[str, Any]:
    """An entry as the fields of a product."""
    return {
        "title": match.title[:500],
        "artist": match.artist[:300],
        "label": match.label[:300],
        "catalog_number": match.catalog_number[:200],
        "release": match.release,
        "format": match.format[:200],
        "year": match.year,
        "barcode": next(iter(match.barcodes), "")[:40],
        "image": match.image[:1000],
    }


def _shop(organization: Organization, slug: str = "") -> Connection:
    places = [place for place in databases() if slug in ("", place.slug)]
    for place in places:
        found = connections.newest_valid(organization, place.slug)
        if found:
            return found
    names = " or ".join(place.name for place in places or databases())
    waiting = connections.every(organization).filter(state=State.EXPIRED, marketplace__in=[p.slug for p in places])
    again = "again " if waiting.exists() else ""
    detail = f"Connect a {names} shop {again}to search its database. Or type in what you know."
    raise Invalid(detail, code="marketplace_not_connected")
