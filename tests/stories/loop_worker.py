"""A hub whose workers are killed: it reads what to do from its input, a line a command, and answers with JSON.

``prepare`` makes the house and wishes for one item on four shops; ``work AHEAD STATEMENT`` lets a forked worker do all
there is, so many seconds later, until it is killed (by itself before its so-manieth writing statement, or by who
started this); ``report`` says what is true.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
import signal
import sys
from importlib import import_module
from typing import Any

SLUGS = ("discogs", "ebay", "etsy", "shopify")
WRITING = ("INSERT", "UPDATE", "DELETE")


def main() -> None:
    """Until the input ends."""
    import django

    django.setup()
    for line in sys.stdin:
        word, *arguments = line.split()
        say({"prepare": prepare, "work": work, "report": report}[word](*map(int, arguments)))


def say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def prepare() -> dict[str, Any]:
    """Nothing is sent yet."""
    from django.core.management import call_command
    from django.db import connections

    from instica.connections.models import Connection
    from instica.core.clock import now
    from instica.listings import services as listings
    from instica.listings.wishes import By
    from instica.sync import services as sync
    from tests import builders
    from tests.features.listing import FIELDS, item_for
    from tests.stories.street import photographed

    call_command("migrate", verbosity=0, skip_checks=True)
    house = builders.house(builders.person())
    shops = {}
    for slug in SLUGS:
        facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
        shop = {"secrets": facts.SECRETS, "confirmed_at": now(), **facts.ACCOUNT}
        shops[slug] = Connection.objects.create(organization=house, marketplace=slug, **shop)
        sync.start(connection=shops[slug])
    item = item_for(shops["discogs"])
    photographed(item)
    for slug, shop in shops.items():
        overrides = {"fields": FIELDS[slug]} if slug in FIELDS else None
        listings.list_item(item=item, connection=shop, overrides=overrides, by=By())
    connections.close_all()
    return {}


def work(ahead: int, statement: int) -> dict[str, Any]:
    """The worker's number at once; then how it ended, and whether anything is left to do."""
    from django.db import connections

    from instica.work.models import Task

    number = os.fork()
    if not number:
        worker(ahead, statement)
    say({"worker": number})
    _, status = os.waitpid(number, 0)
    left = Task.objects.filter(state=Task.State.QUEUED).count()
    connections.close_all()
    return {"killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, "left": left}


def worker(ahead: int, statement: int) -> None:
    """In a process of its own, which does not come back."""
    import time_machine
    from django.db import connection

    from instica.core.clock import now
    from instica.work.engines.threads import run_until_idle

    count = itertools.count(1)

    def deadly(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(WRITING) and next(count) == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    sys.stdin.readline()
    with time_machine.travel(now() + dt.timedelta(seconds=ahead), tick=True), connection.execute_wrapper(deadly):
        run_until_idle(limit_seconds=20)
    os._exit(0)


def report() -> dict[str, Any]:
    """What is there once, and what is not there any more."""
    from django.db import connections

    from instica.inventory.models import Item, Move
    from instica.listings.models import Attempt, Exposure, Listing
    from instica.orders.models import Line
    from instica.work.models import Task

    told = {
        "pages": sorted(Listing.objects.values_list("connection__marketplace", "seen", "problem")),
        "exposed": Listing.objects.filter(exposed_since__isnull=False).count(),
        "exposures": Exposure.objects.count(),
        "attempts": Attempt.objects.count(),
        "lines": list(Line.objects.values_list("quantity", "allocated", "settled")),
        "moves": list(Move.objects.order_by("at").values_list("cause", "delta")),
        "quantity": Item.objects.get().quantity,
        "dead": list(Task.objects.filter(state=Task.State.DEAD).values_list("kind", "why")),
    }
    connections.close_all()
    return told


if __name__ == "__main__":
    main()
