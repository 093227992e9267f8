"""Checks the fields of a draft against a marketplace's ``fields.json``: the part of JSON Schema that those use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list, tuple),
    "object": (dict,),
}
NAMES = {"string": "a text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


def wrong(schema: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with each field, in words; empty when all is well."""
    properties = schema.get("properties", {})
    found = {name: "There is no such field." for name in fields if name not in properties}
    for name, value in fields.items():
        if name in properties and (why := next(_faults(properties[name], value), "")):
            found[name] = why
    return found


def fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a value is what the schema asks for."""
    return next(_faults(schema, value), None) is None


def _faults(schema: Mapping[str, Any], value: Any) -> Iterator[str]:
    kind = schema.get("type")
    if kind and not _is_a(kind, value):
        yield f"Write {NAMES.get(kind, 'a list' if kind == 'array' else 'an object')}."
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"Choose from: {', '.join(map(str, schema['enum']))}."
    if "const" in schema and (value != schema["const"] or isinstance(value, bool) != isinstance(schema["const"], bool)):
        yield f"This can only be {schema['const']}."
    if "oneOf" in schema and sum(fits(each, value) for each in schema["oneOf"]) != 1:
        yield next((why for each in schema["oneOf"] for why in _faults(each, value)), "This fits twice.")
    if isinstance(value, str):
        yield from _text(schema, value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(schema, value)
    elif isinstance(value, list | tuple):
        yield from _list(schema, value)
    elif isinstance(value, dict):
        yield from _object(schema, value)


def _is_a(kind: str, value: Any) -> bool:
    """Whether it is of that type; 1.0 is a whole number, and truth is none."""
    if kind in ("integer", "number") and isinstance(value, bool):
        return False
    return isinstance(value, TYPES[kind]) or (kind == "integer" and isinstance(value, float) and value.is_integer())


def _text(schema: Mapping[str, Any], value: str) -> Iterator[str]:
    if len(value) > schema.get("maxLength", len(value)):
        yield f"At most {schema['maxLength']} characters."
    if len(value) < schema.get("minLength", 0):
        yield f"At least {schema['minLength']} characters."
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield "This does not look as it should."


def _number(schema: Mapping[str, Any], value: float) -> Iterator[str]:
    if value < schema.get("minimum", value) or value <= schema.get("exclusiveMinimum", value - 1):
        yield "This is too small."
    if value > schema.get("maximum", value):
        yield f"At most {schema['maximum']}."


def _list(schema: Mapping[str, Any], value: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    if len(value) > schema.get("maxItems", len(value)):
        yield f"At most {schema['maxItems']} of them."
    if schema.get("uniqueItems") and any(one in value[:place] for place, one in enumerate(value)):
        yield "Each only once."
    for each in value if "items" in schema else ():
        yield from _faults(schema["items"], each)


def _object(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[str]:
    for name, inner in value.items():
        yield from _faults(schema.get("propertyNames", {}), name)
        more = schema.get("additionalProperties", {})
        yield from _faults(more if isinstance(more, dict) else {}, inner)
