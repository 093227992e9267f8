"""Tables of the bell, and of the webhooks we send: where to, what, and how each delivery went."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.core import ids
from instica.core.clock import now
from instica.people.models import Organization
from instica.people.secrets import EncryptedField

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
                fields=["organization", "key"], condition=Q(read=None), name="told_once_while_unread"
            )
        ]


class EndpointState(models.TextChoices):
    """Whether an endpoint is sent to: paused by a person, disabled by its own answers."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    DISABLED = "disabled", "Disabled"


class Endpoint(ids.Public, models.Model):
    """An address of somebody's program, and which kinds of events it wants; no kinds named means all.

    ``secrets`` are named by number, the newest the highest; ``expires`` says until when an older one signs too.
    ``failures`` in a row began at ``failing_since``.
    """

    prefix: ClassVar[str] = "hook"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="endpoints", db_index=False)
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    types = models.JSONField(default=list)
    secrets = EncryptedField()
    expires = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    why = models.CharField(max_length=300, blank=True)
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["organization", "created"], name="endpoints_of_organization")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EndpointState.values), name="endpoint_state_known"),
        ]


class Message(ids.Public, models.Model):
    """Something that happened, as it is told: its id is the ``webhook-id``, its body the same at every attempt."""

    prefix: ClassVar[str] = "msg"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    type = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    body = models.TextField()
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["at"], name="messages_to_forget")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "subject", "sequence"], name="one_message_a_sequence")
        ]


class DeliveryState(models.TextChoices):
    """How a delivery stands."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Gave up"
    MISSED = "missed", "Not sent: disabled"


class Delivery(ids.Public, models.Model):
    """One message on its way to one endpoint. ``attempts`` count since it was last asked for; ``tries`` keep all."""

    prefix: ClassVar[str] = "dlv"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries", db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    status = models.SmallIntegerField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    response = models.TextField(blank=True)
    tries = models.JSONField(default=list)
    at = models.DateTimeField(default=now)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["endpoint", "-at", "-uid"], name="deliveries_of_endpoint"),
            models.Index(fields=["endpoint"], condition=Q(state="waiting"), name="deliveries_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message"], name="one_delivery_an_endpoint"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
        ]
