"""From a verdict and a person's decision to what is done with one row. Pure but for what it is told to ask."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from instica.imports.conflicts import FIELDS, Verdict
from instica.imports.models import RowStatus
from instica.imports.rows import Open

Deed = Literal["create", "link", "update", "nothing"]
RESOLUTIONS = {"skip": "skipped", "create_new": "created_new", "link_existing": "linked", "overwrite": "overwritten"}
DEEDS: dict[str, Deed] = {"create": "create", "link": "link", "update": "update"}
CHANGED = "changed_since_preview"
KNOWN: dict[str, Any] = {"on": "ref", "strength": 100}


@dataclass(slots=True)
class Outcome:
    """What happens to a row: the deed, and the columns it leaves behind."""

    deed: Deed
    status: str
    action: str
    item: uuid.UUID | None = None
    take: tuple[str, ...] = ()
    conflict: str = ""
    details: str = ""
    code: str = ""
    error: str = ""
    resolution: str = ""
    evidence: dict[str, Any] | None = None
    before: dict[str, Any] | None = None


def outcome(
    row: Open, verdict: Verdict, item: uuid.UUID | None, *, bound: bool, skip_conflicts: bool, decide: bool
) -> Outcome:
    """What to do with a row. ``item`` is what its listing sells already, ``bound``: nothing the preview did not say;
    ``decide``: a decision counts."""
    if verdict.action == "fail":
        return Outcome("nothing", RowStatus.FAILED, "fail", code=verdict.code, error=verdict.details)
    if decide and row.decision:
        if row.decision["resolution"] == "create_new" and item:
            return conflict(Verdict("conflict", item, CHANGED, "This listing got its item meanwhile", evidence=KNOWN))
        if verdict.action == "skip" and row.decision["resolution"] != "skip":
            return automatic(verdict)
        return decided(row, verdict, row.decision)
    if bound:
        verdict = kept_to(row, verdict)
    if verdict.action == "conflict":
        return conflict(verdict, skip=skip_conflicts)
    return automatic(verdict)


def automatic(verdict: Verdict) -> Outcome:
    """What needs nobody's decision."""
    if verdict.action in {"same", "skip"}:
        return Outcome("nothing", RowStatus.SKIPPED, verdict.action, verdict.item, details=verdict.details)
    deed = DEEDS[verdict.action]
    take = changed_there(verdict) if deed == "update" else ()
    return Outcome(deed, RowStatus.IMPORTED, verdict.action, verdict.item, take, evidence=verdict.evidence)


def conflict(verdict: Verdict, *, skip: bool = False) -> Outcome:
    """A row that waits for a person, or is passed over."""
    return Outcome(
        deed="nothing",
        status=RowStatus.SKIPPED if skip else RowStatus.CONFLICT,
        action="conflict",
        item=verdict.item,
        conflict=verdict.conflict,
        details=verdict.details,
        resolution="skipped" if skip else "pending",
        evidence=verdict.evidence,
    )


def kept_to(row: Open, verdict: Verdict) -> Verdict:
    """The verdict where it is what the preview said; else a conflict."""
    if row.action == verdict.action and (verdict.action == "create" or row.item == verdict.item):
        return verdict
    if row.action == "update" and verdict.action == "same":
        return verdict
    if row.action == "conflict":
        return Verdict("conflict", row.item, row.conflict, row.details, evidence=row.evidence)
    details = f"The preview said {row.action}; now it would be {verdict.action}. {verdict.details}".strip()
    evidence = KNOWN if verdict.action == "same" else verdict.evidence
    return Verdict("conflict", verdict.item, CHANGED, details, evidence=evidence)


def decided(row: Open, verdict: Verdict, decision: Mapping[str, Any]) -> Outcome:
    """What a person decided about a conflict."""
    word = decision["resolution"]
    done = Outcome(
        deed="nothing",
        status=RowStatus.SKIPPED,
        action="conflict",
        item=None,
        conflict=verdict.conflict or row.conflict,
        details=verdict.details or row.details,
        resolution=RESOLUTIONS[word],
        evidence=verdict.evidence or row.evidence,
    )
    if word == "skip":
        return done
    done.status = RowStatus.IMPORTED
    if word == "create_new":
        done.deed = "create"
        return done
    item = decision.get("item")
    done.item = uuid.UUID(item) if item else verdict.item or row.item
    done.deed = "update" if verdict.conflict == "changed_both_sides" else "link"
    done.take = taken(word, verdict, decision.get("fields") or {})
    return done


def taken(word: str, verdict: Verdict, choices: Mapping[str, str]) -> tuple[str, ...]:
    """The fields that follow the shop: all when overwriting, but for those kept; else those chosen."""
    if word == "overwrite":
        return tuple(name for name in FIELDS if choices.get(name) != "ours")
    free = set(changed_there(verdict)) if verdict.conflict == "changed_both_sides" else set()
    chosen = {name for name, side in choices.items() if side == "theirs"}
    return tuple(name for name in FIELDS if name in free | chosen and choices.get(name) != "ours")


def changed_there(verdict: Verdict) -> tuple[str, ...]:
    """The fields that changed in the shop and not here."""
    differences = (verdict.evidence or {}).get("differences", ())
    return tuple(one["field"] for one in differences if not one.get("ours_changed"))
