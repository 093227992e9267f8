"""Plain functions that make rows with sensible defaults."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from instica.catalog.models import Artist, Product
from instica.connections.models import Connection
from instica.core.clock import now
from instica.inventory import grades, standing
from instica.inventory.models import Item, Status, Tally
from instica.listings.models import Listing, Offer, Seen, Wanted
from instica.people.models import Membership, Organization, Role, Subscription, User


def person(email: str = "ada@example.com", organization: str = "Green Street Records") -> User:
    """A person who owns an organization of their own, on the self-hosted plan."""
    user = User.objects.create_user(username=email, email=email, password="correct horse battery", first_name="Ada")
    slug = organization.lower().replace(" ", "-")
    house = Organization.objects.create(display_name=organization, slug=slug)
    Membership.objects.create(organization=house, user=user, role=Role.OWNER)
    Subscription.objects.create(organization=house)
    return user


def house(user: User) -> Organization:
    """The organization a built person owns."""
    return Organization.objects.get(memberships__user=user, memberships__role=Role.OWNER)


def product(
    organization: Organization, title: str = "Abbey Road", artist: str = "The Beatles", **fields: Any
) -> Product:
    """A product with its artist and search text, counted in the tally."""
    maker, _ = Artist.objects.get_or_create(organization=organization, name=artist)
    fields = {"catalog_number": "PCS 7088", **fields}
    words = "\n".join((title, artist, fields["catalog_number"])).lower()
    row = Product.objects.create(organization=organization, title=title, artist=maker, **{"search": words, **fields})
    counted(organization, products=1)
    return row


def item(organization: Organization, of: Product | None = None, **fields: Any) -> Item:
    """An item in stock, ready to sell, with everything kept about it up to date."""
    of = of or product(organization)
    grade = fields.setdefault("condition_item", "vg_plus")
    known = {"condition_container": "vg", "status": Status.READY, "quantity": 1, "price": 3499, "sku": "PCS-7088-001"}
    fields = known | {"title": fields.get("name") or f"{of.title} - {grades.display(grade)}"} | fields
    words = "\n".join(map(str, (fields["title"], fields["sku"], of.search))).lower()
    kept = {"grade": grades.rank(grade), "search": words}
    row = Item.objects.create(organization=organization, product=of, **(kept | fields))
    listed, free = row.status == Status.LISTED, standing.available(row.status, row.quantity)
    rows = Product.objects.filter(pk=of.pk)
    rows.update(
        items_total=F("items_total") + 1,
        items_listed=F("items_listed") + int(listed),
        items_available=F("items_available") + int(free),
    )
    counted(organization, items=1)
    return row


def counted(organization: Organization, *, items: int = 0, products: int = 0) -> None:
    """Add to the tally."""
    Tally.objects.get_or_create(organization=organization)
    Tally.objects.filter(organization=organization).update(items=F("items") + items, products=F("products") + products)


def offer(of: Item, connection: Connection, **fields: Any) -> Offer:
    """The item's live page in a shop."""
    known = {"remote_id": "394857201", "url": "https://www.discogs.com/sell/item/394857201", "title": of.title}
    page = Listing.objects.create(
        organization=of.organization,
        connection=connection,
        **(known | {"wanted": Wanted.LIVE, "seen": Seen.LIVE, "listed_at": now()} | fields),
    )
    return Offer.objects.create(
        organization=of.organization,
        listing=page,
        item=of,
        currency=of.currency,
        price=of.price,
        agreed_quantity=1,
        seen_quantity=1,
        baseline=now(),
    )
