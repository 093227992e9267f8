"""The webhooks we send, as the OpenAPI document describes them."""

from __future__ import annotations

from typing import Any

from instica.notices.kinds import KINDS, example, schema

HEADERS = {
    "webhook-id": "The same in every attempt at this event: take it in once.",
    "webhook-timestamp": "When this attempt was made, in seconds since 1970. Refuse what is older than five minutes.",
    "webhook-signature": "`v1,` and a base64 HMAC-SHA256 over id, timestamp and body; several, with a blank between,"
    " while a secret is being changed.",
}


def webhooks() -> dict[str, Any]:
    """The section of that name."""
    return {name: {"post": _operation(name)} for name in KINDS}


def component(name: str) -> str:
    """What the schema of a kind is called: ``OrderCreatedEvent``."""
    return "".join(word.capitalize() for word in name.replace("_", ".").split(".")) + "Event"


def components() -> dict[str, Any]:
    """The schemas of all kinds."""
    return {component(name): {"title": component(name), **schema(name)} for name in KINDS}


def _operation(name: str) -> dict[str, Any]:
    parameters = [
        {"name": header, "in": "header", "required": True, "schema": {"type": "string"}, "description": text}
        for header, text in HEADERS.items()
    ]
    content = {"schema": {"$ref": f"#/components/schemas/{component(name)}"}, "example": example(name)}
    answers = {
        "2XX": {"description": "Taken in; anything else is tried again."},
        "410": {"description": "Gone: the endpoint is disabled and nothing more is sent."},
    }
    return {
        "summary": KINDS[name].text.split(". ")[0].rstrip("."),
        "description": KINDS[name].text,
        "tags": ["webhooks"],
        "parameters": parameters,
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": answers,
    }
