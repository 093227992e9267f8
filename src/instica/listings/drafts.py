"""What a page should say: from the item and its product, the page's own words, and the shop's chosen defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from instica.catalog.bulk import document
from instica.connections.models import Connection
from instica.core.errors import Fault
from instica.core.money import Money
from instica.inventory import grades
from instica.inventory.models import Image, Item
from instica.kit.types import Draft, RemoteOffer
from instica.listings import fields as checking
from instica.listings.facts import Facts, facts
from instica.listings.models import Desk, Listing, Offer
from instica.listings.pages import mark
from instica.listings.standing import Standing

NEEDED = {
    "release": "Say which release of the marketplace's database this is.",
    "price": "Set a price above zero.",
    "images": "Add a photo first: this marketplace lists nothing without one.",
    "description": "Write a description.",
    "title": "Write a title.",
    "condition_item": "Say in which condition it is.",
}
Overrides = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """A draft, and what keeps it from being sent: a fault for each field, ``#/fields/…`` or a part of the draft."""

    draft: Draft
    faults: tuple[Fault, ...]


def of(row: Standing) -> Made:
    """The draft of a page as its rows are now."""
    page, offers = row.listing, row.offers
    about = facts(page.connection.marketplace)
    item = _item(page, offers)
    words = _ours(item, about) if page.item_id or not page.content else _theirs(page.content)
    over: Overrides = page.overrides or {}
    draft = Draft(
        title=cut(str(over.get("title") or words["title"]), about, "title"),
        description=cut(str(over.get("description") or words["description"]), about, "description"),
        release=words["release"],
        condition_item=words["condition_item"],
        condition_container=words["condition_container"],
        images=tuple(images(item, about)) if item and page.item_id else (),
        fields=_fields(page, over, about),
        offers=tuple(_offer(row, offer) for offer in offers),
    )
    return Made(draft, tuple(faults(draft, about, new=not page.remote_id)))


def fingerprint(draft: Draft) -> str:
    """Equal for drafts that say the same, whatever their quantities: levels are sent apart."""
    prices = [[offer.id, offer.sku, str(offer.price), dict(offer.options)] for offer in draft.offers]
    words = [draft.title, draft.description, draft.release, draft.condition_item, draft.condition_container]
    return mark(document([*words, list(draft.images), dict(draft.fields), prices]))


def _item(page: Listing, offers: Sequence[Offer]) -> Item | None:
    uid = page.item_id or next((offer.item_id for offer in offers if offer.item_id), None)
    return Item.objects.select_related("product__artist", "product__label").filter(pk=uid).first() if uid else None


def _ours(item: Item | None, about: Facts) -> dict[str, str]:
    if item is None:
        return dict.fromkeys(("title", "description", "release", "condition_item", "condition_container"), "")
    return {
        "title": title(item),
        "description": described(item, about),
        "release": item.product.release,
        "condition_item": _grade(item.condition_item, about, "x-condition-item"),
        "condition_container": _grade(item.condition_container, about, "x-condition-container"),
    }


def _theirs(content: Mapping[str, Any]) -> dict[str, str]:
    """An imported page keeps its own words."""
    names = ("title", "description", "release", "condition_item", "condition_container")
    return {name: str(content.get(name, "")) for name in names}


def _grade(code: str, about: Facts, names: str) -> str:
    """A grade the marketplace knows; none where it does not."""
    known = about.schema.get(names)
    return code if known is None or code in known else ""


def title(item: Item) -> str:
    """The item's own name; else artist and title as the trade writes them."""
    if item.name:
        return item.name
    product = item.product
    artist = product.artist.name if product.artist else ""
    return product.title if not artist or artist.lower() in product.title.lower() else f"{artist} - {product.title}"


def summary(item: Item) -> str:
    """A description for what has none: its facts, line by line."""
    product = item.product
    rows = (
        ("Artist", product.artist.name if product.artist else ""),
        ("Title", product.title),
        ("Label", product.label.name if product.label else ""),
        ("Catalog number", product.catalog_number),
        ("Format", product.format),
        ("Year", str(product.year or "")),
        ("Condition", grades.display(item.condition_item)),
        ("Sleeve", grades.display(item.condition_container)),
    )
    return "\n".join(f"{name}: {value}" for name, value in rows if value)


