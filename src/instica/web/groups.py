"""The rows of an import, sorted the way its page shows them: one set of counts for all of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.fields.json import KT

from instica.imports import queries
from instica.imports.models import Job, Row, RowStatus

DECIDED = "Decided"
PENDING, SKIPPED = Q(status=RowStatus.PENDING), Q(status=RowStatus.SKIPPED)
CONFLICT = Q(status=RowStatus.CONFLICT) | PENDING & Q(action="conflict")
GROUPS = {
    "conflict": ("Conflicts", CONFLICT),
    "failed": ("Cannot be imported", Q(status=RowStatus.FAILED) | PENDING & Q(action="fail")),
    "pending": ("Not yet imported", PENDING & ~Q(action__in=["conflict", "fail"])),
    "imported": ("Imported", Q(status=RowStatus.IMPORTED)),
    "same": ("Unchanged", SKIPPED & Q(action="same") & ~Q(resolution="undone")),
    "skipped": ("Left out", SKIPPED & ~Q(action="same") & ~Q(resolution="undone")),
    "undone": ("Taken back", SKIPPED & Q(resolution="undone")),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows are in each group; of the conflicts, how many a person has decided, and how."""

    groups: Counter[str]
    decided: Counter[str]

    @property
    def decisions(self) -> int:
        """Conflicts that are decided."""
        return self.decided.total()

    @property
    def undecided(self) -> int:
        """Conflicts that still wait for a person."""
        return self.groups["conflict"] - self.decisions

    @property
    def decided_in(self) -> int:
        """Decided conflicts that come in with the next run."""
        return self.decided.total() - self.decided["skip"]

    @property
    def picture(self) -> tuple[tuple[str, str, int], ...]:
        """The counts as the parts of a bar, which together are all that was found."""
        count = self.groups
        return (
            ("good", "Imported", count["imported"]),
            ("idle", "Unchanged", count["same"]),
            ("idle", "Left out", count["skipped"]),
            ("idle", "Taken back", count["undone"]),
            ("warn", "Need your decision", self.undecided),
            ("calm", DECIDED, self.decided.total()),
            ("bad", "Cannot be imported", count["failed"]),
        )


def tally(job: Job) -> Tally:
    """Count the rows of a job."""
    counted = Row.objects.filter(job=job).aggregate(**{name: Count("uid", filter=q) for name, (_, q) in GROUPS.items()})
    words = decided(job).values_list(KT("decision__resolution")).annotate(Count("uid")).order_by()
    return Tally(Counter(counted), Counter(dict(words)))


def decided(job: Job) -> QuerySet[Row]:
    """Conflicts with a decision that is not carried out yet."""
    return Row.objects.filter(CONFLICT, job=job, decision__isnull=False)


def undecided(job: Job) -> QuerySet[Row]:
    """Conflicts nobody has decided yet, in the shop's order."""
    return rows(job, "conflict").filter(decision__isnull=True)


def rows(job: Job, group: str, search: str = "") -> QuerySet[Row]:
    """The rows of a group, in the shop's order."""
    return queries.rows(job, search=search).filter(GROUPS[group][1])
