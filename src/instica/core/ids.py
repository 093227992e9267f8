"""Identifiers: UUIDv7 inside, ``prefix_`` and 26 characters of base32 outside."""

from __future__ import annotations

import uuid
from typing import ClassVar

import uuid_utils.compat

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
LENGTH = 26


def new() -> uuid.UUID:
    """A fresh UUIDv7: sortable by creation, unguessable enough to need no sequence."""
    return uuid_utils.compat.uuid7()


def show(prefix: str, value: uuid.UUID) -> str:
    """The public form of ``value``: ``inv_01h455vb4pex5vsknk084sn02q``."""
    number, letters = value.int, []
    for _ in range(LENGTH):
        letters.append(ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(letters))}"


def read(prefix: str, text: str) -> uuid.UUID | None:
    """The UUID behind a public id, or ``None`` when it is not one of that prefix."""
    head, _, letters = text.partition("_")
    if head != prefix or len(letters) != LENGTH or letters[0] not in "01234567":
        return None
    number = 0
    for letter in letters:
        value = VALUES.get(letter)
        if value is None:
            return None
        number = number << 5 | value
    return uuid.UUID(int=number)


def stable(prefix: str, name: str) -> str:
    """A public id that depends on ``name`` alone, equal on every machine."""
    return show(prefix, uuid.uuid5(uuid.NAMESPACE_URL, f"https://instica.com/{prefix}/{name}"))


class Public:
    """Mixed into a model whose ``uid`` is shown to people as ``prefix`` and 26 characters."""

    prefix: ClassVar[str]
    uid: uuid.UUID

    @property
    def public_id(self) -> str:
        """The id that leaves the house."""
        return show(self.prefix, self.uid)
