"""The hub as a process or several: the web server, and the engine that does the tasks beside it."""

from __future__ import annotations

import gc
import threading
import time
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

if TYPE_CHECKING:
    from instica.work.engines.threads import Engine

STARTS_WITHIN = 20.0

OPTIONS: dict[str, Any] = {
    "log_level": "warning",
    "access_log": False,
    "lifespan": "off",
    "server_header": False,
    "proxy_headers": False,
    "timeout_graceful_shutdown": 5,
}
"""The web server is quiet, since the application logs its own requests."""


def engine(threads: int = 0) -> Engine:
    """The threads engine with as many workers as asked for, or as the settings say; not yet started."""
    from django.conf import settings

    from instica.work.engines.threads import Engine

    return Engine(workers=threads or settings.CONFIG.workers)


def threaded() -> WSGIMiddleware:
    """The application, in threads of its own."""
    from django.conf import settings

    from instica.project.wsgi import application

    return WSGIMiddleware(cast("Any", application), workers=settings.REQUEST_THREADS)


def settled() -> WSGIMiddleware:
    """The same in a process that does nothing else: everything that requests need is loaded, and out of the garbage
    collector's sight. To look through all of it holds every thread up for a tenth of a second, again and again."""
    made = threaded()
    from django.urls import reverse

    reverse("web:healthz")  # any address will do: the first loads every view
    gc.collect()
    gc.freeze()
    return made


def run(*, host: str, port: int, processes: int = 1) -> None:
    """Serve until stopped, with the embedded engine where the settings ask for it.

    Several processes share the port and are begun anew when they end; the engine stays in the first.
    """
    from django.conf import settings

    embedded = settings.CONFIG.embedded_worker and settings.CONFIG.engine == "threads"
    running = engine() if embedded else None
    if running:
        running.start()
    try:
        uvicorn.run(f"{__name__}:settled", factory=True, host=host, port=port, workers=processes, **OPTIONS)
    finally:
        if running:
            running.stop()


def start_in_background(host: str, port: int) -> uvicorn.Server:
    """Serve from a thread; returns when requests are answered. Raises ``RuntimeError`` when that takes too long."""
    server = uvicorn.Server(uvicorn.Config(threaded(), host=host, port=port, **OPTIONS))
    threading.Thread(target=server.run, daemon=True, name="web").start()
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError(f"The hub did not start on port {port}")
        time.sleep(0.05)
    return server
