"""What went over the wire between a connector and a simulator, and what judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of ours and the simulator's answer, as they went over the wire. Header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answer_headers: Mapping[str, str]
    answer: bytes


class Contract(Protocol):
    """A marketplace's official contract, read from a folder of specifications."""

    def operations(self) -> Mapping[str, str]:
        """Every operation our client can send, and the scope it needs (``""`` for none)."""

    def operation(self, exchange: Exchange) -> str:
        """Which operation this is. Raises ``LookupError`` when the contract has none like it."""

    def check_request(self, exchange: Exchange) -> None:
        """Raise ``AssertionError`` saying what the contract does not allow."""

    def check_answer(self, exchange: Exchange) -> None:
        """The same for the answer: successes and documented errors."""
