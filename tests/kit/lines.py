"""A server that says exactly what it is told, byte by byte, on a real socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Say = bytes | float


class Server:
    """Answers each connection with the next script: bytes are sent, numbers are pauses."""

    def __init__(self, scripts: Sequence[Sequence[Say]]) -> None:
        self.scripts = list(scripts)
        self.heard: list[bytes] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)

    def serve(self) -> None:
        """Until the scripts run out."""
        for script in self.scripts:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65536))
                self.say(connection, script)

    @staticmethod
    def say(connection: socket.socket, script: Sequence[Say]) -> None:
        """One answer."""
        try:
            for word in script:
                if isinstance(word, bytes):
                    connection.sendall(word)
                else:
                    time.sleep(word)
        except OSError:
            return


@contextmanager
def saying(*scripts: Sequence[Say]) -> Iterator[Server]:
    """Run a server while the block lasts."""
    server = Server(scripts)
    server.thread.start()
    try:
        yield server
    finally:
        server.socket.shutdown(socket.SHUT_RDWR)
        server.socket.close()
        server.thread.join(10)


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole HTTP answer that closes the connection."""
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, length, b"Connection: close", *headers, b"", body])
