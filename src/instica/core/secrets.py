"""A secret that does not print itself."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """Holds a token or key; only ``reveal`` gives it away, ``repr`` and ``str`` never do."""

    value: str = field(repr=False)

    def reveal(self) -> str:
        """The secret itself, for the one call that needs it."""
        return self.value

    def __str__(self) -> str:
        return "••••••"

    def __bool__(self) -> bool:
        return bool(self.value)
