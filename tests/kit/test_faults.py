"""What may go wrong on purpose is named exactly; anything else is refused and nothing is put in force."""

from __future__ import annotations

import pytest

from instica.kit.simulation.faults import Faults, parse

KNOWN = (
    "status:429",
    "html:502",
    "slow:3",
    "slow:0.5",
    "drop",
    "lost",
    "revoke",
    "webhook:twice",
    "webhook:late:30",
    "webhook:late:0.5",
    "webhook:forged",
    "webhook:drop",
)
UNKNOWN = (
    *("", "status", "status:", "status:42", "status:4.9", "status:²²²", "html:5022", "slow", "slow:x", "slow:1.2.3"),
    *("drop:1", "lost:now", "revoked", "explode", "webhook", "webhook:", "webhook:twicefoo", "webhook:twice:2"),
    *("webhook:late", "webhook:late:", "webhook:late:x", "webhook:late:30:1", "webhook:drop:", "twice"),
)


@pytest.mark.parametrize("do", KNOWN)
def test_a_fault_is_as_it_was_given(do: str) -> None:
    assert parse({"match": "GET /x", "times": 2, "do": do}).as_json() == {"match": "GET /x", "times": 2, "do": do}


@pytest.mark.parametrize("do", UNKNOWN)
def test_an_unknown_fault_is_refused_with_all_that_came_with_it(do: str) -> None:
    faults = Faults()
    with pytest.raises(ValueError, match="unknown fault"):
        faults.add([{"do": "drop"}, {"do": do}])
    assert faults.as_json() == []
