"""The hub as a process: the web server, and the engine that does the tasks beside it."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from a2wsgi import WSGIMiddleware

if TYPE_CHECKING:
    from instica.work.engines.threads import Engine

STARTS_WITHIN = 20.0


def engine(threads: int = 0) -> Engine:
    """The threads engine with as many workers as asked for, or as the settings say; not yet started."""
    from django.conf import settings

    from instica.work.engines.threads import Engine

    return Engine(workers=threads or settings.CONFIG.workers)


def web(host: str, port: int) -> uvicorn.Server:
    """The web server, not yet started; quiet, since the application logs its own requests."""
    from django.conf import settings

    from instica.project.wsgi import application

    options = uvicorn.Config(
        WSGIMiddleware(cast("Any", application), workers=settings.REQUEST_THREADS),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(options)


def run(*, host: str, port: int) -> None:
    """Serve until stopped, with the embedded engine where the settings ask for it."""
    from django.conf import settings

    embedded = settings.CONFIG.embedded_worker and settings.CONFIG.engine == "threads"
    running = engine() if embedded else None
    if running:
        running.start()
    try:
        web(host, port).run()
    finally:
        if running:
            running.stop()


def start_in_background(host: str, port: int) -> uvicorn.Server:
    """Serve from a thread; returns when requests are answered. Raises ``RuntimeError`` when that takes too long."""
    server = web(host, port)
    threading.Thread(target=server.run, daemon=True, name="web").start()
    deadline = time.monotonic() + STARTS_WITHIN
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError(f"The hub did not start on port {port}")
        time.sleep(0.05)
    return server
