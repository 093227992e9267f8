"""Import speed against a bare loop, cost at size, requests, memory and profile: ``python -m bench.import_listings``."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.bare_loop import bare_loop

SIZES, ROUNDS = (10_000, 100_000), 3
LEFT_BEHIND = ("catalog_", "inventory_", "listings_", "imports_row")


def main() -> None:
    """Print one JSON line a size, medians over the rounds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", default=",".join(map(str, SIZES)))
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--profile", action="store_true", help="also print where the time of the first size goes")
    given = options.parse_args()
    cost: dict[int, float] = {}
    cpu: dict[int, float] = {}
    for size in map(int, given.sizes.split(",")):
        rounds = [measure(size) for _ in range(given.rounds)]
        line = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
        cost[size], cpu[size] = line["microseconds_a_listing"], line["cpu_seconds"] / size
        line["cpu_cost_against_smallest"] = round(cpu[size] / cpu[min(cpu)], 3)
        line["cost_against_smallest"] = round(cost[size] / cost[min(cost)], 3)
        print(json.dumps({"bench": "import", "listings": size, "rounds": len(rounds), **line}), flush=True)
    if given.profile:
        measure(int(given.sizes.split(",")[0]), profile=True)


def measure(size: int, *, profile: bool = False) -> dict[str, float]:
    """One import into an empty folder in a process of its own, against a simulator in another, then the bare loop."""
    with tempfile.TemporaryDirectory() as folder:
        shop = subprocess.Popen(
            [sys.executable, "-m", "bench.shop", "discogs", str(size)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert shop.stdout is not None
            origin = shop.stdout.readline().strip()
            worker = [sys.executable, "-m", "bench.import_listings_worker", "discogs", origin, folder]
            told = subprocess.run(
                [*worker, "profile" if profile else ""], check=True, stdout=subprocess.PIPE, text=True
            )
        finally:
            shop.terminate()
            shop.wait()
        if profile:
            print(told.stdout)
            return {}
        figures: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
        bare, cpu = bare_loop(Path(folder) / "instica.sqlite3", Path(folder) / "export.csv", LEFT_BEHIND)
        figures |= {"bare_seconds": round(bare, 3), "bare_cpu_seconds": round(cpu, 3)}
        figures["share_of_bare_rate"] = round(bare / figures["seconds"], 3)
        figures["share_of_bare_rate_by_cpu"] = round(cpu / figures["cpu_seconds"], 3)
        return figures


if __name__ == "__main__":
    main()
