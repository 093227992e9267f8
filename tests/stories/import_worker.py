"""A process of the killed import: ``prepare`` makes the job, ``work`` runs it, ``report`` prints what is true."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

LEASE_SECONDS = 5.0


def main(what: str) -> None:
    """Do one of the three."""
    import django

    django.setup()
    told = {"prepare": prepare, "work": work, "report": report}[what]()
    print(json.dumps(told))  # noqa: T201


def prepare() -> dict[str, Any]:
    """An empty house with a shop and an import that was asked for."""
    from django.core.management import call_command

    from instica.connections.models import Connection
    from instica.imports import services
    from instica.marketplaces.discogs.tests import facts
    from tests import builders

    call_command("migrate", verbosity=0, skip_checks=True)
    user = builders.person()
    organization = builders.house(user)
    shop: dict[str, Any] = {"secrets": facts.SECRETS, **facts.ACCOUNT}
    Connection.objects.create(organization=organization, marketplace="discogs", **shop)
    return {"job": services.quick(organization=organization, marketplace="discogs", user=user).public_id}


def work() -> dict[str, Any]:
    """Run tasks until the import is over."""
    from django.db import connection

    from instica.imports.models import Job
    from instica.marketplaces.discogs import client
    from instica.work.engines.threads import run_until_idle

    client.DOWNLOAD_SECONDS = LEASE_SECONDS  # a lane is held for as long as its call may take, whoever is killed in it
    with connection.execute_wrapper(hesitating):
        while Job.objects.filter(run__isnull=False).exists():
            if not run_until_idle(limit_seconds=1):
                time.sleep(0.05)
    return {}


def hesitating(execute: Any, sql: str, *rest: Any) -> Any:
    """In the middle of each step, so that it takes as long on every machine and is met there by who kills it."""
    if sql.startswith(("UPDATE imports_job", 'UPDATE "imports_job"')):
        time.sleep(float(os.environ.get("HESITATE", "0")))
    return execute(sql, *rest)


def report() -> dict[str, Any]:
    """Counts that must agree, and things that must be there once."""
    from django.db.models import Count, Sum

    from instica.imports.models import Job, Row
    from instica.inventory.models import Item, Move, Tally
    from instica.listings.models import Listing, Offer, Ref
    from tests.stories.likeness import likeness

    job, tally = Job.objects.get(), Tally.objects.get()
    twice = Row.objects.values("remote_id", "part").annotate(times=Count("uid")).filter(times__gt=1)
    wrong = Item.objects.annotate(moved=Sum("moves__delta")).exclude(moved=1).count()
    return {
        "stage": job.stage,
        "found": job.found,
        "counted": job.imported + job.skipped + job.failed + job.conflicted,
        "rows": Row.objects.count(),
        "twice": twice.count(),
        "imported": job.imported,
        "rows_imported": Row.objects.filter(status="imported").count(),
        "items": Item.objects.count(),
        "moves": Move.objects.count(),
        "pages": Listing.objects.count(),
        "offers": Offer.objects.count(),
        "refs": Ref.objects.count(),
        "tally": tally.items,
        "wrong_balances": wrong,
        "likeness": likeness(),
    }


if __name__ == "__main__":
    main(sys.argv[1])
