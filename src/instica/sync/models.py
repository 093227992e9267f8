"""Tables of sync: events that were told to us, and how far each poll has read."""

from __future__ import annotations

from django.db import models

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now


class Event(models.Model):
    """A reason to go and look; stored before it is answered, deleted after 30 days."""

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    marketplace = models.CharField(max_length=40)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True, related_name="events")
    account = models.CharField(max_length=120)
    topic = models.CharField(max_length=120)
    object_id = models.CharField(max_length=120, blank=True)
    event_id = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=20, default="changed")
    about = models.CharField(max_length=20, blank=True)
    received = models.DateTimeField(default=now)
    handled = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "event_id"], condition=~models.Q(event_id=""), name="one_event_an_id"
            )
        ]


class Cursor(models.Model):
    """How far a walk of one connection has come: orders up to ``since``, or in the middle of a walk over its pages.

    ``strangers`` are the pages that the walk met and that belong to no item.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="cursors")
    walk = models.CharField(max_length=20)
    since = models.DateTimeField()
    position = models.TextField(blank=True)
    high = models.DateTimeField(null=True)
    finished = models.DateTimeField(null=True)
    strangers = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "walk"], name="one_cursor_a_walk")]
