"""How log lines are made: events with fields, in UTC, with the request's id, without secrets."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from structlog.typing import Processor

SECRET = re.compile(r"token|secret|password|authorization|api.?key|cookie|signature|credential", re.IGNORECASE)
SECRET_PATH = re.compile(r"((?<![\w-])/invitations/|/password/reset/key/|/confirm-email/)[^/?\s]+")
HIDDEN = "••••••"


def without_secrets(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replaces the value of every field whose name sounds like a secret."""
    for name in event:
        if name != "event" and SECRET.search(name):
            event[name] = HIDDEN
    return event


def without_queries(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cuts the query off a logged address, and secrets in its path: callbacks and mailed links carry them there.

    Some libraries log the request itself, whose text shows the query, and name the path in their sentence.
    """
    if "request" in event:
        event["request"] = SECRET_PATH.sub(rf"\1{HIDDEN}", line(event["request"]))
    for name in ("event", "message"):
        if isinstance(event.get(name), str):
            event[name] = SECRET_PATH.sub(rf"\1{HIDDEN}", event[name])
    return event


def line(request: Any) -> str:
    """Method and path of a request, or what was said about it, without a query."""
    method, path = getattr(request, "method", None), getattr(request, "path", None)
    said = f"{method} {path}" if path else str(request) if isinstance(request, str) else type(request).__name__
    return said.partition("?")[0]


def shared() -> list[Processor]:
    """What happens to every line, ours and the libraries'."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        without_secrets,
        without_queries,
    ]


def configure() -> None:
    """Sets structlog up, once a process: loggers keep what they were first used with."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def lines(kind: Literal["console", "json"], level: str) -> dict[str, Any]:
    """Django's ``LOGGING``: how a line looks and where it goes."""
    last: list[Processor] = [
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    ]
    if kind == "json":
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        "foreign_pre_chain": shared(),
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {"django.server": {"handlers": [], "propagate": True}, "httpx2": {"level": "WARNING"}},
    }
