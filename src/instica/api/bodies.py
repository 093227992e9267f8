"""Reads a JSON body strictly: one document, no surprises, every fault named at once."""

from __future__ import annotations

import json
from http import HTTPStatus
from math import isfinite
from typing import Any, ClassVar, TypeVar

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from rest_framework import exceptions

from instica.core.errors import Fault, Invalid, Problem

LARGEST = 1_000_000
DEEPEST = 32
Model = TypeVar("Model", bound="Body")
WORDS = {
    "extra_forbidden": "There is no such field.",
    "missing": "This field is required.",
    "string_type": "Write a text.",
    "int_type": "Write a whole number.",
    "int_from_float": "Write a whole number.",
    "float_type": "Write a number.",
    "bool_type": "Write true or false.",
    "list_type": "Write a list.",
    "tuple_type": "Write a list.",
    "dict_type": "Write an object.",
    "model_type": "Write an object.",
    "none_required": "This can only be null.",
}


class Body(BaseModel):
    """What a call takes: known fields are checked strictly, unknown ones refused, so that no misspelt one is lost."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    media_type: ClassVar[str] = "application/json"
    passed_over: ClassVar[frozenset[str]] = frozenset()
    """Fields of the answer that a caller may send back as they came; they change nothing."""

    @model_validator(mode="before")
    @classmethod
    def without_passed_over(cls, value: Any) -> Any:
        """What was sent, but for those."""
        if not cls.passed_over or not isinstance(value, dict):
            return value
        kept = cls.passed_over - cls.model_fields.keys()
        return {name: inner for name, inner in value.items() if name not in kept}


class Nothing(Body):
    """No body is needed."""


class TooLarge(Problem):
    """The body exceeds what this call takes (413)."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Content too large"


def parse(request: HttpRequest, largest: int = LARGEST) -> Any:
    """The document in the body; an empty body is an empty object."""
    raw = content(request, largest)
    if not raw.strip():
        return {}
    if request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/json":
        raise exceptions.UnsupportedMediaType(request.META.get("CONTENT_TYPE", ""))
    try:
        document = json.loads(raw.decode("utf-8"), parse_constant=refuse_constant, object_pairs_hook=without_repeats)
        check(document)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The body is not valid JSON: {error}.", code="validation_error") from error
    return document


def content(request: HttpRequest, largest: int) -> bytes:
    """The bytes of the body, refused by their declared length before they are read."""
    try:
        declared = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        declared = 0
    if declared > largest:
        raise TooLarge(f"The body has {declared} bytes; this call takes {largest}.")
    try:
        if largest > LARGEST and not hasattr(request, "_body"):
            # Django's own bound is meant for forms of people; this call takes more, from a caller who was let in.
            request._body = request.read(largest + 1)
        raw = request.body
    except UnreadablePostError as error:
        raise Invalid("The body was cut off.", code="validation_error") from error
    if len(raw) > largest:
        raise TooLarge(f"The body has {len(raw)} bytes; this call takes {largest}.")
    return raw


def refuse_constant(name: str) -> None:
    """NaN and the infinities are not JSON."""
    raise ValueError(f"{name} is not a JSON number")


def without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are unique."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object repeats a key")
    return found


def check(value: Any, depth: int = 0) -> None:
    """Refuses what no column can hold, and nesting without end."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        if "\x00" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
            raise ValueError("text holds a character that is not text")
    elif isinstance(value, float) and not isfinite(value):
        raise ValueError("a number is larger than any that can be kept")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check(name, depth + 1)
            check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth + 1)


def fit(document: Any, model: type[Model]) -> Model:
    """The document as ``model``; raises ``Invalid`` with all faults at once."""
    if not isinstance(document, dict):
        raise Invalid("The body must be a JSON object.", code="validation_error")
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [Fault(told(fault["type"], fault["msg"]), pointer(fault["loc"])) for fault in error.errors()]
        raise Invalid("The body is not valid.", code="validation_error", faults=faults) from error


def told(kind: str, message: str) -> str:
    """A fault in the API's words: of JSON, never of what the program is made of."""
    words = WORDS.get(kind) or message.removeprefix("Value error, ").replace("Input should", "This should")
    return words if words.endswith(".") else f"{words}."


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) in its fragment form."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "#" + "".join(f"/{step}" for step in steps)
