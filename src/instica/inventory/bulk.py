"""One change of many items at once: shown before it is done, undone where nobody changed them since."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from django.db import transaction

from instica.catalog.models import Product
from instica.core import ids
from instica.core.clock import now
from instica.core.errors import Conflict, NotFound, Problem
from instica.core.money import digits
from instica.inventory import editing, locks, products, services, telling, wording
from instica.inventory.models import Edit, Item
from instica.people.models import Organization

MOST = 500
How = Literal["set", "amount", "percent"]
WAYS: tuple[How, ...] = ("set", "amount", "percent")


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of an amount: set to one, so much more or less, or so many percent."""

    how: How
    value: Decimal

    def __call__(self, minor: int | None, currency: str) -> int | None:
        """The new amount in minor units; half a unit rounds up."""
        value = self.value.scaleb(digits(currency))
        if self.how != "set":
            if minor is None:
                raise Problem("It has no price to change.", code="no_price")
            value = minor + (value if self.how == "amount" else minor * self.value / 100)
        rounded = int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if not 0 <= rounded < editing.LARGEST_AMOUNT:
            raise Problem("That would be no price.", code="no_price")
        return rounded


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall change: amounts by rule, fields by value, tags of the products added and taken away."""

    amounts: Mapping[str, Rule] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one item: the fields that differ before and after, or why it stays as it is."""

    item: Item
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    refusal: Problem | None = None

    @property
    def word(self) -> str:
        """``changed``, ``unchanged`` or ``refused``."""
        return "refused" if self.refusal else "changed" if self.after else "unchanged"


@dataclass(frozen=True, slots=True)
class Done:
    """The lines, and the change itself when anything was written."""

    lines: list[Line]
    edit: Edit | None = None


def preview(*, organization: Organization, uids: Sequence[uuid.UUID], wanted: Wanted) -> list[Line]:
    """What it would do; nothing is written. Items that are not theirs are left out."""
    rows = Item.objects.select_related("product__artist", "product__label").order_by("uid")
    return [_line(copy.copy(item), wanted) for item in rows.filter(organization=organization, pk__in=set(uids))]


def apply(*, organization: Organization, uids: Sequence[uuid.UUID], wanted: Wanted, actor: str) -> Done:
    """Do it: every item that can be changed is, in one transaction; the others stay as they are."""
    with transaction.atomic():
        rows = locks.items(organization.pk, uids)
        lines = [_line(row, wanted) for row in rows]
        changed = [line for line in lines if line.word == "changed"]
        if not changed:
            return Done(lines)
        _write([line.item for line in changed])
        _tag({line.item.product_id: line.after["tags"] for line in changed if "tags" in line.after})
        edit = Edit.objects.create(
            organization=organization,
            actor=actor,
            before={str(line.item.pk): line.before for line in changed},
            after={str(line.item.pk): line.after for line in changed},
        )
        return Done(lines, edit)


def undo(*, edit: Edit) -> tuple[int, int]:
    """Put back what it changed, except where somebody changed it since; how many were put back and how many kept."""
    with transaction.atomic():
        row = Edit.objects.select_for_update().get(pk=edit.pk)
        if row.undone:
            raise Conflict("This change was undone already.", code="undone_already")
        items = locks.items(row.organization_id, [uuid.UUID(uid) for uid in row.after])
        back = [item for item in items if _as_left(item, row.after[str(item.pk)])]
        kept = len(row.after) - len(back)
        for item in back:
            before = row.before[str(item.pk)]
            editing.put(item, before)
            item.version, item.updated = item.version + 1, now()
        _write(back)
        befores = {item.product_id: row.before[str(item.pk)] for item in back}
        _tag({product: before["tags"] for product, before in befores.items() if "tags" in before})
        row.undone = now()
        row.save(update_fields=["undone"])
    return len(back), kept


def get(organization: Organization, public_id: str) -> Edit:
    """That change. Raises ``NotFound``."""
    uid = ids.read(Edit.prefix, public_id)
    edit = Edit.objects.filter(organization=organization, pk=uid).first() if uid else None
    if edit is None:
        raise NotFound("There is no such change.")
    return edit


def _line(item: Item, wanted: Wanted) -> Line:
    before = editing.shown(item)
    try:
        amounts = {name: rule(getattr(item, name), item.currency) for name, rule in wanted.amounts.items()}
        editing.alter(item, {**wanted.fields, **amounts})
        tags = _tags(item.product.tags, wanted)
    except Problem as refusal:
        return Line(item, refusal=refusal)
    after = editing.shown(item)
    different = [name for name in after if after[name] != before[name]]
    was, is_now = {name: before[name] for name in different}, {name: after[name] for name in different}
    if tags != item.product.tags:
        was["tags"], is_now["tags"] = item.product.tags, tags
    return Line(item, was, is_now)


def _tags(tags: list[str], wanted: Wanted) -> list[str]:
    gone = {tag.casefold() for tag in wanted.remove_tags}
    known = {tag.casefold() for tag in tags}
    new = [tag for tag in wanted.add_tags if tag.strip() and tag.strip().casefold() not in known]
    return products.tidy([tag for tag in tags if tag.casefold() not in gone] + new) if gone or new else tags


def _as_left(item: Item, after: Mapping[str, Any]) -> bool:
    now_shown = {**editing.shown(item), "tags": item.product.tags}
    return all(now_shown[name] == value for name, value in after.items())


def _write(items: Sequence[Item]) -> None:
    if not items:
        return
    Item.objects.bulk_update(items, editing.WRITTEN, batch_size=100)
    services.count_products({item.product_id for item in items})
    telling.edited(items[0].organization_id, [item.pk for item in items])


def _tag(tags: Mapping[uuid.UUID, list[str]]) -> None:
    """Set the tags of products; their other items show them too."""
    rows = Product.objects.select_related("artist", "label").select_for_update(of=("self",))
    for product in rows.filter(pk__in=tags).order_by("uid"):
        product.tags = tags[product.pk]
        wording.name_product(product)
        product.version, product.updated = product.version + 1, now()
        product.save(update_fields=["tags", "search", "version", "updated"])
        telling.edited(product.organization_id, Item.objects.filter(product=product).values_list("pk", flat=True))
