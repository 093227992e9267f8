"""What a step of sync and a page cost at 1 000 and at 1 000 000 items on PostgreSQL: ``python -m bench.million``."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench import padding, stocked
from bench.import_listings_worker import unlimited
from bench.market import SHOPS, TELLING
from bench.postgresql import database
from bench.processes import Market, free_port, process, processor_seconds

SIZES = (1_000, 1_000_000)
SALES, WARM, ROUNDS, CALLS = 30, 12, 3, 25
PAGES = {
    "inventory, page 1": "/api/v1/inventory/?page_size=100",
    "inventory, page 5 000": "/api/v1/inventory/?page_size=100&page=5000",
    "inventory, a search": "/api/v1/inventory/?page_size=100&search=record+0000077",
    "orders, page 1": "/api/v1/orders/?page_size=100",
    "orders, page 5 000": "/api/v1/orders/?page_size=100&page=5000",
    "orders, a search": "/api/v1/orders/?page_size=100&search=record+0000077",
}


def main() -> None:
    """Print one JSON line for the steps and one for the pages."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--most", type=int, default=SIZES[1])
    given = options.parse_args()
    steps: dict[str, dict[str, float]] = {}
    pages: dict[str, dict[str, dict[str, float]]] = {}
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="instica-bench-"))
        place = stack.enter_context(database())
        market = Market(stack.enter_context(process("bench.market")))
        house = House(market, folder, place)
        made = 0
        for size in (SIZES[0], given.most):
            padding.pad(list(house.shops.values()), made, size)
            made = size
            steps[str(size)] = house.steps()
            pages[str(size)] = house.pages(size)
        from django.db import connections

        connections.close_all()
    few, many = steps.values()
    print(json.dumps({"bench": "sync_steps", "at": steps, "ratio": round(many["cost"] / few["cost"], 3)}))
    print(json.dumps({"bench": "pages", "at": pages}))


class House:
    """A house with four shops, enough of whose pages are real to sell from."""

    def __init__(self, market: Market, folder: str, place: str) -> None:
        self.market = market
        wanted = (SALES * ROUNDS + WARM) * len(SIZES)
        sizes = dict.fromkeys(SHOPS, 2 * wanted)
        url = f"http://127.0.0.1:{free_port()}"
        stocked.settle(folder=folder, database=place, url=url, shops=market("fill", sizes=sizes))
        for slug in SHOPS:
            unlimited(slug)
        self.shops = stocked.connected()
        stocked.imported(self.shops)
        self.left = stocked.linked(self.shops, wanted)
        from instica.sync import services

        market("be", share=0.0, silent=True)
        for shop in self.shops.values():
            services.start(connection=shop)
        self.token = token(self.shops["ebay"])
        self.sold(WARM)

    def steps(self) -> dict[str, float]:
        """Processor time of a task and its database, in milliseconds: the median of rounds of sales."""
        self.sold(WARM // 2)
        rounds = [self.sold(SALES) for _ in range(ROUNDS)]
        return {name: round(statistics.median(each[name] for each in rounds), 3) for name in rounds[0]}

    def sold(self, count: int) -> dict[str, float]:
        """So many sales, heard of by a look at each shop's orders, worked off in this thread."""
        from instica.sync import pace
        from instica.work.engines.threads import run_until_idle
        from instica.work.models import Schedule

        pages, self.left = self.left[:count], self.left[count:]
        sales = [
            {"shop": TELLING[place % 3], "pages": {slug: int(number) for slug, number in each.items()}}
            for place, each in enumerate(pages)
        ]
        self.market("sell", sales=sales, rate=1000.0, patience=0.0)
        Schedule.objects.all().delete()
        for slug in TELLING:
            pace.ask(self.shops[slug])
        backend = backend_of_this_thread()
        began, own, theirs = time.perf_counter(), time.process_time(), processor_seconds(backend)
        tasks = run_until_idle(limit_seconds=300)
        own, theirs = time.process_time() - own, processor_seconds(backend) - theirs
        wall = time.perf_counter() - began
        worked = {"worker": own, "database": theirs, "cost": own + theirs, "by_the_clock": wall}
        return {"tasks": tasks, **{name: 1000 * seconds / tasks for name, seconds in worked.items()}}

    def pages(self, size: int) -> dict[str, dict[str, float]]:
        """Milliseconds of each list, through the whole application in this process."""
        return {
            name: measured(self.token, path) for name, path in PAGES.items() if "5 000" not in name or size >= 500_000
        }


def backend_of_this_thread() -> int:
    """The server's process that answers this thread; it must run on this machine."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    if not Path(f"/proc/{pid}").exists():
        raise SystemExit("The database server must run on this machine, so that its processor time can be read.")
    return pid


def token(shop: Any) -> str:
    """A key of the house's owner."""
    from instica.people.tokens import issue

    return issue(user=shop.connected_by, organization=shop.organization, name="bench")[1]


def measured(key: str, path: str) -> dict[str, float]:
    """The median and the p95 of some calls, and the count that was told."""
    from django.test import Client

    client, taken, count = Client(), [], 0
    for _ in range(CALLS + 3):
        began = time.perf_counter()
        answer = client.get(path, headers={"X-API-Key": key}, SERVER_NAME="localhost")
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status_code} {answer.content!r}")
        count = answer.json()["count"]
    cuts = statistics.quantiles(taken[3:], n=20)
    return {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1), "count": count}


if __name__ == "__main__":
    main()