def described(item: Item, about: Facts) -> str:
    """Its words; where a page has no field for grades, buyers read them here."""
    words = item.description or item.product.description or summary(item)
    if "x-condition-item" in about.schema:
        return words
    grading = (("Condition", item.condition_item), ("Sleeve", item.condition_container))
    lines = [f"{name}: {grades.display(code)}" for name, code in grading if code]
    return "\n\n".join(filter(None, (words, "\n".join(line for line in lines if line not in words))))


def cut(text: str, about: Facts, name: str) -> str:
    """A text that fits there, cut between words."""
    longest = (about.longest or {}).get(name)
    if longest is None or len(text) <= longest:
        return text
    whole = text[: longest + 1].rsplit(" ", 1)[0] if " " in text[: longest + 1] else text[:longest]
    return whole[:longest].rstrip(" ,;-–")


def images(item: Item, about: Facts) -> list[str]:
    """Where each photo is found: as a link everybody can open, or as a file of ours that is sent."""
    rows = Image.objects.filter(item=item, trouble="").order_by("position")[: about.pictures]
    return [found for row in rows if (found := link(row) if about.links else row.file or row.url)]


def link(row: Image) -> str:
    """A public address of a photo: our copy where this hub can be reached by https, else where it was found."""
    ours = f"{settings.SITE_URL}{settings.MEDIA_URL}{row.file}" if row.file else ""
    return ours if ours.startswith("https://") or not row.url else row.url


def _fields(page: Listing, over: Overrides, about: Facts) -> dict[str, Any]:
    """The fields' own defaults, the shop's above them, the page's above all; an imported page keeps what it has."""
    own = dict(over.get("fields") or {})
    if not page.item_id:
        return own
    desk = Desk.objects.filter(connection=page.connection_id).first()
    usual = {name: each["default"] for name, each in about.fields.items() if "default" in each}
    return usual | picks(about, desk) | own


def picks(about: Facts, desk: Desk | None) -> dict[str, Any]:
    """What the shop's owner chose for every listing; else the only choice there is."""
    if desk is None:
        return {}
    found: dict[str, Any] = {}
    for name, schema in about.fields.items():
        choices = desk.choices.get(schema.get("x-choices", ""), ())
        if schema.get("x-default-of") == "shop" and len(choices) == 1:
            found[name] = int(choices[0][0]) if schema.get("type") == "integer" else choices[0][0]
    found.update(desk.defaults)
    return found


def _offer(row: Standing, offer: Offer) -> RemoteOffer:
    item = Item.objects.filter(pk=offer.item_id).first() if offer.item_id else None
    return RemoteOffer(
        id=offer.remote_id,
        sku=offer.sku or (item.sku if item else ""),
        price=price(offer, item, row.listing),
        quantity=row.target(offer),
        options=offer.options,
        barcode=item.barcode if item else "",
    )


def price(offer: Offer, item: Item | None, page: Listing) -> Money | None:
    """What the page asks: the price set for it; of a page made here the item's, else what stands there."""
    if offer.asked is not None:
        return Money(offer.asked, offer.currency)
    if page.item_id and item:
        return usual_price(item, page.connection)
    return None if offer.price is None else Money(offer.price, offer.currency)


def usual_price(item: Item, connection: Connection) -> Money | None:
    """The item's price where the shop sells in its currency; shipping included, as the API's total says."""
    if item.price is None or item.currency != (connection.currency or item.currency):
        return None
    return Money(item.price + item.price_shipping, item.currency)


def faults(draft: Draft, about: Facts, *, new: bool) -> list[Fault]:
    """Everything that keeps a draft from being sent, as far as ``fields.json`` tells; the rest they say themselves."""
    wrong = checking.wrong(about.schema, draft.fields)
    found = [Fault(why, f"#/fields/{name}") for name, why in wrong.items()]
    for name in about.needs if new else ():
        if not _has(draft, name):
            schema = about.fields.get(name)
            said = f"Choose one: {schema['title']}." if schema else NEEDED.get(name, "This is needed.")
            found.append(Fault(said, f"#/fields/{name}" if schema else f"#/{name}"))
    return found


def _has(draft: Draft, name: str) -> bool:
    if name == "price":
        return all(offer.price is not None and offer.price.minor > 0 for offer in draft.offers)
    return bool(draft.fields.get(name) or getattr(draft, name, ""))
