"""The world of a run, and the seed of its dice."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.chaos.clock import Clock, moved_by_hand
from tests.chaos.trouble import Ear, wired
from tests.chaos.world import World, begun
from tests.shops import Shops

NOBODY = "http://localhost:1"
"""Where simulators send their webhooks: not to a hub that happens to run on this machine."""


@pytest.fixture
def seed() -> int:
    """What the dice begin with."""
    return int(os.environ.get("CHAOS_SEED", "1"))


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Time that is moved by hand, before anything else begins."""
    with pytest.MonkeyPatch.context() as patch, moved_by_hand(patch) as made:
        yield made


@pytest.fixture
def world(clock: Clock, transactional_db: None, shop: Shops, seed: int, settings: Settings) -> Iterator[World]:
    """Begun, with trouble on every line and an ear on the worker. What is committed is committed."""
    random.seed(seed)
    settings.SITE_URL = NOBODY
    made = begun(shop, clock, seed)
    wired(made.trouble)
    ear, worker, every = Ear(made.trouble), logging.getLogger("instica.work.runner"), logging.getLogger("instica")
    worker.addHandler(ear)
    level = every.level
    every.setLevel(logging.ERROR)  # what happens in 10 000 steps fills a disk
    yield made
    every.setLevel(level)
    worker.removeHandler(ear)
