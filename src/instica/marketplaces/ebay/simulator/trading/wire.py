"""Trading's XML: reads a request, writes an answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape, quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

NAMESPACE = "urn:ebay:apis:eBLBaseComponents"
VERSION = "1477"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
Tree = list[tuple[str, Any]]


class Trouble(Exception):
    """A call that fails: an error in the words of Trading."""

    def __init__(self, code: int, short: str, long: str = "", *parameters: str) -> None:
        super().__init__(short)
        self.errors = [(code, short, long or short, parameters, "Error")]


class Amount:
    """Money, as an element with its currency."""

    def __init__(self, cents: int, currency: str) -> None:
        self.text = str(cents / 100)
        self.currency = currency


class Asked:
    """A request's elements, found by path and without their namespace."""

    def __init__(self, root: Element) -> None:
        self.root = root

    def text(self, path: str, default: str = "") -> str:
        """What stands in the first element of that path."""
        found = self.root.find(path)
        return (found.text or "").strip() if found is not None else default

    def has(self, path: str) -> bool:
        """Whether there is such an element."""
        return self.root.find(path) is not None

    def says(self, path: str) -> bool:
        """Whether it is true there."""
        return self.text(path).lower() in ("true", "1")

    def every(self, path: str) -> Iterator[Asked]:
        """All elements of that path."""
        return (Asked(found) for found in self.root.findall(path))

    def texts(self, path: str) -> list[str]:
        """What stands in each of them."""
        return [(found.text or "").strip() for found in self.root.findall(path)]

    def number(self, path: str, default: int = 0) -> int:
        """A whole number. Refuses anything else."""
        text = self.text(path)
        if not text:
            return default
        if not re.fullmatch(r"-?\d{1,18}", text):
            raise Trouble(37, "Input data is invalid.", f"Input data for tag <{path}> is invalid or missing.", path)
        return int(text)

    def cents(self, path: str) -> int | None:
        """An amount in hundredths."""
        try:
            return round(float(self.text(path)) * 100) if self.has(path) else None
        except (ValueError, OverflowError):
            raise Trouble(
                37, "Input data is invalid.", f"Input data for tag <{path}> is invalid or missing.", path
            ) from None

    def moment(self, path: str) -> dt.datetime | None:
        """A time, UTC."""
        text = self.text(path)
        try:
            read = dt.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
        except ValueError:
            raise Trouble(
                37, "Input data is invalid.", f"Input data for tag <{path}> is invalid or missing.", path
            ) from None
        return read.replace(tzinfo=dt.UTC) if read and read.tzinfo is None else read


def read(body: bytes) -> Asked:
    """A request. Refuses what is no XML."""
    try:
        root = fromstring(body)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Trouble(5, "XML Parse error.", f"XML Parse error. {error}") from None
    for node in root.iter():
        if isinstance(node.tag, str):
            node.tag = node.tag.rpartition("}")[2]
    return Asked(root)


def write(name: str, tree: Tree) -> bytes:
    """An answer."""
    inside = "".join(element(tag, value) for tag, value in tree)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{NAMESPACE}">{inside}</{name}>'.encode()


def element(tag: str, value: Any) -> str:
    """One element; nothing at all for ``None``, and an empty list is absent."""
    if value is None or value == []:
        return ""
    if isinstance(value, Amount):
        return f"<{tag} currencyID={quoteattr(value.currency)}>{value.text}</{tag}>"
    if isinstance(value, list):
        return f"<{tag}>{''.join(element(name, inner) for name, inner in value)}</{tag}>"
    if isinstance(value, bool):
        return f"<{tag}>{'true' if value else 'false'}</{tag}>"
    return f"<{tag}>{escape(CONTROL.sub('', str(value)))}</{tag}>"


def stamp(epoch: float) -> str:
    """A time as Trading writes it."""
    return dt.datetime.fromtimestamp(epoch, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def duration(seconds: int) -> str:
    """A span of time in ISO 8601."""
    seconds = max(0, seconds)
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    return f"P{days}DT{hours}H{rest // 60}M{rest % 60}S"
