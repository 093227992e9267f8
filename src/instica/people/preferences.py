"""A person's preferences: which there are, what they default to, which values they take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import available_timezones

from instica.core.errors import Fault, Invalid
from instica.core.money import CURRENCIES
from instica.people.models import User

CHANNELS = ("email", "push")
Accepts = Callable[[Any], bool]


def one_of(*values: str) -> Accepts:
    """A word from a list."""
    return lambda value: isinstance(value, str) and value in values


def is_size(value: Any) -> bool:
    """A page size the lists take."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 100


def is_channels(value: Any) -> bool:
    """Known channels, each once."""
    return isinstance(value, list) and all(each in CHANNELS for each in value) and len({*value}) == len(value)


def is_name(value: Any) -> bool:
    """A short text on one line."""
    return isinstance(value, str) and len(value) <= 150 and value.isprintable()


def is_timezone(value: Any) -> bool:
    """A name of the IANA database."""
    return isinstance(value, str) and value in available_timezones()


KNOWN: Mapping[str, tuple[Any, Accepts, str]] = {
    "preferred_name": ("", is_name, "a text of at most 150 characters"),
    "items_per_page": (25, is_size, "a whole number from 1 to 100"),
    "timezone": ("UTC", is_timezone, "a name such as America/New_York"),
    "measurement_system": ("metric", one_of("metric", "imperial"), "metric or imperial"),
    "date_format": ("ymd", one_of("ymd", "dmy", "mdy"), "ymd, dmy or mdy"),
    "currency_display": ("USD", one_of(*CURRENCIES), "a currency such as USD"),
    "channel_notifications_enabled": (True, lambda value: isinstance(value, bool), "true or false"),
    "preferred_notification_channels": (["email"], is_channels, "a list of: email, push"),
}


def read(user: User) -> dict[str, Any]:
    """All preferences in their documented order, defaults filled in."""
    found = {name: user.preferences.get(name, default) for name, (default, _, _) in KNOWN.items()}
    found["preferred_name"] = found["preferred_name"] or user.first_name
    return found


def merge(user: User, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The stored preferences with ``changes`` over them. Raises ``Invalid`` with every fault at once."""
    faults = [fault for name, value in changes.items() if (fault := wrong(name, value))]
    if faults:
        raise Invalid("The preferences are not valid.", code="validation_error", faults=faults)
    return {**user.preferences, **changes}


def wrong(name: str, value: Any) -> Fault | None:
    """What is wrong with one preference, if anything."""
    pointer = f"#/preferences/{name.replace('~', '~0').replace('/', '~1')}"
    if name not in KNOWN:
        return Fault(f"There is no such preference; there are {', '.join(KNOWN)}.", pointer)
    _, accepts, takes = KNOWN[name]
    return None if accepts(value) else Fault(f"Takes {takes}.", pointer)
