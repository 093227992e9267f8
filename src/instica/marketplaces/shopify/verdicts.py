"""Reads what a GraphQL answer means: data, or the one word in ``kit.errors`` for what went wrong inside status 200."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from instica.kit import answers
from instica.kit.answers import Answer, Dialect, Effect
from instica.kit.errors import Complaint, Gone, Refused
from instica.kit.ports import Budget
from instica.kit.redaction import redact

NAME = "Shopify"
LIMIT = "shopify.points"
TAIL = 4_096
LEFT = re.compile(rb'"currentlyAvailable":\s*(\d{1,9})')
ASKED = re.compile(rb'"requestedQueryCost":\s*(\d{1,9})')
SPENT = re.compile(rb'"actualQueryCost":\s*(\d{1,9})')
RESTORED = re.compile(rb'"restoreRate":\s*(\d{1,9}(?:\.\d{1,3})?)')
KEPT_BACK = 0.95
LONGEST_WAIT = 60.0
MISSING = frozenset({"PRODUCT_DOES_NOT_EXIST", "PRODUCT_VARIANT_DOES_NOT_EXIST", "NOT_FOUND"})
DOES_NOT_EXIST = re.compile(r"(?i)(product|order|resource|fulfillment order|webhook subscription) does not exist")


def errors_in(data: object) -> list[Mapping[str, Any]]:
    """The errors at the top of an answer."""
    found = data.get("errors") if isinstance(data, Mapping) else None
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []


def code_of(error: Mapping[str, Any]) -> str:
    """The code of such an error."""
    more = error.get("extensions")
    return str(more.get("code") or "") if isinstance(more, Mapping) else ""


def decoded(answer: Answer) -> Any:
    """The JSON of an answer, ``None`` when it is none."""
    with suppress(ValueError, RecursionError):
        return json.loads(answer.body)
    return None


def throttled(answer: Answer) -> bool:
    """Status 429; or status 200 and the code THROTTLED, which comes without any data and so in few bytes."""
    if answer.status == 429:
        return True
    if answer.status != 200 or len(answer.body) > TAIL or b"THROTTLED" not in answer.body:
        return False
    return any(code_of(error) == "THROTTLED" for error in errors_in(decoded(answer)))


def wait(answer: Answer) -> dt.timedelta | None:
    """How long until the points are there, as the answer says what it costs and how fast they return."""
    data = decoded(answer) if len(answer.body) <= TAIL else None
    cost = record(record(record(data).get("extensions")).get("cost"))
    status = record(cost.get("throttleStatus"))
    asked = amount(cost.get("requestedQueryCost"))
    left, rate = amount(status.get("currentlyAvailable")), amount(status.get("restoreRate"))
    if not rate or asked is None or left is None:
        return answers.retry_after(answer)
    return dt.timedelta(seconds=min(LONGEST_WAIT, max(1.0, (asked - left) / rate)))


def learn(answer: Answer, budget: Budget) -> None:
    """Steer by the points that are left and how fast they return on the shop's plan; all stand at the end.

    A call takes what it might cost; what it did not cost returns at once.
    """
    end = answer.body[-TAIL:]
    left, restored = LEFT.findall(end), RESTORED.findall(end)
    asked, spent = ASKED.findall(end), SPENT.findall(end)
    if asked and spent and int(asked[-1]) > int(spent[-1]):
        budget.give_back(LIMIT, int(asked[-1]) - int(spent[-1]))
    if left:
        most = float(restored[-1]) if restored else None
        budget.learn(LIMIT, remaining=int(left[-1]) * KEPT_BACK, most=most)


def complaints(answer: Answer) -> Sequence[Complaint]:
    """What a status other than 200 objects to: text, a list, or an object of lists; or OAuth's two fields."""
    data = decoded(answer)
    said = data.get("errors") if isinstance(data, dict) else None
    if isinstance(said, str):
        return [Complaint(said)]
    if isinstance(said, list):
        return [Complaint(str(row.get("message") if isinstance(row, dict) else row)) for row in said]
    if isinstance(said, dict):
        return [Complaint(f"{name}: {why}", str(name)) for name, why in said.items()]
    if isinstance(data, dict) and data.get("error"):
        return [Complaint(str(data.get("error_description") or data["error"]), code=str(data["error"]))]
    return []


DIALECT = Dialect(limit=LIMIT, costs={LIMIT: 1}, learn=learn, complaints=complaints, throttled=throttled, wait=wait)
FILES = Dialect(limit=LIMIT, costs={}, learn=lambda answer, budget: None, complaints=lambda answer: [])


def root(data: object, name: str, call: str, effect: Effect) -> Any:
    """What was asked for, ``None`` where there is no such thing.

    An answer may carry data and errors: a field withheld from this app is null, and the rest is as good as ever.
    """
    errors = errors_in(data)
    codes = {code_of(error) for error in errors}
    if "INTERNAL_SERVER_ERROR" in codes or not isinstance(data, Mapping):
        raise answers.lost(NAME, call, effect, "an internal error")
    if remarks := remarked(data):
        raise Refused(remarks)
    found = data.get("data")
    value = found.get(name) if isinstance(found, Mapping) else None
    if value is not None or (not errors and isinstance(found, Mapping)):
        return value
    if "RESOURCE_NOT_FOUND" in codes:
        raise Gone(f"{NAME} has nothing there")
    if not errors:
        raise answers.lost(NAME, call, effect, "an answer without data")
    raise Refused([complaint(error.get("message") or code_of(error), "", code_of(error)) for error in errors])


def remarked(data: Mapping[str, Any]) -> list[Complaint]:
    """Warnings about a search string: a term that is not understood is ignored there, which would find too much."""
    found = record(data.get("extensions")).get("search")
    rows = [record(row).get("warnings") for row in found] if isinstance(found, list) else []
    warnings = [record(each) for row in rows if isinstance(row, list) for each in row]
    return [
        complaint(each.get("message") or "Not understood", each.get("field"), each.get("code")) for each in warnings
    ]


def complaint(message: object, field: object, code: object) -> Complaint:
    """What was objected to, whatever is missing of it, cut to a readable length."""
    return Complaint(redact(str(message or ""), ()), str(field or ""), str(code or ""))


def payload(value: object, errors: str = "userErrors") -> Mapping[str, Any]:
    """A mutation's payload. Raises what its complaints mean."""
    found = record(value)
    rows = [record(row) for row in found.get(errors) or ()] if isinstance(found.get(errors), list) else []
    if not rows:
        return found
    said = [complaint(row.get("message"), place(row.get("field")), row.get("code")) for row in rows]
    if all(each.code in MISSING or DOES_NOT_EXIST.match(each.message) for each in said):
        raise Gone(said[0].message)
    raise Refused(said)


def place(path: object) -> str:
    """``["input", "quantities", "0", "quantity"]`` as ``quantities.0.quantity``."""
    parts = [str(part) for part in path] if isinstance(path, list) else []
    return ".".join(parts[1:] if parts[:1] == ["input"] else parts)


def record(value: object) -> Mapping[str, Any]:
    """An object, empty when it is none."""
    return value if isinstance(value, Mapping) else {}


def amount(value: object) -> float | None:
    """A number, ``None`` when it is none."""
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
