"""The ledger as it is read: the moves of one item with the stock after each, and all of them for ever."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet, Sum, Window

from instica.inventory.models import Item, Move
from instica.people.models import Organization

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

CHUNK = 1000


def of_item(item: Item) -> QuerySet[WithAnnotations[Move, dict[str, Any]], Any]:
    """Its moves, the newest first; ``after`` is the stock after each."""
    after = Window(Sum("delta"), order_by=F("uid").asc())
    return Move.objects.filter(item=item.pk).annotate(after=after).order_by("-uid")


def every(organization: Organization) -> Iterator[list[Move]]:
    """All moves of an organization in the order they were made, a thousand at a time: no long transaction, and moves
    made meanwhile come last. Items that are gone keep theirs."""
    last = uuid.UUID(int=0)
    while True:
        rows = list(Move.objects.filter(organization=organization, uid__gt=last).order_by("uid")[:CHUNK])
        if not rows:
            return
        yield rows
        last = rows[-1].uid
