"""A total deadline for one remote call, kept at every connect, read and write of its socket."""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore2

ENDS_AT: ContextVar[float] = ContextVar("call_ends_at", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything sent and read in this block must be over after ``seconds``."""
    token = ENDS_AT.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        ENDS_AT.reset(token)


def left(timeout: float | None = None) -> float:
    """How long the next wait may last. Raises ``ReadTimeout`` when the time is up."""
    seconds = ENDS_AT.get() - time.monotonic()
    if seconds <= 0:
        raise httpcore2.ReadTimeout("the total deadline passed")
    return seconds if timeout is None else min(seconds, timeout)


class TimedStream(httpcore2.NetworkStream):
    """A socket whose every wait ends with the call."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self.stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, left(timeout))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return TimedStream(self.stream.start_tls(ssl_context, server_hostname, left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


class TimedBackend(httpcore2.NetworkBackend):
    """Opens sockets that keep the deadline. Only the name look-up is beyond our reach."""

    def __init__(self) -> None:
        self.plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        return TimedStream(self.plain.connect_tcp(host, port, left(timeout), local_address, socket_options))
