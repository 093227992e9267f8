"""Table of the bell: what happened that a person should know."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from instica.core import ids
from instica.core.clock import now
from instica.people.models import Organization

LONGEST_KEY = 120


class Tone(models.TextChoices):
    """How urgent a notice is."""

    GOOD = "good", "Good news"
    INFO = "info", "Information"
    WARNING = "warning", "Needs a look"
    DANGER = "danger", "Needs action"


class Notice(ids.Public, models.Model):
    """One thing told to an organization; the same ``key`` is told once while unread."""

    prefix: ClassVar[str] = "ntc"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="notices", db_index=False)
    key = models.CharField(max_length=LONGEST_KEY)
    tone = models.CharField(max_length=10, choices=Tone.choices, default=Tone.INFO)
    title = models.CharField(max_length=160)
    body = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)
    created = models.DateTimeField(default=now)
    read = models.DateTimeField(null=True, blank=True)
    mailed = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-created"], name="notices_of_organization")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"], condition=models.Q(read=None), name="told_once_while_unread"
            )
        ]
