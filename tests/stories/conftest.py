"""Fixtures of the stories."""

from __future__ import annotations

from tests.engines.conftest import postgres

__all__ = ["postgres"]
