"""Writes Trading's requests and reads its answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring
from xml.parsers import expat

from instica.core import clock
from instica.core.money import Money
from instica.kit.errors import Complaint

NAMESPACE = "urn:ebay:apis:eBLBaseComponents"
DECLARED = f' xmlns="{NAMESPACE}"'.encode()
UTF_8 = re.compile(rb"(<\?xml version=(\"1\.0\"|'1\.0') encoding=(\"UTF-8\"|'UTF-8') ?\?>\s*)?<[A-Za-z]", re.IGNORECASE)
Tree = Sequence[tuple[str, "str | int | bool | Money | Tree | None"]]


class NotXml(ValueError):
    """What came is no XML, or XML that wants too much."""


def request(name: str, tree: Tree) -> bytes:
    """The body of a call."""
    root = Element(f"{name}Request", {"xmlns": NAMESPACE})
    fill(root, [("ErrorLanguage", "en_US"), ("WarningLevel", "High"), *tree])
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}'.encode()


def fill(root: Element, tree: Tree) -> None:
    """Add elements; those with no value are left out."""
    for name, value in tree:
        if value is None:
            continue
        node = SubElement(root, name)
        if isinstance(value, Money):
            node.set("currencyID", value.currency)
            node.text = str(value.decimal)
        elif isinstance(value, bool):
            node.text = "true" if value else "false"
        elif isinstance(value, (str, int)):
            node.text = str(value)
        else:
            fill(node, value)


def parse(body: bytes) -> Element:
    """An answer, without its namespace. Raises ``NotXml``."""
    try:
        only_if_plain(body)
        root = fromstring(body.replace(DECLARED, b"", 1))  # noqa: S314 - proven to declare nothing
    except (ParseError, expat.ExpatError, ValueError, LookupError) as error:
        raise NotXml(str(error)) from None
    prefix = f"{{{NAMESPACE}}}"
    if root.tag.startswith(prefix):
        for node in root.iter():
            node.tag = node.tag.removeprefix(prefix)
    return root


def only_if_plain(body: bytes) -> None:
    """Raise ``NotXml`` for a document type: with it go all entities and everything they could be made to do.

    A reader that refuses them as it builds the tree takes ten times as long, and lists of a shop are long. In UTF-8,
    which eBay sends, there is none where its first letters are nowhere.
    """
    if UTF_8.match(body) and b"<!DOCTYPE" not in body:
        return
    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler = refuse
    scanner.Parse(body, True)


def refuse(*_: object) -> None:
    """There is none in an answer of eBay's."""
    raise NotXml("a document type")


def first(node: Element, path: str) -> Element | None:
    """The first element of that path, step by step: much faster than a path of ElementTree's own."""
    found: Element | None = node
    for name in path.split("/"):
        if found is None:
            return None
        found = found.find(name)
    return found


def every(node: Element, path: str) -> list[Element]:
    """The elements of that path, below the first of each step but the last."""
    above, _, name = path.rpartition("/")
    place = first(node, above) if above else node
    return place.findall(name) if place is not None else []


def text(node: Element, path: str) -> str:
    """What stands in the first element of that path, clean; empty where there is none."""
    found = first(node, path)
    return clean(found.text) if found is not None and found.text else ""


def texts(node: Element, path: str) -> list[str]:
    """What stands in each of them."""
    return [clean(found.text) for found in every(node, path) if found.text]


def clean(value: str) -> str:
    """Without blanks around."""
    return value.replace("\x00", "").strip()


def whole(node: Element, path: str) -> int | None:
    """A whole number, ``None`` where there is none."""
    value = text(node, path)
    digits = value.removeprefix("-")
    return int(value) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def moment(node: Element, path: str) -> dt.datetime | None:
    """A time, in UTC."""
    return clock.read(text(node, path), dt.UTC)


def stamp(moment: dt.datetime) -> str:
    """A time as Trading takes it."""
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def complaints(root: Element) -> Iterator[Complaint]:
    """The errors of an answer; warnings are none."""
    for row in root.findall("Errors"):
        if text(row, "SeverityCode") != "Warning":
            said = text(row, "LongMessage") or text(row, "ShortMessage") or "eBay gave no reason"
            yield Complaint(said, code=text(row, "ErrorCode"))
