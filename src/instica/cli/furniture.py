"""What the demo's hub holds at the start: a person, connected shops, and a few items from before."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx2
from allauth.account.models import EmailAddress

from instica import marketplaces
from instica.connections import queries as connections
from instica.connections import services
from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.clock import now
from instica.core.errors import NotFound
from instica.core.money import Money
from instica.inventory.adding import NewItem, add
from instica.inventory.models import Item
from instica.kit.contract import Connector
from instica.kit.errors import Throttled
from instica.kit.types import RemoteListing
from instica.listings import desks
from instica.listings.facts import facts
from instica.people import addresses
from instica.people import queries as people
from instica.people import services as people_services
from instica.people.models import Organization, User

AGENT = {"User-Agent": "InsticaDemo/1.0 +http://localhost"}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')

# Three of the shop's own SKUs, graded and priced otherwise here: the import must ask. The rest is only here.
RECORDS = (
    ("GSR-00028", "Kind Of Blue", "Miles Davis", "CL 1355", "near_mint", "36.00", 1),
    ("GSR-00020", "Harvest", "Neil Young", "MS 2032", "vg", "9.00", 1),
    ("GSR-00001", "Closer", "Joy Division", "FACT XXV", "mint", "75.00", 2),
)
OTHERS = (
    ("GSR-X-01", "Carbon fibre record brush", "14.50", 12),
    ("GSR-X-02", "Inner sleeves, rice paper, pack of 50", "19.90", 30),
    ("GSR-X-03", "Green Street Records tote bag", "16.00", 25),
)


def account(email: str, password: str) -> User:
    """The demo's person with an organization and a primary address."""
    user = User(username="demo", email=email, first_name="Robin", last_name="Green")
    user.set_password(password)
    people_services.sign_up(user=user, shop="Green Street Records")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    fields = {"full_name": "Robin Green", "line1": "12 Green Street", "city": "Portland", "state": "OR"}
    addresses.add(organization=house_of(user), by=user, values={**fields, "postal_code": "97201", "country": "US"})
    return user


def house_of(user: User) -> Organization:
    """The organization of the demo's person."""
    house = people.organization_of(user)
    if house is None:
        raise NotFound("The demo's person has no organization.")
    return house


def is_connectable(slug: str) -> bool:
    """Whether shops there can be connected from here."""
    manifest = marketplaces.get(slug)
    return manifest is not None and bool(manifest.auth) and bool(manifest.connector)


def connect(user: User, house: Organization, slug: str) -> str:
    """The demo's shop on that marketplace, connected through the consent page unless it is already."""
    known = connections.newest_valid(house, slug)
    if known:
        return known.public_id
    begun = services.begin(organization=house, user=user, marketplace=slug, answers=answers(slug))
    query = consent(begun.url)
    came = services.returned(marketplace=slug, browser=begun.cookie, raw_query=query, user=user)
    if came.connection is None:
        raise came.trouble or NotFound("The demo's shop could not be connected.")
    services.confirm(connection=came.connection)
    choose(came.connection)
    return came.connection.public_id


def choose(connection: Connection) -> None:
    """What every listing in that shop says: of its own settings the one about records, else the first."""
    choices, chosen = desks.read(connection).choices, {}
    for name, field in facts(connection.marketplace).fields.items():
        rows = choices.get(field.get("x-choices", ""), ()) if field.get("x-default-of") == "shop" else ()
        found = next((row for row in rows if "vinyl" in row[1].lower()), rows[0] if rows else None)
        if found:
            chosen[name] = int(found[0]) if field["type"] == "integer" else found[0]
    desks.choose(connection=connection, defaults=chosen)


def answers(slug: str) -> dict[str, str]:
    """What a simulated marketplace takes for everything that must be answered before consent."""
    return {name: "sandbox" for name, _, _, secret, required in services.questions(slug) if required and not secret}


def consent(url: str) -> str:
    """Say yes on a simulated consent page; the query with which the browser is sent back."""
    with httpx2.Client(headers=AGENT, timeout=20) as browser:
        page = browser.get(url)
        answer = browser.post(url, data=yes(page.text))
        return urlsplit(answer.headers["Location"]).query


def yes(page: str) -> dict[str, str]:
    """The consent form, filled in as somebody who agrees."""
    return {**dict(HIDDEN.findall(page)), "decision": "allow"}


def items(house: Organization) -> None:
    """A few items from before the import, with photos; none when there are some already."""
    if Item.objects.filter(organization=house).exists():
        return
    photos = shop_photos(house, {sku for sku, *_ in RECORDS})
    for sku, title, artist, number, grade, price, quantity in RECORDS:
        record = NewItem(
            title,
            Money.parse(price, "USD"),
            artist=artist,
            catalog_number=number,
            condition_item=grade,
            sku=sku,
            quantity=quantity,
            images=photos.get(sku, ()),
        )
        add(organization=house, new=record)
    for sku, title, price, quantity in OTHERS:
        add(organization=house, new=NewItem(title, Money.parse(price, "USD"), sku=sku, quantity=quantity))


def shop_photos(house: Organization, skus: set[str]) -> dict[str, tuple[str, ...]]:
    """The first pictures that the connected shops show for those SKUs."""
    found: dict[str, tuple[str, ...]] = {}
    for connection in connections.live(house).order_by("connected_at", "uid"):
        for listing in walked(connector_for(connection, "stock")):
            pictured = {offer.sku for offer in listing.offers if listing.images} & skus
            found |= dict.fromkeys(pictured - found.keys(), listing.images[:1])
            if found.keys() == skus:
                return found
    return found


def walked(connector: Connector) -> Iterator[RemoteListing]:
    """A small shop, page by page, as fast as its limits allow; one that must prepare something first is left out."""
    cursor: str | None = None
    while True:
        try:
            page = connector.listings(cursor)
        except Throttled as throttled:
            time.sleep(max(0.1, (throttled.until - now()).total_seconds()))
            continue
        yield from page.rows
        cursor = page.next
        if cursor is None or page.ready_at:
            return
