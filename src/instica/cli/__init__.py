"""The command line: everything an operator does with an installation."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from instica.cli.account import subscription, tokens
from instica.cli.doctor import doctor, recount
from instica.cli.importing import import_shop
from instica.cli.server import config, keys, migrate, sandbox, serve, work
from instica.cli.tasks import tasks

app = typer.Typer(
    name="instica",
    help="One catalogue for everything you sell, on every marketplace, never sold twice.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(serve)
app.command()(work)
app.command()(migrate)
app.command()(sandbox)
app.command()(doctor)
app.command()(recount)
app.command()(config)
app.command(name="import")(import_shop)
app.add_typer(tokens, name="tokens")
app.add_typer(keys, name="keys")
app.add_typer(tasks, name="tasks")
app.add_typer(subscription, name="subscription")


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the hub.")] = 8000,
    base_port: Annotated[int, typer.Option(help="First port of the sandbox.")] = 8100,
    keep: Annotated[str, typer.Option(help="Folder to keep the data in; without it every start is empty.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready.")] = False,
    check: Annotated[bool, typer.Option(help="Run the main job once over HTTP, say what was seen, and stop.")] = False,
) -> None:
    """Start a hub with an account, four connected shops and the sandbox beside it."""
    from instica.cli.demo import run

    raise typer.Exit(run(port=port, base_port=base_port, keep=keep, as_json=as_json, check=check))


def main() -> None:
    """The ``instica`` command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "instica.project.settings")
    app()
