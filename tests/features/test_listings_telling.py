"""What the activity keeps of a step: an exposure is told by the write that ended it, and by no later one."""

from __future__ import annotations

from instica.connections.models import Activity, Connection
from instica.core.clock import now
from instica.listings import standing, telling
from instica.listings.models import Listing
from tests.features.selling import offered


def test_an_exposure_is_told_once(pretend: Connection) -> None:
    offered(pretend)
    Listing.objects.update(exposed_since=now())
    (exposed,) = standing.of(Listing.objects.select_related("connection__organization"))
    before = telling.picture(exposed)
    Listing.objects.update(exposed_since=None, exposure_ms=134)
    (closed,) = standing.of(Listing.objects.select_related("connection__organization"))
    telling.changed(closed, "withdraw", before, "it was sold")
    telling.changed(closed, "set_levels", telling.picture(closed), "pieces came back")
    assert list(Activity.objects.order_by("at", "uid").values_list("action", "after")) == [
        ("withdraw", {"exposed_ms": 134}),
        ("set_levels", {}),
    ]
