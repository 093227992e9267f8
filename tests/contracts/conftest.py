"""Says at the start of a run whether the official contracts are there."""

from __future__ import annotations

from tests.contracts.specs import MISSING, SPECS


def pytest_report_header() -> str:
    """Where they are, or that nothing is checked against them."""
    return f"contracts: {SPECS or MISSING}"
