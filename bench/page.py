"""docs/benchmarks.md, written part by part."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path

from instica.core.clock import now

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`; figures are medians as measured, those that fall short included. Simulators without limits and
SQLite in WAL mode where nothing else is said.
"""


def put(heading: str, text: str, order: Sequence[str]) -> None:
    """This part in place of what was there under its heading; the others stay as they were measured."""
    parts = dict(each.split("\n", 1) for each in PAGE.read_text().split("\n## ")[1:]) if PAGE.exists() else {}
    parts[heading] = f"\n{text.strip()}\n\n{measured()}\n"
    written = [f"## {each}\n{parts[each].rstrip()}\n" for each in order if each in parts]
    PAGE.write_text("\n".join([HEAD, *written]))


def measured() -> str:
    """When and on what."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"Measured {now():%Y-%m-%d}, {os.cpu_count()} cores of {name}, CPython {platform.python_version()}."
