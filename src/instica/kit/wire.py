"""The transport below the HTTP client: real sockets with a deadline, or a simulator mounted in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from os import getpid
from typing import Any, Self

import httpcore2
import httpx2

from instica.kit.deadline import TimedBackend

MOUNTED: dict[str, httpx2.BaseTransport] = {}


@contextmanager
def mounted(origin: str, application: Callable[..., Any]) -> Iterator[None]:
    """While this block runs, calls to ``origin`` reach the WSGI ``application`` without a socket."""
    address = address_of(httpx2.URL(origin))
    before = MOUNTED.get(address)
    MOUNTED[address] = httpx2.WSGITransport(app=application)
    try:
        yield
    finally:
        MOUNTED.pop(address)
        if before:
            MOUNTED[address] = before


def transport_for(url: httpx2.URL) -> httpx2.BaseTransport:
    """What carries a request to ``url``."""
    return MOUNTED.get(address_of(url)) or sockets(getpid())


def address_of(url: httpx2.URL) -> str:
    """Scheme, host and port, with the port always written."""
    return f"{url.scheme}://{url.host}:{url.port or {'http': 80, 'https': 443}.get(url.scheme)}"


@cache
def sockets(process: int) -> httpx2.BaseTransport:
    """One pool of kept-alive connections for each process: a fork must not share them."""
    return SocketTransport()


class SocketTransport(httpx2.HTTPTransport):
    """httpx2's transport on sockets that keep our deadline; no cookies, no proxies, no netrc, no redirects."""

    def __init__(self) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            network_backend=TimedBackend(),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """A client that borrows it is done: the connections of everybody else go on."""

    def close(self) -> None:
        """Lives as long as the process."""
