"""The shop's own settings that listings choose from, and what is chosen where a draft leaves it open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from instica.kit.errors import Complaint, Refused
from instica.kit.types import Draft
from instica.marketplaces.ebay import mapping
from instica.marketplaces.ebay.client import Ebay, objects
from instica.marketplaces.ebay.words import CODES, CONDITIONS, RECORD_GRADING, SLEEVE_GRADING, VINYL

Choices = Sequence[tuple[str, str]]
LOCATION = "location"
RECORDS = "Vinyl Records"
NAMES = {
    "fulfillment_policy_id": "a shipping policy",
    "payment_policy_id": "a payment policy",
    "return_policy_id": "a return policy",
    LOCATION: "an inventory location",
}
ENUMS = {number: name for name, number in CONDITIONS.items()}


class Shop(Protocol):
    """Whoever knows the shop's own settings."""

    def policies(self, kind: str) -> list[dict[str, Any]]:
        """The policies of a kind."""

    def locations(self) -> list[dict[str, Any]]:
        """Where goods are sent from."""


def policies(api: Shop, field: str) -> list[dict[str, Any]]:
    """The policies a field chooses from, the shop's default first."""
    rows = [row for row in api.policies(mapping.POLICIES[field]) if policy_id(row, field)]
    return sorted(rows, key=lambda row: not is_default(row))


def policy_id(row: Mapping[str, Any], field: str) -> str:
    """The id of a policy."""
    return mapping.words(row.get(f"{mapping.POLICIES[field]}PolicyId"))


def is_default(row: Mapping[str, Any]) -> bool:
    """Whether the shop uses it where nothing else is said."""
    return any(each.get("default") is True for each in objects(row.get("categoryTypes")))


def places(api: Shop) -> list[tuple[str, str]]:
    """The locations goods are sent from that are open."""
    rows = [row for row in api.locations() if row.get("merchantLocationStatus") != "DISABLED"]
    keyed = [(mapping.words(row.get("merchantLocationKey")), mapping.words(row.get("name"))) for row in rows]
    return [(key, name or key) for key, name in keyed if key]


def choices(api: Ebay) -> dict[str, Choices]:
    """Everything a person chooses from, by the field of ``fields.json``."""
    found: dict[str, Choices] = {
        field: tuple((policy_id(row, field), mapping.words(row.get("name"))) for row in policies(api, field))
        for field in mapping.POLICIES
    }
    found[LOCATION] = tuple(places(api))
    found["category_id"] = tuple(categories(api, RECORDS))
    found["condition"] = tuple(conditions(api))
    aspects = {mapping.words(row.get("localizedAspectName")): row for row in api.aspects(VINYL)}
    found["condition_item"] = tuple(grades(aspects.get(RECORD_GRADING, {})))
    found["condition_container"] = tuple(grades(aspects.get(SLEEVE_GRADING, {})))
    return found


def categories(api: Ebay, wanted: str) -> list[tuple[str, str]]:
    """Leaf categories that sound like it, each with its path from the root."""
    return [(number, path) for row in api.suggestions(wanted) for number, path in [category(row)] if number]


def category(row: Mapping[str, Any]) -> tuple[str, str]:
    """A suggestion's number and path; eBay tells what is above it from the bottom up."""
    own, above = objects([row.get("category")]), reversed(objects(row.get("categoryTreeNodeAncestors")))
    names = [mapping.words(each.get("categoryName")) for each in (*above, *own)]
    return mapping.words(own[0].get("categoryId")) if own else "", " > ".join(filter(None, names))


def conditions(api: Ebay) -> list[tuple[str, str]]:
    """The conditions records may have."""
    rows = [
        (mapping.words(row.get("conditionId")), mapping.words(row.get("conditionDescription")))
        for row in api.conditions(VINYL)
    ]
    return [(ENUMS[int(number)], name) for number, name in rows if number.isdigit() and int(number) in ENUMS]


def grades(aspect: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The grades eBay offers now, by our codes."""
    values = [mapping.words(row.get("localizedValue")) for row in objects(aspect.get("aspectValues"))]
    return [(CODES[value], value) for value in values if value in CODES]


def chosen(api: Shop, draft: Draft, before: Mapping[str, Any]) -> dict[str, str]:
    """The policies and the location of a draft: what it says, what stands there, or the shop's only or default one.

    Raises ``Refused`` naming every choice that a person must make.
    """
    there = mapping.record(before.get("listingPolicies"))
    found = {field: mapping.word(draft, field) for field in NAMES}
    for field, kind in mapping.POLICIES.items():
        found[field] = found[field] or mapping.words(there.get(f"{kind}PolicyId")) or usual(api, field)
    found[LOCATION] = found[LOCATION] or mapping.words(before.get("merchantLocationKey")) or only(places(api))
    missing = [Complaint(f"Choose {name} for eBay", field) for field, name in NAMES.items() if not found[field]]
    if missing:
        raise Refused(missing)
    return found


def usual(api: Shop, field: str) -> str:
    """The shop's default policy, or its only one."""
    rows = policies(api, field)
    return policy_id(rows[0], field) if rows and (len(rows) == 1 or is_default(rows[0])) else ""


def only(rows: Sequence[tuple[str, str]]) -> str:
    """The one there is."""
    return rows[0][0] if len(rows) == 1 else ""
