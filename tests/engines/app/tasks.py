"""Handlers that take a moment, so that a kill finds them at every point of their work."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import F

from instica.core.verdicts import Again, Done, Verdict
from instica.work import clock
from instica.work.handlers import Task, handles
from instica.work.lanes import commit
from tests.engines.app.models import Applied, Balance, Effect, Passage, Wanted


@contextmanager
def passage(lane: str) -> Iterator[None]:
    """Leave a trace of being in the lane; one that is killed leaves no end."""
    trace = Passage.objects.create(lane=lane, pid=os.getpid(), began=time.monotonic_ns())
    try:
        yield
    finally:
        Passage.objects.filter(id=trace.id).update(ended=time.monotonic_ns())


@handles("crew.effect", attempts=1000)
def effect(task: Task) -> Verdict:
    """Count once, whatever happens; now and then fail before and after."""
    with passage(task.lane):
        time.sleep(random.uniform(0, 0.02))
        if random.random() < 0.02:
            return Again(at=clock.now(), why="unlucky")
        with commit():
            if not Effect.objects.filter(ref=task.payload["ref"]).exists():
                Effect.objects.create(ref=task.payload["ref"])
                Balance.objects.filter(lane=task.lane).update(total=F("total") + 1)
        time.sleep(random.uniform(0, 0.005))
    return Done()


@handles("crew.apply", batch=4, attempts=1000)
def apply(tasks: list[Task]) -> Verdict:
    """Carry out what is wanted at this moment."""
    with passage(tasks[0].lane):
        wanted = dict(Wanted.objects.filter(key__in=[task.key for task in tasks]).values_list("key", "version"))
        time.sleep(random.uniform(0, 0.02))
        with commit():
            for key, version in wanted.items():
                Applied.objects.update_or_create(key=key, defaults={"version": version})
    return Done()


@handles("crew.crowd", attempts=1000)
def crowd(task: Task) -> Verdict:
    """What both producers ask for in opposite order."""
    with passage(task.lane):
        return Done()
