"""Celery on Redis as the engine. A message is a doorbell: it carries a lane's name and may be lost.

Whoever hears it serves the most pressing lane, so urgency and fairness are those of the rows, not of the broker. A
sweep in every worker rings again for what nobody heard.
"""

from __future__ import annotations

import itertools
import threading
import time

import structlog
from celery import Celery
from celery.signals import worker_ready
from django.conf import settings
from django.db import connections

from instica.work import handlers, lanes, runner, schedules, setback
from instica.work.shares import Shares

SWEEP_SECONDS = 1.0
log = structlog.get_logger(__name__)
_shares = Shares(1)

app = Celery("instica", broker=settings.WORK_REDIS_URL, fixups=[], set_as_current=False)
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_transport_options={"global_keyprefix": getattr(settings, "WORK_REDIS_PREFIX", "instica:")},
    task_acks_late=False,
    task_default_queue="lanes",
    task_ignore_result=True,
    task_publish_retry=False,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    worker_prefetch_multiplier=1,
)


def ring(lane: str) -> None:
    """Tell some worker that the lane has work."""
    hear.apply_async((lane,))


@app.task(name="instica.lane")  # type: ignore[untyped-decorator]  # celery has no types
def hear(lane: str) -> None:
    """Serve the most pressing lane, then pass the message on while anything is ready."""
    try:
        if runner.turn(_shares) and (ready := lanes.ready(handlers.kinds())):
            ring(ready[0][0])
    except Exception:
        log.exception("worker stumbled", lane=lane)
        connections.close_all()


def work(workers: int) -> None:
    """Be a Celery worker with so many threads until told to stop."""
    global _shares  # noqa: PLW0603  # Celery calls ``hear`` by name: it cannot be handed anything
    _shares = Shares(workers)
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    app.worker_main(["--quiet", "worker", "--pool=threads", f"--concurrency={workers}", *quiet])


@worker_ready.connect  # type: ignore[untyped-decorator]
def _start_sweeping(**_: object) -> None:
    threading.Thread(target=_sweep, name="sweep", daemon=True).start()


def _sweep() -> None:
    for second in itertools.count():
        try:
            schedules.tick()
            _ring_unheard()
            if second % 60 == 0:
                lanes.tidy()
                setback.mend()
        except Exception:
            log.exception("sweep stumbled")
            connections.close_all()
        time.sleep(SWEEP_SECONDS)


def _ring_unheard() -> None:
    """Ring for ready lanes, but never have more messages waiting than lanes."""
    if ready := lanes.ready(handlers.kinds()):
        with app.connection_for_read() as connection, connection.channel() as channel:
            waiting = channel.queue_declare(queue=app.conf.task_default_queue, durable=True).message_count
        for lane, _ in ready[: max(0, len(ready) - waiting)]:
            ring(lane)
