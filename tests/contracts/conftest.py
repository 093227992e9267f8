"""Where the contracts lie: ``INSTICA_SPECS_DIR``, else ``../shared/specs`` beside the repository."""

from __future__ import annotations

import os
from pathlib import Path

BESIDE = Path(__file__).parents[3] / "shared" / "specs"
SPECS = Path(os.environ.get("INSTICA_SPECS_DIR", BESIDE))

if not SPECS.is_dir():
    collect_ignore_glob = ["test_*.py"]


def pytest_report_header() -> str | None:
    """Say so when there is nothing to check against."""
    return None if SPECS.is_dir() else f"contracts: none at {SPECS}, not checked (set INSTICA_SPECS_DIR)"
