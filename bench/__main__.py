"""Measures and writes docs/benchmarks.md: ``make bench``, or ``make bench ONLY="sales webhooks"`` for a part of it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench import page, tasks


def main() -> None:
    """Run what was named, else everything, each measurement in a process of its own, and put it on the page."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}")
    names = options.parse_args().names or list(PARTS)
    if unknown := [name for name in names if name not in PARTS]:
        options.error(f"nothing is called {unknown[0]!r}; there are {', '.join(PARTS)}")
    for name in names:
        heading, measure = PARTS[name]
        page.put(heading, measure(), order=[each for each, _ in PARTS.values()])


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
    return "\n".join([about, "", *head(), *rows, "", where])


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
    return "\n".join([about, "", *lines, ""])


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
    return "\n".join([about, "", *lines, ""])


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
    return "\n".join([about, "", *head(), *rows, ""])


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
    return "\n".join([about, "", *lines, ""])


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
    return "\n".join([about, "", *lines, ""])


def sales() -> str:
    """From a sale to the last other page closed."""
    told = printed("bench.sales", "--raw", str(page.PAGE.parent / "benchmarks" / "sales.csv"))
    heads = "how a sale is heard of|sales|p50|p95|p99|longest|pages closed|never closed|oversold|reach"
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * 10 + "|"]
    reaches = {"webhooks": "p95 at most 1 s", "faults": "p99 under 30 s", "polling": ""}
    notes = []
    for found in map(json.loads, told.splitlines()):
        way = found["way"]
        times = [f"{found[name]} s" for name in ("p50", "p95", "p99", "most")]
        ended = [found[name] for name in ("pages_closed", "never_closed", "oversold")]
        lines.append(f"| {' | '.join(map(str, [WAYS[way], found['sales'], *times, *ended, reaches[way]]))} |")
        notes.append(f"{WAYS[way]}: {spent(found)}")
    about = (
        "`python -m bench.sales`: hub, worker and simulators as processes of their own, PostgreSQL, no limits. Single"
        " pieces, each on sale in all four shops, are bought on eBay, Etsy and Shopify; measured from the simulator's"
        " record of the buy to the last other simulator's record of a call after which nobody can buy it there."
        " The simulators were told to wait before no answer, so nothing is taken off. The walk over all pages, which"
        " comes every few hours, does not fall into the measurement. Every sale: `docs/benchmarks/sales.csv`."
    )
    return "\n".join([about, "", *lines, "", *notes, ""])


WAYS = {
    "webhooks": "webhooks, no faults",
    "faults": "webhooks, 10 % of calls fail (429, 500, lost)",
    "polling": "polling only",
}


def spent(found: dict[str, Any]) -> str:
    """Under which load a way was measured."""
    cost = ", ".join(f"{name} {each} ms" for name, each in found["cpu_milliseconds_a_sale"].items())
    every = "".join(f"; {slug} is asked every {each} s" for slug, each in found["seconds_between_polls"].items())
    failed = f"; {found['calls_that_went_wrong']} calls went wrong" if found["calls_that_went_wrong"] else ""
    return (
        f"{found['a_second']} sales a second, {found['items']} items; processor time a sale: {cost}{failed}{every}.\n"
    )


REACH_OF_BULK = 1.2


def bulk_listing() -> str:
    """Many items listed everywhere, under the published limits."""
    heads = "marketplace|listed|requests|refused as too many|until the last was up|shortest|ratio"
    lines = [f"| {heads.replace('|', ' | ')} |", "|---" * 7 + "|"]
    told = [json.loads(line) for line in printed("bench.bulk_listing").splitlines()]
    slow = [row["marketplace"] for row in told[:-1] if (row["against_shortest"] or 0) > REACH_OF_BULK]
    alone = [json.loads(printed("bench.bulk_listing", "--only", slug)) for slug in slow]
    for found in [*told, *({**row, "marketplace": f"{row['marketplace']} alone"} for row in alone)]:
        ratio = found["against_shortest"]
        figures = [found["marketplace"], *(found.get(name, "") for name in ("listed", "requests", "refused"))]
        figures += [f"{found['seconds']} s", f"{found['shortest_seconds']} s", f"{ratio} x" if ratio else ""]
        lines.append(f"| {' | '.join(map(str, figures))} |")
    about = (
        "`python -m bench.bulk_listing`: 500 items listed on four marketplaces by one call. Simulators, limiter and"
        " tasks share a clock that stands still while they compute, as for the imports under the published limits."
        " One thread serves all four, so that while it waits for one marketplace it stands still for the others: what"
        " took longer than 1.2 x was measured alone too. Reach, for all four: at most 1.2 x."
    )
    return "\n".join([about, "", *lines, ""])


