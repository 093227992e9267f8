"""How long an import takes under the published limits, beside the shortest they allow: ``python -m bench.limits``.

The clock is simulated: the simulator, the limiter and the tasks share it, it stands still while we compute and moves
when somebody waits. So what is measured is waiting alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from typing import Any

import httpx2
import time_machine

from instica import marketplaces
from instica.cli.demo import credentials
from instica.kit import wire
from instica.kit.simulation import journal
from instica.kit.simulation.mounted import Mounted

SIZE = 10_000
WHOLE = 64 * 1024 * 1024
MOMENT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
PREPARING = "The shop is preparing its list"


def main() -> None:
    """Print one JSON line a marketplace, each measured in a process of its own."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="one marketplace")
    options.add_argument("--here", action="store_true", help="in this process")
    options.add_argument("--size", type=int, default=SIZE)
    given = options.parse_args()
    if given.here:
        print(json.dumps(measure(given.only, given.size)), flush=True)
        return
    for slug, manifest in marketplaces.every().items():
        if manifest.connection == "oauth" and manifest.connector and given.only in ("", slug):
            here = ["-m", "bench.limits", "--here", "--only", slug, "--size", str(given.size)]
            subprocess.run([sys.executable, *here], check=True)


def measure(slug: str, size: int) -> dict[str, Any]:
    """Seconds on the simulated clock: the whole import, what the shop took to prepare its list, the shortest."""
    with tempfile.TemporaryDirectory() as folder:
        origin = begin(slug, folder)
        journal.BODY = WHOLE
        simulator = marketplaces.every()[slug].load("simulator")(origin)
        simulator.reset(seed=1, listings=size, limits=True)
        wire.MOUNTED[wire.address_of(httpx2.URL(origin))] = Mounted(simulator)
        with time_machine.travel(MOMENT, tick=False) as clock:
            time.sleep = lambda seconds: clock.shift(max(float(seconds), 0.0))  # waiting is what moves this clock
            prepared, found = imported(slug, clock)
            taken = (dt.datetime.now(dt.UTC) - MOMENT).total_seconds()
        asked = simulator.journal.as_json(bodies=True)["requests"]
    facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
    shortest = facts.shortest_seconds(asked)
    refused = sum(row["status"] == 429 for row in asked)
    figures = {"found": found, "requests": len(asked), "refused": refused, "seconds": round(taken, 2)}
    ratio = round((taken - prepared) / shortest, 3) if shortest else None
    told = {"prepared_seconds": round(prepared, 2), "shortest_seconds": round(shortest, 2), "against_shortest": ratio}
    return {"marketplace": slug, "listings": size, **figures, **told}


def begin(slug: str, folder: str) -> str:
    """Set up an empty installation in the folder; the origin its marketplace is to be found at."""
    origin = f"https://{slug}.sandbox"
    os.environ |= {
        "INSTICA_DATA_DIR": folder,
        "INSTICA_DATABASE_URL": "",
        "INSTICA_LOG_LEVEL": "ERROR",
        f"INSTICA_{slug.upper()}_ORIGIN": origin,
        **{f"INSTICA_{slug.upper()}_{name.upper()}": value for name, value in credentials(slug).items()},
        "DJANGO_SETTINGS_MODULE": "instica.project.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    return origin


def imported(slug: str, clock: time_machine.Traveller) -> tuple[float, int]:
    """Import the shop; seconds it took to prepare its list, and how many offers were found."""
    from bench.import_listings_worker import connected
    from instica.imports import services
    from instica.imports.models import Job
    from instica.work.engines.threads import run_until_idle

    shop, user = connected(slug)
    job = services.quick(organization=shop.organization, marketplace=slug, user=user)
    prepared = 0.0
    while Job.objects.get(pk=job.pk).run:
        if not run_until_idle():
            why, until = due()
            prepared += (until - dt.datetime.now(dt.UTC)).total_seconds() if why == PREPARING else 0.0
            clock.move_to(until)
    job.refresh_from_db()
    if job.stage != "done" or job.found == 0:
        raise SystemExit(f"The import ended as {job.stage}: {job.error}")
    return prepared, job.found


def due() -> tuple[str, dt.datetime]:
    """When something is to be done again, and why it waits."""
    from instica.core.clock import now
    from instica.work.models import Lane, Task

    moments: list[tuple[dt.datetime, str]] = [
        (lane.rest_until, "") for lane in Lane.objects.filter(rest_until__gt=now()) if lane.rest_until
    ]
    moments += [(task.run_at, task.why) for task in Task.objects.filter(state="queued", run_at__gt=now())]
    until, why = min(moments)
    return why, until


if __name__ == "__main__":
    main()
