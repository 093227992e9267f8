"""Messages go a month after they were told, unless a delivery is still on its way to an endpoint that is not paused."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef

from instica.core.clock import now
from instica.notices.models import Delivery, DeliveryState, EndpointState, Message
from instica.work.lanes import commit

KEPT_FOR = dt.timedelta(days=30)
PIECE = 2_000


def messages() -> int:
    """Drop them with their deliveries; how many rows that were."""
    waiting = Delivery.objects.filter(message=OuterRef("pk"), state=DeliveryState.WAITING)
    sent = waiting.exclude(endpoint__state=EndpointState.PAUSED)
    old = Message.objects.filter(~Exists(sent), at__lt=now() - KEPT_FOR).order_by("at")
    dropped = 0
    while uids := list(old.values_list("uid", flat=True)[:PIECE]):
        with commit():
            dropped += Message.objects.filter(uid__in=uids).delete()[0]
    return dropped
