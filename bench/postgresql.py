"""A throwaway PostgreSQL database for a measurement: on the server the environment names, else on one made for it."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from scripts.with_services import postgres

PATIENCE = 30.0


@contextmanager
def database() -> Iterator[str]:
    """Its URL; the database is gone afterwards, and so is a server that was started for it.

    Such a server keeps what is committed, as a real one does. Leaves with status 2 where there is no PostgreSQL.
    """
    name = f"instica_bench_{uuid.uuid4().hex[:12]}"
    with ExitStack() as stack:
        server = os.environ.get("INSTICA_TEST_POSTGRES_URL") or postgres(stack, safe=True)
        if not server:
            raise SystemExit("PostgreSQL is not installed, and INSTICA_TEST_POSTGRES_URL names none.")
        told(server, f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            told(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def told(server: str, statement: str) -> None:
    """Have the server do one thing outside of any transaction, once it is up."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with psycopg.connect(server, autocommit=True, connect_timeout=3) as connection:
                connection.execute(statement.encode())
            return
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
