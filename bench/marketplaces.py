"""The first import of a shop on every marketplace, at two sizes: ``python -m bench.marketplaces``."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from importlib import import_module
from typing import Any

from instica import marketplaces

SIZES = (10_000, 100_000)
ROUNDS = 3


def main() -> None:
    """Print one JSON line a marketplace and size: medians over the rounds, of which the large size has one."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="one marketplace")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    for slug, manifest in marketplaces.every().items():
        if manifest.auth and manifest.connector and given.only in ("", slug):
            compared(slug, given.rounds)


def compared(slug: str, rounds: int) -> None:
    """Both sizes of one marketplace, and the cost of a listing at the larger beside the smaller."""
    facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
    small = 0.0
    for size in getattr(facts, "BENCH_SIZES", SIZES):
        found = [measure(slug, size) for _ in range(rounds if size <= SIZES[0] else 1)]
        line: dict[str, Any] = {name: statistics.median(each[name] for each in found) for name in found[0]}
        cost = line["cpu_seconds"] / line["found"]
        small = small or cost
        line |= {"fewest_requests": facts.fewest_requests(size), "cost_against_smallest": round(cost / small, 3)}
        print(json.dumps({"marketplace": slug, "listings": size, "rounds": len(found), **line}), flush=True)


def measure(slug: str, size: int) -> dict[str, float]:
    """One import into an empty folder in a process of its own, against a simulator in another."""
    with tempfile.TemporaryDirectory() as folder:
        served = [sys.executable, "-m", "bench.shop", slug, str(size)]
        shop = subprocess.Popen(served, stdout=subprocess.PIPE, text=True)
        try:
            assert shop.stdout is not None
            origin = shop.stdout.readline().strip()
            worker = [sys.executable, "-m", "bench.import_listings_worker", slug, origin, folder, ""]
            told = subprocess.run(worker, check=True, stdout=subprocess.PIPE, text=True)
        finally:
            shop.terminate()
            shop.wait()
        figures: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
        return figures


if __name__ == "__main__":
    main()
