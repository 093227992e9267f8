"""``instica doctor``: looks at an installation and says what is wrong and what to do."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import typer

from instica.cli.ready import open_database, wake


class Finding(NamedTuple):
    """One thing looked at; ``remedy`` is empty when it is well."""

    what: str
    seen: str
    remedy: str = ""


def doctor() -> None:
    """Look at this installation; leaves with 1 when something needs a hand."""
    from rich.console import Console
    from rich.table import Table

    wake()
    findings = [finding for check in CHECKS for finding in check()]
    table = Table("", "What", "Seen", "What to do", box=None)
    for finding in findings:
        table.add_row("[red]✗[/]" if finding.remedy else "[green]✓[/]", finding.what, finding.seen, finding.remedy)
    Console().print(table)
    raise typer.Exit(1 if any(finding.remedy for finding in findings) else 0)


def program() -> Iterator[Finding]:
    """Python and this program."""
    from instica import __version__

    found = ".".join(map(str, sys.version_info[:3]))
    yield Finding("Instica", __version__)
    yield Finding("Python", found, "" if sys.version_info >= (3, 11) else "Install CPython 3.11 or newer.")


def folder() -> Iterator[Finding]:
    """The data folder: there is room, and the key file is private."""
    from django.conf import settings

    from instica.people.secrets import key_file

    free = shutil.disk_usage(settings.DATA).free // 2**20
    yield Finding("Data folder", f"{settings.DATA}, {free} MB free", "" if free > 500 else "Make room on this disk.")
    if key_file().exists():
        private = stat.S_IMODE(key_file().stat().st_mode) == 0o600
        yield Finding("Key file", str(key_file()), "" if private else f"Run `chmod 600 {key_file()}`.")


def settings_in_force() -> Iterator[Finding]:
    """Where people come in, and whether mails leave."""
    from django.conf import settings

    config = settings.CONFIG
    yield Finding("Address", config.url)
    yield Finding("Sign-up", config.signup)
    yield Finding(
        "Mail", "sent" if config.email_url.get_secret_value() else "written to the log only (INSTICA_EMAIL_URL)"
    )


def database() -> Iterator[Finding]:
    """The database answers and is of this version."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        yield Finding("Database", type(error).__name__, "Start the database, or mend INSTICA_DATABASE_URL.")
        return
    yield Finding("Database", connection.vendor, f"Run `instica migrate`: {behind} steps to go." if behind else "")


def tasks() -> Iterator[Finding]:
    """Work is being done, and none of it has died."""
    from django.db import DatabaseError

    from instica.work.queries import overview

    try:
        seen = overview()
    except DatabaseError:
        return
    yield Finding("Tasks waiting", str(seen.queued), "" if seen.oldest_minutes < 15 else "Start `instica work`.")
    yield Finding("Tasks given up", str(seen.dead), "Run `instica tasks list`." if seen.dead else "")


def shops() -> Iterator[Finding]:
    """App credentials of the marketplaces, and shops that need reconnecting."""
    from django.db import DatabaseError

    from instica import marketplaces
    from instica.connections.credentials import app_for
    from instica.connections.models import Connection, State

    for manifest in marketplaces.every().values():
        if manifest.auth:
            app = app_for(manifest.slug)
            without = f"not set; sellers enter a personal token, or set INSTICA_{manifest.slug.upper()}_CLIENT_ID"
            seen = "ready" if app.client_id else without
            yield Finding(f"{manifest.name} app", f"{seen} (sandbox at {app.origin})" if app.origin else seen)
    try:
        for shop in Connection.objects.filter(state=State.EXPIRED):
            yield Finding(f"Shop {shop.username}", "signed out", "Reconnect it on the Marketplaces page.")
    except DatabaseError:
        return


def ledger() -> Iterator[Finding]:
    """Every balance is the sum of its moves."""
    from django.db import DatabaseError

    from instica.inventory.queries import unexplained_balances

    try:
        wrong = unexplained_balances()
    except DatabaseError:
        return
    seen = f"{wrong} balances without a reason" if wrong else "every balance explained"
    remedy = "Keep a copy of the database for a report, then run `instica recount`."
    yield Finding("Stock ledger", seen, remedy if wrong else "")


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    program,
    folder,
    settings_in_force,
    database,
    tasks,
    shops,
    ledger,
)


def recount() -> None:
    """Make every balance and count follow from the ledger and the rows again."""
    open_database()
    from instica.inventory import services
    from instica.people.models import Organization

    for house in Organization.objects.order_by("created"):
        services.recount(organization=house)
        typer.echo(f"{house.display_name}: counted again.")
