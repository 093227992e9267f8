"""The ear between connectors and simulators: what it hears, what it lets pass, and what it reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import httpx2
import pytest

from instica.kit.simulation.mounted import Mounted
from tests.contracts import recorder, report
from tests.contracts.exchange import Exchange

OURS = {"User-Agent": "Instica/0.1.0"}


class Strict:
    """A contract with one operation, whose body and answer must be ``{}``."""

    def __init__(self) -> None:
        self.heard: list[Exchange] = []

    def operations(self) -> Mapping[str, str]:
        return {"getThing": "", "putThing": "write"}

    def operation(self, exchange: Exchange) -> str:
        self.heard.append(exchange)
        if exchange.path != "/thing":
            raise LookupError(f"no such operation: {exchange.path}")
        return "putThing"

    def check_request(self, exchange: Exchange) -> None:
        assert exchange.body == b"{}", "the body is not empty"

    def check_answer(self, exchange: Exchange) -> None:
        assert exchange.answer == b"ok", "not ok"


def says(answer: bytes) -> Callable[..., Iterable[bytes]]:
    """An application that reads everything and answers always the same."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [answer]

    return application


@pytest.fixture
def contract(monkeypatch: pytest.MonkeyPatch) -> Strict:
    """A contract of a marketplace that is not there, on sheets of its own."""
    strict = Strict()
    monkeypatch.setattr(recorder, "contracts", lambda: {"strict": strict})
    monkeypatch.setattr(recorder, "REQUESTS", Counter())
    monkeypatch.setattr(recorder, "ANSWERS", Counter())
    monkeypatch.setattr(recorder, "BROKEN", [])
    monkeypatch.setattr(recorder, "asked", lambda slug: frozenset(strict.operations().values()))
    return strict


def send(
    answer: bytes, path: str = "/thing", body: bytes = b"{}", headers: Mapping[str, str] = OURS
) -> httpx2.Response:
    """A call through the ear."""
    application = recorder.listening("strict", says(answer))
    with httpx2.Client(transport=Mounted(application), base_url="http://strict.test", headers=headers) as client:
        return client.put(f"{path}?a=1", content=body)


def test_what_is_allowed_is_counted_and_passes(contract: Strict) -> None:
    assert send(b"ok").content == b"ok"
    (heard,) = contract.heard
    assert (heard.method, heard.path, heard.query, heard.body) == ("PUT", "/thing", "a=1", b"{}")
    assert (heard.status, heard.answer, heard.headers["user-agent"]) == (200, b"ok", "Instica/0.1.0")
    assert (recorder.REQUESTS, recorder.ANSWERS) == ({("strict", "putThing"): 1}, {("strict", "putThing"): 1})
    assert report.faults(whole=False) == []


@pytest.mark.parametrize(
    ("answer", "path", "body", "says", "counted"),
    [
        (b"ok", "/thing", b"[]", "PUT /thing: the body is not empty", (0, 0)),
        (b"no", "/thing", b"{}", "PUT /thing: not ok", (1, 0)),
        (b"ok", "/other", b"{}", "PUT /other: no such operation: /other", (0, 0)),
    ],
)
def test_what_is_forbidden_is_said_with_the_test_it_came_from(
    contract: Strict, answer: bytes, path: str, body: bytes, says: str, counted: tuple[int, int]
) -> None:
    send(answer, path, body)
    (fault,) = report.faults(whole=False)
    assert fault.startswith(f"strict: {says}")
    assert "test_what_is_forbidden" in fault
    assert (recorder.REQUESTS.total(), recorder.ANSWERS.total()) == counted


def test_the_clients_of_others_are_not_judged(contract: Strict) -> None:
    assert send(b"no", "/other", headers={"User-Agent": "ebaysdk/2.2"}).content == b"no"
    assert (contract.heard, report.faults(whole=False)) == ([], [])


def test_an_operation_nobody_checked_is_a_fault_of_a_whole_run(contract: Strict) -> None:
    send(b"ok")
    assert report.faults(whole=True) == [
        "strict: no request of getThing was checked",
        "strict: no answer of getThing was checked",
    ]


def test_an_operation_our_client_is_not_said_to_send_and_a_scope_nobody_asked_for_are_faults(
    contract: Strict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "operations", lambda: {"getThing": "things.read"})
    monkeypatch.setattr(recorder, "asked", lambda slug: frozenset())
    send(b"ok")
    unknown, beyond = report.faults(whole=False)
    assert unknown.startswith("strict: PUT /thing: putThing is not among the operations our client is said to send")
    assert beyond == "strict: getThing needs things.read, which is not asked for"
    assert recorder.REQUESTS.total() == 0


def test_what_workers_heard_adds_up(contract: Strict) -> None:
    send(b"ok")
    send(b"no")
    told = report.heard()
    report.gather(told)
    report.gather(None)
    assert (recorder.REQUESTS["strict", "putThing"], recorder.ANSWERS["strict", "putThing"]) == (4, 2)
    assert len(recorder.BROKEN) == 2
