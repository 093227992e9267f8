"""The one HTTP client: signed, admitted, leased, bounded in time and size, and every failure classified once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpcore2
import httpx2
import structlog

from instica import __version__
from instica.core import clock, room
from instica.core.secrets import Secret
from instica.kit import answers
from instica.kit.addresses import Site
from instica.kit.answers import Answer, Dialect, Effect
from instica.kit.backoff import BACKOFF
from instica.kit.deadline import left, within
from instica.kit.errors import RemoteFailure, SignInAgain, Throttled
from instica.kit.ports import Budget, Session
from instica.kit.types import App, Grant
from instica.kit.wire import transport_for

log = structlog.get_logger(__name__)

AGENT = f"Instica/{__version__}"
SECONDS = 30.0
LARGEST_ANSWER = 16 * 1024 * 1024
HEAD = 512
SHORTEST_WAIT = 0.02

Query = Mapping[str, str | int]
Sign = Callable[[App, Grant | None, str, str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``effect``: ``read``; ``set`` may be sent twice; ``once`` must not. ``to`` spools the body.

    ``costs`` is what it takes from the limits where that differs from the dialect's.
    """

    method: str
    url: str
    effect: Effect = "read"
    query: Query = field(default_factory=dict)
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    costs: Mapping[str, float] | None = None
    expect: Literal["json", "text"] = "json"
    seconds: float = SECONDS
    largest: int = LARGEST_ANSWER
    to: Path | None = None

    @property
    def name(self) -> str:
        """Method and path, without the query: fit for logs and people."""
        return f"{self.method} {urlsplit(self.url).path}"


class Broken(Exception):
    """The connection failed. ``sent`` is false when the request surely never left; ``again``: worth one more try."""

    def __init__(self, why: str, *, sent: bool, again: bool) -> None:
        super().__init__(why)
        self.why = why
        self.sent = sent
        self.again = again


