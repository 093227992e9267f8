"""Commands about tasks that gave up: see them, try them again, forget them."""

from __future__ import annotations

import uuid

import typer

from instica.cli.ready import complain, open_database

tasks = typer.Typer(help="Tasks that gave up.", no_args_is_help=True)


@tasks.command("list")
def list_dead() -> None:
    """List the tasks that gave up, and why."""
    open_database()
    from instica.work import queries

    for task in queries.dead():
        typer.echo(f"{task.id}  {task.kind}  {task.created_at:%Y-%m-%d %H:%M}  {task.why}")


@tasks.command()
def retry(task: uuid.UUID) -> None:
    """Try a task again from the start."""
    open_database()
    from instica.work.queue import revive

    if not revive(task=task):
        raise complain(f"No task {task} has given up. `instica tasks list` shows those that have.")


@tasks.command()
def forget(task: uuid.UUID) -> None:
    """Forget a task: it will not be done."""
    open_database()
    from instica.work.queue import discard

    if not discard(task=task):
        raise complain(f"No task {task} has given up. `instica tasks list` shows those that have.")
