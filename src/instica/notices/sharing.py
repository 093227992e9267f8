"""Whose work an endpoint's lane is: all programs that answer slowly, or never, hold a quarter of the workers."""

from __future__ import annotations

from collections.abc import Sequence

from instica.work.shares import SMALL, grouped


@grouped("endpoint")
def groups(lane: str) -> Sequence[str]:
    """One group for every ``endpoint:<uid>``."""
    return (f"{SMALL}webhooks",)
