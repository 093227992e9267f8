"""Workers are killed with -9 at every write of publish, sale and withdraw: each thing is done, and done once."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from instica.kit.simulation import ConnectionCut
from instica.kit.simulation.http import read
from instica.sandbox import host
from instica.sandbox.host import Sandbox
from tests.stories.loop_worker import SLUGS

SECONDS, MOST = 90, 200
Worker = dict[str, int]


class Deadly:
    """A marketplace at whose door workers die: at each kind of write once before it is done and once after it."""

    def __init__(self, simulation: Any, facts: ModuleType, worker: Worker, died: list[str]) -> None:
        self.simulation, self.facts, self.worker, self.died = simulation, facts, worker, died

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = environ["wsgi.input"].getvalue()
        call = self.simulation.call(read({**environ, "wsgi.input": io.BytesIO(body)}))
        row = {"call": call, "method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"]}
        if environ["PATH_INFO"].startswith("/_sandbox") or not (self.facts.is_write(row) or "order" in call):
            return self.simulation(environ, start_response)  # type: ignore[no-any-return]
        name = re.sub(r"[0-9]+|NEW-[0-9]", "*", call)
        self.die(f"before {name}")
        answer = self.simulation(environ, start_response)
        self.die(f"after {name}")
        return answer  # type: ignore[no-any-return]

    def die(self, moment: str) -> None:
        """The worker that called is killed here, if none was before."""
        if moment not in self.died and self.worker:
            self.died.append(moment)
            os.kill(self.worker.pop("number"), signal.SIGKILL)
            raise ConnectionCut(moment)


class Hub:
    """The process beside: its workers live one after the other, each ``SECONDS`` after the one before."""

    def __init__(self, process: subprocess.Popen[str], sandbox: Sandbox, worker: Worker) -> None:
        self.process, self.sandbox, self.worker = process, sandbox, worker
        self.ahead = self.kills = 0

    def do(self, command: str) -> Any:
        """Ask it; what it answers first."""
        assert self.process.stdin
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        return self.heard()

    def heard(self) -> Any:
        """Its next line."""
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def live(self, statement: int) -> bool:
        """A worker lives; whether it lived to the end and left nothing to do."""
        self.worker["number"] = self.do(f"work {self.ahead} {statement}")["worker"]
        self.process.stdin.write("\n")  # type: ignore[union-attr]
        self.process.stdin.flush()  # type: ignore[union-attr]
        ended = self.heard()
        self.worker.clear()
        self.kills += ended["killed"]
        self.ahead += SECONDS
        for simulation in self.sandbox.simulations.values():
            simulation.clock.advance(SECONDS)
        return not ended["killed"] and not ended["left"]

    def live_on(self, step: int) -> None:
        """One worker after the other, each dying a few statements later than the one before, until all is done."""
        for number in range(1, MOST):
            if self.live(number * step):
                return
        raise AssertionError(self.do("report"))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = host.start(base_port=0, only=SLUGS)
    for simulation in running.simulations.values():
        simulation.reset(seed=1, listings=5)
    yield running
    running.stop()


@pytest.fixture
def died() -> list[str]:
    return []


@pytest.fixture
def hub(sandbox: Sandbox, died: list[str], tmp_path: Path) -> Iterator[Hub]:
    """The shops are deadly for its workers, not for itself."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.stories.settings", "INSTICA_DATA_DIR": str(tmp_path)}
    environment["INSTICA_TEST_DATABASE_URL"] = ""
    worker: Worker = {}
    for (manifest, url, simulation), server in zip(sandbox.running, sandbox.servers, strict=False):
        facts = import_module(f"instica.marketplaces.{manifest.slug}.tests.facts")
        server.application = Deadly(simulation, facts, worker, died)
        for name, value in (("ORIGIN", url), ("CLIENT_ID", "sandbox"), ("CLIENT_SECRET", "sandbox-secret")):
            environment[f"INSTICA_{manifest.slug.upper()}_{name}"] = value
    command = [sys.executable, "-m", "tests.stories.loop_worker"]
    with subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, stderr=-3, text=True) as process:
        yield Hub(process, sandbox, worker)
        process.kill()


def there(sandbox: Sandbox) -> dict[str, list[tuple[int, bool]]]:
    """How many pages of it each marketplace holds, and whether each can be bought from."""
    found: dict[str, list[tuple[int, bool]]] = {}
    for slug, simulation in sandbox.simulations.items():
        facts = import_module(f"instica.marketplaces.{slug}.tests.facts")
        rows = [dict(row) for row in simulation.listings() if row["sku"] == "NEW-1"]
        found[slug] = [(row["listing_id"], bool(facts.is_listed(row) and row["quantity"] != 0)) for row in rows]
    return found


@pytest.mark.engine
def test_kill_nine(hub: Hub, sandbox: Sandbox, died: list[str]) -> None:
    hub.do("prepare")
    hub.live_on(step=40)
    up = there(sandbox)
    assert {slug: [on_sale for _, on_sale in rows] for slug, rows in up.items()} == {slug: [True] for slug in SLUGS}
    assert len(died) >= 24, died
    kills = len(died)
    died.clear()

    ((number, _),) = up["shopify"]
    sandbox.simulations["shopify"].buy(number)
    hub.live_on(step=12)
    assert all(not on_sale for rows in there(sandbox).values() for _, on_sale in rows)
    assert max(len(rows) for rows in there(sandbox).values()) == 1
    assert len(died) >= 8, died
    told = hub.do("report")
    pages = {slug: (seen, problem) for slug, seen, problem in told.pop("pages")}
    assert (list(pages), {problem for _, problem in pages.values()}) == ([*SLUGS], {None})
    assert "live" not in {seen for seen, _ in pages.values()}
    assert told == {
        "exposed": 0,
        "exposures": 3,
        "attempts": 0,
        "lines": [[1, 1, "moved"]],
        "moves": [["import", 1], ["sale", -1]],
        "quantity": 0,
        "dead": [],
    }
    assert hub.kills > kills + len(died)
