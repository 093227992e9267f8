"""Measures everything and writes docs/benchmarks.md: ``make bench``."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import tasks

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`; figures are medians as measured, those that fall short included. Against the simulator without
limits, on {machine}, CPython {python}, SQLite in WAL mode.
"""


def main() -> None:
    """Run each measurement in a process of its own and write the page."""
    parts = [
        HEAD.format(machine=machine(), python=platform.python_version()),
        imports(),
        shops(),
        limits(),
        pages(),
        extension(),
        inventory(),
        work(),
    ]
    PAGE.write_text("\n".join(parts))


def machine() -> str:
    """The processors this ran on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} cores of {name}"


def printed(*command: str) -> str:
    """What a measurement prints."""
    return subprocess.run([sys.executable, "-m", *command], check=False, stdout=subprocess.PIPE, text=True).stdout


def imports() -> str:
    """The import against a bare loop, at both sizes."""
    small, large = (json.loads(line) for line in printed("bench.import_listings").splitlines())
    rows = [
        reach("10 000 listings: rate against the bare loop", "at least 0.333", small["share_of_bare_rate"]),
        reach("the same by processor time", "", small["share_of_bare_rate_by_cpu"]),
        reach("listings a second at 10 000", "", small["listings_a_second"]),
        reach("listings a second at 100 000", "", large["listings_a_second"]),
        reach("cost per listing, 100 000 against 10 000", "at most 1.15", large["cost_against_smallest"]),
        reach("the same by processor time", "", large["cpu_cost_against_smallest"]),
        reach("requests for 100 000 listings", "at most 20", large["requests"]),
        reach("peak memory of the worker at 100 000", "under 300 MB", f"{large['peak_megabytes']} MB"),
    ]
    told = printed("bench.import_listings", "--sizes", "10000", "--rounds", "1", "--profile")
    profile = "\n".join(line for line in told.splitlines() if line.startswith("|"))
    about = (
        "`python -m bench.import_listings`. The bare loop reads the same CSV with `csv` and writes exactly the rows and"
        " columns the import left behind with `executemany` in batches of 200, under the same settings, indexes and"
        " constraints. It compares nothing, keeps nothing between reading and writing, and writes each row once."
    )
    where = f"Where the import's processor time goes (`--profile`):\n\n{profile}\n"
    return "\n".join(["## Import", "", about, "", *head(), *rows, "", where])


def shops() -> str:
    """The first import of a shop on every marketplace."""
    heads = "marketplace|listings|offers found|offers a second|requests|fewest possible|peak memory|cost an offer"
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * 8 + "|"]
    for told in printed("bench.marketplaces").splitlines():
        found: dict[str, Any] = json.loads(told)
        figures = [
            *(found["marketplace"], found["listings"], round(found["found"]), round(found["listings_a_second"])),
            *(round(found["requests"]), found["fewest_requests"], f"{found['peak_megabytes']} MB"),
            f"{found['cost_against_smallest']} x",
        ]
        lines.append(f"| {' | '.join(map(str, figures))} |")
    about = (
        "`python -m bench.marketplaces`, medians of 3 runs (1 of the large size), without limits. Cost is processor"
        " time an offer beside that at the smaller size. Reach: at most 1.15 x, under 300 MB."
    )
    return "\n".join(["## Every marketplace", "", about, "", *lines, ""])


def limits() -> str:
    """The first import under the published limits, by a simulated clock."""
    heads = (
        "marketplace|listings|requests|refused as too many|import|of that, the shop preparing its list|shortest|ratio"
    )
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * 8 + "|"]
    for told in printed("bench.limits").splitlines():
        found: dict[str, Any] = json.loads(told)
        ratio = found["against_shortest"]
        figures = [
            *(found["marketplace"], found["listings"], found["requests"], found["refused"], f"{found['seconds']} s"),
            *(f"{found['prepared_seconds']} s", f"{found['shortest_seconds']} s", f"{ratio} x" if ratio else ""),
        ]
        lines.append(f"| {' | '.join(map(str, figures))} |")
    about = (
        "`python -m bench.limits`: simulator, limiter and tasks share a clock that stands still while they compute, so"
        " this is waiting alone. Shortest is what the documents' limits need for the requests used; 0 s where they let"
        " so many through at once, which our own pace, made for a steady stream, may not. Reach: at most 1.1 x."
    )
    return "\n".join(["## Under the published limits", "", about, "", *lines, ""])


def pages() -> str:
    """Pages that the browser extension delivers."""
    found: dict[str, Any] = json.loads(printed("bench.extension_pages"))
    rows = [
        reach(
            f"rows a second, {found['rows']} posted in pages of {found['rows_a_page']}",
            "",
            found["rows_a_second_posted"],
        ),
        reach("the same until all are compared with the inventory", "", found["rows_a_second_taken_in"]),
        reach("peak memory of hub and worker in one process", "", f"{found['peak_megabytes']} MB"),
    ]
    about = "`python -m bench.extension_pages`, over HTTP on one connection, hub and worker in one process."
    return "\n".join(["## Pages of the browser extension", "", about, "", *head(), *rows, ""])


def extension() -> str:
    """The extension in a browser."""
    heads = "shop|designs|pages|seconds|least its pace allows|beside it|requests|peak memory of its process"
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * 8 + "|"]
    for told in printed("bench.extension").splitlines():
        found: dict[str, Any] = json.loads(told)
        names = "site designs pages seconds least_seconds beside_the_least requests_to_the_site".split()
        figures = [*(found[name] for name in names), f"{found['peak_megabytes']} MB"]
        lines.append(f"| {' | '.join(map(str, figures))} |")
    about = (
        "`python -m bench.extension`: Debian's Chromium, simulated shops at their real names, a hub beside them, a pace"
        " of 3 seconds from page to page. Reach: at most 1.1 x. The process holds service worker and popup; Chromium"
        " itself takes most of it."
    )
    return "\n".join(["## The browser extension", "", about, "", *lines, ""])


def inventory() -> str:
    """The list of the inventory at both sizes."""
    found: dict[str, dict[str, Any]] = json.loads(printed("bench.inventory_api"))
    lines = ["| query | p95 at 1 000 | p95 at 100 000 | ratio |", "|---|---|---|---|"]
    for name, figures in found.items():
        few, many = (figures[size]["p95"] for size in ("1000", "100000"))
        lines.append(f"| {name} | {few} ms | {many} ms | {figures['ratio of p95']} |")
    about = (
        "`python -m bench.inventory_api`, page_size=100, the whole application in one process."
        " Reach for the first page: at most 2."
    )
    return "\n".join(["## Inventory list", "", about, "", *lines, ""])


def work() -> str:
    """Tasks a second."""
    return f"## Tasks\n\n`python -m bench.tasks`, a handler that does nothing.\n\n{tasks.table()}\n"


def head() -> list[str]:
    """The first lines of a table of reaches."""
    return ["| what | reach | measured |", "|---|---|---|"]


def reach(what: str, wanted: str, measured: object) -> str:
    """One line of it."""
    return f"| {what} | {wanted} | {measured} |"


if __name__ == "__main__":
    main()
