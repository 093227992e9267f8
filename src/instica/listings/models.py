"""Tables of listings: a page in a shop, what is offered on it, and every id the shop ever gave it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.inventory.models import Item
from instica.people.models import Organization


class Wanted(models.TextChoices):
    """What we want a page to be."""

    DRAFT = "draft", "Draft"
    LIVE = "live", "Live"
    ENDED = "ended", "Ended"


class Seen(models.TextChoices):
    """What a page was when last read."""

    ABSENT = "absent", "Absent"
    HIDDEN = "hidden", "Hidden"
    LIVE = "live", "Live"
    SOLD_OUT = "sold_out", "Sold out"
    ENDED = "ended", "Ended"


class Listing(ids.Public, models.Model):
    """One page in one shop: what is wanted, what was seen, and the hash of what both sides agreed on."""

    prefix: ClassVar[str] = "lst"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="listings", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="listings", db_index=False)
    remote_id = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=600)
    content = models.JSONField(default=dict)
    wanted = models.CharField(max_length=10, choices=Wanted.choices)
    wanted_version = models.IntegerField(default=1)
    seen = models.CharField(max_length=10, choices=Seen.choices)
    seen_version = models.IntegerField(default=1)
    seen_at = models.DateTimeField(null=True)
    status_there = models.CharField(max_length=60, blank=True)
    agreed = models.CharField(max_length=64, blank=True)
    problem = models.JSONField(null=True, blank=True)
    listed_at = models.DateTimeField(null=True, blank=True)
    delisted_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=now)
    updated = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "remote_id"], condition=~Q(remote_id=""), name="one_listing_a_page"
            ),
            models.CheckConstraint(condition=Q(wanted__in=Wanted.values), name="listing_wanted_known"),
            models.CheckConstraint(condition=Q(seen__in=Seen.values), name="listing_seen_known"),
        ]


class Offer(models.Model):
    """One item on one page. ``item`` is empty until somebody links it; ``baseline`` is when we first knew its stock."""

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="offers")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="offers")
    remote_id = models.CharField(max_length=120, blank=True)
    sku = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=dict)
    currency = models.CharField(max_length=3)
    price = models.BigIntegerField(null=True)
    agreed_quantity = models.IntegerField(null=True, default=0)
    seen_quantity = models.IntegerField(null=True, default=0)
    baseline = models.DateTimeField()


class Ref(models.Model):
    """An id a shop gave a page or an offer; kept when the page is gone, since orders may still name it."""

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="refs", db_index=False)
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=120)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="refs")
    offer = models.ForeignKey(Offer, models.CASCADE, null=True, related_name="refs", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["offer"], condition=Q(offer__isnull=False), name="refs_by_offer")]
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "value"], name="one_ref_an_id")]
