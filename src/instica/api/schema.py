"""Teaches the OpenAPI generator our bodies, our credentials and our order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from drf_spectacular.contrib.pydantic import PydanticExtension
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import ResolvedComponent
from pydantic.json_schema import model_json_schema

from instica.api import webhook_document
from instica.api.problems import MEDIA_TYPE

PLAIN = {"string": "text", "integer": 1, "number": 1.0, "boolean": True}
REFERENCE = "#/components/schemas/{model}"
Direction = Literal["request", "response"]


class Models(PydanticExtension):  # type: ignore[no-untyped-call]
    """Pydantic models, read or written; a default makes a field optional only where it is sent to us."""

    priority = 1

    def map_serializer(self, auto_schema: Any, direction: Direction) -> dict[str, Any]:
        """The JSON schema of the model; the models inside it become components of their own."""
        mode: Literal["validation", "serialization"] = "validation" if direction == "request" else "serialization"
        schema = model_json_schema(self.target, ref_template=REFERENCE, mode=mode)
        for name, inner in schema.pop("$defs", {}).items():
            part = ResolvedComponent(  # type: ignore[no-untyped-call]
                name=name, type=ResolvedComponent.SCHEMA, object=name, schema=inner
            )
            auto_schema.registry.register_on_missing(part)
        return schema


class Credentials(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The two headers that carry a key."""

    target_class = "instica.api.authentication.TokenAuthentication"
    name = ["bearer", "apiKey"]

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Their definitions."""
        return [
            {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer YOUR_TOKEN`"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "The same key in its own header."},
        ]

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """Either of them."""
        return [{name: []} for name in self.name]


def only_api(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """The document covers what stands below /api/v1/ and nothing else."""
    return [each for each in endpoints if each[0].startswith("/api/v1/")]


def tidy(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Each kind of problem is described once, and every answer has an example."""
    shared = result["components"].setdefault("responses", {})
    for answers in responses(result):
        for status, answer in answers.items():
            for media, content in answer.get("content", {}).items():
                content["example"] = example(content["schema"], result["components"]["schemas"])
                if media == MEDIA_TYPE:
                    content["example"] |= {"status": int(status), "title": answer["description"]}
                    shared[f"Problem{status}"] = answer
                    answers[status] = {"$ref": f"#/components/responses/Problem{status}"}
    result["components"]["schemas"] |= webhook_document.components()
    return result | {"webhooks": webhook_document.webhooks()}


def responses(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers of every operation."""
    for path in document["paths"].values():
        for about in path.values():
            yield about["responses"]


def example(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """A value that fits: the one given beside the schema, else built of its parts."""
    if "$ref" in schema:
        return example(known[schema["$ref"].rpartition("/")[2]], known)
    if given := schema.get("examples") or schema.get("enum") or [schema[key] for key in ("const",) if key in schema]:
        return given[0]
    if options := schema.get("anyOf") or schema.get("allOf"):
        return example(options[0], known)
    match schema.get("type"):
        case "object":
            return {name: example(part, known) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [example(schema["items"], known)]
    return PLAIN.get(str(schema.get("type")))
