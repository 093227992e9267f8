"""Where the official contracts lie: the folder ``INSTICA_SPECS`` names. They are not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

GIVEN = os.environ.get("INSTICA_SPECS", "")
SPECS = Path(GIVEN).resolve() if GIVEN else None
MISSING = "no contracts to check against: set INSTICA_SPECS to the folder that holds them"


def folder(marketplace: str) -> Path:
    """The contracts of one marketplace; without any, the module that asks is skipped with a line that says so."""
    if SPECS is None:
        pytest.skip(MISSING, allow_module_level=True)
    return SPECS / marketplace
