"""Reads of the catalogue: products by filter, search and order."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import Cast, Lower

from instica.catalog.models import Kind, Product
from instica.core import ids
from instica.core.errors import NotFound
from instica.people.models import Organization

NEWEST = "-created"
Order = str | OrderBy


def products(
    organization: Organization,
    *,
    search: str = "",
    kinds: Sequence[str] = (),
    statuses: Sequence[str] = (),
    tags: Sequence[str] = (),
    has_inventory: bool | None = None,
    has_available: bool | None = None,
    uploadable: bool | None = None,
    ordering: str = NEWEST,
) -> QuerySet[Product, Product]:
    """The products that match everything asked; an unknown order is the newest first."""
    found = Product.objects.filter(organization=organization)
    for word in search.lower().split():
        found = found.filter(search__contains=word)
    if kinds:
        found = found.filter(type__in=kinds)
    if statuses:
        found = found.filter(Exists(Product.objects.filter(pk=OuterRef("pk"), items__status__in=statuses)))
    if tags:
        found = tagged(found, tags)
    for wanted, rule in ((has_inventory, Q(items_total__gt=0)), (has_available, Q(items_available__gt=0))):
        if wanted is not None:
            found = found.filter(rule if wanted else ~rule)
    if uploadable is not None:
        rule = Q(type=Kind.DIGITAL) & ~Q(image="")
        found = found.filter(rule if uploadable else ~rule)
    return found.order_by(*order(ordering))


def tagged(found: QuerySet[Product, Product], tags: Sequence[str]) -> QuerySet[Product, Product]:
    """Those of which any tag contains any of ``tags``, in whatever case.

    SQLite keeps JSON escaped and lowers only ASCII, so the usual ways to write a word are looked for as stored.
    """
    rule = Q()
    for tag in tags:
        text = tag.replace('"', "")
        for written in {text.lower(), text.upper(), text.title()}:
            rule |= Q(tags_text__contains=written.lower()) | Q(tags_text__contains=json.dumps(written)[1:-1].lower())
    return found.alias(tags_text=Lower(Cast("tags", TextField()))).filter(rule)


def order(name: str) -> list[Order]:
    """What the API's words for an order sort by; ties by age, then by id, so that pages never overlap."""
    bare = name.removeprefix("-")
    listed = Case(When(items_listed__gt=0, then=Value(True)), default=Value(False), output_field=BooleanField())
    columns: dict[str, F | Lower] = {
        "title": Lower("title"),
        "updated": F("updated"),
        "artist__name": Lower("artist__name"),
    }
    fixed: dict[str, Order] = {
        "listed_first": listed.desc(),
        "unlisted_first": listed.asc(),
        "price_high_low": F("price_low").desc(nulls_last=True),
        "price_low_high": F("price_low").asc(nulls_last=True),
        "most_inventory": F("items_total").desc(),
        "least_inventory": F("items_total").asc(),
    }
    if name in fixed:
        return [fixed[name], "-created", "uid"]
    if bare in columns:
        column = columns[bare]
        first = column.desc(nulls_last=True) if name[0] == "-" else column.asc(nulls_last=True)
        return [first, "-created", "uid"]
    return ["created", "-uid"] if name == "created" else ["-created", "uid"]


def with_makers() -> QuerySet[Product, Product]:
    """Products with their artist and label joined."""
    return Product.objects.select_related("artist", "label")


def get(organization: Organization, public_id: str) -> Product:
    """That product. Raises ``NotFound`` also for another organization's."""
    uid = ids.read(Product.prefix, public_id)
    product = with_makers().filter(organization=organization, uid=uid).first() if uid else None
    if product is None:
        raise NotFound("There is no such product.")
    return product
