"""Where a reader of a log stands, as an opaque text: the moment and the key of the last row seen."""

from __future__ import annotations

import base64
import datetime as dt
import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a log: rows before it are older, or equally old with a smaller key."""

    at: dt.datetime
    uid: uuid.UUID

    def show(self) -> str:
        """The text that leaves the house."""
        micros = (self.at - EPOCH) // dt.timedelta(microseconds=1)
        return base64.urlsafe_b64encode(micros.to_bytes(8, "big") + self.uid.bytes).decode()


EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
SIZE = 24


def read(text: str) -> Cursor | None:
    """The place behind a text, or ``None`` when it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(text.encode())
        if len(raw) != SIZE:
            return None
        at = EPOCH + dt.timedelta(microseconds=int.from_bytes(raw[:8], "big"))
    except (ValueError, OverflowError):
        return None
    return Cursor(at, uuid.UUID(bytes=raw[8:]))
