"""The fields of a marketplace's listing form, drawn from its ``fields.json``, and what was typed into them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

LONGEST_LIST = 400
Choices = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Field:
    """One control. ``usual`` is what holds where it is left open; ``searched``: its choices are found by name."""

    name: str
    kind: str
    label: str
    help: str
    value: str
    choices: list[tuple[str, str]]
    usual: str
    error: str
    searched: bool

    @property
    def key(self) -> str:
        """Its name in the form."""
        return f"field-{self.name}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a form: what holds where a field is left open, the shop's choices, what is wrong or needed."""

    usual: Mapping[str, Any]
    choices: Choices
    wrong: Mapping[str, str]
    needed: Collection[str] = ()


def drawn(schema: Mapping[str, Any], own: Mapping[str, Any], known: Known) -> list[Field]:
    """Every field a person can fill in; nested ones are left to the API."""
    properties = schema.get("properties", {})
    return [
        one(name, each, own.get(name, ""), known)
        for name, each in properties.items()
        if each.get("type") != "object" and _simple(each)
    ]


def one(name: str, each: Mapping[str, Any], own: Any, known: Known) -> Field:
    """A field with what stands in it."""
    value, usual, place = _text(own), _text(known.usual.get(name, "")), f"#/fields/{name}"
    options = _options(each, known.choices, value)
    return Field(
        name=name,
        kind=_kind(each, options),
        label=f"{each.get('title', name)}{', needed' if place in known.needed else ''}",
        help=str(each.get("description", "")),
        value=value,
        choices=options,
        usual=_label(usual, _options(each, known.choices, usual)) if usual else "",
        error=known.wrong.get(place, ""),
        searched=bool(each.get("x-search")),
    )


def _simple(each: Mapping[str, Any]) -> bool:
    return each.get("type") != "array" or each.get("items", {}).get("type") == "string"


def _kind(each: Mapping[str, Any], options: Sequence[object]) -> str:
    if options or each.get("x-search"):
        return "select"
    if each.get("x-widget") == "textarea":
        return "textarea"
    return "number" if each.get("type") in ("integer", "number") else "text"


def _options(each: Mapping[str, Any], choices: Choices, value: str) -> list[tuple[str, str]]:
    """What can be chosen, and among it what stands there; a category's id stands beside its name."""
    if each.get("type") == "boolean":
        return [("true", "Yes"), ("false", "No")]
    every = [(row[0], row[1]) for row in choices.get(each.get("x-choices", ""), ())]
    found = every[:LONGEST_LIST]
    if each.get("x-search"):
        if value and value not in dict(found):
            found.append((value, dict(every).get(value, "")))
        found = [(code, named(code, path)) for code, path in found]
    return found or [(word, word.replace("_", " ").capitalize()) for word in each.get("enum", ())]


def named(code: str, path: str) -> str:
    """A category by its path, with the id people know it by; by that alone where nobody told its name."""
    number = code.rpartition("/")[2]
    return f"{path} ({number})" if path else number


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
