"""Pictures from known hosts: bounded, never redirected, and refused in words for people."""

from __future__ import annotations

import pytest

from instica.kit import photos
from instica.kit.errors import Refused
from tests.kit.lines import answer, saying

PICTURE = b"Content-Type: image/jpeg"


def test_the_bytes_come_as_they_are() -> None:
    with saying([answer(b"\xff\xd8picture", PICTURE)]) as server:
        assert photos.fetch(f"{server.origin}/a.jpg") == b"\xff\xd8picture"


def test_what_is_too_large_or_not_there_is_refused() -> None:
    with saying([answer(b"x" * 2_000_000, PICTURE)]) as server, pytest.raises(Refused, match="larger than 1 MB"):
        photos.fetch(f"{server.origin}/a.jpg", largest=1024 * 1024)
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    with saying([moved]) as server, pytest.raises(Refused, match="answered 302"):
        photos.fetch(f"{server.origin}/a.jpg")
    with pytest.raises(Refused, match="could not be reached") as refusal:
        photos.fetch("http://127.0.0.1:1/a.jpg", seconds=2)
    assert [complaint.field for complaint in refusal.value.complaints] == ["images"]
