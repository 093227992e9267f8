"""Fixtures every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from instica import marketplaces
from instica.api.usage import COUNTING
from instica.connections.models import Connection
from instica.core.clock import now
from instica.kit.contract import Marketplace
from instica.people.models import User
from tests import builders
from tests.contracts import report
from tests.features import pretend as pretending
from tests.shops import Shops


@pytest.fixture(autouse=True)
def counted_afresh() -> None:
    """What an earlier test counted is not written in the middle of this one."""
    COUNTING.calls.clear()
    COUNTING.errors.clear()
    COUNTING.written = now()


@pytest.fixture
def person(db: None) -> User:
    """Ada, who owns Green Street Records."""
    return builders.person()


@pytest.fixture
def stranger(db: None) -> User:
    """Mallory, who owns another organization and must never see Ada's."""
    return builders.person("mallory@example.com", "Other Records")


@pytest.fixture
def shop(person: User, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shops]:
    """``shop("discogs")``: Ada's shop there, connected to a simulator in this process; ``shop.control`` steers it."""
    with ExitStack() as stack:
        yield Shops(person, monkeypatch, stack)


@pytest.fixture
def pretend(person: User, monkeypatch: pytest.MonkeyPatch) -> Connection:
    """Ada's shop on a marketplace that exists only in tests, for what no real one shows yet."""
    monkeypatch.setitem(marketplaces.every(), "pretend", pretending.MANIFEST)
    monkeypatch.setattr(pretending, "THERE", pretending.There())
    return Connection.objects.create(
        organization=builders.house(person),
        marketplace="pretend",
        remote_id="7",
        username="pretender",
        secrets=pretending.granted(0, None).secrets,
        connected_by=person,
    )


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A marketplace whose folder holds no more than a manifest."""
    manifest = Marketplace(slug="unbuilt", name="Unbuilt", url="https://unbuilt.example", connection="oauth")
    monkeypatch.setitem(marketplaces.every(), "unbuilt", manifest)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Threads of a test's web server may still hold connections when the database is dropped: end them."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.cursor().execute(f"SELECT pg_terminate_backend(pid) FROM ({others}) AS others")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker that is done tells what it heard."""
    report.gather(getattr(node, "workeroutput", {}).get("contracts"))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What the contracts forbid is a failure; and on a build machine a skipped test is one: all it needs is there."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["contracts"] = report.heard()
        return
    if page := os.environ.get("INSTICA_CONTRACTS_PAGE"):
        report.write(Path(page))
    asked = session.config.option
    narrowed = asked.keyword or asked.markexpr or asked.ignore
    whole = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed
    if (faults := report.faults(whole=whole)) and reporter:
        reporter.write_line("")
        for fault in faults:
            reporter.write_line(f"contract: {fault}", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if os.environ.get("CI") and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
