"""Tasks a second with a handler that does nothing, on SQLite and PostgreSQL: ``python -m bench.tasks``."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

TASKS, LANES, WORKERS, ROUNDS, TARGET = 2000, 20, 4, 5, 300


def measure_here(url: str, folder: str) -> dict[str, list[float]]:
    """Every figure of one database, once a round; for a process of its own."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    from instica.project.settings import database

    databases = {"default": {**database(url), **({} if url else {"NAME": Path(folder) / "bench.sqlite3"})}}
    settings.configure(DATABASES=databases, INSTALLED_APPS=["instica.work"], USE_TZ=True, SECRET_KEY="bench")
    django.setup()
    call_command("migrate", verbosity=0)
    rounds = [_round() for _ in range(ROUNDS + 1)][1:]
    return {name: [each[name] for each in rounds] for name in rounds[0]}


def _round() -> dict[str, float]:
    from instica.core.verdicts import Done
    from instica.work.engines.threads import Engine, run_until_idle
    from instica.work.handlers import handles, kinds
    from instica.work.models import Task
    from instica.work.queue import enqueue

    if "bench.nothing" not in kinds():
        handles("bench.nothing")(lambda _task: Done())

    def fill() -> float:
        began = time.perf_counter()
        for number in range(TASKS):
            enqueue("bench.nothing", str(number), lane=f"lane:{number % LANES}")
        return TASKS / (time.perf_counter() - began)

    asked = fill()
    began = time.perf_counter()
    run_until_idle(limit_seconds=600)
    alone = TASKS / (time.perf_counter() - began)
    fill()
    engine, began = Engine(WORKERS), time.perf_counter()
    engine.start()
    while Task.objects.exists():
        time.sleep(0.05)
    together = TASKS / (time.perf_counter() - began)
    engine.stop()
    return {"enqueued, one transaction each": asked, "run, one thread": alone, f"run, {WORKERS} workers": together}


def measure() -> dict[str, dict[str, float]]:
    """The median of every figure for each database that can be reached."""
    figures = {}
    for name, url in (("SQLite", ""), ("PostgreSQL", _new_database())):
        if name == "SQLite" or url:
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-m", "bench.tasks", "--here", url, folder]
                environment = {**os.environ, "INSTICA_DATA_DIR": folder}
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
            found = json.loads(done.stdout.splitlines()[-1])
            figures[name] = {what: statistics.median(rounds) for what, rounds in found.items()}
        if url:
            _server(f'DROP DATABASE "{urlsplit(url).path[1:]}" WITH (FORCE)')
    return figures


def _new_database() -> str:
    """The URL of a throwaway database, or nothing without a server."""
    import psycopg

    name = f"instica_bench_{uuid.uuid4().hex[:12]}"
    try:
        return urlunsplit(urlsplit(_server(f'CREATE DATABASE "{name}"'))._replace(path=f"/{name}"))
    except psycopg.OperationalError:
        return ""


def _server(statement: str) -> str:
    import psycopg

    url = os.environ.get("INSTICA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
        connection.execute(statement.encode())
    return url


def table() -> str:
    """The figures as a Markdown table."""
    figures = measure()
    lines = [f"| tasks a second (reach: {TARGET}) | {' | '.join(figures)} |", "|---|" + "---|" * len(figures)]
    rows = [
        f"| {what} | {' | '.join(f'{each[what]:.0f}' for each in figures.values())} |" for what in figures["SQLite"]
    ]
    return "\n".join([*lines, *rows])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        print(json.dumps(measure_here(*sys.argv[2:])))
    else:
        print(table())
