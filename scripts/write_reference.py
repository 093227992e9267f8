"""Writes docs/reference from the code, so that it cannot drift: settings, commands, task kinds, capabilities."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs/reference")
CAPABILITIES = (
    "shop listings listing orders order publish revise show withdraw set_levels ship cancel quote choices find search"
    " entry watch unwatch read_page"
).split()


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the reference and what writes it."""

    path: Path
    write: Callable[[], str]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def settings() -> str:
    """Every INSTICA_* setting, and the app credentials the manifests ask for."""
    from instica import marketplaces
    from instica.project.config import Config

    rows = [
        (f"`INSTICA_{name.upper()}`", shown(field.get_default()), field.description or "")
        for name, field in Config.model_fields.items()
    ]
    for manifest in marketplaces.every().values():
        slug = manifest.slug.upper()
        rows += [(f"`INSTICA_{slug}_{item.name.upper()}`", "", item.help) for item in manifest.credentials]
        if manifest.simulator:
            rows.append((f"`INSTICA_{slug}_ORIGIN`", "", f"Replaces all hosts of {manifest.name}; for the sandbox."))
        if named := [limit for limit in manifest.limits if limit.published]:
            example = ",".join(f"{limit.name.rpartition('.')[2]}={limit.published:g}" for limit in named)
            about = f"What {manifest.name} allows your app, such as `{example}`; answers lower it and never raise it."
            rows.append((f"`INSTICA_{slug}_LIMITS`", "", f"{about} Without it, they name the figure."))
    return f"# Settings\n\nRead from the environment at start.\n\n{table(('Setting', 'Default', 'Meaning'), rows)}\n"


def shown(default: Any) -> str:
    """A default as a person writes it; secrets have none worth showing but the harmless ones."""
    value = default.get_secret_value() if hasattr(default, "get_secret_value") else default
    return f"`{value}`" if value not in ("", None) else ""


def commands() -> str:
    """Every command with its options."""
    import typer

    from instica.cli import app

    lines = ["# Commands", ""]
    for name, command in walk("instica", typer.main.get_command(app)):
        lines += [f"## `{name}`", "", (command.help or "").strip(), ""]
        lines += [line for line in map(parameter, command.params) if line]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def walk(name: str, command: Any) -> list[tuple[str, Any]]:
    """A command and all below it, leaves only."""
    inner = getattr(command, "commands", None)
    if inner is None:
        return [(name, command)]
    return [found for key, child in sorted(inner.items()) for found in walk(f"{name} {key}", child)]


def parameter(option: Any) -> str:
    """One option or argument as a list item."""
    if option.name == "help":
        return ""
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    return f"- {names}: {getattr(option, 'help', '') or option.name}"


def tasks() -> str:
    """Every task kind and the sentence its handler begins with."""
    from instica.work import handlers

    ours = sorted(
        kind for kind in handlers.kinds() if handlers.handler(kind).function.__module__.startswith("instica.")
    )
    rows = [(f"`{kind}`", first_line(handlers.handler(kind).function)) for kind in ours]
    return f"# Task kinds\n\n{table(('Kind', 'Does'), rows)}\n"


def first_line(thing: Any) -> str:
    """The sentence something's docstring begins with."""
    return (thing.__doc__ or "").strip().splitlines()[0]


def capabilities() -> str:
    """What Instica can do on each marketplace."""
    from instica import marketplaces
    from instica.kit.contract import Connector

    manifests = [manifest for manifest in marketplaces.every().values() if manifest.connector]
    rows = []
    for name in CAPABILITIES:
        about = first_line(getattr(Connector, name))
        marks = tuple("yes" if manifest.load("connector").can(name) else "" for manifest in manifests)
        rows.append((f"`{name}`", about, *marks))
    head = ("Capability", "Does", *(manifest.name for manifest in manifests))
    return f"# Capabilities\n\nRead from the connectors.\n\n{table(head, rows)}\n"


def openapi() -> str:
    """The API's OpenAPI document."""
    from instica.api.v1.documentation import as_yaml

    return as_yaml().decode()


def webhooks() -> str:
    """Every kind of webhook, and what it carries."""
    import json

    from instica.notices.kinds import KINDS, SEQUENCE, example

    lines = ["# Webhooks we send", "", "How to take them in: [guide](../guides/webhooks.md).", ""]
    for name, kind in KINDS.items():
        fields = {**kind.fields, "sequence": SEQUENCE}
        rows = [
            (f"`{key}`", f"{field.type}{' or null' if field.null else ''}", field.text) for key, field in fields.items()
        ]
        body = json.dumps(example(name), ensure_ascii=False, indent=2)
        shown_rows = table(("In `data`", "Type", "Meaning"), rows)
        lines += [f"## `{name}`", "", kind.text, "", shown_rows, "", "```json", body, "```", ""]
    return "\n".join(lines).rstrip() + "\n"


DOCUMENTS = {
    "webhooks": Document(FOLDER / "webhooks.md", webhooks),
    "openapi": Document(FOLDER / "openapi.yaml", openapi),
    "settings": Document(FOLDER / "settings.md", settings),
    "commands": Document(FOLDER / "commands.md", commands),
    "tasks": Document(FOLDER / "tasks.md", tasks),
    "capabilities": Document(FOLDER / "capabilities.md", capabilities),
}


def main() -> None:
    """Write the documents named, or all of them."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for name in sys.argv[1:] or sorted(DOCUMENTS):
        document = DOCUMENTS[name]
        (ROOT / document.path).write_text(document.write())


if __name__ == "__main__":
    main()
