"""Hub, worker and market as processes of their own, and how a measurement speaks to them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2


class Market:
    """The process of ``bench.market``, and how it is spoken to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __call__(self, do: str, **more: Any) -> Any:
        """Have it do one thing."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def served(url: str, processes: int = 1) -> Iterator[subprocess.Popen[str]]:
    """``instica serve``, once it answers."""
    with process("bench.unlimited", "serve", "--port", url.rpartition(":")[2], f"--processes={processes}") as started:
        until(lambda: httpx2.get(f"{url}/webhooks/etsy/").status_code == 405, 60)
        yield started


def until(reached: Callable[[], object], seconds: float) -> None:
    """Until it is so, asked again and again."""
    end = time.monotonic() + seconds
    while True:
        try:
            if reached():
                return
        except httpx2.HTTPError:
            pass
        if time.monotonic() > end:
            raise SystemExit("The hub did not come into step.")
        time.sleep(0.2)


@contextmanager
def process(*module: str) -> Iterator[subprocess.Popen[str]]:
    """A module of ours as a process, ended afterwards."""
    pipe = subprocess.PIPE if module[0] == "bench.market" else None
    started = subprocess.Popen([sys.executable, "-m", *module], text=True, stdin=pipe, stdout=pipe)
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(timeout=20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def processor_seconds(pid: int) -> float:
    """What a process and those it began have taken so far, for themselves and for the kernel's work on their behalf."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    begun = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(child)) for child in begun)
