"""Starts workers, kills them at random with -9 while others keep asking for work, and reports what is true at the end.

Run as ``python -m tests.engines.crew``; the report is one line of JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
from multiprocessing.synchronize import Event

import django
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import F, Sum

KILLS = int(os.environ.get("INSTICA_ENGINES_KILLS", "100"))
TASKS = int(os.environ.get("INSTICA_ENGINES_TASKS", "2000"))
CREW, THREADS, LANES, KEYS = 3, 3, 100, 30
DEADLINE_SECONDS = 150
LANE_NAMES = [f"shop:{number}" for number in range(LANES)]
fork = multiprocessing.get_context("fork")


def worker() -> None:
    """One worker process of the engine under test."""
    from django.conf import settings

    if settings.WORK_ENGINE == "celery":
        from instica.work.engines import celery

        celery.work(THREADS)
    else:
        from instica.work.engines.threads import Engine

        Engine(THREADS, poll_seconds=0.1).start()
        time.sleep(3600)


def producer(name: str, stop: Event, errors: multiprocessing.SimpleQueue[str]) -> None:
    """Ask for work in transactions of several tasks; the two producers go through the lanes in opposite order."""
    from instica.work.queue import Urgency, enqueue
    from tests.engines.app.models import Wanted

    count, lanes = 0, LANE_NAMES if name == "a" else LANE_NAMES[::-1]
    while count < TASKS // 2 or not stop.is_set():
        try:
            with transaction.atomic():
                for lane in lanes[count % 7 :: 15]:
                    enqueue("crew.crowd", "same", lane=lane, urgency=random.choice(list(Urgency)))
            with transaction.atomic():
                lane = random.choice(lanes)
                enqueue("crew.effect", lane=lane, payload={"ref": f"{name}{count}"}, urgency=Urgency.LEVEL)
            key = random.randrange(KEYS)
            with transaction.atomic():
                Wanted.objects.filter(key=key).update(version=F("version") + 1)
                enqueue("crew.apply", str(key), lane=LANE_NAMES[key], urgency=Urgency.ORDER)
        except Exception as error:  # every refusal is reported, none is expected
            errors.put(f"{type(error).__name__}: {error}")
        count += 1
        time.sleep(0.005)
    errors.put(f"asked:{count}")


def prepare() -> None:
    """Tables and the rows that the handlers update."""
    from tests.engines.app.models import Balance, Wanted

    call_command("migrate", run_syncdb=True, verbosity=0)
    Balance.objects.bulk_create([Balance(lane=lane) for lane in LANE_NAMES])
    Wanted.objects.bulk_create([Wanted(key=key) for key in range(KEYS)])
    connections.close_all()


def rampage(stop: Event) -> dict[int, int]:
    """Kill one worker after the other at a random moment, replacing each; when each died."""
    crew = [fork.Process(target=worker, daemon=True) for _ in range(CREW)]
    for each in crew:
        each.start()
    died: dict[int, int] = {}
    for number in range(KILLS):
        victim = crew.pop(random.randrange(CREW))
        if number % 2:
            await_work(victim.pid or 0)
        time.sleep(random.uniform(0.05, 0.5))
        victim.kill()
        victim.join()
        died[victim.pid or 0] = time.monotonic_ns()
        crew.append(fork.Process(target=worker, daemon=True))
        crew[-1].start()
    stop.set()
    return died


def await_work(pid: int) -> None:
    """Wait for the process to be at work, so that a slow machine does not see it killed only while it starts."""
    from tests.engines.app.models import Passage

    end = time.monotonic() + 5
    while time.monotonic() < end and not Passage.objects.filter(pid=pid).exists():
        time.sleep(0.02)
    connections.close_all()


def drain() -> float:
    """Wait until nothing is queued any more; how long that took."""
    from instica.work.models import Lane, Task

    began = time.monotonic()
    while Task.objects.filter(state="queued").exists() or Lane.objects.filter(token__isnull=False).exists():
        if time.monotonic() - began > DEADLINE_SECONDS:
            break
        time.sleep(0.1)
    return time.monotonic() - began


def overlaps(died: dict[int, int]) -> int:
    """How many runs began in a lane while another was inside under its lease; a killed run ends with its process.

    A process the machine let wait for longer than its lease may be overtaken; then it can change nothing.
    """
    from instica.work.lanes import lease
    from tests.engines.app.models import Passage

    found, held = 0, lease().total_seconds() * 0.9e9
    inside: dict[str, Passage] = {}
    for trace in Passage.objects.order_by("began"):
        before = inside.get(trace.lane)
        if before and trace.began < min(before.began + held, before.ended or died.get(before.pid, 0)):
            found += 1
        inside[trace.lane] = trace
    return found


def report(asked: dict[str, int], died: dict[int, int], errors: list[str], drained: float) -> dict[str, object]:
    """What is true now."""
    from instica.work.models import Task
    from tests.engines.app.models import Applied, Balance, Effect, Passage, Wanted

    refs = {f"{name}{number}" for name, count in asked.items() for number in range(count)}
    applied = dict(Applied.objects.values_list("key", "version"))
    wanted = dict(Wanted.objects.exclude(version=0).values_list("key", "version"))
    return {
        "kills": len(died),
        "asked": len(refs),
        "lost": len(refs - set(Effect.objects.values_list("ref", flat=True))),
        "twice": (Balance.objects.aggregate(Sum("total"))["total__sum"] or 0) - Effect.objects.count(),
        "left": Task.objects.count(),
        "stale": sum(applied.get(key) != version for key, version in wanted.items()),
        "overlaps": overlaps(died),
        "errors": errors,
        "runs": Passage.objects.count(),
        "cut": Passage.objects.filter(ended=None).count(),
        "drained": round(drained, 1),
    }


def main() -> None:
    """The whole evening."""
    django.setup()
    prepare()
    stop, heard = fork.Event(), {name: fork.SimpleQueue() for name in ("a", "b")}
    producers = [fork.Process(target=producer, args=(name, stop, heard[name]), daemon=True) for name in heard]
    for each in producers:
        each.start()
    died = rampage(stop)
    for each in producers:
        each.join()
    words = {
        name: [queue.get() for _ in iter(lambda queue=queue: not queue.empty(), False)] for name, queue in heard.items()
    }
    asked = {name: int(said[-1].removeprefix("asked:")) for name, said in words.items()}
    errors = [word for said in words.values() for word in said[:-1]]
    drained = drain()
    sys.stdout.write(json.dumps(report(asked, died, errors, drained)) + "\n")
    connections.close_all()


if __name__ == "__main__":
    main()
