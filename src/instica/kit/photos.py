"""Fetches a picture from a host that is known, within a total deadline and a size."""

from __future__ import annotations

import httpx2

from instica.kit.deadline import within
from instica.kit.errors import Complaint, Refused
from instica.kit.wire import transport_for

SECONDS = 20.0
LARGEST = 12 * 1024 * 1024


def fetch(link: str, *, seconds: float = SECONDS, largest: int = LARGEST) -> bytes:
    """The bytes behind ``link``; no redirect is followed. Raises ``Refused`` when they cannot be had."""
    try:
        with (
            within(seconds),
            httpx2.Client(transport=transport_for(httpx2.URL(link)), timeout=seconds) as client,
            client.stream("GET", link) as response,
        ):
            if response.status_code != 200:
                raise refused(f"The photo's host answered {response.status_code}")
            return _body(response, largest)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise refused("The photo's host could not be reached or broke off") from error


def refused(why: str) -> Refused:
    """A photo that cannot be had."""
    return Refused([Complaint(why, "images")])


def _body(response: httpx2.Response, largest: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > largest:
            raise refused(f"The photo is larger than {largest // 1024 // 1024} MB")
    return bytes(body)
