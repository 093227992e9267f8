"""Somebody's program that takes webhooks in: it keeps what came, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Came:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """``answers`` are used up one by one, then everything is a 204; ``meanwhile`` runs before an answer is given."""

    url: str = ""
    came: list[Came] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None

    def answer(self, *statuses: int, text: bytes = b"", **headers: str) -> None:
        """Answer so, the next times."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers += [(status, named, text) for status in statuses]

    @property
    def ids(self) -> list[str]:
        """The ``webhook-id`` of what came, in its order."""
        return [each.headers["webhook-id"] for each in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own, on this machine."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        """Takes one request."""

        def do_POST(self) -> None:
            """Keep it, and answer."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append(Came(self.path, {key.lower(): text for key, text in self.headers.items()}, body))
            if receiver.meanwhile:
                receiver.meanwhile()
            status, headers, text = receiver.answers.pop(0) if receiver.answers else (204, {}, b"")
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        receiver.url = f"http://127.0.0.1:{server.server_port}/hooks"
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
