"""The control page: what runs where, what was asked of it, and buttons for the things that happen on a site."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from instica.kit.contract import Marketplace
from instica.kit.simulation import Simulation
from instica.kit.simulation.http import Request, Response, json_response, read

LAST = 40
FRAME = Template((Path(__file__).parent / "panel.html").read_text(encoding="utf-8"))


class Panel:
    """A WSGI application about the simulators beside it."""

    def __init__(self, running: Sequence[tuple[Marketplace, str, Simulation]]) -> None:
        self.running = running

    def __call__(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """The page, its fresh parts, or the addresses as JSON."""
        response = self._answer(read(environ))
        body = response.body if isinstance(response.body, bytes) else b"".join(response.body)
        headers = [*response.headers, ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(response.line, headers)
        return [body]

    def _answer(self, request: Request) -> Response:
        if request.path == "/":
            return self._page()
        if request.path == "/urls.json":
            return json_response(200, {manifest.slug: url for manifest, url, _ in self.running})
        parts = request.path.strip("/").split("/", 1)
        for manifest, _, simulation in self.running:
            if parts[0] == manifest.slug and len(parts) > 1:
                return _passed_on(simulation, request, f"/{parts[1]}")
        return json_response(404, {"detail": f"Nothing lives at {request.path}"})

    def _page(self) -> Response:
        cards = "".join(_card(manifest, url) for manifest, url, _ in self.running)
        text = FRAME.substitute(cards=cards, last=LAST)
        return Response(200, text.encode(), [("Content-Type", "text/html; charset=utf-8")])


def _card(manifest: Marketplace, url: str) -> str:
    facts = {"slug": manifest.slug, "name": manifest.name, "url": url}
    return "<section {}></section>".format(" ".join(f'data-{key}="{escape(value)}"' for key, value in facts.items()))


def _passed_on(simulation: Simulation, request: Request, path: str) -> Response:
    """Let the page reach a simulator's control interface without crossing origins."""
    if not path.startswith("/_sandbox/"):
        return json_response(404, {"detail": f"Nothing lives at {path}"})
    if request.method != "GET" and not request.headers.get("content-type", "").startswith("application/json"):
        return json_response(415, {"detail": "Send JSON"})
    request.path = path
    return simulation.control.answer(simulation, request)


def table(running: Sequence[tuple[Marketplace, str, Simulation]], panel: str) -> str:
    """The addresses, for a terminal."""
    rows = [("Control page", panel), *((manifest.name, url) for manifest, url, _ in running)]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {url}" for name, url in rows)


def line(running: Sequence[tuple[Marketplace, str, Simulation]], panel: str) -> str:
    """The addresses, as one line of JSON."""
    return json.dumps({"control": panel, **{manifest.slug: url for manifest, url, _ in running}})
