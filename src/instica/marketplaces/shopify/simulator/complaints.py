"""What is wrong with a document or its variables, in Shopify's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, OperationDefinitionNode

RULES: tuple[tuple[str, str, str], ...] = (
    (r"Cannot query field '(\w+)' on type '(\w+)'", "undefinedField", "Field '{0}' doesn't exist on type '{1}'"),
    (
        r"Unknown argument '(\w+)' on field '(\w+)\.(\w+)'",
        "argumentNotAccepted",
        "Field '{2}' doesn't accept argument '{0}'",
    ),
    (
        r"Argument '[\w.]+\.(\w+)\((\w+):\)' of type '([^']+)' is required",
        "missingRequiredArguments",
        "Field '{0}' is missing required arguments: {1}",
    ),
    (
        r"Field '(\w+)' argument '(\w+)' of type '([^']+)' is required",
        "missingRequiredArguments",
        "Field '{0}' is missing required arguments: {1}",
    ),
    (
        r"Field '(\w+)' of type '([^']+)' must have a (?:selection|sub selection)",
        "selectionMismatch",
        "Field must have selections (field '{0}' returns {1} but has no selections. Did you mean '{0} {{ ... }}'?)",
    ),
    (
        r"Field '(\w+)' must not have a selection since type '([^']+)' has no subfields",
        "selectionMismatch",
        "Selections can't be made on scalars (field '{0}' returns {1})",
    ),
    (r"Unknown type '(\w+)'", "undefinedType", "{0} isn't a defined input type (on $input)"),
    (r"Unknown directive '@?(\w+)'", "undefinedDirective", "Directive @{0} is not defined"),
    (
        r"Directive '@?(\w+)' may not be used on (\w+)",
        "directiveCannotBeApplied",
        "'@{0}' can't be applied to {1}",
    ),
    (r"Variable '\$(\w+)' is never used", "variableNotUsed", "Variable ${0} is declared by anonymous but not used"),
)
NOT_NULL = "Expected value to not be null"
PLACE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at \.?([\w.\[\]]+))?: (.*)\Z", re.S)


def document(error: GraphQLError, operation: OperationDefinitionNode | None) -> dict[str, Any]:
    """An error of a document that does not fit the schema."""
    head = operation.operation.value if operation else "query"
    name = f"{head} {operation.name.value}" if operation and operation.name else head
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    for pattern, code, words in RULES:
        if found := re.search(pattern, error.message):
            message = words.format(*found.groups())
            more = (
                dict(zip(("fieldName", "typeName"), found.groups(), strict=False)) if code == "undefinedField" else {}
            )
            return {
                "message": message,
                "locations": places,
                "path": [name],
                "extensions": {"code": code, **more},
            }
    return {
        "message": error.message,
        "locations": places,
        "path": [name],
        "extensions": {"code": "argumentLiteralsIncompatible"},
    }


def syntax(error: GraphQLError) -> dict[str, Any]:
    """A document that is none."""
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    return {"message": error.message, "locations": places, "extensions": {"code": "PARSE_ERROR"}}


def variable(error: GraphQLError, types: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """A variable that does not fit its type."""
    found = PLACE.search(error.message)
    name, place, why = found.groups() if found else ("", "", error.message)
    path: list[Any] = [int(part) if part.isdigit() else part for part in re.findall(r"\w+", place or "")]
    if unknown := re.search(r"of type '(\w+)' not to include unknown field '(\w+)'", why):
        return _invalid(name, types, given, [*path, unknown[2]], f"Field is not defined on {unknown[1]}")
    if missing := re.search(r"of type '\w+' to include required field '(\w+)'", why):
        return _invalid(name, types, given, [*path, missing[1]], NOT_NULL)
    return _invalid(name, types, given, path, NOT_NULL if "non-null" in why or "required" in why else why.rstrip("."))


def _invalid(
    name: str, types: Mapping[str, str], given: Mapping[str, Any], path: list[Any], why: str
) -> dict[str, Any]:
    where = f" for {'.'.join(map(str, path))} ({why})" if path else ""
    return {
        "message": f"Variable ${name} of type {types.get(name, '')} was provided invalid value{where}",
        "locations": [{"line": 1, "column": 1}],
        "extensions": {
            "code": "INVALID_VARIABLE",
            "value": given.get(name),
            "problems": [{"path": path, "explanation": why}],
        },
    }
