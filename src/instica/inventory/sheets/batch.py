"""A part of a file against what we have: which rows it names, what differs, and writing that."""

from __future__ import annotations

import copy
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from instica.catalog import services as catalog
from instica.catalog.models import Artist, Label, Product
from instica.core import ids
from instica.core.clock import now
from instica.core.errors import Conflict
from instica.inventory import adding, announcing, editing, products, queries, services, stock
from instica.inventory.models import Cause, Image, Item, Move, Status
from instica.inventory.sheets import pictures
from instica.inventory.sheets.cells import Unreadable, quantity
from instica.inventory.sheets.columns import COLUMNS
from instica.inventory.sheets.reading import Entry
from instica.people.models import Organization
from instica.people.validation import fault

COMPUTED = frozenset({Status.LISTED, Status.SOLD})
Said = dict[uuid.UUID, tuple[int, Mapping[str, Any]]]
"""What the first line of each product said of it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a line did."""

    title: str
    new: bool = False
    skipped: bool = False
    product_columns: tuple[str, ...] = ()
    item_columns: tuple[str, ...] = ()


def content_of(entry: Entry) -> str:
    """What makes a line without an id this line."""
    parts = [entry.product, entry.item or {}, entry.stock, entry.photos]
    return json.dumps(parts, sort_keys=True, default=str)


