"""Search strings: terms with operators, joined by AND, OR and NOT. What is not known is ignored, with a remark."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<not>-(?=\S)|NOT\b)|(?P<and>AND\b)|(?P<or>OR\b)"""
    r"""|(?P<term>(?:\w+:(?:>=|<=|>|<)?)?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s()]+)))"""
)
TERM = re.compile(r"""(?:(?P<field>\w+):(?P<sign>>=|<=|>|<)?)?(?P<value>.*)\Z""", re.S)
Getter = Callable[[Any], Any]
Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Times:
    """A field that holds seconds since the epoch; compared as times."""

    get: Getter


@dataclass(frozen=True, slots=True)
class Words:
    """A field with a closed set of values, in lower case."""

    get: Getter
    allowed: frozenset[str]


Field = Getter | Times | Words


class Search:
    """A parsed search string; ``warnings`` is what was remarked."""

    def __init__(self, text: str, fields: Mapping[str, Field], free: Getter, now: float) -> None:
        self.fields = fields
        self.free = free
        self.now = now
        self.warnings: list[dict[str, str]] = []
        self.tokens = [found for found in TOKEN.finditer(text) if found.lastgroup]
        self.place = 0
        self.test: Test = self._any() if self.tokens else lambda row: True

    def _peek(self) -> str:
        return str(self.tokens[self.place].lastgroup) if self.place < len(self.tokens) else ""

    def _any(self) -> Test:
        parts = [self._all()]
        while self._peek() == "or":
            self.place += 1
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _all(self) -> Test:
        parts = [self._one()]
        while self._peek() in ("and", "term", "not", "open"):
            if self._peek() == "and":
                self.place += 1
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _one(self) -> Test:
        kind = self._peek()
        if not kind or kind in ("close", "or", "and"):
            return lambda row: True
        token = self.tokens[self.place]
        self.place += 1
        if kind == "not":
            inner = self._one()
            return lambda row: not inner(row)
        if kind == "open":
            inside = self._any()
            if self._peek() == "close":
                self.place += 1
            return inside
        return self._term(token["term"])

    def _term(self, text: str) -> Test:
        parts = TERM.match(text)
        name, sign, value = (parts["field"], parts["sign"], parts["value"]) if parts else (None, None, text)
        plain = _unquoted(value)
        if name is None:
            wanted = plain.lower()
            return lambda row: wanted in str(self.free(row)).lower()
        field = self.fields.get(name)
        if field is None:
            self._remark(name, f"Invalid search field for this query: {name}", "invalid_field")
            return lambda row: True
        if value == "*":
            get = field if callable(field) else field.get
            return lambda row: get(row) not in (None, "", ())
        if isinstance(field, Times):
            return self._time(name, field, sign, plain)
        return self._value(name, field, sign, value)

    def _time(self, name: str, field: Times, sign: str | None, text: str) -> Test:
        try:
            at = self.now if text == "now" else _moment(text)
        except ValueError:
            self._remark(name, f"Input `{text}` is not a valid date.", "invalid_value")
            return lambda row: True
        return lambda row: field.get(row) is not None and _compared(field.get(row), sign, at)

    def _value(self, name: str, field: Getter | Words, sign: str | None, value: str) -> Test:
        wanted = (
            [_unquoted(part).lower() for part in value.split(",")]
            if value[:1] not in "'\""
            else [_unquoted(value).lower()]
        )
        get = field.get if isinstance(field, Words) else field
        if isinstance(field, Words) and (bad := [each for each in wanted if each not in field.allowed]):
            self._remark(name, f"Input `{bad[0]}` is not an accepted value.", "invalid_value")
            wanted = [each for each in wanted if each in field.allowed]
            if not wanted:
                return lambda row: False
        if sign:
            return lambda row: _number(wanted[0]) is not None and _compared(get(row), sign, _number(wanted[0]))
        return lambda row: _matches(get(row), wanted)

    def _remark(self, name: str, message: str, code: str) -> None:
        self.warnings.append({"field": name, "message": message, "code": code})


def _matches(found: Any, wanted: list[str]) -> bool:
    values = [str(each).lower() for each in found] if isinstance(found, (tuple, list)) else [_text(found)]
    return any(
        value.startswith(each[:-1]) if each.endswith("*") else value == each for each in wanted for value in values
    )


def _text(found: Any) -> str:
    return str(found).lower() if not isinstance(found, bool) else ("true" if found else "false")


def _compared(found: Any, sign: str | None, wanted: Any) -> bool:
    match sign:
        case ">":
            return bool(found > wanted)
        case ">=":
            return bool(found >= wanted)
        case "<":
            return bool(found < wanted)
        case "<=":
            return bool(found <= wanted)
    return bool(found == wanted)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _moment(text: str) -> float:
    read = dt.datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=dt.UTC)).timestamp()
