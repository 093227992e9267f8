"""Products, artists and labels as rows for bulk writing."""

from __future__ import annotations

from typing import Any

from instica.catalog.bulk import Table
from instica.catalog.models import Artist, Kind, Label, Product

ARTISTS = Table(Artist, "uid organization_id name")
LABELS = Table(Label, "uid organization_id name")
PRODUCTS = Table(
    Product,
    "uid organization_id title type artist_id label_id catalog_number release barcode format year tags description"
    " license_type license_notes image search items_total items_listed items_available price_low created updated"
    " version hidden_at",
)


def product(
    *,
    uid: Any,
    organization: Any,
    title: str,
    artist: Any,
    label: Any,
    catalog_number: str,
    release: str,
    barcode: str,
    media: str,
    year: int | None,
    image: str,
    search: str,
    counts: tuple[int, int, int],
    price_low: int | None,
    at: Any,
    digital: bool = False,
    tags: str = "[]",
) -> tuple[Any, ...]:
    """A product, physical or a design; ``counts`` are its items: all, listed, available; ``tags`` is a document."""
    kind = Kind.DIGITAL if digital else Kind.PHYSICAL
    return (
        *(uid, organization, title, kind.value, artist, label, catalog_number, release, barcode, media, year),
        *(tags, "", "", "", image, search, *counts, price_low, at, at, 1, None),
    )
