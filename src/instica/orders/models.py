"""Tables of orders: what was sold where, how each line was settled, what we do about it there, and kept sums."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.inventory.models import Item
from instica.listings.models import Offer
from instica.people.models import Organization, User


class Order(ids.Public, models.Model):
    """One order of one marketplace (D24). ``fingerprint`` tells whether anything we use has changed.

    Stored so that lists need not work it out: ``status`` is the API's word, ``net`` what is left after fees and
    shipping, ``search`` and ``search_buyer`` what is searched; the latter is personal and goes with the buyer.
    ``choices`` are the marketplace's reasons to cancel that it would take now.
    """

    prefix: ClassVar[str] = "ord"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="orders", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="orders", db_index=False)
    remote_id = models.CharField(max_length=120)
    name = models.CharField(max_length=60, blank=True)
    url = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=12)
    status_there = models.CharField(max_length=80)
    status = models.CharField(max_length=80, default="")
    choices = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)
    buyer = models.CharField(max_length=120, blank=True)
    buyer_name = models.CharField(max_length=200, blank=True)
    address = models.JSONField(default=dict)
    currency = models.CharField(max_length=3, blank=True)
    total = models.BigIntegerField(null=True)
    shipping = models.BigIntegerField(null=True)
    fee = models.BigIntegerField(null=True)
    processing_fee = models.BigIntegerField(null=True)
    net = models.BigIntegerField(null=True)
    tracking_number = models.CharField(max_length=120, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    merged_into = models.CharField(max_length=120, blank=True)
    search = models.TextField(blank=True)
    search_buyer = models.TextField(blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    sold_at = models.DateTimeField()
    changed_there = models.DateTimeField()
    created = models.DateTimeField(default=now)
    updated = models.DateTimeField(default=now)

    class Meta:
        indexes = [
            models.Index(fields=["organization", "-created", "uid"], name="orders_by_creation"),
            models.Index(fields=["organization", "status", "-created", "uid"], name="orders_by_status"),
            models.Index(fields=["connection", "sold_at"], name="orders_by_day"),
            models.Index(fields=["connection", "buyer"], condition=~Q(buyer=""), name="orders_of_a_buyer"),
        ]
        constraints = [models.UniqueConstraint(fields=["connection", "remote_id"], name="one_order_there_one_here")]

    @property
    def number(self) -> str:
        """What people call it: its name there, such as ``#1001``, or its id."""
        return self.name or self.remote_id


class Settled(models.TextChoices):
    """What became of a line: waiting for its offer, history from before our baseline, or moved."""

    WAITING = "waiting", "Waiting for its listing"
    HISTORY = "history", "From before we knew it"
    MOVED = "moved", "Counted"
    GIVEN_BACK = "given_back", "Given back"


class Line(ids.Public, models.Model):
    """One line. Its move is ``-allocated``; ``quantity - allocated`` is what was oversold.

    ``waited`` is how many seconds it was for sale before it was sold, once that is known.
    """

    prefix: ClassVar[str] = "line"
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
    waited = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["connection", "listing_ref"], condition=Q(settled=Settled.WAITING), name="lines_waiting"
            ),
            models.Index(fields=["connection", "listing_ref"], name="lines_of_page"),
            models.Index(
                fields=["organization"],
                condition=Q(settled=Settled.MOVED) & Q(allocated__lt=F("quantity")),
                name="lines_short",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["order", "remote_id"], name="one_line_there_one_here"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0) & Q(allocated__lte=F("quantity")), name="allocated_within_quantity"
            ),
        ]


class Errand(ids.Public, models.Model):
    """Something a person wants done with an order at its marketplace; one row a wish, and the same wish once.

    ``sent_at`` is committed before the call: while it is set and the state is ``sent``, the call may have been made.
    """

    class Kind(models.TextChoices):
        """What is to be done."""

        SHIP = "ship", "Ship"
        CANCEL = "cancel", "Cancel"

    class State(models.TextChoices):
        """Where it stands. ``accepted``: they said yes, and it does not show yet; ``stuck``: a person looks."""

        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        ACCEPTED = "accepted", "Accepted there"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        STUCK = "stuck", "No answer"

    prefix: ClassVar[str] = "erd"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="errands", db_index=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    tracking_number = models.CharField(max_length=120, blank=True)
    carrier = models.CharField(max_length=80, blank=True)
    parts = models.JSONField(default=dict)
    reason = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    trouble = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    request_id = models.CharField(max_length=80, blank=True)
    created = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order", "created"], name="errands_of_an_order")]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "tracking_number"], condition=~Q(state="refused"), name="one_errand_a_wish"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "accepted", "done", "refused", "stuck"]),
                name="errand_state_known",
            ),
        ]


class Tally(models.Model):
    """How many orders of a shop have that state and status, so that lists need not count."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=12)
    status = models.CharField(max_length=80)
    orders = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "state", "status"], name="one_tally_a_status")]


class Day(models.Model):
    """What one shop sold on one day (UTC) in one currency; made anew from the orders whenever one of them changes.

    Money is in minor units. ``goods`` is the price of ``priced`` of the ``units``; ``waited`` the seconds for which
    ``timed`` of them were for sale; ``without_fee`` of the ``orders`` came without any fee named.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    currency = models.CharField(max_length=3, blank=True)
    orders = models.BigIntegerField(default=0)
    cancelled = models.BigIntegerField(default=0)
    without_fee = models.BigIntegerField(default=0)
    units = models.BigIntegerField(default=0)
    revenue = models.BigIntegerField(default=0)
    marketplace_fees = models.BigIntegerField(default=0)
    processing_fees = models.BigIntegerField(default=0)
    shipping = models.BigIntegerField(default=0)
    net = models.BigIntegerField(default=0)
    goods = models.BigIntegerField(default=0)
    priced = models.BigIntegerField(default=0)
    waited = models.BigIntegerField(default=0)
    timed = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["organization", "day"], name="days_of_organization")]
        constraints = [models.UniqueConstraint(fields=["connection", "day", "currency"], name="one_row_a_day")]
