"""What is logged while a task runs says which task it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import structlog

from instica.core.verdicts import Done, Verdict
from instica.sync import services
from instica.work import handlers
from instica.work.engines.threads import run_until_idle
from instica.work.handlers import Task, handles
from instica.work.models import Task as Row
from instica.work.queue import enqueue
from tests.shops import Shops

log = structlog.get_logger(__name__)


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """Kinds a test defines are gone after it."""
    before = dict(handlers._handlers)
    yield
    handlers._handlers.clear()
    handlers._handlers.update(before)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged meanwhile, with what was bound to it; loggers keep the processors of their first line."""
    caplog.set_level("INFO")
    return caplog


def said(lines: pytest.LogCaptureFixture, event: str) -> list[Mapping[str, Any]]:
    """The task's fields of these lines."""
    fields = ("kind", "lane", "key", "task", "tasks")
    told: list[Any] = [record.msg for record in lines.records if isinstance(record.msg, dict)]
    return [{name: each[name] for name in fields if name in each} for each in told if each["event"] == event]


def test_a_failed_call_says_whose_it_was(shop: Shops, lines: pytest.LogCaptureFixture) -> None:
    connection = shop("discogs", listings=5)
    services.start(connection=connection)
    shop.control("discogs", "faults", [{"match": "GET /marketplace/orders*", "times": 9, "do": "status:500"}])
    lane = f"shop:{connection.uid}:watch"
    enqueue("orders.poll", str(connection.uid), lane=lane)
    uid = Row.objects.get(kind="orders.poll").id
    run_until_idle()
    its = {"kind": "orders.poll", "lane": lane, "key": str(connection.uid), "task": str(uid)}
    assert said(lines, "remote.failed") == [its]


@pytest.mark.django_db
def test_each_run_says_its_own_and_nothing_is_left_over(lines: pytest.LogCaptureFixture) -> None:
    @handles("test.note")
    def note(task: Task) -> Verdict:
        log.info("noted")
        if task.key == "b":
            raise ValueError("broken")
        return Done()

    @handles("test.many", batch=5)
    def many(tasks: list[Task]) -> Verdict:
        log.info("many")
        return Done()

    for kind, key in (("test.note", "a"), ("test.note", "b"), ("test.many", "c"), ("test.many", "d")):
        enqueue(kind, key, lane=f"lane of {kind}")
    uids = {key: str(uid) for key, uid in Row.objects.values_list("key", "id")}
    run_until_idle()
    log.info("after")
    a, b = ({"kind": "test.note", "lane": "lane of test.note", "key": key, "task": uids[key]} for key in "ab")
    together = {"kind": "test.many", "lane": "lane of test.many", "key": "c", "task": uids["c"], "tasks": 2}
    assert said(lines, "noted") == [a, b]
    assert said(lines, "task failed") == [b]
    assert said(lines, "many") == [together]
    assert said(lines, "after") == [{}]
