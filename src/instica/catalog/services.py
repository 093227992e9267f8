"""Verbs of the catalogue."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from instica.catalog.bulk import Reading, Table, key, many, unkeyed
from instica.catalog.rows import ARTISTS, LABELS
from instica.core import ids
from instica.people.models import Organization

ARTISTS_NAMED = Reading("SELECT name, uid FROM catalog_artist WHERE organization_id = %s AND name AMONG %s")
LABELS_NAMED = Reading("SELECT name, uid FROM catalog_label WHERE organization_id = %s AND name AMONG %s")


@dataclass(frozen=True, slots=True)
class Named:
    """Artists or labels by name, and which of the names were new."""

    uids: dict[str, uuid.UUID]
    made: frozenset[str]


def artists(organization: Organization, names: Iterable[str]) -> Named:
    """The artists of those names, made where missing. The caller holds the organization's tally."""
    return _named(ARTISTS, ARTISTS_NAMED, organization, set(names))


def labels(organization: Organization, names: Iterable[str]) -> Named:
    """The labels of those names, made where missing. The caller holds the organization's tally."""
    return _named(LABELS, LABELS_NAMED, organization, set(names))


def _named(table: Table, by_name: Reading, organization: Organization, names: set[str]) -> Named:
    names.discard("")
    if not names:
        return Named({}, frozenset())
    found = {name: unkeyed(uid) for name, uid in by_name(key(organization.uid), many(names))}
    missing = sorted(names - found.keys())
    made = {name: ids.new() for name in missing}
    table.insert([(key(made[name]), key(organization.uid), name) for name in missing])
    return Named(found | made, frozenset(missing))
