"""One attempt over the wire: to the address that was looked up, without redirects, within a time and a size."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext

import httpcore2
import httpx2

from instica.kit.deadline import TimedBackend, left, within
from instica.notices.targets import NotAllowed, NotFoundThere, Target, resolve

SECONDS = 20.0
LARGEST_ANSWER = 4_096
LONGEST_KEPT = 1_000
LONGEST_WAIT = 3600


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an attempt: a status and the beginning of the answer, or why there was none."""

    status: int | None
    text: str
    trouble: str
    seconds: float
    wait: int | None = None

    @property
    def is_success(self) -> bool:
        """Only 2xx is one."""
        return self.status is not None and 200 <= self.status < 300


class Pinned(TimedBackend):
    """Connects to the given addresses only, whatever the name leads to by now."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        super().__init__()
        self.addresses = addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        for address in self.addresses[:-1]:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return super().connect_tcp(self.addresses[-1], port, timeout, local_address, socket_options)


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Send it once; whatever happens is answered, nothing is raised."""
    started = time.monotonic()
    try:
        target = resolve(url)
        with within(SECONDS):
            status, text, wait = _send(target, body, headers)
    except (NotAllowed, NotFoundThere) as error:
        return Reply(None, "", str(error), time.monotonic() - started)
    except (httpcore2.TimeoutException, TimeoutError):
        return Reply(None, "", f"No answer within {SECONDS:g} seconds.", time.monotonic() - started)
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, ValueError) as error:
        return Reply(None, "", _worded(error), time.monotonic() - started)
    return Reply(status, text, _trouble(status), time.monotonic() - started, wait)


def _send(target: Target, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, int | None]:
    waits = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
    with (
        httpcore2.ConnectionPool(ssl_context=_trust(), network_backend=Pinned(target.addresses)) as pool,
        pool.stream("POST", target.url, headers=list(headers.items()), content=body, extensions=waits) as response,
    ):
        text = b""
        for chunk in response.iter_stream():
            left()
            text += chunk
            if len(text) >= LARGEST_ANSWER:
                break
        named = httpx2.Headers(response.headers)
        return response.status, _kept(text), _wait(named.get("retry-after", ""))


@cache
def _trust() -> SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


def _kept(text: bytes) -> str:
    return text.decode(errors="replace").replace("\x00", "")[:LONGEST_KEPT]


def _wait(text: str) -> int | None:
    return min(int(text), LONGEST_WAIT) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _trouble(status: int) -> str:
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return f"It answered {status}: redirects are not followed. Give the address it leads to."
    return f"It answered {status}."


def _worded(error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "certificate" in text.lower():
        return "Its certificate cannot be trusted."
    return "No connection." if isinstance(error, httpcore2.ConnectError) else "The connection was cut."
