"""At least 2 000 tasks and 100 ``kill -9`` at random moments, for every engine and database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]
ROOT = Path(__file__).resolve().parents[2]


def evening(tmp_path: Path, **environment: str) -> dict[str, Any]:
    """Run the crew, and what it says about the end."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.engines.settings", "INSTICA_DATA_DIR": str(tmp_path)}
    crew = subprocess.Popen(
        [sys.executable, "-m", "tests.engines.crew"],
        cwd=ROOT,
        env={**os.environ, **settings, "INSTICA_ENGINES_LEASE": "4", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = crew.communicate(timeout=560)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(crew.pid, signal.SIGKILL)
    assert crew.returncode == 0, output[-3000:]
    assert "stumbled" not in output
    assert "task failed" not in output
    report: dict[str, Any] = json.loads(next(line for line in output.splitlines() if line.startswith('{"kills"')))
    return report


def assert_all_is_well(report: dict[str, Any]) -> None:
    """Nothing lost, nothing twice, nothing at once, nothing refused; and the kills did hit."""
    asked, cut = report.pop("asked"), report.pop("cut")
    assert asked >= 2000
    assert report.pop("runs") >= asked
    assert cut >= 10
    report.pop("drained")
    assert report == {"kills": 100, "lost": 0, "twice": 0, "left": 0, "stale": 0, "overlaps": 0, "errors": []}


def test_threads_on_sqlite(tmp_path: Path) -> None:
    assert_all_is_well(evening(tmp_path, INSTICA_ENGINES_SQLITE=str(tmp_path / "crew.sqlite3")))


def test_threads_on_postgresql(tmp_path: Path, postgres: str) -> None:
    assert_all_is_well(evening(tmp_path, INSTICA_ENGINES_DATABASE_URL=postgres))


def test_celery_on_postgresql(tmp_path: Path, postgres: str, broker: dict[str, str]) -> None:
    engine = {"INSTICA_ENGINES_ENGINE": "celery", "INSTICA_ENGINES_DATABASE_URL": postgres}
    assert_all_is_well(evening(tmp_path, **engine, **broker))
