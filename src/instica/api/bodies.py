"""Reads a JSON body strictly: one document, no surprises, every fault named at once."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.request import UnreadablePostError
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework import exceptions

from instica.core.errors import Fault, Invalid, Problem

LARGEST = 1_000_000
DEEPEST = 32
Model = TypeVar("Model", bound="Body")


class Body(BaseModel):
    """What a call takes: known fields are checked strictly, unknown ones ignored so that clients may be newer."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


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
    """Refuses what no text column can hold, and nesting without end."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        if "\x00" in value or (not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value)):
            raise ValueError("text holds a character that is not text")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check(name, depth + 1)
            check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth + 1)


def fit(document: Any, model: type[Model]) -> Model:
    """The document as ``model``; raises ``Invalid`` with all faults at once."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = [Fault(fault["msg"], pointer(fault["loc"])) for fault in error.errors(include_url=False)]
        raise Invalid("The body is not valid.", code="validation_error", faults=faults) from error


def pointer(location: tuple[int | str, ...]) -> str:
    """A JSON pointer (RFC 6901) in its fragment form."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in location)
    return "#" + "".join(f"/{step}" for step in steps)
