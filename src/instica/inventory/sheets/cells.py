"""Values as cells and cells as values, exactly; what a spreadsheet would run as a formula is marked as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from instica.core import clock, ids
from instica.core.money import Money, NotMoney, two_places
from instica.inventory.stock import LARGEST

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
MARK = "'"
UNLIMITED = "unlimited"
AMOUNT = re.compile(r"\d{1,8}(\.\d{1,2})?")
PART = re.compile(r"(?:[^\\|]|\\.)*", re.DOTALL)


class Unreadable(ValueError):
    """The cell says nothing this column can hold; the message says what it can."""


def guarded(text: str) -> str:
    """The text as a cell."""
    return f"{MARK}{text}" if text and (text[0] in FORMULA or unguarded(text) != text) else text


def unguarded(cell: str) -> str:
    """The text of a cell; a mark before something that needs none is part of the text."""
    marked = cell[:1] == MARK and len(cell) > 1 and (cell[1] in FORMULA or cell[1] == MARK)
    return cell[1:] if marked else cell


def joined(parts: Sequence[str]) -> str:
    """Several texts in one cell: ``a|b``; a bar or a backslash within is written with a backslash before it."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def parted(text: str) -> list[str]:
    """The texts of a cell."""
    if not text:
        return []
    found, place = [], 0
    while place <= len(text):
        match = PART.match(text, place)
        assert match is not None
        found.append(re.sub(r"\\(.)", r"\1", match[0], flags=re.DOTALL))
        place = match.end() + 1
    return found


def amount(minor: int | None, currency: str) -> str:
    """Money as a cell."""
    return "" if minor is None else two_places(minor, currency)


def minor(text: str, currency: str) -> int | None:
    """Money of a cell. Raises ``Unreadable``."""
    if not text:
        return None
    if not AMOUNT.fullmatch(text):
        raise Unreadable("Write an amount such as 34.99.")
    try:
        found = Money.parse(text, currency)
    except NotMoney as error:
        raise Unreadable(f"{error}.") from error
    if two_places(found.minor, currency) != f"{float(text):.2f}":
        raise Unreadable(f"{currency} has no such fraction.")
    return found.minor


def pieces(quantity: int | None) -> str:
    """A stock as a cell."""
    return UNLIMITED if quantity is None else str(quantity)


def quantity(text: str) -> int | None:
    """The stock of a cell. Raises ``Unreadable``."""
    if text.lower() == UNLIMITED:
        return None
    if not text.isascii() or not text.isdecimal() or int(text[:12]) > LARGEST:
        raise Unreadable(f"Write how many there are, or {UNLIMITED}.")
    return int(text)


def year(text: str) -> int | None:
    """The year of a cell. Raises ``Unreadable``."""
    if not text:
        return None
    if not re.fullmatch(r"[12]\d{3}", text, re.ASCII):
        raise Unreadable("Write a year of four digits.")
    return int(text)


def moment(text: str) -> dt.datetime | None:
    """The moment of a cell. Raises ``Unreadable``."""
    if not text:
        return None
    found = clock.read(text)
    if found is None:
        raise Unreadable("Write a moment with its zone, such as 2026-02-15T12:00:00Z.")
    return found


def shown(at: dt.datetime) -> str:
    """A moment as a cell, to the last digit."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def addresses(text: str) -> list[str]:
    """The addresses of a cell. Raises ``Unreadable``."""
    found = parted(text)
    for each in found:
        if not re.fullmatch(r"https?://[^\s]{1,990}", each):
            raise Unreadable("Write addresses that begin with https:// and part them with |.")
    return found


def uid(prefix: str, text: str) -> str:
    """An id of that kind, or empty. Raises ``Unreadable``."""
    if text and ids.read(prefix, text) is None:
        raise Unreadable(f"Write an id that begins with {prefix}_, as it was exported, or leave it empty.")
    return text
