"""From a sale to the last other page closed: ``python -m bench.sales``; hub, worker and market in a process each."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import statistics
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench import stocked
from bench.import_listings_worker import unlimited
from bench.market import SHOPS, TELLING
from bench.postgresql import database
from bench.processes import Market, free_port, process, processor_seconds, served, until

RAW = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "sales.csv"
SALES, RATE, SHARE = 1_000, 2.0, 0.1
SPARE = 1.05
SIZES = {"discogs": 1.15, "ebay": 1.15, "etsy": 1.6, "shopify": 1.6}
"""Pages in each shop for every item wanted on all four: not every page sells one piece of one thing."""
Processes = dict[str, "subprocess.Popen[str]"]
ITEMS_A_PAGE = 5.0
"""How many items the four shops make of one page more in each, before any are linked."""
PARTS = {"webhooks": 1.0, "faults": 0.2, "polling": 0.2}
"""How many of the sales each way is measured with: what is slower by nature needs no more of them to be told."""
PATIENCE = {"webhooks": 60.0, "faults": 120.0, "polling": 150.0}
ANSWER_DELAY = 0.0
"""Seconds the simulators are told to wait before they answer; taken off each measurement."""


def main() -> None:
    """Print one JSON line for each way a sale is heard of, and keep every sale in the raw file."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sales", type=int, default=SALES)
    options.add_argument("--rate", type=float, default=RATE, help="sales a second")
    options.add_argument("--items", type=int, default=10_000)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--only", default="", help="webhooks, faults or polling")
    options.add_argument("--raw", default="", help="where every sale is written")
    given = options.parse_args()
    ways = [way for way in PATIENCE if given.only in ("", way)]
    with ExitStack() as stack:
        url = f"http://127.0.0.1:{given.port or free_port()}"
        counts = {way: int(given.sales * PARTS[way]) for way in ways}
        hub = stack.enter_context(running(url, given.items, wanted=int(sum(counts.values()) * SPARE)))
        rows: list[dict[str, Any]] = []
        for way, count in counts.items():
            found, told = hub.measure(way, count, given.rate)
            rows += found
            print(json.dumps(told), flush=True)
    if given.raw:
        kept(rows, Path(given.raw))


