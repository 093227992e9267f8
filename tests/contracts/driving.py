"""What a test that drives a whole connector must know: which operations went over the wire, which calls were used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts import recorder
from tests.contracts.exchange import Contract, Exchange


def judged(monkeypatch: pytest.MonkeyPatch, contract: Contract) -> list[str]:
    """The operations that go over the wire from now on; a fault in one fails at once."""
    names: list[str] = []

    def judge(slug: str, exchange: Exchange) -> None:
        names.append(contract.operation(exchange))
        contract.check_request(exchange)
        contract.check_answer(exchange)
        recorder.REQUESTS[slug, names[-1]] += 1
        recorder.ANSWERS[slug, names[-1]] += 1

    monkeypatch.setattr(recorder, "judge", judge)
    return names


def calls(*clients: type) -> set[str]:
    """The remote calls of clients."""
    members = ((client.__name__, name, member) for client in clients for name, member in vars(client).items())
    return {f"{client}.{name}" for client, name, member in members if callable(member) and not name.startswith("_")}


def used(monkeypatch: pytest.MonkeyPatch, *clients: type) -> set[str]:
    """Those of them that are used from now on."""
    names: set[str] = set()

    def noted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*given: Any, **more: Any) -> Any:
            names.add(name)
            return method(*given, **more)

        return noting

    for client in clients:
        for name in calls(client):
            attribute = name.rpartition(".")[2]
            monkeypatch.setattr(client, attribute, noted(name, getattr(client, attribute)))
    return names
