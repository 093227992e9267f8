"""Wakes Django for a command, and finds whom the command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from instica.people.models import Organization


def wake() -> None:
    """Load the settings and the features; afterwards models may be imported."""
    import django

    django.setup()


def open_database() -> None:
    """Wake, and look whether the database can be worked with. Leaves with status 2, and a line on what to do."""
    wake()
    from django.conf import settings
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise complain("The database does not answer. Start it, or mend INSTICA_DATABASE_URL.") from error
    if not behind:
        return
    if executor.loader.applied_migrations or connection.vendor != "sqlite":
        raise complain("The database is not of this version. Run `instica migrate` first.")
    raise complain(
        f"There is no hub in {settings.DATA}. Name the folder of yours with INSTICA_DATA_DIR=…, "
        "or begin one here: `instica serve`."
    )


def complain(message: str) -> typer.Exit:
    """Say what is wrong on standard error; raise the answer to leave with status 2."""
    typer.echo(message, err=True)
    return typer.Exit(2)


def organization(slug: str) -> Organization:
    """The organization of that slug, or the only one. Leaves with status 2 when it is not clear which."""
    from instica.people.models import Organization

    if slug:
        found = Organization.objects.filter(slug=slug).first()
        if found is None:
            raise complain(f"There is no organization {slug!r}.")
        return found
    every = list(Organization.objects.order_by("created")[:2])
    if len(every) == 1:
        return every[0]
    reason = "There is no organization yet: sign up first." if not every else "Say which one with --organization SLUG."
    raise complain(reason)
