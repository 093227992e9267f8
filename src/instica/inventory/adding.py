"""Adding one item by hand: its product, its row, its first stock and its photos, at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from instica.catalog import services as catalog
from instica.catalog.models import Product
from instica.core.clock import now
from instica.core.money import Money
from instica.inventory import grades, services, standing, wording
from instica.inventory.models import Cause, Image, Item, Move, Status
from instica.people import plans
from instica.people.models import Organization


@dataclass(frozen=True, slots=True)
class NewItem:
    """What a person knows of a thing they hold: ``quantity`` pieces of it, graded and priced."""

    title: str
    price: Money
    artist: str = ""
    label: str = ""
    catalog_number: str = ""
    format: str = ""
    year: int | None = None
    condition_item: str = ""
    condition_container: str = ""
    sku: str = ""
    description: str = ""
    quantity: int = 1
    images: tuple[str, ...] = ()


def add(*, organization: Organization, new: NewItem, actor: str = "") -> Item:
    """Take a thing into the inventory. Raises ``PaymentRequired`` when the plan's items are used up."""
    with transaction.atomic():
        tally = services.tally(organization)
        plans.check(organization, "inventory_items", used=tally.items)
        product = _product(organization, new)
        item = _item(organization, product, new)
        Image.objects.bulk_create(
            Image(organization=organization, item=item, url=url, position=position)
            for position, url in enumerate(new.images)
        )
        reference = f"added:{item.uid}"
        Move.objects.create(
            organization=organization,
            item=item,
            delta=new.quantity,
            cause=Cause.PERSON,
            reference=reference,
            actor=actor,
        )
        services.count(organization, items=1, products=1)
        services.count_products([product.uid])
        return item


def _product(organization: Organization, new: NewItem) -> Product:
    """The product of the new thing; two things added by hand never share one unasked."""
    moment = now()
    return Product.objects.create(
        organization=organization,
        title=new.title,
        artist_id=_named(catalog.artists(organization, [new.artist]), new.artist),
        label_id=_named(catalog.labels(organization, [new.label]), new.label),
        catalog_number=new.catalog_number,
        format=new.format,
        year=new.year,
        image=new.images[0] if new.images else "",
        search=wording.search(new.title, new.artist, new.label, new.catalog_number),
        created=moment,
        updated=moment,
    )


def _named(known: catalog.Named, name: str) -> uuid.UUID | None:
    return known.uids.get(name)


def _item(organization: Organization, product: Product, new: NewItem) -> Item:
    return Item.objects.create(
        organization=organization,
        product=product,
        title=wording.title(None, new.title, new.condition_item),
        condition_item=new.condition_item,
        condition_container=new.condition_container,
        grade=grades.rank(new.condition_item),
        status=standing.status(Status.READY, new.quantity, live=False),
        quantity=new.quantity,
        currency=new.price.currency,
        price=new.price.minor,
        sku=new.sku,
        description=new.description,
        image=product.image,
        search=wording.search(new.title, new.artist, new.sku, new.description, new.catalog_number),
    )
