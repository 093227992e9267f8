"""How many examples properties try, wherever they stand: ``INSTICA_TEST_DEPTH`` is quick, default or deep."""

from __future__ import annotations

import os

from hypothesis import settings

DEPTHS = {"quick": 25, "default": 100, "deep": 1000}

for name, examples in DEPTHS.items():
    settings.register_profile(name, max_examples=examples, deadline=None)
settings.load_profile(os.environ.get("INSTICA_TEST_DEPTH") or "default")
