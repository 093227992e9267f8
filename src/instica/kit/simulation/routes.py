"""Paths with names in braces, and the functions behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Handler = Callable[..., Any]


class NoPath(LookupError):
    """Nothing lives at that path."""


class NoMethod(LookupError):
    """The path is there, the method is not; ``allowed`` says which are."""

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(", ".join(allowed))
        self.allowed = allowed


class Routes:
    """A table filled by decorators: ``@ROUTES("GET", "/users/{username}")``."""

    def __init__(self, *tables: Routes) -> None:
        self.table: list[tuple[str, re.Pattern[str], Handler]] = [row for other in tables for row in other.table]

    def __call__(self, methods: str, pattern: str) -> Callable[[Handler], Handler]:
        """Register a handler for one or more methods (``"GET POST"``) of a path."""
        regex = re.compile(re.sub(r"\\?\{(\w+)\\?\}", r"(?P<\1>[^/]+)", pattern) + r"\Z")

        def register(handler: Handler) -> Handler:
            self.table.extend((method, regex, handler) for method in methods.split())
            return handler

        return register

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]]:
        """The handler of a call and the named parts of its path. Raises ``NoPath`` or ``NoMethod``."""
        allowed = []
        for known, regex, handler in self.table:
            if found := regex.match(path):
                if known == method:
                    return handler, found.groupdict()
                allowed.append(known)
        if allowed:
            raise NoMethod(sorted(set(allowed)))
        raise NoPath(path)