class Batch:
    """Holds what a part of a file needs, read together. The caller holds the tally."""

    def __init__(self, organization: Organization, entries: Sequence[Entry], actor: str, said: Said) -> None:
        self.organization = organization
        self.actor = actor
        self.said = said
        self.new_products: dict[str, Product] = {}
        self.new_items: list[Item] = []
        self.new_images: list[Image] = []
        self._know(entries)
        self._makers(entries)

    def _know(self, entries: Sequence[Entry]) -> None:
        """Every item and product the lines may mean, locked."""
        named = [uid for entry in entries for uid in self._uids(entry)]
        skus = {str(entry.item["sku"]) for entry in entries if entry.item and entry.item.get("sku")}
        mine = Item.every.filter(organization=self.organization)
        by_sku = mine.filter(hidden_at=None, sku__in=skus).values_list("pk", flat=True)
        items = mine.filter(pk__in={*named, *by_sku})
        known = Product.every.filter(organization=self.organization, pk__in=named).values_list("pk", flat=True)
        shelves = {*known, *items.values_list("product", flat=True)}
        rows = mine.select_for_update(of=("self",)).select_related("organization")
        locked = rows.filter(product__in=shelves).order_by("uid")
        shelf = Product.every.select_related("artist", "label").select_for_update(of=("self",))
        self.siblings: dict[uuid.UUID, list[Item]] = {}
        self.items = {item.pk: item for item in locked}
        self.products = {product.pk: product for product in shelf.filter(pk__in=shelves).order_by("uid")}
        for item in self.items.values():
            item.product = self.products[item.product_id]
            self.siblings.setdefault(item.product_id, []).append(item)
        self.by_sku: dict[str, list[Item]] = {}
        for item in self.items.values():
            if item.sku and item.hidden_at is None:
                self.by_sku.setdefault(item.sku, []).append(item)
        self.images = queries.images(self.items.values())
        self.taken = {*Item.every.filter(pk__in=named).values_list("pk", flat=True)}
        self.taken |= {*Product.every.filter(pk__in=named).values_list("pk", flat=True)}
        self.taken |= {*Move.objects.filter(item__in=named).values_list("item", flat=True)}
        self.marks = set(Move.objects.filter(item__in=self.items, cause="person").values_list("reference", flat=True))

    def _makers(self, entries: Sequence[Entry]) -> None:
        """Every artist and label of the lines, made where missing."""
        names = {kind: {str(entry.product.get(kind, "")) for entry in entries} for kind in ("artist", "label")}
        fit = {kind: {name for name in each if len(name) <= products.LONGEST_MAKER} for kind, each in names.items()}
        artists = catalog.artists(self.organization, fit["artist"]).uids
        labels = catalog.labels(self.organization, fit["label"]).uids
        self.artists = {row.name: row for row in Artist.objects.filter(pk__in=artists.values())}
        self.labels = {row.name: row for row in Label.objects.filter(pk__in=labels.values())}

    def take(self, entry: Entry) -> Taken:
        """Take a line in. Raises ``Problem``."""
        item = self._item(entry) if entry.item is not None else None
        if item and item.hidden_at:
            return Taken(item.title, skipped=True)
        product, columns = self._product(entry, item)
        if entry.item is None:
            new = product.title if product.pk in self._new_uids() and not columns else ""
            return Taken(product.title, new=bool(new), product_columns=columns)
        if item is None:
            return self._create(entry, product)
        return Taken(item.title, product_columns=columns, item_columns=self._change(entry, item))

    def _new_uids(self) -> set[uuid.UUID]:
        return {product.pk for product in self.new_products.values()}

    def _uids(self, entry: Entry) -> list[uuid.UUID]:
        """Both ids of a line as they stand there and as they are in this house."""
        found = []
        for prefix, name in ((Item.prefix, "item"), (Product.prefix, "product")):
            uid = ids.read(prefix, entry.keys.get(name, ""))
            found += [uid, self._derived(str(uid))] if uid else []
        return [*found, self._derived(content_of(entry)), self._derived(self._shelf(entry))]

    def _derived(self, key: str) -> uuid.UUID:
        """The uid a thing of another house, or one without an id, has in this one: always the same."""
        return uuid.uuid5(self.organization.uid, key)

    def _shelf(self, entry: Entry) -> str:
        """What makes the product of a line without an id this product: its release, or else the line."""
        release = str(entry.product.get("release", ""))
        return f"release {release}" if release else f"product {content_of(entry)}"

    def _item(self, entry: Entry) -> Item | None:
        """The item a line means: by its id, by that id's in this house, by its SKU, by the line as it was."""
        uid = ids.read(Item.prefix, entry.keys.get("item", ""))
        sku = str((entry.item or {}).get("sku", ""))
        if uid:
            return self.items.get(uid) or self.items.get(self._derived(str(uid)))
        if sku:
            same = self.by_sku.get(sku, [])
            if len(same) > 1:
                raise fault(f"{len(same)} items have this SKU. Say which by its item_uid.", "manual_sku")
            return same[0] if same else None
        return self.items.get(self._derived(content_of(entry)))

    def _product(self, entry: Entry, item: Item | None) -> tuple[Product, tuple[str, ...]]:
        """The product of a line, made or changed as it says, and which columns changed."""
        key = entry.keys.get("product", "")
        product = self._shelved(entry, item)
        if product is None:
            return self._new_product(entry, key or self._shelf(entry)), ()
        if item and item.product_id != product.pk:
            raise fault("This item is of another product.", "product_uid")
        self._agree(entry, product)
        return product, self._put_product(entry, product)

    def _shelved(self, entry: Entry, item: Item | None) -> Product | None:
        uid = ids.read(Product.prefix, entry.keys.get("product", ""))
        if uid:
            known = self.products.get(uid) or self.products.get(self._derived(str(uid)))
            return known if known is None or known.hidden_at is None else self._deleted()
        return item.product if item else self.products.get(self._derived(self._shelf(entry)))

    def _deleted(self) -> Product:
        raise fault("This product was deleted here.", "product_uid")

    def _agree(self, entry: Entry, product: Product) -> None:
        """Two lines of one product say the same of it."""
        line, said = self.said.setdefault(product.pk, (entry.line, entry.product))
        for name in said.keys() & entry.product.keys():
            if said[name] != entry.product[name]:
                raise fault(f"Line {line} says something else of this product.", name)

    def _new_product(self, entry: Entry, key: str) -> Product:
        known = self.new_products.get(key)
        if known is None:
            uid = ids.read(Product.prefix, key)
            known = Product(organization=self.organization, uid=self._free(uid) if uid else self._derived(key))
            known.created = entry.product.get("created") or now()
            known.updated = now()
            products.put(known, self._made(entry.product), exact=True)
            self.new_products[key] = known
        self._agree(entry, known)
        return known

    def _free(self, uid: uuid.UUID) -> uuid.UUID:
        """The id itself where nobody has it, else the one it has in this house."""
        return self._derived(str(uid)) if uid in self.taken else uid

    def _made(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with artist and label as they are kept."""
        found = dict(values)
        for kind, known in (("artist", self.artists), ("label", self.labels)):
            if kind in found:
                name = str(found[kind])
                found[kind] = known.get(name, name) if name else None
        return found

    def _put_product(self, entry: Entry, product: Product) -> tuple[str, ...]:
        if product.pk in self._new_uids():
            return ()
        before, trial = products.shown(product), copy.copy(product)
        values = self._made(entry.product)
        products.put(trial, values, exact=True)
        after = products.shown(trial)
        if after == before:
            return ()
        products.change(product, self.siblings.get(product.pk, []), values, exact=True)
        names = [name.removesuffix("_id") for name in after if after[name] != before[name]]
        return tuple(column.name for column in COLUMNS if column.of == "product" and column.field in names)

    def _create(self, entry: Entry, product: Product) -> Taken:
        assert entry.item is not None
        values = {name: value for name, value in entry.item.items() if name != "created" and value != ""}
        given = str(values.get("status", Status.READY))
        values["status"] = Status.READY if given == Status.LISTED else given
        values["quantity"] = self._pieces(entry.stock["quantity"]) if entry.stock.get("quantity") else 1
        uid = ids.read(Item.prefix, entry.keys.get("item", ""))
        content = content_of(entry)
        item = adding.drawn(product, values, exact=True)
        item.uid = self._free(uid) if uid else self._derived(content)
        if not uid and item.uid in self.taken:
            raise Conflict("This line was taken in before and its item was deleted.", code="deleted")
        item.created = entry.item.get("created") or item.created
        wanted = pictures.wanted(entry.photos)
        self.new_images += pictures.made(item, wanted)
        if wanted:
            item.image = wanted[0].place
        self.new_items.append(item)
        return Taken(item.title, new=True)

    def _pieces(self, text: str) -> int | None:
        try:
            return quantity(text)
        except Unreadable as error:
            raise fault(str(error), "quantity") from error

    def _change(self, entry: Entry, item: Item) -> tuple[str, ...]:
        """Change what differs; which columns that were."""
        assert entry.item is not None
        before = editing.shown(item)
        changes = {name: value for name, value in entry.item.items() if name != "created"}
        if {changes.get("status"), item.status} & COMPUTED or changes.get("status") == "":
            changes.pop("status", None)
        editing.change_fields(item, changes, exact=True)
        after = editing.shown(item)
        fields = [name for name in after if after[name] != before[name]]
        columns = [column.name for column in COLUMNS if column.of == "item" and column.field in fields]
        if entry.stock.get("quantity") and self._stock(entry, item):
            columns.append("quantity")
        if entry.photos and pictures.arrange(item, self.images.get(item.pk, []), entry.photos):
            columns.append("images")
        return tuple(columns)

    def _stock(self, entry: Entry, item: Item) -> bool:
        """The difference to what was exported, once; without that mark, the number itself."""
        wanted = self._pieces(entry.stock["quantity"])
        was, at, last = entry.stock.get("mark", "").partition("@")
        if not at:
            content = content_of(entry)
            reference = f"sheet:{item.uid.hex}:{hashlib.sha256(content.encode()).hexdigest()[:32]}"
            taken = reference in self.marks or item.uid == self._derived(content)
            return not taken and stock.set_to(item, wanted, "From a file", self.actor, reference)
        exported = self._pieces(was)
        reference = f"sheet:{item.uid.hex}:{last[:40]}:{wanted}"
        if wanted == exported or reference in self.marks:
            return False
        if wanted is None or exported is None or item.quantity is None:
            return stock.set_to(item, wanted, "From a file", self.actor, reference)
        target = item.quantity + wanted - exported
        if target < 0:
            raise fault(f"Only {item.quantity} are left; {exported - wanted} cannot be taken away.", "quantity")
        return stock.set_to(item, target, "From a file", self.actor, reference)

    def write(self) -> None:
        """Write what is new."""
        Product.objects.bulk_create(self.new_products.values())
        Item.objects.bulk_create(self.new_items)
        Move.objects.bulk_create(adding.first_move(item, self.actor) for item in self.new_items if item.quantity)
        Image.objects.bulk_create(self.new_images)
        for item in self.new_items:
            if item.quantity:
                announcing.moved(item, item.quantity, Cause.PERSON)
        services.count(self.organization, items=len(self.new_items), products=len(self.new_products))
        services.count_products({item.product_id for item in self.new_items})
