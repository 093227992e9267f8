"""The fields of a marketplace's listing form, drawn from its ``fields.json``, and what was typed into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

LONGEST_LIST = 400
Choices = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Field:
    """One control. ``usual`` is what holds where it is left open."""

    name: str
    kind: str
    label: str
    help: str
    value: str
    choices: list[tuple[str, str]]
    usual: str
    error: str

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"field-{self.name}"


def drawn(
    schema: Mapping[str, Any],
    own: Mapping[str, Any],
    usual: Mapping[str, Any],
    choices: Choices,
    wrong: Mapping[str, str],
) -> list[Field]:
    """Every field a person can fill in; nested ones are left to the API."""
    properties = schema.get("properties", {})
    return [
        Field(
            name=name,
            kind=_kind(each, _options(name, each, choices)),
            label=str(each.get("title", name)),
            help=str(each.get("description", "")),
            value=_text(own.get(name, "")),
            choices=_options(name, each, choices),
            usual=_label(_text(usual.get(name, "")), _options(name, each, choices)),
            error=wrong.get(f"#/fields/{name}", ""),
        )
        for name, each in properties.items()
        if each.get("type") != "object" and _simple(each)
    ]


def _simple(each: Mapping[str, Any]) -> bool:
    return each.get("type") != "array" or each.get("items", {}).get("type") == "string"


def _kind(each: Mapping[str, Any], options: Sequence[object]) -> str:
    if options:
        return "select"
    if each.get("x-widget") == "textarea":
        return "textarea"
    return "number" if each.get("type") in ("integer", "number") else "text"


def _options(name: str, each: Mapping[str, Any], choices: Choices) -> list[tuple[str, str]]:
    if each.get("type") == "boolean":
        return [("true", "Yes"), ("false", "No")]
    found = [(row[0], row[1]) for row in choices.get(each.get("x-choices", ""), ())][:LONGEST_LIST]
    return found or [(word, word.replace("_", " ").capitalize()) for word in each.get("enum", ())]


def _label(value: str, options: Sequence[tuple[str, str]]) -> str:
    return next((label for code, label in options if code == value), value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def typed(schema: Mapping[str, Any], posted: QueryDict) -> dict[str, Any]:
    """What was filled in, each in its type; null where a field was left open."""
    found: dict[str, Any] = {}
    for name, each in schema.get("properties", {}).items():
        key = f"field-{name}"
        if key in posted:
            found[name] = _typed(each, str(posted[key]).strip())
    return found


def _typed(each: Mapping[str, Any], text: str) -> Any:
    if not text:
        return None
    kind = each.get("type")
    if kind == "boolean":
        return text == "true"
    if kind == "array":
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind in ("integer", "number") or (kind is None and text.isdigit()):
        return _number(text)
    return text


def _number(text: str) -> int | float | str:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
