"""Commands that run parts of an installation: the hub, workers, migrations, the sandbox, keys, settings."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer
from pydantic import SecretStr

from instica.cli.ready import complain, open_database, wake

keys = typer.Typer(help="Keys that encrypt the shops' secrets.", no_args_is_help=True)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    processes: Annotated[int, typer.Option(help="Processes that answer; more than one needs PostgreSQL.", min=1)] = 1,
) -> None:
    """Serve the pages and the API; with the threads engine also run the tasks."""
    wake()
    from django.db import connection

    if processes > 1 and connection.vendor == "sqlite":
        raise complain("Several processes need PostgreSQL: set INSTICA_DATABASE_URL, or leave --processes out.")
    prepare_database()
    from instica.cli.hub import run

    run(host=host, port=port, processes=processes)


def prepare_database() -> None:
    """SQLite is migrated at once; a shared database is migrated by ``instica migrate``, once for all machines."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.vendor != "sqlite":
        raise complain("The database is older than this program. Run `instica migrate` first.")
    call_command("migrate", verbosity=0)


def work(
    threads: Annotated[int, typer.Option(help="Worker threads; 0 takes the setting.")] = 0,
) -> None:
    """Run tasks until stopped; start as many of these as you like, on as many machines."""
    wake()
    from django.conf import settings

    from instica.cli.hub import engine

    if settings.CONFIG.engine == "celery":
        from instica.work.engines import celery

        celery.work(threads or settings.CONFIG.workers)
        return
    running = engine(threads)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    running.start()
    stopped.wait()
    running.stop()


def migrate() -> None:
    """Bring the database up to this version."""
    wake()
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


def sandbox(
    base_port: Annotated[int, typer.Option(help="Port of the control page; the marketplaces follow.")] = 8100,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as one line of JSON.")] = False,
) -> None:
    """Run a simulator of every marketplace on loopback."""
    from instica.sandbox import serve as serve_sandbox

    serve_sandbox(base_port=base_port, as_json=as_json)


def config() -> None:
    """Print every setting, its value (secrets hidden) and what it means."""
    from rich.console import Console
    from rich.table import Table

    from instica.project.config import Config, from_folder

    from_folder()
    values, table = Config(), Table("Setting", "Value", "Meaning", box=None)
    for name, field in Config.model_fields.items():
        table.add_row(f"INSTICA_{name.upper()}", shown(getattr(values, name)), field.description or "")
    Console().print(table)


def shown(value: object) -> str:
    """A setting as it may be seen: a secret is only said to be there."""
    return ("set" if value else "") if isinstance(value, SecretStr) else str(value)


@keys.command()
def rotate() -> None:
    """Make a new key, encrypt every secret with it, and drop the old ones."""
    open_database()
    from instica.connections.rotation import rotate as rotate_keys

    rotate_keys(say=typer.echo)
