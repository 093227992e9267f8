"""Databases and brokers of the killing tests: throwaway, on servers that are already there."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import redis


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of a new, empty database."""
    server = os.environ.get("INSTICA_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    name = f"instica_engines_{uuid.uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL: set INSTICA_TEST_POSTGRES_URL")
    with connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def broker() -> Iterator[dict[str, str]]:
    """Where Redis is and a prefix of our own there; only keys with that prefix are removed afterwards."""
    url = os.environ.get("INSTICA_TEST_REDIS_URL", "redis://127.0.0.1:6379/")
    prefix = f"instica-engines-{uuid.uuid4().hex[:12]}:"
    client = redis.Redis.from_url(url, socket_connect_timeout=3)
    try:
        client.ping()
    except redis.ConnectionError:
        pytest.skip("no Redis: set INSTICA_TEST_REDIS_URL")
    with client:
        yield {"INSTICA_ENGINES_REDIS_URL": url, "INSTICA_ENGINES_REDIS_PREFIX": prefix}
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)
