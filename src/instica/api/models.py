"""Tables of the API's own memory: idempotency keys and counted requests."""

from __future__ import annotations

from django.db import models

from instica.core.clock import now
from instica.people.models import Organization
from instica.people.secrets import EncryptedField


class Intent(models.Model):
    """An idempotency key and what it was answered; without a ``status`` the request is still at work.

    The answer is encrypted because some answers show a secret once.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    answer = EncryptedField()
    running_until = models.DateTimeField()
    created = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["created"], name="intents_to_forget")]
        constraints = [models.UniqueConstraint(fields=["organization", "route", "key"], name="one_intent_a_key")]


class Window(models.Model):
    """How many requests of a bucket were handed out in the minute it names."""

    bucket = models.CharField(max_length=100, primary_key=True)
    minute = models.BigIntegerField()
    count = models.IntegerField()
