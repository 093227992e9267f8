"""500 items listed on four marketplaces under their published limits, by a simulated clock: ``bench.bulk_listing``."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import httpx2
import time_machine

from bench.limits import MOMENT, WHOLE
from bench.market import SHOPS
from instica import marketplaces
from instica.cli.demo import credentials
from instica.kit import wire
from instica.kit.simulation import journal
from instica.kit.simulation.mounted import Mounted

ITEMS, LIKE = 500, 20
PATIENCE = dt.timedelta(days=3)
PICTURES = "/il/"
"""Where Etsy keeps pictures, which no limit of its API counts."""


def main() -> None:
    """Print one JSON line a marketplace, then one for all together; or just the line of the one marketplace."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, default=ITEMS)
    options.add_argument("--only", default="", help="list on this marketplace alone")
    given = options.parse_args()
    wanted = [slug for slug in SHOPS if given.only in ("", slug)]
    with tempfile.TemporaryDirectory(prefix="instica-bench-") as folder:
        simulators = begin(folder)
        journal.BODY = WHOLE
        with time_machine.travel(MOMENT, tick=False) as clock:
            time.sleep = lambda seconds: clock.shift(max(float(seconds), 0.0))  # waiting is what moves this clock
            items = stocked(given.items)
            clock.shift(dt.timedelta(hours=1))  # what was asked for until here weighs on no limit any more
            for simulator in simulators.values():
                simulator.journal.clear()
            began = dt.datetime.now(dt.UTC)
            done = listed(items, wanted, clock)
        told = [figures(slug, simulators[slug], done[slug], began) for slug in wanted]
        slowest, shortest = (max(line[name] for line in told) for name in ("seconds", "shortest_seconds"))
        whole = {"seconds": slowest, "shortest_seconds": shortest, "against_shortest": ratio(slowest, shortest)}
        every = {"marketplace": "all four", "items": given.items, **whole}
        for line in told if given.only else [*told, every]:
            print(json.dumps({"bench": "bulk_listing", **line}), flush=True)


def figures(slug: str, simulator: Any, done: list[dt.datetime], began: dt.datetime) -> dict[str, Any]:
    """How long one marketplace took, and what its documents' limits need for the calls that were made."""
    asked = [row for row in simulator.journal.as_json(bodies=True)["requests"] if not row["path"].startswith(PICTURES)]
    facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
    seconds, shortest = (max(done) - began).total_seconds(), facts.shortest_seconds(asked)
    refused = sum(row["status"] == 429 for row in asked)
    told = {"marketplace": slug, "listed": len(done), "requests": len(asked), "refused": refused}
    times = {"seconds": round(seconds, 1), "shortest_seconds": round(shortest, 1)}
    return {**told, **times, "against_shortest": ratio(seconds, shortest)}


def ratio(seconds: float, shortest: float) -> float | None:
    """How many times the shortest; nothing where the limits let all of it through at once."""
    return round(seconds / shortest, 3) if shortest else None


def begin(folder: str) -> dict[str, Any]:
    """An empty installation in the folder, and the simulators it talks to, mounted in this process."""
    os.environ |= {
        "INSTICA_DATA_DIR": folder,
        "INSTICA_DATABASE_URL": "",
        "INSTICA_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "instica.project.settings",
    }
    simulators = {}
    for slug in SHOPS:
        origin = f"https://{slug}.sandbox"
        os.environ[f"INSTICA_{slug.upper()}_ORIGIN"] = origin
        os.environ |= {f"INSTICA_{slug.upper()}_{name.upper()}": value for name, value in credentials(slug).items()}
        simulators[slug] = marketplaces.every()[slug].load("simulator")(origin)
        simulators[slug].reset(seed=1, listings=LIKE, limits=True)
        wire.MOUNTED[wire.address_of(httpx2.URL(origin))] = Mounted(simulators[slug])
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, skip_checks=True)
    return simulators


def stocked(count: int) -> list[Any]:
    """So many items that all four marketplaces take, in a house whose shops know what its listings say."""
    from bench.stocked import connected
    from instica.cli import furniture
    from instica.core.money import Money
    from instica.inventory.adding import NewItem, add
    from instica.people import addresses

    shops = connected()
    house, user = shops["etsy"].organization, shops["etsy"].connected_by
    fields = {"full_name": "Robin Green", "line1": "12 Green Street", "city": "Portland", "state": "OR"}
    addresses.add(organization=house, by=user, values={**fields, "postal_code": "97201", "country": "US"})
    for shop in shops.values():
        furniture.choose(shop)
    release, picture = alike(shops["discogs"]).release, alike(shops["etsy"]).images[0]
    made = []
    for number in range(count):
        new = NewItem(
            f"Record {number:03}",
            Money.parse("24.00", "USD"),
            artist="The Bench",
            condition_item="vg_plus",
            sku=f"BENCH-{number:03}",
            quantity=1,
            images=(picture,),
        )
        made.append(add(organization=house, new=new))
    house.products.update(release=release)
    return made


def alike(shop: Any) -> Any:
    """A sound page of the shop: its release and its pictures exist there."""
    from instica.cli.furniture import walked
    from instica.connections.talk import connector_for

    return next(
        row for row in walked(connector_for(shop, "stock")) if row.seen == "live" and row.images and not row.faults
    )


def listed(items: list[Any], shops: Sequence[str], clock: time_machine.Traveller) -> dict[str, list[dt.datetime]]:
    """List all of them in those shops by one call; when each page was up, by marketplace."""
    from bench.limits import due
    from instica.listings import bulk
    from instica.listings.models import Listing, Seen
    from instica.listings.wishes import By
    from instica.work.engines.threads import run_until_idle

    house, began = items[0].organization, dt.datetime.now(dt.UTC)
    wish = bulk.Wish(wanted="live")
    uids = [item.public_id for item in items]
    begun = bulk.begin(organization=house, uids=uids, platforms=shops, wish=wish, by=By(asked_by="bulk"))
    up: dict[Any, tuple[str, dt.datetime]] = {}
    while len(up) < len(items) * len(shops) and dt.datetime.now(dt.UTC) < began + PATIENCE:
        if not run_until_idle():
            clock.move_to(due()[1])
        live = Listing.objects.filter(seen=Seen.LIVE).values_list("pk", "connection__marketplace")
        up = {pk: up.get(pk, (slug, dt.datetime.now(dt.UTC))) for pk, slug in live}
    if failed := [row for row in bulk.told(begun) if row.status != "success"]:
        raise SystemExit(f"{len(failed)} were not listed; the first: {failed[0]}")
    return {slug: [moment for where, moment in up.values() if where == slug] for slug in shops}


if __name__ == "__main__":
    main()
