"""Behaviours that the documents leave open, each with its choices, so that tests can try them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Switch:
    """One behaviour: its default, and either its choices or the type of any other value."""

    name: str
    default: Any
    help: str
    choices: tuple[Any, ...] = ()

    def check(self, value: Any) -> Any:
        """The value, when it is one this switch takes. Raises ``ValueError``."""
        if self.choices and value not in self.choices:
            raise ValueError(f"{self.name} is one of {', '.join(map(str, self.choices))}")
        if type(value) is not type(self.default):
            raise ValueError(f"{self.name} takes a {type(self.default).__name__}")
        return value


class Switches:
    """The switches of one simulator and where they stand."""

    def __init__(self, known: Sequence[Switch]) -> None:
        self.known = {switch.name: switch for switch in known}
        self.values = {switch.name: switch.default for switch in known}

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def restore(self) -> None:
        """Everything back to its default."""
        self.values = {name: switch.default for name, switch in self.known.items()}

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Throw switches, all or none. Raises ``ValueError`` for an unknown one or a value it does not take."""
        if unknown := sorted(set(wanted) - set(self.known)):
            raise ValueError(f"unknown switch {', '.join(unknown)}")
        checked = {name: self.known[name].check(value) for name, value in wanted.items()}
        self.values.update(checked)

    def as_json(self) -> dict[str, Any]:
        """Every switch with where it stands and what it means."""
        return {
            name: {"value": self.values[name], "choices": list(switch.choices), "help": switch.help}
            for name, switch in self.known.items()
        }