def webhooks() -> str:
    """The door for marketplaces' webhooks."""
    found: dict[str, Any] = json.loads(printed("bench.webhooks"))
    p99 = f"{found['p99_milliseconds']} ms"
    rows = [
        reach(f"p99 of the answer at {found['a_second']:.0f} a second", "under 100 ms", p99),
        reach("p50 of the answer then", "", f"{found['p50_milliseconds']} ms"),
        reach("stored of those that were answered", "all", f"{found['stored']} of {found['answered']}"),
        reach("stored and answered a second, 16 callers", "", found["most_a_second"]),
        reach("processor time of the hub, each", "", f"{found['cpu_milliseconds_each']} ms"),
    ]
    about = (
        "`python -m bench.webhooks`: genuine deliveries of eBay, Etsy and Shopify in turn, `instica serve"
        " --processes 2` beside the caller, PostgreSQL. A delivery's time counts from when it was due: a queue before"
        " the door counts too."
    )
    return "\n".join([about, "", *head(), *rows, ""])


def million() -> str:
    """A step of sync and the lists, with few items and with very many."""
    steps, pages = map(json.loads, printed("bench.million").splitlines())
    few, many = steps["at"]
    lines = ["| what | at 1 000 | at 1 000 000 | ratio | reach |", "|---|---|---|---|---|"]
    for name, words in COSTS.items():
        small, large = steps["at"][few][name], steps["at"][many][name]
        wanted = "at most 1.3 x" if name == "cost" else ""
        lines.append(f"| {words} | {small:.1f} ms | {large:.1f} ms | {large / small:.2f} x | {wanted} |")
    for name, found in pages["at"][many].items():
        small, large = pages["at"][few].get(name, {}).get("p95"), found["p95"]
        beside = [f"{small} ms", f"{large} ms", f"{large / small:.2f} x"] if small else ["", f"{large} ms", ""]
        lines.append(f"| {name}, p95 | {' | '.join(beside)} | {'at most 2 x' if 'page 1' in name else ''} |")
    about = (
        "`python -m bench.million`, PostgreSQL on the same machine: as many items, pages, moves and orders of one"
        " house. A step is one task of what follows a sale: orders read, stock moved, the other pages closed. Lists"
        " are of 100 rows with an exact count, the whole application in one process."
    )
    return "\n".join([about, "", *lines, ""])


COSTS = {
    "cost": "a step of sync, processor time of worker and database",
    "worker": "of that, the worker's",
    "database": "of that, the database's",
    "by_the_clock": "a step by the clock",
}


def work() -> str:
    """Tasks a second."""
    return f"`python -m bench.tasks`, a handler that does nothing.\n\n{tasks.table()}\n"


def head() -> list[str]:
    """The first lines of a table of reaches."""
    return ["| what | reach | measured |", "|---|---|---|"]


def reach(what: str, wanted: str, measured: object) -> str:
    """One line of it."""
    return f"| {what} | {wanted} | {measured} |"


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "import": ("Import", imports),
    "marketplaces": ("Every marketplace", shops),
    "limits": ("Under the published limits", limits),
    "pages": ("Pages of the browser extension", pages),
    "extension": ("The browser extension", extension),
    "inventory": ("Inventory list", inventory),
    "sales": ("From a sale to every other page closed", sales),
    "bulk": ("Bulk listing under the published limits", bulk_listing),
    "webhooks": ("Webhooks taken in", webhooks),
    "million": ("A million items", million),
    "tasks": ("Tasks", work),
}

if __name__ == "__main__":
    main()
