"""Everything that can go wrong at the marketplace while a shop is imported: in the end it is as if nothing had."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx2
import pytest
import time_machine
from django.db import transaction
from django.test import Client

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import queries, services
from instica.imports.models import Job
from instica.kit import wire
from instica.kit.simulation.faults import ConnectionCut
from instica.kit.simulation.mounted import Mounted
from instica.notices.models import Notice
from instica.people.models import User
from instica.work.models import Task
from tests import builders
from tests.features.connecting import connect
from tests.features.importing import counts, patiently, settled
from tests.shops import Shops
from tests.stories.likeness import likeness

LARGE = 700
EXPORT = "/inventory/export"
TROUBLE = "Discogs does not answer as it should. It is tried again by itself; nothing to do for you."
KNOWN: dict[str, list[str]] = {}


@pytest.fixture
def connection(shop: Shops) -> Connection:
    """A shop so large that it is read by an export."""
    return shop("discogs", listings=LARGE)


@pytest.fixture
def undisturbed(shop: Shops, connection: Connection, person: User) -> dict[str, list[str]]:
    """What an import leaves on a good day."""
    if not KNOWN:
        with transaction.atomic():
            settled(begun(person))
            KNOWN.update(likeness())
            transaction.set_rollback(True)
        shop.control("discogs", "reset", {"seed": 1, "listings": LARGE})
    assert len(KNOWN["inventory.Item"]) > LARGE - 20
    return KNOWN


def begun(person: User) -> Job:
    return services.quick(organization=builders.house(person), marketplace="discogs", user=person)


def is_whole(job: Job) -> None:
    """It ended well, every listing has its place, and nothing is left to do."""
    progress = queries.progress(patiently(job))
    assert (progress.status, progress.error_message, sum(counts(job))) == ("completed", None, LARGE)
    assert not Task.objects.filter(key=str(job.uid), kind__in=["import.fetch", "import.apply"]).exists()


def asked(shop: Shops, call: str) -> int:
    calls = shop.control("discogs", "requests")["requests"]
    return sum(f"{one['method']} {one['path']}".startswith(call) for one in calls)


@pytest.mark.parametrize(
    ("match", "times", "does", "says"),
    [
        ("GET /users/*", 3, "status:500", TROUBLE),
        ("GET /users/*", 3, "html:502", TROUBLE),
        ("GET /users/*", 3, "html:200", TROUBLE),
        ("GET /users/*", 4, "drop", TROUBLE),
        ("GET */download", 4, "drop", TROUBLE),
        ("GET */download", 2, "html:200", TROUBLE),
        ("GET */download", 2, "status:503", TROUBLE),
        ("GET /users/*", 15, "status:429", "Waiting for Discogs's limit until "),
        ("GET */download", 15, "status:429", "Waiting for Discogs's limit until "),
    ],
)
def test_it_says_so_and_goes_on(
    undisturbed: Any, shop: Shops, person: User, match: str, times: int, does: str, says: str
) -> None:
    shop.control("discogs", "faults", [{"match": match, "times": times, "do": does}])
    job = settled(begun(person))
    progress = queries.progress(job)
    assert (progress.status, (progress.error_message or "")[: len(says)]) == ("in_progress", says)
    assert (job.found, Task.objects.get(kind="import.fetch").state) == (0, "queued")
    is_whole(job)
    assert likeness() == undisturbed
    assert asked(shop, f"POST {EXPORT}") == 1


@pytest.mark.parametrize(("does", "exports"), [("lost", 1), ("drop", 1)])
def test_an_export_is_made_once_whatever_becomes_of_the_answer(
    undisturbed: Any, shop: Shops, person: User, does: str, exports: int
) -> None:
    shop.control("discogs", "faults", [{"match": f"POST {EXPORT}", "times": 1, "do": does}])
    job = begun(person)
    is_whole(job)
    assert likeness() == undisturbed
    assert len(shop.simulators["discogs"].site.owner.exports.newest_first()) == exports  # type: ignore[attr-defined]


class Cutting:
    """The simulator behind a line that breaks in the middle of the first downloads."""

    def __init__(self, simulator: Any, times: int) -> None:
        self.simulator = simulator
        self.times = times
        self.sent = 0

    def __call__(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        body = self.simulator(environ, start_response)
        if not environ["PATH_INFO"].endswith("/download") or not self.times:
            return body  # type: ignore[no-any-return]
        self.times -= 1
        return self.cut(body)

    def cut(self, body: Iterable[bytes]) -> Iterator[bytes]:
        first = next(iter(body))
        self.sent += len(first)
        yield first
        raise ConnectionCut("in the middle")


def test_a_line_that_breaks_in_the_middle_of_the_export(
    undisturbed: Any, shop: Shops, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Cutting(shop.simulators["discogs"], times=3)
    monkeypatch.setitem(wire.MOUNTED, wire.address_of(httpx2.URL("https://discogs.sandbox")), Mounted(line))  # type: ignore[arg-type]
    job = settled(begun(person))
    assert line.sent > 10_000
    assert (job.found, queries.progress(job).status) == (0, "in_progress")
    is_whole(job)
    assert (line.times, likeness()) == (0, undisturbed)


def test_the_sign_in_ends_in_the_middle_and_is_renewed_in_the_browser(
    undisturbed: Any, shop: Shops, connection: Connection, person: User, client: Client
) -> None:
    shop.control("discogs", "faults", [{"match": "GET */download", "times": 1, "do": "revoke"}])
    job = patiently(begun(person), minutes=3)
    progress = queries.progress(job)
    assert (progress.status, progress.error_message) == (
        "in_progress",
        "Reconnect greenstreet_records: Discogs does not accept the sign-in any more. The import goes on by itself.",
    )
    assert (counts(job), Notice.objects.get().title) == ((0, 0, 0, 0), "Connect Discogs again")
    client.force_login(person)
    with time_machine.travel(now() + dt.timedelta(minutes=10), tick=True):
        assert connect(client, f"?reconnect={connection.public_id}").status_code == 302
    is_whole(job)
    assert likeness() == undisturbed
    assert Connection.objects.values_list("uid", "state", "grant_version").get() == (connection.uid, "connected", 2)
