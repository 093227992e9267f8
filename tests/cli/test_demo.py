"""``instica demo`` as a process: the check, the line of JSON, and a port that is taken."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import httpx2
import pytest

from instica import marketplaces
from instica.kit.contract import Marketplace

INSTICA = Path(sys.executable).parent / "instica"
SHOPS = [manifest for manifest in marketplaces.every().values() if manifest.auth and manifest.connector]


def offers(shop: Marketplace) -> int:
    """What the demo's 150 listings there have on offer, variations counted one by one."""
    return getattr(import_module(f"instica.marketplaces.{shop.slug}.tests.facts"), "OFFERS_OF_150", 150)


LINES = (
    "signed in as",
    *(f"connected the {shop.name} shop" for shop in SHOPS),
    *(line for shop in SHOPS for line in (f"{shop.name}: plan ready", f"{shop.name}: imported: {offers(shop)} found")),
    "resolved a conflict",
    "inventory:",
    "chose",
    "listed it on eBay, Etsy, Shopify",
    "sold on Shopify; ended on Discogs after",
    "shipped the order with tracking; Shopify says fulfilled",
    "a price changed on Shopify is shown:",
)


ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith(("INSTICA_", "DJANGO_")) and name != "CI"
}


def free_ports() -> tuple[int, int]:
    """A port for the hub, and the first of nine in a row for the sandbox."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    base = random.SystemRandom().randrange(20_000, 31_000, 16)  # below those the system gives out by itself
    return port, base


def command(port: int, base: int, *words: str) -> list[str]:
    """The demo on those ports."""
    return [str(INSTICA), "demo", "--port", str(port), "--base-port", str(base), *words]


def run(port: int, base: int, *words: str) -> subprocess.CompletedProcess[str]:
    """The demo until it ends by itself."""
    line = command(port, base, *words)
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=220, env=ENVIRONMENT)


@contextmanager
def running(*words: str) -> Iterator[dict[str, object]]:
    """A demo that serves until the block ends; what it said when it was ready."""
    process = subprocess.Popen(
        command(*free_ports(), "--json", *words), stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


@pytest.mark.timeout(240)
def test_the_check_does_the_main_job_and_says_what_was_seen() -> None:
    done = run(*free_ports(), "--check")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.removeprefix("✓ ")[: len(told)] for line, told in zip(lines, LINES, strict=True)] == list(LINES)


@pytest.mark.timeout(120)
def test_the_line_of_json_opens_the_hub() -> None:
    with running() as ready:
        assert list(ready) == ["hub", "email", "password", "token", "sandbox", "accounts"]
        headers = {"Authorization": f"Bearer {ready['token']}"}
        seen = httpx2.get(f"{ready['hub']}/api/v1/marketplace/accounts/", headers=headers).json()
        shops = seen["results"] if isinstance(seen, dict) else seen
        assert ready["accounts"] == {shop["platform"]: shop["uid"] for shop in shops}
        assert len(shops) == len(SHOPS)
        assert httpx2.get(f"{ready['hub']}/api/v1/inventory/", headers=headers).json()["count"] == 6


@pytest.mark.timeout(120)
def test_the_line_it_prints_uses_the_command_line_with_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(*free_ports(), "--keep", str(tmp_path)), stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "INSTICA_DATA_DIR=" in line)
        assert line.strip() == f"INSTICA_DATA_DIR={tmp_path} {INSTICA} import {SHOPS[0].slug} --watch"
        tokens = line.partition(" import ")[0] + " tokens list"
        done = subprocess.run(["sh", "-c", tokens], capture_output=True, text=True, check=False, env=ENVIRONMENT)
        assert (done.returncode, done.stdout.split()[1]) == (0, "Demo")
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(port, free_ports()[1])
    assert done.returncode == 2
    assert done.stderr == f"Port {port} is taken. Choose others with --port and --base-port.\n"
