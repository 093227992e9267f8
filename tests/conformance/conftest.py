"""Every test of this folder runs once for each marketplace that has a connector and a simulator.

A test may name fewer: ``parametrize("marketplace", able("entry"), ids=named)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from instica.kit.contract import Marketplace
from tests.conformance.place import MARKETPLACES, Place, connected, named


@pytest.fixture(params=MARKETPLACES, ids=named)
def marketplace(request: pytest.FixtureRequest) -> Marketplace:
    """The marketplace under test."""
    found: Marketplace = request.param
    return found


@pytest.fixture
def place(marketplace: Marketplace, tmp_path: Path) -> Iterator[Place]:
    """A shop of 150 listings there, connected."""
    with connected(marketplace, tmp_path) as found:
        yield found


TO_FILL: dict[tuple[str, str], int] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
    """Remember what was not there yet: a method nobody wrote, a fact nobody told."""
    failure = call.excinfo
    if failure and isinstance(failure.value, NotImplementedError):
        params = getattr(getattr(item, "callspec", None), "params", {})
        slug = named(params["marketplace"]) if "marketplace" in params else ""
        missing = str(failure.value) or f"connector.py: {failure.traceback[-1].name}"
        TO_FILL[slug, missing] = TO_FILL.get((slug, missing), 0) + 1
    return (yield)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what is still to fill, what most tests wait for first."""
    if TO_FILL:
        terminalreporter.section("still to fill")
    for (slug, missing), tests in sorted(TO_FILL.items(), key=lambda pair: -pair[1]):
        terminalreporter.write_line(f"{slug}/{missing} ({tests} tests)")
