"""`instica serve` in several processes: one of them is killed, the others answer, a new one comes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]
COMMAND = str(Path(sys.executable).parent / "instica")


@pytest.fixture
def environment(tmp_path: Path, postgres: str) -> dict[str, str]:
    """A migrated installation that only serves."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("INSTICA_", "DJANGO_"))}
    made = {**own, "INSTICA_DATA_DIR": str(tmp_path), "INSTICA_DATABASE_URL": postgres}
    subprocess.run([COMMAND, "migrate"], env=made, check=True, capture_output=True)
    return made


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Two processes behind one port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = [COMMAND, "serve", "--processes", "2", "--port", str(port)]
    hub = subprocess.Popen(line, env=environment, start_new_session=True)
    try:
        yield hub, f"http://127.0.0.1:{port}/healthz"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(hub.pid, signal.SIGKILL)
        hub.wait()


def answers(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def workers(hub: subprocess.Popen[bytes]) -> set[int]:
    """The processes that listen, which all run the same line of Python."""
    found = set()
    for pid in Path(f"/proc/{hub.pid}/task/{hub.pid}/children").read_text().split():
        with suppress(FileNotFoundError):
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(int(pid))
    return found


def soon(reached: Callable[[], bool]) -> bool:
    """Whether it becomes so within a minute."""
    end = time.monotonic() + 60
    while not reached():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_one_is_killed_and_replaced(served: tuple[subprocess.Popen[bytes], str]) -> None:
    hub, url = served
    assert soon(lambda: answers(url))
    first = workers(hub)
    assert len(first) == 2
    os.kill(victim := first.pop(), signal.SIGKILL)
    assert answers(url)
    assert soon(lambda: len(workers(hub) - {victim}) == 2)
    hub.terminate()
    assert hub.wait(timeout=30) in {0, -signal.SIGTERM}
    assert not answers(url)
