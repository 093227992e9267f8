"""Reads of the inventory: items by status, search and order, and the counts that are kept."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum, Window
from django.db.models.expressions import CombinedExpression, OrderBy
from django.db.models.functions import Coalesce, Lower, RowNumber

from instica.core import ids
from instica.core.errors import NotFound
from instica.inventory.models import Image, Item, Move, Tally
from instica.people.models import Organization

NEWEST = "-created"
Order = str | OrderBy
COLUMNS: dict[str, F | Lower | CombinedExpression] = {
    "updated": F("updated"),
    "name": Lower("title"),
    "title": Lower("title"),
    "price_total_usd": CombinedExpression(F("price"), "+", F("price_shipping")),
    "status": F("status"),
    "condition_item": F("grade"),
    "manual_sku": Lower("sku"),
}
ORDERINGS = ("created", *COLUMNS, "days_in_inventory")


def items(
    organization: Organization, *, search: str = "", statuses: Sequence[str] = (), ordering: str = NEWEST
) -> QuerySet[Item, Item]:
    """The items that match every word and any status; an unknown order is the newest first."""
    found = Item.objects.filter(organization=organization)
    for word in search.lower().split():
        found = found.filter(search__contains=word)
    if statuses:
        found = found.filter(status__in=statuses)
    return found.order_by(*order(ordering))


def order(name: str) -> list[Order]:
    """What the API's words for an order sort by; ties by age, then by id, so that pages never overlap."""
    bare, down = name.removeprefix("-"), name.startswith("-")
    if bare in COLUMNS:
        column = COLUMNS[bare]
        first = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
        return [first, "-created", "uid"]
    oldest_first = name in ("created", "-days_in_inventory")
    return ["created", "-uid"] if oldest_first else ["-created", "uid"]


def with_product() -> QuerySet[Item, Item]:
    """Items with their product and its artist joined."""
    return Item.objects.select_related("product__artist")


def get(organization: Organization, public_id: str) -> Item:
    """That item. Raises ``NotFound`` also for another organization's."""
    uid = ids.read(Item.prefix, public_id)
    item = with_product().filter(organization=organization, uid=uid).first() if uid else None
    if item is None:
        raise NotFound("There is no such inventory item.")
    return item


def tally(organization: Organization) -> Tally:
    """The kept counts of an organization."""
    return Tally.objects.filter(organization=organization).first() or Tally(organization=organization)


def images(items: Iterable[Item]) -> dict[uuid.UUID, list[Image]]:
    """The photos of each item, in order."""
    found: dict[uuid.UUID, list[Image]] = defaultdict(list)
    for image in Image.objects.filter(item__in=[item.pk for item in items]).order_by("item", "position"):
        found[image.item_id].append(image)
    return found


def newest_of_products(products: Sequence[uuid.UUID], most: int) -> dict[uuid.UUID, list[Item]]:
    """Up to ``most`` items of each product, newest first."""
    place = Window(RowNumber(), partition_by=F("product"), order_by=[F("created").desc(), F("uid").asc()])
    found: dict[uuid.UUID, list[Item]] = defaultdict(list)
    rows = Item.objects.filter(product__in=products).annotate(place=place).filter(place__lte=most)
    for item in rows.order_by("product", "place"):
        found[item.product_id].append(item)
    return found


def unexplained_balances() -> int:
    """How many counted items, in all organizations, have a quantity that is not the sum of their moves: always none."""
    moves = Move.objects.filter(item=OuterRef("pk")).order_by().values("item").annotate(sum=Sum("delta"))
    counted = Item.every.exclude(quantity=None).annotate(sum=Coalesce(Subquery(moves.values("sum")), 0))
    return counted.exclude(quantity=F("sum")).count()
