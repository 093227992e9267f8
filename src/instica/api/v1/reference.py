"""The OpenAPI document as a page shows it: operations by tag, with what each takes and answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from instica.api.schema import example

Node = Mapping[str, Any]
NO_CONTENT = "204"


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    type: str
    text: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operation may answer with a status; ``problem`` is the kind of refusal."""

    status: str
    text: str
    example: str = ""
    problem: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    text: str
    is_open: bool
    parameters: list[Field]
    body: list[Field]
    body_example: str
    answers: list[Answer]
    fields: list[Field]
    """What the answer holds."""

    @property
    def good(self) -> list[Answer]:
        """What it answers when all is well."""
        return [answer for answer in self.answers if not answer.problem]

    @property
    def problems(self) -> list[Answer]:
        """How it may refuse."""
        return [answer for answer in self.answers if answer.problem]


def groups(document: Node) -> list[tuple[str, list[Operation]]]:
    """The operations by tag, both in the document's order."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            found.setdefault(entry["tags"][0], []).append(operation(document, path, method, entry))
    return list(found.items())


def operation(document: Node, path: str, method: str, entry: Node) -> Operation:
    """One entry of the document."""
    sent = schema_in(entry.get("requestBody", {}))
    answers = list(answered(document, entry["responses"]))
    given = next((schema_in(each) for each in entry["responses"].values() if schema_in(each)), {})
    text = entry.get("description", "")
    return Operation(
        name=entry["operationId"],
        method=method.upper(),
        path=path,
        summary=entry["summary"],
        text="" if text.rstrip(".") == entry["summary"] else text,
        is_open=not entry.get("security"),
        parameters=[parameter(document, each) for each in entry.get("parameters", ())],
        body=list(fields(document, sent)),
        body_example=pretty(filled(document, sent)) if sent else "",
        answers=answers,
        fields=list(fields(document, given)),
    )


def schema_in(holder: Node) -> Node:
    """The schema of a body's JSON."""
    found: Node = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def answered(document: Node, responses: Node) -> Iterator[Answer]:
    """The answers, the refusals by their kind alone."""
    for status, answer in responses.items():
        if "$ref" in answer:
            yield Answer(status, component(document, answer["$ref"])["description"], problem=True)
            continue
        content = answer.get("content", {}).get("application/json", {})
        nothing = "No body." if status == NO_CONTENT else ""
        yield Answer(status, nothing or answer.get("description", ""), pretty(content.get("example")))


def parameter(document: Node, entry: Node) -> Field:
    """A parameter of the path, the query or the header."""
    where = {"path": "in the path", "query": "in the query", "header": "a header"}[entry["in"]]
    kind = f"{worded(document, entry['schema'])}, {where}"
    return Field(entry["name"], kind, entry.get("description", ""), required=entry.get("required", False))


def fields(document: Node, schema: Node) -> Iterator[Field]:
    """The fields of an object, or of the objects in a list or a page."""
    schema = resolved(document, schema)
    if schema.get("type") == "array":
        yield from fields(document, schema["items"])
        return
    needed = schema.get("required", ())
    for name, part in schema.get("properties", {}).items():
        yield Field(name, worded(document, part), part.get("description", ""), required=name in needed)


def filled(document: Node, schema: Node) -> Any:
    """An example of what is sent: what is required, and what says for itself how it looks."""
    schema = resolved(document, schema)
    needed = schema.get("required", ())
    known = document["components"]["schemas"]
    return {
        name: example(dict(part), known)
        for name, part in schema.get("properties", {}).items()
        if name in needed or part.get("examples")
    }


def worded(document: Node, schema: Node) -> str:
    """A type in words."""
    schema = resolved(document, schema)
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return " or ".join(dict.fromkeys(worded(document, option) for option in options))
    if schema.get("type") == "array":
        return f"list of {worded(document, schema['items'])}"
    kinds = schema.get("type", "any value")
    return " or ".join(kinds) if isinstance(kinds, list) else str(kinds)


def resolved(document: Node, schema: Node) -> Node:
    """The schema itself, where it is only named."""
    return component(document, schema["$ref"]) if "$ref" in schema else schema


def component(document: Node, reference: str) -> Node:
    """What a reference names."""
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    named: Node = found
    return named


def pretty(value: Any) -> str:
    """JSON for eyes."""
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
