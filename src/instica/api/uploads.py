"""Reads a multipart form: the texts, and small files whole in memory."""

from __future__ import annotations

import io

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from instica.api import bodies
from instica.core.errors import Invalid


def is_form(request: HttpRequest) -> bool:
    """Whether the body is a multipart form."""
    return (request.content_type or "").lower() == "multipart/form-data"


def read(request: HttpRequest) -> tuple[dict[str, str], dict[str, bytes]]:
    """The texts and the files by name, the last of a name winning; the body's size was checked before."""
    handler = MemoryFileUploadHandler(request)
    try:
        texts, files = MultiPartParser(request.META, io.BytesIO(request.body), [handler]).parse()
        found = {str(name): str(texts[name]) for name in texts}
        bodies.check(found)
    except (MultiPartParserError, SuspiciousOperation, ValueError) as error:
        raise Invalid(f"The form cannot be read: {error}.", code="validation_error") from error
    return found, {name: values[-1].read() for name, values in files.lists()}
