"""What a person may decide about a conflict, checked and put in the form the engine keeps (D6)."""

from __future__ import annotations

import uuid
from collections.abc import Container
from typing import Any

from django.db.models import Q, QuerySet

from instica.core import ids
from instica.core.errors import Fault, Invalid
from instica.imports.conflicts import FIELDS
from instica.imports.models import Job, Row, RowStatus
from instica.imports.verdicts import CHANGED
from instica.inventory.models import Item

RESOLUTIONS = ("link_existing", "create_new", "overwrite", "skip")
TYPES = (
    *("duplicate_sku", "duplicate_barcode", "possible_duplicate", "ambiguous_match", "already_linked"),
    *("changed_both_sides", "changed_since_preview"),
)
SKIP = {"resolution": "skip"}
KNOWN_LISTING = frozenset({"changed_both_sides", "already_linked"})


def conflicts(job: Job) -> QuerySet[Row]:
    """Rows in conflict: found so by a run, or planned to be."""
    planned = Q(status=RowStatus.PENDING, action="conflict")
    return Row.objects.filter(Q(status=RowStatus.CONFLICT) | planned, job=job)


def decided(job: Job) -> QuerySet[Row]:
    """Rows a run found in conflict, with a decision that is not carried out yet."""
    return Row.objects.filter(job=job, status=RowStatus.CONFLICT, decision__isnull=False)


def needs_shop(job: Job) -> bool:
    """Whether any of these decisions takes something from the shop."""
    return decided(job).exclude(decision=SKIP).exists()


def are_all_there_is(job: Job) -> bool:
    """Whether decisions wait, and no row is open: a run broke off over them."""
    return decided(job).exists() and not Row.objects.filter(job=job, status=RowStatus.PENDING).exists()


def decision(
    job: Job, row: Row, resolution: str | None, item: str | None, fields: dict[str, str] | None
) -> dict[str, Any]:
    """The decision as it is kept. Raises ``Invalid`` naming choices and candidates."""
    word = resolution if resolution is not None else "link_existing"
    faults = [*_word(row, word), *_fields(fields)]
    if faults:
        raise Invalid("The conflict cannot be resolved like that.", faults=faults, choices=choices(row))
    kept: dict[str, Any] = {"resolution": word}
    if fields:
        kept["fields"] = dict(fields)
    if word in {"link_existing", "overwrite"}:
        kept["item"] = str(_target(job, row, item))
    return kept


def choices(row: Row) -> list[str]:
    """The resolutions this conflict takes."""
    return [word for word in RESOLUTIONS if word != "create_new" or not _has_item(row)]


def _has_item(row: Row) -> bool:
    """Whether its listing has an item already: a second one would be a second piece of the same record."""
    known = row.conflict_type == CHANGED and (row.evidence or {}).get("on") == "ref"
    return known or row.conflict_type in KNOWN_LISTING


def candidates(row: Row, here: Container[uuid.UUID | None] | None = None) -> list[dict[str, Any]]:
    """The items it could be, as evidence tells them, while they are there: ``here`` are those known to be."""
    named = [(one, ids.read(Item.prefix, one["item"])) for one in told(row)]
    if here is None:
        items = Item.objects.filter(organization=row.job.organization_id, pk__in=[uid for _, uid in named if uid])
        here = set(items.values_list("pk", flat=True))
    return [one for one, uid in named if uid in here]


def told(row: Row) -> list[dict[str, Any]]:
    """The items it could be, as evidence tells them."""
    found: list[dict[str, Any]] = (row.evidence or {}).get("candidates", [])
    if found or row.item is None:
        return found
    return [{"item": ids.show(Item.prefix, row.item), "on": (row.evidence or {}).get("on", ""), "strength": 100}]


def check_words(conflict_type: str, resolution: str) -> None:
    """Raises ``Invalid`` for words nobody knows."""
    faults = []
    if conflict_type not in TYPES:
        faults.append(Fault(f"Choose one of {', '.join(TYPES)}.", "#/conflict_type"))
    if resolution not in RESOLUTIONS:
        faults.append(Fault(f"Choose one of {', '.join(RESOLUTIONS)}.", "#/resolution"))
    elif resolution == "create_new" and conflict_type in KNOWN_LISTING:
        faults.append(Fault("This listing has its item already.", "#/resolution"))
    if faults:
        raise Invalid("The request holds values that cannot be used.", faults=faults)


def _word(row: Row, word: str) -> list[Fault]:
    allowed = choices(row)
    return [] if word in allowed else [Fault(f"Choose one of {', '.join(allowed)}.", "#/resolution")]


def _fields(fields: dict[str, str] | None) -> list[Fault]:
    faults = []
    for name, side in (fields or {}).items():
        if name not in FIELDS:
            faults.append(Fault(f"Choose among {', '.join(FIELDS)}.", f"#/fields/{name}"))
        elif side not in {"theirs", "ours"}:
            faults.append(Fault("Choose theirs or ours.", f"#/fields/{name}"))
    return faults


def _target(job: Job, row: Row, item: str | None) -> Any:
    """The item meant; without one named, the only candidate."""
    if item is None:
        if row.item is None:
            raise Invalid(
                "Several items or none match: name the item, or choose another resolution.",
                code="choose_item",
                faults=[Fault("Name one of the candidates.", "#/inventory_item_uid")],
                choices=choices(row),
                candidates=candidates(row),
            )
        return row.item
    uid = ids.read(Item.prefix, item)
    if uid is None or not Item.objects.filter(organization=job.organization, pk=uid).exists():
        raise Invalid(
            "There is no such item.",
            faults=[Fault("Name an item of yours.", "#/inventory_item_uid")],
            candidates=candidates(row),
        )
    return uid
