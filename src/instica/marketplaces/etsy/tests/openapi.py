"""Makes JSON Schema of the schemas of an OpenAPI 3.0 document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
TOLD = frozenset({"nullable", "description", "format", "default"})


def as_json_schema(schema: Mapping[str, Any]) -> Schema:
    """The same in JSON Schema: ``nullable`` becomes a type, what only describes is dropped."""
    found = {
        name: value for name, value in schema.items() if name not in ("nullable", "description", "format", "default")
    }
    if "properties" in found:
        found["properties"] = {name: as_json_schema(each) for name, each in found["properties"].items()}
    if "items" in found:
        found["items"] = as_json_schema(found["items"])
    if "oneOf" in found:
        found["oneOf"] = [as_json_schema(each) for each in found["oneOf"]]
    if not schema.get("nullable"):
        return found
    if "oneOf" in found:
        return {"anyOf": [*found.pop("oneOf"), {"type": "null"}]}
    found["type"] = [found["type"], "null"]
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    return found


def shut(schema: Schema) -> Schema:
    """The same, refusing properties it does not name wherever it names some."""
    found = dict(schema)
    if found.get("properties"):
        found["additionalProperties"] = False
        found["properties"] = {name: shut(each) for name, each in found["properties"].items()}
    if "items" in found:
        found["items"] = shut(found["items"])
    return found
