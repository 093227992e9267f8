"""Verbs of products; the titles and search texts of their items follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction

from instica.catalog import services as catalog
from instica.catalog.models import Artist, Label, Product
from instica.core.clock import now
from instica.core.errors import Conflict
from instica.inventory import locks, services, telling, wording
from instica.inventory.models import Item
from instica.people.models import Organization
from instica.people.validation import check as valid
from instica.people.validation import fault

FIELDS = (
    "title type catalog_number release barcode format year tags description license_type license_notes image"
).split()
Maker = TypeVar("Maker", Artist, Label)
MOST_TAGS, LONGEST_TAG = 50, 100
LONGEST_MAKER = 300
YEARS = range(1000, 2200)
RELEASE = re.compile(r"[a-z0-9]{1,20}:[0-9A-Za-z_-]{1,38}")


def create(*, organization: Organization, values: Mapping[str, Any]) -> Product:
    """A product of those fields; ``artist`` and ``label`` are names, made where missing. Raises ``Invalid``."""
    with transaction.atomic():
        services.tally(organization)
        product = make(organization, values)
        services.count(organization, items=0, products=1)
    return product


def make(organization: Organization, values: Mapping[str, Any]) -> Product:
    """The same inside a transaction that holds the tally; the caller counts it."""
    moment = now()
    product = Product(organization=organization, created=moment, updated=moment)
    put(product, values)
    product.save(force_insert=True)
    return product


def edit(*, product: Product, changes: Mapping[str, Any], check: locks.ProductCheck = locks.anything) -> Product:
    """Change those fields; the names of its items follow. Raises ``NotFound``, ``Invalid``."""
    with transaction.atomic():
        services.tally(product.organization)
        row, items = locks.product(product.pk)
        check(row)
        change(row, items, changes)
    return row


def change(row: Product, items: list[Item], changes: Mapping[str, Any], *, exact: bool = False) -> bool:
    """The same for a product locked with its items, the tally held; whether anything changed."""
    before = shown(row)
    put(row, changes, exact=exact)
    if shown(row) == before:
        return False
    row.version, row.updated = row.version + 1, now()
    row.save()
    for item in items:
        wording.name_item(item, row)
        item.updated = row.updated
    Item.objects.bulk_update(items, ["title", "search", "updated"])
    telling.edited(row.organization_id, [item.pk for item in items])
    return True


def remove(*, product: Product, check: locks.ProductCheck = locks.anything) -> None:
    """Delete a product that has no items; its history stays. Raises ``NotFound``, ``Conflict``."""
    with transaction.atomic():
        services.tally(product.organization)
        row, items = locks.product(product.pk)
        check(row)
        if items:
            detail = f"This product has {len(items)} item{'s' if len(items) > 1 else ''}. Delete them first."
            raise Conflict(detail, code="product_has_items", items=[item.public_id for item in items[:100]])
        row.hidden_at, row.version = now(), row.version + 1
        row.save(update_fields=["hidden_at", "version"])
        services.count(row.organization, items=0, products=-1)


def shown(row: Product) -> dict[str, Any]:
    """What can be changed, as it is."""
    return {name: getattr(row, name) for name in (*FIELDS, "artist_id", "label_id")}


def put(row: Product, values: Mapping[str, Any], *, exact: bool = False) -> None:
    """Set those fields, judged; ``artist`` and ``label`` by name. Texts lose the blanks around them unless they are
    meant ``exact``ly so. Needs the tally."""
    names = [name for name in FIELDS if name in values]
    for name in names:
        setattr(row, name, values[name])
    if "artist" in values:
        row.artist = _maker(Artist, row.organization, values["artist"])
    if "label" in values:
        row.label = _maker(Label, row.organization, values["label"])
    tags = tidy(row.tags)
    valid(row, [name for name in names if name != "tags"])
    for name in names if exact else ():
        setattr(row, name, values[name])
    row.tags = row.tags if exact else tags
    _judge(row)
    wording.name_product(row)


def tidy(tags: list[str]) -> list[str]:
    """Each tag once, without blanks around it. Raises ``Invalid``."""
    found = list(dict.fromkeys(filter(None, (tag.strip() for tag in tags))))
    if len(found) > MOST_TAGS:
        raise fault(f"At most {MOST_TAGS} tags.", "tags")
    if any(len(tag) > LONGEST_TAG for tag in found):
        raise fault(f"A tag has at most {LONGEST_TAG} characters.", "tags")
    return found


def _judge(row: Product) -> None:
    if not row.title:
        raise fault("A product needs a title.", "title")
    if row.release and not RELEASE.fullmatch(row.release):
        raise fault("Write a marketplace and its number, such as discogs:249504.", "release")
    if row.year is not None and row.year not in YEARS:
        raise fault("Write a year of four digits.", "year")


def _maker(model: type[Maker], organization: Organization, given: str | Maker | None) -> Maker | None:
    """The artist or label of that name, made where missing; one that is known already is taken as it is."""
    if not isinstance(given, str):
        return given
    kind = model.__name__.lower()
    name = given.strip()
    if len(name) > LONGEST_MAKER:
        raise fault(f"At most {LONGEST_MAKER} characters.", kind)
    named = catalog.artists(organization, [name]) if model is Artist else catalog.labels(organization, [name])
    return model._default_manager.get(pk=named.uids[name]) if name else None
