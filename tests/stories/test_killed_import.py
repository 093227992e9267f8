"""Two workers import one shop and are killed again and again: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from instica.sandbox import host

Worker = subprocess.Popen[bytes]
LISTINGS, KILLS, TOGETHER, HESITATE, PATIENCE = 1_000, 8, 2, "0.7", 400


@pytest.fixture
def origin() -> Iterator[str]:
    """A simulated shop on a loopback port."""
    sandbox = host.start(base_port=0, only={"discogs"})
    sandbox.simulations["discogs"].reset(seed=1, listings=LISTINGS)
    yield sandbox.urls["discogs"]
    sandbox.stop()


def command(what: str) -> list[str]:
    return [sys.executable, "-m", "tests.stories.import_worker", what]


def told(what: str, environment: dict[str, str]) -> dict[str, Any]:
    """Run one to its end and read what it says."""
    output = subprocess.run(command(what), env=environment, check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


@contextmanager
def crew(environment: dict[str, str]) -> Iterator[list[Worker]]:
    """Some that work; none is left when the test is over."""
    workers = [hired(environment) for _ in range(TOGETHER)]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def hired(environment: dict[str, str]) -> Worker:
    return subprocess.Popen(command("work"), env=environment, stdout=subprocess.DEVNULL)


def ended(environment: dict[str, str]) -> int:
    """Let two work, killing one at a random moment again and again, until the import is over; how many were killed."""
    dice, kills, deadline = random.Random(7), 0, time.monotonic() + PATIENCE
    with crew(environment) as workers:
        while any(one.poll() is None for one in workers):
            assert time.monotonic() < deadline, "the import hangs"
            time.sleep(dice.uniform(0.2, 1.5))
            number = dice.randrange(TOGETHER)
            if kills < KILLS and workers[number].poll() is None:
                workers[number].kill()
                workers[number].wait()
                kills += 1
                workers[number] = hired(environment)
    return kills


def environment(folder: Path, origin: str, database: str = "") -> dict[str, str]:
    """What a process of a house of its own is given; without ``database`` it is SQLite in that folder."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.stories.settings",
        "INSTICA_DATA_DIR": str(folder),
        "INSTICA_TEST_DATABASE_URL": database,
        "INSTICA_DISCOGS_ORIGIN": origin,
        "INSTICA_DISCOGS_CLIENT_ID": "sandbox",
        "INSTICA_DISCOGS_CLIENT_SECRET": "sandbox-secret",
    }


@pytest.mark.engine
@pytest.mark.timeout(PATIENCE + 100)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_kill_nine(database: str, origin: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres") if database == "postgresql" else ""
    house, good = environment(tmp_path / "killed", origin, url), environment(tmp_path / "good", origin)
    told("prepare", house)
    kills = ended(house | {"HESITATE": HESITATE})
    found = told("report", house)
    imported = found["imported"]
    assert kills == KILLS
    assert (found["stage"], found["found"], found["counted"], found["rows"], found["twice"]) == (
        *("done", LISTINGS, LISTINGS, LISTINGS, 0),
    )
    once = [found[name] for name in ("rows_imported", "items", "moves", "pages", "offers", "refs", "tally")]
    assert once == [imported] * 7
    assert found["wrong_balances"] == 0
    for step in ("prepare", "work"):
        told(step, good)
    undisturbed = told("report", good)["likeness"]
    assert len(undisturbed["inventory.Item"]) == imported > LISTINGS - 20
    for table, rows in undisturbed.items():
        assert found["likeness"][table] == rows, table
