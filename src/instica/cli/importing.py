"""``instica import``: reads a shop into the inventory and shows how it goes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from instica.cli.ready import complain, open_database, organization

if TYPE_CHECKING:
    from instica.imports.models import Job

PAUSE = 0.3


def import_shop(
    marketplace: Annotated[str, typer.Argument(help="Which marketplace, such as discogs.")],
    watch: Annotated[bool, typer.Option(help="Stay and show the progress; also helps with the work.")] = False,
    skip_conflicts: Annotated[bool, typer.Option(help="Skip what clashes instead of asking.")] = False,
    organization_slug: Annotated[str, typer.Option("--organization", help="Slug of the organization.")] = "",
) -> None:
    """Import everything the connected shop holds."""
    open_database()
    from instica.core.errors import Problem
    from instica.imports import services

    try:
        job = services.quick(organization=organization(organization_slug), marketplace=marketplace, user=None)
    except Problem as problem:
        raise complain(problem.detail) from problem
    typer.echo(f"Import {job.public_id} of {marketplace} has begun.")
    if watch:
        follow(job)
        if skip_conflicts:
            services.skip_all_conflicts(job=job)
        report(job)


def follow(job: Job) -> None:
    """Draw the progress until the job is over, doing its work here where nobody else does."""
    from instica.cli.hub import engine

    running = engine(2)
    running.start()
    try:
        draw(job)
    finally:
        running.stop()


def draw(job: Job) -> None:
    """One line that lives: found, imported, conflicts, failed, rate, time left."""
    from instica.imports import queries

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>5.1f} %"))
    with Progress(*columns, TimeElapsedColumn(), console=Console()) as bars:
        bar = bars.add_task("Reading the shop", total=100)
        while True:
            job.refresh_from_db()
            seen = queries.progress(job)
            left = "" if seen.seconds_left is None else f" · {seen.seconds_left:.0f} s left"
            counts = f"{job.found} found · {job.imported} imported · {job.conflicted} conflicts · {job.failed} failed"
            waits = f" · {seen.error_message}" if seen.error_message else ""
            rate = f" · {seen.rate:.0f}/s" if seen.rate else ""
            bars.update(bar, completed=seen.percentage, description=f"{counts}{rate}{left}{waits}")
            if seen.status in ("completed", "failed"):
                return
            time.sleep(PAUSE)


def report(job: Job) -> None:
    """A table of what needs a person."""
    from django.conf import settings

    from instica.core.money import two_places
    from instica.imports import queries

    job.refresh_from_db()
    table = Table("Listing", "Title", "Price", "What", "Why")
    for row in queries.rows(job, statuses=["failed", "conflict"]):
        why = row.conflict_details or row.error
        price = "" if row.price is None else f"{two_places(row.price, row.currency)} {row.currency}"
        table.add_row(row.remote_id, row.title[:60], price, row.status, why)
    Console().print(table)
    typer.echo(f"{job.imported} imported, {job.skipped} skipped, {job.failed} failed, {job.conflicted} conflicts.")
    if job.failed or job.conflicted:
        typer.echo(f"Decide, retry or undo: {settings.CONFIG.url}/imports/{job.public_id}/")
