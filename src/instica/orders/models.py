"""Tables of orders: what was sold where, and how each line was settled against the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.inventory.models import Item
from instica.listings.models import Offer
from instica.people.models import Organization


class Order(ids.Public, models.Model):
    """One order of one marketplace (D24). ``fingerprint`` tells whether anything we use has changed."""

    prefix: ClassVar[str] = "ord"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="orders", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="orders", db_index=False)
    remote_id = models.CharField(max_length=120)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12)
    status_there = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    buyer = models.CharField(max_length=120, blank=True)
    buyer_name = models.CharField(max_length=200, blank=True)
    address = models.JSONField(default=dict)
    currency = models.CharField(max_length=3, blank=True)
    total = models.BigIntegerField(null=True)
    shipping = models.BigIntegerField(null=True)
    fee = models.BigIntegerField(null=True)
    processing_fee = models.BigIntegerField(null=True)
    tracking_number = models.CharField(max_length=120, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    merged_into = models.CharField(max_length=120, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    sold_at = models.DateTimeField()
    changed_there = models.DateTimeField()
    created = models.DateTimeField(default=now)
    updated = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-created", "uid"], name="orders_by_creation"),
            models.Index(fields=["connection", "buyer"], condition=~Q(buyer=""), name="orders_of_a_buyer"),
        ]
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_order_there_one_here")]


class Settled(models.TextChoices):
    """What became of a line: waiting for its offer, history from before our baseline, or moved."""

    WAITING = "waiting", "Waiting for its listing"
    HISTORY = "history", "From before we knew it"
    MOVED = "moved", "Counted"
    GIVEN_BACK = "given_back", "Given back"


class Line(models.Model):
    """One line. Its move is ``-allocated``; ``quantity - allocated`` is what was oversold."""

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="+", db_index=False)
    remote_id = models.CharField(max_length=120)
    listing_ref = models.CharField(max_length=120)
    offer_ref = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=600, blank=True)
    sku = models.CharField(max_length=200, blank=True)
    offer = models.ForeignKey(Offer, models.SET_NULL, null=True, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="lines")
    quantity = models.IntegerField()
    allocated = models.IntegerField(default=0)
    price = models.BigIntegerField(null=True)
    settled = models.CharField(max_length=12, choices=Settled.choices, default=Settled.WAITING)

    class Meta:
        indexes = [
            models.Index(
                fields=["connection", "listing_ref"], condition=Q(settled=Settled.WAITING), name="lines_waiting"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "remote_id"], name="one_line_there_one_here"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0) & Q(allocated__lte=F("quantity")), name="allocated_within_quantity"
            ),
        ]
