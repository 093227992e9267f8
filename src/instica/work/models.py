"""The rows that are the queue, the lanes, the limits and the timetable."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from instica.core import clock, ids
from instica.work.urgency import Urgency


class Task(models.Model):
    """A piece of work, written in the same transaction as its reason and deleted when it is done."""

    class State(models.TextChoices):
        """Queued until done; dead rows wait for a person."""

        QUEUED = "queued"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=200, blank=True)
    lane = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    urgency = models.PositiveSmallIntegerField(choices=[(each.value, each.name) for each in Urgency])
    run_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    why = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["lane", "urgency", "id"], condition=Q(state="queued"), name="work_task_next"),
            models.Index(fields=["lane", "kind", "key"], condition=Q(state="queued"), name="work_task_same"),
            models.Index(fields=["kind", "created_at"], condition=Q(state="dead"), name="work_task_dead"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(urgency__lte=6), name="work_task_urgency"),
            models.CheckConstraint(condition=Q(state__in=["queued", "dead"]), name="work_task_state"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(lane=""), name="work_task_named"),
        ]


class Lane(models.Model):
    """Who serves the tasks that must not overlap, until when, and whether they rest.

    Only workers write this row; an enqueue never touches it.
    """

    name = models.CharField(primary_key=True, max_length=200)
    token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    served_at = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)
    rest_urgency = models.PositiveSmallIntegerField(default=0)
    rest_why = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(token=None, leased_until=None) | Q(token__isnull=False, leased_until__isnull=False),
                name="work_lane_leased_whole",
            ),
        ]


class Limit(models.Model):
    """How fast we may talk: ``rate`` per ``per`` seconds and ``burst`` at once; if ``sliding``, ``burst`` in ``per``.

    ``meter`` is the moment when the limit will be unused again; of a sliding one ``slots`` are the units used by the
    number of their slot (``work.window``). Before ``bulk_after`` what nobody waits for stands back. ``told_rate`` and
    ``told_burst`` take the place of what was declared once the other side said what it allows.
    """

    name = models.CharField(primary_key=True, max_length=200)
    rate = models.FloatField()
    per = models.FloatField()
    burst = models.FloatField()
    sliding = models.BooleanField(default=False, db_default=False)
    meter = models.FloatField(default=0)
    slots = models.JSONField(default=dict, db_default={})
    bulk_after = models.FloatField(default=0)
    closed_until = models.FloatField(default=0)
    told_rate = models.FloatField(null=True)
    told_burst = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0, per__gt=0, burst__gte=1), name="work_limit_positive"),
        ]


class Turn(models.Model):
    """A lane's place in the line before a limit that had nothing left for bulk work."""

    limit = models.ForeignKey(Limit, on_delete=models.CASCADE, related_name="turns")
    lane = models.CharField(max_length=200)
    at = models.FloatField()

    class Meta:
        indexes = [models.Index(fields=["limit", "at"], name="work_turn_line")]
        constraints = [models.UniqueConstraint(fields=["limit", "lane"], name="work_turn_one_a_lane")]


class Schedule(models.Model):
    """A task that comes again every ``seconds``."""

    id = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=200, blank=True)
    lane = models.CharField(max_length=200)
    urgency = models.PositiveSmallIntegerField(choices=[(each.value, each.name) for each in Urgency])
    seconds = models.PositiveIntegerField()
    next_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="work_schedule_one"),
            models.CheckConstraint(condition=Q(seconds__gte=1), name="work_schedule_forward"),
        ]
