"""Forms as browsers send them, files included."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP

from instica.kit.simulation.http import Request


@dataclass(frozen=True, slots=True)
class Form:
    """The texts by name, every value of a name; and the files, by name with what they hold."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The last value of a name."""
        return self.texts.get(name, [""])[-1]


def form(request: Request) -> Form:
    """What a form held; an empty one for any other body."""
    kind = request.headers.get("content-type", "")
    found = Form()
    if not kind.startswith("multipart/form-data"):
        for name, value in request.form():
            found.texts.setdefault(name, []).append(value)
        return found
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + request.body)
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        body = content if isinstance(content, bytes) else b""
        if part.get_filename() is None:
            found.texts.setdefault(name, []).append(body.decode("utf-8", "replace"))
        elif body:
            found.files[name] = body
    return found
