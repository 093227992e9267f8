"""One import of one marketplace in this process, for the benchmarks: prints its figures as JSON."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2

from bench import stages
from instica import marketplaces
from instica.cli.demo import credentials


def main(slug: str, origin: str, folder: str, profile: str) -> None:
    """Connect the shop, import it, say how long that took."""
    os.environ |= {
        "INSTICA_DATA_DIR": folder,
        "INSTICA_DATABASE_URL": "",
        "INSTICA_LOG_LEVEL": "WARNING",
        f"INSTICA_{slug.upper()}_ORIGIN": origin,
        **{f"INSTICA_{slug.upper()}_{name.upper()}": value for name, value in credentials(slug).items()},
        "DJANGO_SETTINGS_MODULE": "instica.project.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    if profile:
        stages.watch()
    figures = run(slug)
    figures["requests"] = asked(origin) - figures.pop("asked_before")
    if slug == "discogs":
        save_export(origin, Path(folder) / "export.csv")
    if profile:
        print(stages.table(figures["cpu_seconds"]))
    print(json.dumps(figures))


def run(slug: str) -> dict[str, Any]:
    """The import; time from asking for it to its end. The shop was just connected and tested, as always before one."""
    unlimited(slug)
    from instica.connections import services as connections
    from instica.connections.credentials import app_for
    from instica.imports import services
    from instica.imports.models import Job
    from instica.work.engines.threads import run_until_idle

    shop, user = connected(slug)
    organization = shop.organization
    connections.test(connection=shop)
    before = asked(app_for(slug).origin)
    began, cpu = time.perf_counter(), time.process_time()
    job = services.quick(organization=organization, marketplace=slug, user=user)
    while Job.objects.get(pk=job.pk).run:
        if not run_until_idle(limit_seconds=1):
            time.sleep(0.05)
    seconds = time.perf_counter() - began
    job.refresh_from_db()
    return {
        "asked_before": before,
        "found": job.found,
        "imported": job.imported,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "listings_a_second": round(job.found / seconds),
        "microseconds_a_listing": round(1e6 * seconds / job.found, 1),
        "peak_megabytes": peak(),
    }


def connected(slug: str) -> tuple[Any, Any]:
    """A shop there, of a person with an organization: the connection, and who made it."""
    facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
    from instica.connections.models import Connection
    from instica.people import services as people
    from instica.people.models import Organization, User

    user = User(username="bench", email="bench@example.com")
    user.set_unusable_password()
    people.sign_up(user=user, shop="Bench")
    shop = Connection.objects.create(
        organization=Organization.objects.get(), marketplace=slug, secrets=facts.SECRETS, **facts.ACCOUNT
    )
    return shop, user


def asked(origin: str) -> int:
    """How many requests the simulator has seen."""
    return int(httpx2.get(f"{origin}/_sandbox/requests").json()["total"])


def peak() -> float:
    """The most memory this program held; the kernel's other count keeps that of the process which started us."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return round(int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024, 1)


def unlimited(slug: str) -> None:
    """Let our own limits not be what is measured: even what is heard of theirs lasts a thousandth of a second."""
    known = marketplaces.every()
    free = tuple(replace(spec, rate=1e6, per=0.001, burst=1e6) for spec in known[slug].limits)
    known[slug] = replace(known[slug], limits=free)


def save_export(origin: str, to: Path) -> None:
    """The CSV that was read, for the bare loop."""
    headers = {"Authorization": "Discogs token=sandbox-token", "User-Agent": "bench/1.0 +https://example.com"}
    with httpx2.Client(headers=headers, timeout=120) as client:
        newest = client.get(f"{origin}/inventory/export").json()["items"][0]
        to.write_bytes(client.get(f"{origin}/inventory/export/{newest['id']}/download").content)


if __name__ == "__main__":
    main(*sys.argv[1:])
