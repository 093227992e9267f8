"""A simulator mounted in-process under an HTTP client, with cut connections as the client would see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import httpx2

from instica.kit.simulation.faults import ConnectionCut


class Mounted(httpx2.BaseTransport):
    """``httpx2.Client(transport=Mounted(simulator))``: no sockets, and ``drop`` and ``lost`` are transport errors."""

    def __init__(self, simulation: Callable[..., Iterable[bytes]], address: str = "127.0.0.1") -> None:
        self.inner = httpx2.WSGITransport(app=simulation, remote_addr=address)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request into the simulator."""
        try:
            return self.inner.handle_request(request)
        except ConnectionCut as cut:
            raise httpx2.RemoteProtocolError(
                "Server disconnected without sending a response.", request=request
            ) from cut
