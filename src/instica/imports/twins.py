"""SKUs that stand on several listings of the shop that is read: their first may become an item, none of them links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from instica.catalog.bulk import Reading, key, moment
from instica.core.clock import now
from instica.imports.conflicts import TWIN
from instica.imports.models import Job, Row, RowStatus
from instica.imports.rows import ROWS

NO_TWIN = ("fail", "skip")
SEVERAL = Reading("SELECT sku FROM imports_row WHERE job_id = %s AND NOT sku = '' GROUP BY sku HAVING COUNT(*) > 1")
MARKED = "action conflict_type conflict_details processed"


class Stand(NamedTuple):
    """Where a SKU stands: the row's position, the listing, the offer on it."""

    position: int
    remote_id: str
    part: str


Stands = Mapping[str, Sequence[Stand]]


def by_sku(job: Job, skus: Collection[str]) -> dict[str, list[Stand]]:
    """All rows with these SKUs that can become an item, in their order."""
    found: dict[str, list[Stand]] = defaultdict(list)
    if skus:
        rows = Row.objects.filter(job=job, sku__among=set(skus)).exclude(action__in=NO_TWIN).order_by("position")
        for sku, position, remote_id, part in rows.values_list("sku", "position", "remote_id", "part"):
            found[sku].append(Stand(position, remote_id, part))
    return found


def other(stands: Stands, sku: str, remote_id: str, part: str) -> str:
    """Another listing with that SKU, or the same one where another offer has it; empty when it stands there once."""
    found = (one for one in stands.get(sku, ()) if (one.remote_id, one.part) != (remote_id, part))
    return next((one.remote_id for one in found), "")


def mark(job: Job) -> None:
    """All rows are known: what would be linked by a SKU that is there twice is in conflict. Needs the job's lock."""
    several = [sku for (sku,) in SEVERAL(key(job.uid))]
    if not several:
        return
    stands, at = by_sku(job, several), moment(now())
    rows = Row.objects.filter(job=job, status=RowStatus.PENDING, action="link", sku__among=set(several))
    places = rows.values_list("uid", "sku", "remote_id", "part")
    others = [(key(uid), other(stands, sku, remote_id, part)) for uid, sku, remote_id, part in places]
    ROWS.update(MARKED, [("conflict", "duplicate_sku", TWIN.format(twin), at, uid) for uid, twin in others if twin])
