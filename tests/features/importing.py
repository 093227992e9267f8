"""Shops as an import reads them, without the marketplace in between."""

from __future__ import annotations

from typing import Any

import time_machine
from django.apps import apps
from django.db import transaction
from django.db.models import Sum

from instica.connections.models import Connection
from instica.core.clock import now
from instica.core.money import Money
from instica.imports import fetch, intake, services
from instica.imports.lookups import Library
from instica.imports.models import Job, Row
from instica.inventory.models import Item, Move
from instica.kit.types import Page, RemoteListing, RemoteOffer
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task

TABLES = ("catalog", "inventory", "listings")


def listing(
    number: str = "1",
    title: str = "Abbey Road",
    *,
    sku: str = "",
    price: int = 3499,
    quantity: int | None = 1,
    barcode: str = "",
    **fields: Any,
) -> RemoteListing:
    """A record on sale."""
    offer = RemoteOffer(number, sku, Money(price, "USD") if price else None, quantity, barcode=barcode)
    known = {"artist": "The Beatles", "condition_item": "vg_plus", "seen": "live", "status": "For Sale"}
    return RemoteListing(id=number, title=title, offers=fields.pop("offers", (offer,)), **(known | fields))


def read(connection: Connection, *rows: RemoteListing, user: User | None = None, pages: int = 1) -> Job:
    """A job whose shop holds these, on so many pages, read and compared, not started."""
    job = services.create(organization=connection.organization, connection=connection, user=user)
    Task.objects.filter(kind="import.fetch", key=str(job.uid)).delete()
    with transaction.atomic():
        job = intake.locked(job.uid)
        job.walked = job.created
        job.save()
        library = Library(job.organization, connection)
        for page in range(pages):
            some = rows[len(rows) * page // pages : len(rows) * (page + 1) // pages]
            intake.store(job=job, page=Page(some), library=library)
        fetch.finish(job)
    return job


def done(job: Job, **options: Any) -> Job:
    """Start it and let it end."""
    services.start(job=job, **options)
    return settled(job)


def settled(job: Job) -> Job:
    """The job when nothing is left to do."""
    run_until_idle()
    job.refresh_from_db()
    return job


def brought(connection: Connection, *rows: RemoteListing) -> Job:
    """Read and imported."""
    return done(read(connection, *rows))


def patiently(job: Job, minutes: int = 20) -> Job:
    """The job after so much time, in which limits open and tries are repeated."""
    with time_machine.travel(now(), tick=True) as clock:
        for _ in range(2 * minutes):
            clock.shift(30)
            if settled(job).run is None:
                break
    return job


def only(job: Job, number: str = "1") -> Row:
    """The row of that listing."""
    return Row.objects.get(job=job, remote_id=number)


def counts(job: Job) -> tuple[int, int, int, int]:
    """Imported, skipped, failed, in conflict."""
    job.refresh_from_db()
    return job.imported, job.skipped, job.failed, job.conflicted


def everything() -> dict[str, list[dict[str, Any]]]:
    """Catalogue, inventory and listings row by row; of the ledger, which forgets nothing, the balances."""
    found = {
        model._meta.label: sorted(model._default_manager.values(), key=lambda row: str(next(iter(row.values()))))
        for label in TABLES
        for model in apps.get_app_config(label).get_models()
        if model is not Move
    }
    balances = Move.objects.values("item").annotate(sum=Sum("delta")).exclude(sum=0).order_by("item")
    return found | {"balances": list(balances)}


def balance(item: Item) -> tuple[int | None, int]:
    """What the item says it has, and what its moves sum up to."""
    item.refresh_from_db()
    return item.quantity, sum(item.moves.values_list("delta", flat=True))
