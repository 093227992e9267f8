"""What can happen: each deed is done to a world once, and whatever is not possible just now is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from instica.connections import brakes
from instica.core.clock import now
from instica.core.errors import Problem
from instica.core.money import Money
from instica.imports import services as imports
from instica.inventory import editing, stock
from instica.kit import types as kit
from instica.listings import drifting, prerequisites, services
from instica.listings.models import Listing
from instica.listings.wishes import By
from instica.sync import services as sync
from tests.chaos.world import Sale, World
from tests.features.listing import MARKETPLACES, is_listed

FAULTS = ("status:429", "status:500", "html:502", "drop", "lost", "status:503")
WORDS = ("First pressing", "Signed", "Cleaned", "Sealed")


def buy(world: World) -> None:
    """A buyer takes something that is on sale."""
    slug = world.slug
    number = world.any(number for number, row in world.truth(slug).items() if is_listed(slug, row))
    if number:
        _buy(world, slug, number)


def buy_twice(world: World) -> None:
    """Two buyers take the same item in two shops within the same second."""
    pages = Listing.objects.filter(seen="live", offers__item__isnull=False).select_related("connection")
    by_item: dict[Any, list[Listing]] = {}
    for page in pages.order_by("created", "uid"):
        by_item.setdefault(page.offers.all()[0].item_id, []).append(page)
    many = world.any(rows for rows in by_item.values() if len({row.connection_id for row in rows}) > 1)
    for page in many or ():
        _buy(world, page.connection.marketplace, page.remote_id)


def _buy(world: World, slug: str, number: str) -> None:
    try:
        order = world.shops.control(slug, "buy", {"listing_id": number, "quantity": 1})["order_id"]
    except AssertionError:
        return
    world.sales[slug].append(Sale(str(order), number, 1, now()))


def cancel(world: World) -> None:
    """An order is cancelled there."""
    slug = world.slug
    sale = world.any(each for each in world.sales[slug] if (slug, each.order) not in world.cancelled)
    if sale is None:
        return
    try:
        world.shops.control(slug, "cancel", {"order_id": sale.order, "reason": "buyer"})
    except AssertionError:
        return
    world.cancelled.add((slug, sale.order))


def edit_there(world: World) -> None:
    """The seller edits a page on the site."""
    slug = world.slug
    number = world.any(number for number, row in world.truth(slug).items() if is_listed(slug, row))
    change = world.any([{"price": f"{world.dice.randint(5, 90)}.00"}, {"title": world.any(WORDS)}])
    _there(world, slug, "edit", number, change)


def restock_there(world: World) -> None:
    """The seller sets a quantity on the site."""
    slug = world.any([slug for slug in MARKETPLACES if slug != "discogs"])
    number = world.any(number for number, row in world.truth(slug).items() if is_listed(slug, row))
    _there(world, slug, "edit", number, {"quantity": world.dice.randint(1, 5)})


def end_there(world: World) -> None:
    """The seller takes a page down on the site."""
    slug = world.slug
    number = world.any(number for number, row in world.truth(slug).items() if is_listed(slug, row))
    _there(world, slug, "end", number, {})


def _there(world: World, slug: str, verb: str, number: str | None, change: Mapping[str, Any]) -> None:
    try:
        if number:
            world.shops.control(slug, verb, {"listing_id": number, **change})
            world.touched.add((slug, number))
    except AssertionError:
        return


def list_one(world: World) -> None:
    """A person lists an item in a shop."""
    item, slug = world.any(world.items()), world.slug
    connection = world.connections[slug]
    price = Money(world.dice.randint(500, 9000), connection.currency or item.currency)
    try:
        prerequisites.ready(item, connection, price, None)
        services.list_item(item=item, connection=connection, price=price, by=By())
    except Problem:
        return


def delist(world: World) -> None:
    """A person takes an item off a shop."""
    services.delist(item=world.any(world.items()), connections=[world.connections[world.slug]], by=By())


def recount(world: World) -> None:
    """A person counts the pieces of an item."""
    item = world.any([item for item in world.items() if item.quantity is not None])
    stock.count(item=item, quantity=world.dice.randint(0, 4), note="Counted", actor="ada")


def reprice(world: World) -> None:
    """A person edits an item."""
    item = world.any(world.items())
    try:
        editing.edit(item=item, changes={"price": world.dice.randint(500, 9000)}, actor="ada")
    except Problem:
        return


def decide(world: World) -> None:
    """A person decides a difference."""
    page = world.any(Listing.objects.filter(drift__isnull=False).order_by("created", "uid"))
    if page:
        drifting.resolve(page=page, resolution=world.any(["theirs", "ours"]), actor="ada")


def import_again(world: World) -> None:
    """A person imports a shop again."""
    slug = world.slug
    try:
        imports.quick(
            organization=world.connections[slug].organization,
            marketplace=slug,
            user=world.connections[slug].connected_by,
        )
    except Problem:
        return


def fault(world: World) -> None:
    """A marketplace has a bad moment."""
    verb = world.any(["GET", "POST", "PUT", "*"])
    fault = {"match": f"{verb} *" if verb != "*" else "*", "times": world.dice.randint(1, 3), "do": world.any(FAULTS)}
    world.shops.control(world.slug, "faults", [fault])


def lose_answers(world: World) -> None:
    """What is put up next is put up, and nobody hears of it."""
    for slug in MARKETPLACES:
        world.shops.control(slug, "faults", [{"match": "POST *", "times": 1, "do": "lost"}])


def tell(world: World) -> None:
    """A webhook comes: late, twice, or about nothing at all."""
    slug = world.slug
    sale, number = world.any(world.sales[slug]), world.any(world.truth(slug))
    about = world.any(["order", "listing"])
    named = (sale.order if sale else "1") if about == "order" else str(number or "1")
    event = kit.Event(
        world.connections[slug].remote_id, "chaos", named, event_id=f"{slug}:{world.dice.randint(0, 99)}", about=about
    )
    for _ in range(world.dice.randint(1, 3)):
        sync.accept(marketplace=slug, events=[event])


def kill_at_a_statement(world: World) -> None:
    """The worker dies at any statement."""
    world.trouble.statements = world.dice.randint(1, 150)


def kill_at_a_call(world: World) -> None:
    """The worker dies when an answer comes."""
    world.trouble.calls = world.dice.randint(1, 4)


def sleep_past_the_lease(world: World) -> None:
    """The worker is stopped with an answer in its hands, and goes on when another one has taken over."""
    world.trouble.asleep = world.dice.randint(1, 4)


def wait(world: World) -> None:
    """Time passes."""
    world.clock.shift(world.any([1, 5, 20, 60, 300, 1800]))


def wait_long(world: World) -> None:
    """The machine was off for hours."""
    world.clock.shift(world.dice.randint(3, 30) * 3600)


def revoke(world: World) -> None:
    """A grant dies."""
    world.shops.control(world.slug, "faults", [{"match": "*", "times": 1, "do": "revoke"}])


def sign_in(world: World) -> None:
    """The owner connects a shop again."""
    connection = world.connections[world.slug]
    connection.refresh_from_db()
    world.sign_in(connection)


def brake(world: World) -> None:
    """A person pauses a shop, or lets it go on; sometimes stops everything for a moment."""
    connection = world.connections[world.slug]
    verb = world.any([brakes.pause, brakes.resume, brakes.resume])
    verb(connection=connection)


Deed = Callable[[World], None]
DEEDS: Mapping[Deed, int] = {
    buy: 22,
    buy_twice: 8,
    cancel: 4,
    edit_there: 5,
    restock_there: 4,
    end_there: 2,
    list_one: 14,
    delist: 4,
    recount: 6,
    reprice: 3,
    decide: 4,
    import_again: 1,
    fault: 12,
    tell: 6,
    kill_at_a_statement: 8,
    kill_at_a_call: 6,
    sleep_past_the_lease: 4,
    wait: 16,
    wait_long: 1,
    revoke: 1,
    sign_in: 3,
    brake: 2,
}
