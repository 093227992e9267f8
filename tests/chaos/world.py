"""Four small shops, one hub, a clock that is moved by hand, and dice."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from instica.cli import furniture
from instica.connections import brakes, guard
from instica.connections import services as connecting
from instica.connections.models import Connection, State
from instica.core.clock import now
from instica.imports import services as imports
from instica.inventory.models import Item
from instica.listings.models import Desk
from instica.sync import services as sync
from instica.work.engines.threads import run_until_idle
from instica.work.models import Lane, Schedule, Task
from tests.chaos.clock import Clock
from tests.chaos.trouble import Killed, Trouble
from tests.conformance.consent import agree
from tests.features.listing import FIELDS, MARKETPLACES, confirmed, may_list, truth
from tests.shops import Shops

LEASE = 31
ROUNDS = 400


@dataclass(frozen=True, slots=True)
class Sale:
    """A buyer bought so many of a page there."""

    order: str
    listing: str
    quantity: int
    at: dt.datetime


@dataclass
class World:
    """Everything there is."""

    shops: Shops
    clock: Clock
    dice: random.Random
    trouble: Trouble
    connections: dict[str, Connection] = field(default_factory=dict)
    sales: dict[str, list[Sale]] = field(default_factory=dict)
    cancelled: set[tuple[str, str]] = field(default_factory=set)
    made_there: set[tuple[str, str]] = field(default_factory=set)
    touched: set[tuple[str, str]] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    kills: int = 0
    naps: int = 0

    @property
    def slug(self) -> str:
        """Any marketplace."""
        return self.dice.choice(MARKETPLACES)

    def any(self, rows: Any) -> Any:
        """Any of them, ``None`` when there are none."""
        found = sorted(rows, key=str) if isinstance(rows, set | frozenset) else list(rows)
        return self.dice.choice(found) if found else None

    def truth(self, slug: str) -> dict[str, dict[str, Any]]:
        """What a marketplace holds, by its id."""
        return truth(self.shops, slug)

    def items(self) -> list[Item]:
        """All items, in an order that does not depend on chance."""
        return list(Item.objects.order_by("created", "uid"))

    def work(self) -> None:
        """Let a worker do what is due; where it is killed, another one comes after the lease."""
        try:
            with self.trouble.around():
                run_until_idle()
        except Killed:
            self.kills += 1
            self.clock.shift(LEASE)

    def nap(self) -> None:
        """A worker sleeps past its lease while another one goes on."""
        self.naps += 1
        self.clock.shift(LEASE)
        run_until_idle()

    def rest(self) -> None:
        """Faults end, brakes are released, everybody signs in again, and time passes until nothing is left to do."""
        self.trouble.disarm()
        for slug in MARKETPLACES:
            self.shops.control(slug, "faults", [])
        brakes.release(organization=next(iter(self.connections.values())).organization)
        for connection in self.connections.values():
            connection.refresh_from_db()
            brakes.resume(connection=connection)
            guard.lift(connection=connection)
        self.settle()
        Schedule.objects.filter(kind="orders.poll").update(next_at=now())
        self.settle()

    def look_at_everything(self) -> None:
        """Every page of every shop is compared, and what follows from it is done."""
        for _ in range(2):
            Schedule.objects.filter(kind__in=["orders.poll", "sync.reconcile"]).update(next_at=now())
            self.settle()
        self.touched.clear()

    def settle(self) -> None:
        """Until nothing but the timetable is left."""
        for _ in range(ROUNDS):
            for connection in self.connections.values():
                connection.refresh_from_db()
                self.sign_in(connection)
            self.work()
            waiting = Task.objects.filter(state=Task.State.QUEUED)
            if not waiting.exists():
                return
            self.clock.shift(self.until_next())
        left = list(Task.objects.filter(state=Task.State.QUEUED).values_list("kind", "lane", "why", "run_at")[:9])
        rests = list(
            Lane.objects.exclude(rest_until=None).values_list("name", "leased_until", "rest_until", "rest_why")
        )
        raise AssertionError(f"it never comes to rest: at {now()} {left} {rests}")

    def until_next(self) -> float:
        """Seconds until something can go on: a task that is due later, or a lane that rests."""
        moments = [
            *Task.objects.filter(state=Task.State.QUEUED, run_at__gt=now()).values_list("run_at", flat=True),
            *Lane.objects.filter(rest_until__gt=now()).values_list("rest_until", flat=True),
        ]
        return max(5.0, (min(moments) - now()).total_seconds() + 0.1) if moments else 5.0

    def sign_in(self, connection: Connection) -> None:
        """The owner goes through the consent page again where the sign-in is dead."""
        if connection.state != State.EXPIRED:
            return
        slug, who = connection.marketplace, connection.connected_by
        assert who is not None
        self.shops.control(slug, "faults", [])
        begun = connecting.begin(
            organization=connection.organization,
            user=who,
            marketplace=slug,
            answers=furniture.answers(slug),
            connection=connection,
        )
        query = agree(self.shops.simulators[slug], begun.url, "http")
        came = connecting.returned(marketplace=slug, browser=begun.cookie, raw_query=query, user=who)
        assert came.connection == connection, came.trouble
        connection.refresh_from_db()


def begun(shops: Shops, clock: Clock, seed: int, listings: int = 8) -> World:
    """Four shops, imported and in step."""
    world = World(shops, clock, random.Random(seed), Trouble())
    world.trouble.nap, world.trouble.pause = world.nap, clock.sleep
    for slug in MARKETPLACES:
        connection = confirmed(shops(slug, listings=listings, seed=seed))
        world.connections[slug], world.sales[slug] = connection, []
        Desk.objects.create(connection=connection, organization=connection.organization, defaults=FIELDS.get(slug, {}))
    may_list(connection.organization)
    for slug, connection in world.connections.items():
        imports.quick(organization=connection.organization, marketplace=slug, user=connection.connected_by)
        run_until_idle()
        sync.start(connection=connection)
        world.made_there |= {(slug, number) for number in world.truth(slug)}
    world.settle()
    return world