class Http:
    """Calls to one marketplace, for one connected shop or, while connecting, for none yet."""

    def __init__(self, site: Site, dialect: Dialect, sign: Sign, *, app: App, session: Session | None = None) -> None:
        self.site = site
        self.dialect = dialect
        self.sign = sign
        self.app = app
        self.session = session
        self.budget = session.budget if session else app.budget

    def read(self, path: str, query: Query | None = None, *, host: str = "api") -> Any:
        """The data behind a GET."""
        return self.send(Call("GET", self.site.url(path, host), query=query or {})).data

    def write(self, method: str, path: str, data: Any, *, effect: Effect, host: str = "api") -> Answer:
        """Send a change as JSON; ``None`` sends no body."""
        body = b"" if data is None else json.dumps(data).encode()
        return self.send(Call(method, self.site.url(path, host), effect, body=body, expect="text"))

    def download(self, path: str, to: Path, *, largest: int, seconds: float) -> Answer:
        """Stream a body into the file ``to``; it stands there whole or not at all."""
        part = to.with_name(f"{to.name}.part")
        call = Call("GET", self.site.url(path), expect="text", seconds=seconds, largest=largest, to=part)
        try:
            answer = self.send(call)
            part.replace(to)
        finally:
            part.unlink(missing_ok=True)
        return answer

    def send(self, call: Call) -> Answer:
        """Send a request, once more where that is safe, and answer it or raise one of ``kit.errors``."""
        grant = self.session.grant() if self.session else None
        answer = self._twice(call, grant)
        if self.dialect.rejected(answer) and self.session:
            grant = self.session.rejected()
            answer = self._twice(call, grant)
        try:
            return self._judge(call, answer, grant)
        except RemoteFailure as failure:
            log.info("remote.failed", call=call.name, status=answer.status, failure=type(failure).__name__)
            raise

    def _judge(self, call: Call, answer: Answer, grant: Grant | None) -> Answer:
        if self.dialect.throttled(answer):
            until = BACKOFF.strike(self.dialect.limit, self.dialect.wait(answer))
            if self.budget:
                self.dialect.learn(answer, self.budget)
                self.budget.learn(self.dialect.limit, remaining=0, until=until)
            raise Throttled(self.dialect.limit, until)
        BACKOFF.clear(self.dialect.limit)
        if self.dialect.rejected(answer):
            raise SignInAgain(f"{self.site.name} no longer accepts this connection")
        if self.budget:
            self.dialect.learn(answer, self.budget)
        answers.check(self.site.name, self.dialect, answer, call.name, call.effect, self._secrets(grant))
        if call.expect == "json":
            return replace(answer, data=answers.data(self.site.name, answer, call.name, call.effect))
        return answer

    def _twice(self, call: Call, grant: Grant | None) -> Answer:
        try:
            return self._once(call, grant)
        except Broken as broken:
            if call.effect == "once" or not broken.again:
                raise self._lost(call, broken) from None
        try:
            return self._once(call, grant)
        except Broken as broken:
            raise self._lost(call, broken) from None

    def _lost(self, call: Call, broken: Broken) -> RemoteFailure:
        return answers.lost(self.site.name, call.name, call.effect if broken.sent else "read", broken.why)

    def _once(self, call: Call, grant: Grant | None) -> Answer:
        if self.budget:
            self._admit(self.budget, self.dialect.costs if call.costs is None else call.costs)
        if self.session:
            self.session.about_to_call(call.seconds)
        started = time.monotonic()
        with within(call.seconds):
            answer = self._over_the_wire(call, grant)
        log.debug("remote.call", call=call.name, status=answer.status, ms=round((time.monotonic() - started) * 1000))
        return answer

    def _admit(self, budget: Budget, costs: Mapping[str, float]) -> None:
        end = time.monotonic() + self.dialect.patience
        while True:
            try:
                return budget.admit(costs)
            except Throttled as throttled:
                wait = max(SHORTEST_WAIT, (throttled.until - clock.now()).total_seconds())
                if time.monotonic() + wait > end:
                    raise
                time.sleep(wait)

    def _over_the_wire(self, call: Call, grant: Grant | None) -> Answer:
        request = self._request(call, grant)
        try:
            response = transport_for(request.url).handle_request(request)
            try:
                body = self._receive(call, response)
            finally:
                response.close()
            left()
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise Broken("no connection", sent=False, again=isinstance(error, httpx2.ConnectError)) from None
        except (httpx2.TimeoutException, httpcore2.TimeoutException):
            raise Broken(f"nothing within {call.seconds:g} seconds", sent=True, again=False) from None
        except (httpx2.RequestError, httpx2.StreamError, OSError) as error:
            if room.is_lacking(error):
                raise
            raise Broken("the connection was cut", sent=True, again=call.to is None) from None
        return Answer(response.status_code, response.headers, body)

    def _request(self, call: Call, grant: Grant | None) -> httpx2.Request:
        url = httpx2.URL(call.url)
        if call.query:
            url = url.copy_merge_params(dict(call.query))
        headers = {
            "User-Agent": self.app.agent or AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            **({"Content-Type": call.content_type} if call.body else {}),
            **call.headers,
            **self.sign(self.app, grant, call.method, str(url)),
        }
        waits = dict.fromkeys(("connect", "read", "write", "pool"), call.seconds)
        return httpx2.Request(call.method, url, headers=headers, content=call.body, extensions={"timeout": waits})

    def _receive(self, call: Call, response: httpx2.Response) -> bytes:
        if call.to is None or response.status_code != 200:
            return b"".join(self._chunks(call, response))
        head = b""
        with call.to.open("wb") as file:
            for chunk in self._chunks(call, response):
                head = head or chunk[:HEAD]
                file.write(chunk)
        return head

    def _chunks(self, call: Call, response: httpx2.Response) -> Iterator[bytes]:
        size = 0
        for chunk in response.iter_bytes():
            left()
            size += len(chunk)
            if size > call.largest:
                why = f"more than {call.largest // 1024 // 1024} MB"
                raise answers.lost(self.site.name, call.name, call.effect, why)
            yield chunk

    def _secrets(self, grant: Grant | None) -> list[Secret]:
        return [self.app.client_secret, *self.app.extra.values(), *(grant.secrets.values() if grant else ())]