class Hub:
    """A hub in step with its four shops, and the pages of items that are on sale in all of them."""

    def __init__(
        self, market: Market, processes: Processes, shops: dict[str, Any], pages: list[dict[str, str]]
    ) -> None:
        self.market = market
        self.processes = processes
        self.shops = shops
        self.pages = iter(pages)
        self.dice = random.Random(1)

    def measure(self, way: str, count: int, rate: float) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Sell so many items, so many a second; every sale, and the figures."""
        every = stocked.only_polled(self.shops) if way == "polling" else {}
        self.market("be", share=SHARE if way == "faults" else 0.0, silent=way == "polling")
        used = self.used()
        sales = self.market("sell", sales=self._sales(count), rate=rate, patience=PATIENCE[way])
        cost = {name: round(1000 * (after - used[name]) / len(sales)) for name, after in self.used().items()}
        faults = self.market("be", share=0.0, silent=False)
        took = sorted(seconds for seconds in map(seconds_of, sales) if seconds is not None)
        told = {
            "bench": "sales",
            "way": way,
            "sales": len(sales),
            "a_second": rate,
            "items": items(),
            "pages_closed": sum(len(sale["closed"]) for sale in sales),
            "never_closed": len(sales) - len(took),
            "answer_delay_taken_off": ANSWER_DELAY,
            "calls_that_went_wrong": faults,
            "seconds_between_polls": every,
            **shares(took),
            "p95_by_shop_closed": {slug: by_shop(sales, slug) for slug in SHOPS},
            "cpu_milliseconds_a_sale": cost,
            "oversold": oversold(),
        }
        return [{"way": way, **sale} for sale in sales], told

    def used(self) -> dict[str, float]:
        """Seconds of processor time each process has taken so far."""
        return {name: processor_seconds(each.pid) for name, each in self.processes.items()}

    def _sales(self, count: int) -> list[dict[str, Any]]:
        """Each on one of the marketplaces that tell of it."""
        found = []
        for _, pages in zip(range(count), self.pages, strict=False):
            numbers = {slug: int(number) for slug, number in pages.items()}
            found.append({"shop": self.dice.choice(TELLING), "pages": numbers})
        return found


def seconds_of(sale: dict[str, Any]) -> float | None:
    """From the buy to the last other page closed; nothing where one stayed open."""
    if len(sale["closed"]) + 1 < len(sale["pages"]):
        return None
    return float(max(sale["closed"].values()) - sale["at"] - ANSWER_DELAY)


def by_shop(sales: Sequence[dict[str, Any]], slug: str) -> float | None:
    """How long the pages of one shop took to close."""
    took = [sale["closed"][slug] - sale["at"] for sale in sales if slug in sale["closed"]]
    return shares(sorted(took))["p95"] if len(took) > 1 else None


def shares(took: Sequence[float]) -> dict[str, float | None]:
    """The median and what 95 and 99 of a hundred were within, in seconds."""
    if len(took) < 2:
        return dict.fromkeys(("p50", "p95", "p99", "most"))
    cuts = statistics.quantiles(took, n=100)
    return {
        name: round(value, 3) for name, value in zip(("p50", "p95", "p99", "most"), picked(cuts, took), strict=True)
    }


def picked(cuts: Sequence[float], took: Sequence[float]) -> tuple[float, float, float, float]:
    return cuts[49], cuts[94], cuts[98], max(took)


def items() -> int:
    from instica.inventory.models import Item

    return Item.objects.count()


def oversold() -> int:
    """Order lines that found no piece."""
    from django.db.models import F

    from instica.orders.models import Line

    return Line.objects.filter(allocated__lt=F("quantity"), settled="moved").count()


@contextmanager
def running(url: str, size: int, wanted: int) -> Iterator[Hub]:
    """Everything up, imported, linked and in step; stopped and removed afterwards."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="instica-bench-"))
        place = stack.enter_context(database())
        market = Market(stack.enter_context(process("bench.market")))
        pages = max((size + 3 * wanted) / ITEMS_A_PAGE, wanted)
        origins = market("fill", sizes={slug: int(pages * share) for slug, share in SIZES.items()})
        stocked.settle(folder=folder, database=place, url=url, shops=origins)
        for slug in SHOPS:
            unlimited(slug)
        shops = stocked.connected()
        stocked.imported(shops)
        linked = stocked.linked(shops, wanted)
        market("tell", url=url)
        serving = stack.enter_context(served(url))
        working = stack.enter_context(process("bench.unlimited", "work"))
        stocked.in_step(shops)
        until(lambda: is_quiet(shops), 120)
        processes = {"instica serve": serving, "instica work": working, "simulators": market.process}
        yield Hub(market, processes, shops, linked)
        from django.db import connections

        connections.close_all()


def is_quiet(shops: dict[str, Any]) -> bool:
    """Whether every shop that tells of sales is listened to, and its orders were read once."""
    from instica.connections.models import Connection
    from instica.sync.models import Cursor

    listening = Connection.objects.exclude(watch={}).count() >= len(TELLING) - 1
    return listening and Cursor.objects.filter(walk="orders", finished=None).count() == 0


def kept(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """One line a sale: when and where it was sold, and the seconds until each other page was closed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["heard by", "sold on", "at", *(f"{slug} closed after" for slug in SHOPS)])
        for row in rows:
            at = dt.datetime.fromtimestamp(row["at"], dt.UTC).isoformat(timespec="milliseconds")
            took = (row["closed"].get(slug) for slug in SHOPS)
            after = ["" if moment is None else f"{moment - row['at']:.3f}" for moment in took]
            lines.writerow([row["way"], row["shop"], at, *after])


if __name__ == "__main__":
    main()
