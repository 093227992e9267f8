"""Instica: one catalogue for everything a seller sells, on every marketplace."""

from __future__ import annotations

__version__ = "0.1.0"
