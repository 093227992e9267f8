"""Tables of people: users, organizations, memberships, invitations, addresses, tokens, subscriptions."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from instica.core import ids
from instica.core.clock import now

SLUG = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", "Use lower-case letters, digits and single hyphens between them.")


class Role(models.TextChoices):
    """What a member may do."""

    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"


class User(ids.Public, AbstractUser):
    """A person who signs in by e-mail address; the founder signed up when there was nobody yet."""

    prefix: ClassVar[str] = "usr"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    phone_number = models.CharField(max_length=32, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    is_founder = models.BooleanField(default=False, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="one_person_an_email"),
            models.UniqueConstraint(fields=["is_founder"], condition=Q(is_founder=True), name="one_founder"),
        ]


class Organization(ids.Public, models.Model):
    """Owns everything a seller has; the wall between tenants."""

    prefix: ClassVar[str] = "org"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    display_name = models.CharField(max_length=120)
    slug = models.CharField(max_length=80, unique=True, validators=[SLUG])
    logo = models.ImageField(upload_to="logos/", blank=True)
    default_barcode_type = models.CharField(max_length=20, default="code128")
    created = models.DateTimeField(default=now)


class Membership(ids.Public, models.Model):
    """A person's role in an organization; there is exactly one owner. The one chosen last is the one worked in."""

    prefix: ClassVar[str] = "mem"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined = models.DateTimeField(default=now)
    chosen = models.DateTimeField(default=now)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_a_person"),
            models.UniqueConstraint(fields=["organization"], condition=Q(role=Role.OWNER), name="exactly_one_owner"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]


class Invitation(ids.Public, models.Model):
    """An offer to join, by e-mail; only the hash of its link is kept."""

    prefix: ClassVar[str] = "ivt"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=[(Role.ADMIN, "Admin"), (Role.MEMBER, "Member")])
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created = models.DateTimeField(default=now)
    expires = models.DateTimeField()
    accepted = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"], condition=Q(accepted=None), name="one_open_invitation_an_address"
            ),
        ]


class Address(ids.Public, models.Model):
    """Where an organization ships from; one of them is primary."""

    prefix: ClassVar[str] = "addr"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="addresses")
    full_name = models.CharField(max_length=120)
    line1 = models.CharField(max_length=120)
    line2 = models.CharField(max_length=120, blank=True)
    city = models.CharField(max_length=80)
    state = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=32, blank=True)
    is_primary = models.BooleanField(default=False)
    created = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], condition=Q(is_primary=True), name="one_primary_address"),
        ]


class ApiToken(models.Model):
    """An API key: hashed, scoped, of one organization; its integer ``id`` is what the API calls ``pk``."""

    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=128, unique=True)
    token_key = models.CharField(max_length=25, db_index=True)
    created = models.DateTimeField(default=now)
    expiry = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="tokens")
    scopes = models.JSONField(default=list)
    last_used = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"


class Pairing(ids.Public, models.Model):
    """A short-lived one-time code that a browser extension changes for a key; only its hash is kept."""

    prefix: ClassVar[str] = "pair"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=now)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires"], name="pairings_to_drop")]


class Usage(models.Model):
    """How often a token called on a day."""

    token_id = models.BigIntegerField()
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="usage")
    day = models.DateField()
    calls = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "token_id", "day"], name="one_count_a_day")]


class Subscription(models.Model):
    """Whether an organization's plan is active; made with the organization."""

    organization = models.OneToOneField(Organization, models.CASCADE, primary_key=True, related_name="subscription")
    plan = models.CharField(max_length=40, default="self-hosted")
    is_active = models.BooleanField(default=True)
    changed = models.DateTimeField(default=now)
