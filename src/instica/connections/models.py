"""Tables of connected shops, their secrets, the tickets that connect them, and the log of what we did there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.core import ids
from instica.core.clock import now
from instica.people.models import Organization, User
from instica.people.secrets import EncryptedField


class State(models.TextChoices):
    """How a connection stands; the words of the API's seller accounts (I3.1)."""

    CONNECTED = "connected", "Connected"
    EXPIRED = "expired", "Needs reconnecting"
    REVOKED = "revoked", "Disconnected"


class Connection(ids.Public, models.Model):
    """One shop on one marketplace; the API calls it a seller account."""

    prefix: ClassVar[str] = "sa"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="connections", db_index=False)
    marketplace = models.CharField(max_length=40)
    remote_id = models.CharField(max_length=120)
    username = models.CharField(max_length=120)
    name = models.CharField(max_length=160, blank=True)
    url = models.CharField(max_length=300, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CONNECTED)
    trouble = models.TextField(blank=True)
    secrets = EncryptedField()
    scopes = models.JSONField(default=list)
    details = models.JSONField(default=dict)
    grant_version = models.IntegerField(default=1)
    expires_at = models.DateTimeField(null=True, blank=True)
    refreshing_until = models.DateTimeField(null=True, blank=True)
    connected_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    connected_at = models.DateTimeField(default=now)
    disconnected_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    last_synced_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    silent_since = models.DateTimeField(null=True, blank=True)
    guarded_at = models.DateTimeField(null=True, blank=True)
    guard_lifted_at = models.DateTimeField(null=True, blank=True)
    watch = models.JSONField(default=dict)
    watch_until = models.DateTimeField(null=True, blank=True)
    watch_trouble = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "marketplace"], name="connections_of_organization")]
        constraints = [
            models.UniqueConstraint(
                fields=["marketplace", "remote_id"],
                condition=~Q(state=State.REVOKED),
                name="one_live_connection_an_account",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="connection_state_known"),
        ]


class Stop(models.Model):
    """While this row stands nothing is written to any shop of the organization, not even what a sale forces."""

    organization = models.OneToOneField(Organization, models.CASCADE, primary_key=True, related_name="stop")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField(default=now)


class Cut(models.Model):
    """A page that was ended by itself: counted for a while, so that a mistake ends few pages and not all (D23)."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="cuts", db_index=False)
    page = models.UUIDField()
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["connection", "at"], name="cuts_of_connection")]
        constraints = [models.UniqueConstraint(fields=["connection", "page"], name="one_cut_a_page")]


class Ticket(ids.Public, models.Model):
    """A connect flow under way: one-time, bound to the person who asked and to the browser that opened it."""

    prefix: ClassVar[str] = "tic"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    marketplace = models.CharField(max_length=40)
    connection = models.ForeignKey(Connection, models.CASCADE, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    answers = EncryptedField()
    kept = EncryptedField()
    grant = EncryptedField()
    account = models.JSONField(default=dict)
    browser = models.CharField(max_length=64, blank=True)
    return_to = models.CharField(max_length=300, blank=True)
    code = models.CharField(max_length=64, blank=True)
    created = models.DateTimeField(default=now)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires"], name="tickets_to_drop")]


class Outcome(models.TextChoices):
    """What came of something we sent, or would have sent."""

    DONE = "done", "Done"
    REFUSED = "refused", "Refused"
    UNSURE = "unsure", "No answer"
    HELD = "held", "Held back"


class Activity(ids.Public, models.Model):
    """One change we sent to a shop, or held back. Append-only, by the database itself: rows are never changed.

    ``before`` and ``after`` hold the fields that the change was about, with the API's names and formats.
    """

    prefix: ClassVar[str] = "act"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.SET_NULL, null=True, related_name="+", db_index=False)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    before = models.JSONField()
    after = models.JSONField()
    cause = models.CharField(max_length=300)
    request_id = models.CharField(max_length=120, blank=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.DONE)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-at", "-uid"], name="activity_of_organization"),
            models.Index(fields=["organization", "subject", "-at", "-uid"], name="activity_of_subject"),
            models.Index(fields=["organization", "connection", "-at", "-uid"], name="activity_of_connection"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="activity_outcome_known"),
        ]
