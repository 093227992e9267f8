"""The system check: every kind of task that is asked for has exactly one handler."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register

from instica.work import handlers

ASKING = {"enqueue", "every"}


@register("work")
def one_handler_a_kind(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Compare the handlers with the kinds that ``enqueue`` and ``every`` name in our own apps."""
    found = asked_for(app_configs or list(apps.get_app_configs()))
    errors: list[CheckMessage] = []
    for kind in sorted({*found, *handlers.kinds()}):
        claimants = handlers.claimants(kind)
        if not claimants:
            errors.append(Error(f"Nobody handles {kind!r}, asked for in {found[kind]}.", id="work.E001"))
        elif len(claimants) > 1:
            errors.append(Error(f"{kind!r} is handled by {' and '.join(claimants)}.", id="work.E002"))
    return errors


def asked_for(app_configs: Sequence[AppConfig]) -> dict[str, str]:
    """Each kind our apps enqueue by a literal or a constant of the same file, and one file that does."""
    found: dict[str, str] = {}
    for config in app_configs:
        if config.name.startswith("instica."):
            for path in sorted(Path(config.path).rglob("*.py")):
                found.update(dict.fromkeys(_kinds(path.read_text()), str(path)))
    return found


def _kinds(source: str) -> Iterator[str]:
    if not any(f"{word}(" in source for word in ASKING):
        return
    tree = ast.parse(source)
    constants = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in ASKING and node.args:
            kind = node.args[0]
            value = constants.get(kind.id, kind) if isinstance(kind, ast.Name) else kind
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
