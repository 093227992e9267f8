"""Reads what Etsy sends, whatever it sends: text without entities, whole numbers, moments, amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from html import unescape
from typing import Any

from instica.core.money import Money, NotMoney

LARGEST = 2**63


def words(value: object) -> str:
    """Text as the seller wrote it: entities decoded once, nothing a database refuses."""
    if not isinstance(value, str):
        return ""
    text = unescape(value) if "&" in value else value
    return text if text.isascii() and "\0" not in text else text.replace("\0", "").encode(errors="replace").decode()


def whole(value: object) -> int:
    """A whole number from nought, 0 when it is none."""
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST else 0


def record(value: object) -> Mapping[str, Any]:
    """An object, empty when it is none."""
    return value if isinstance(value, Mapping) else {}


def records(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def listed(value: object) -> list[Any]:
    """A list, empty when it is none."""
    return value if isinstance(value, list) else []


def moment(value: object) -> dt.datetime | None:
    """Epoch seconds as a time in UTC."""
    seconds = whole(value)
    try:
        return dt.datetime.fromtimestamp(seconds, dt.UTC) if seconds else None
    except (OverflowError, ValueError, OSError):
        return None


def money(value: object) -> Money | None:
    """``{"amount", "divisor", "currency_code"}`` as money; ``None`` when it is not."""
    row = record(value)
    amount, divisor = row.get("amount"), whole(row.get("divisor"))
    if not isinstance(amount, int) or isinstance(amount, bool) or not divisor:
        return None
    try:
        return Money.parse(Decimal(amount) / divisor, str(row.get("currency_code")))
    except (NotMoney, ArithmeticError):
        return None
