"""Tables of imports: the job, its rows, and what each row was before it was applied."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.inventory.models import Item
from instica.listings.models import Listing
from instica.people.models import Organization, User


class Stage(models.TextChoices):
    """Where discovery stands; running is told by ``Job.running``."""

    FETCHING = "fetching", "Reading the shop"
    MATCHING = "matching", "Comparing"
    REVIEW = "review", "Waiting for a decision"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    UNDONE = "undone", "Undone"


class Job(ids.Public, models.Model):
    """One import of one shop. The contract's status words are computed from stage, run and counters (D2, D10).

    ``walked`` is when reading began: what was sold before is history (``Offer.baseline``). ``plan`` holds what was
    previewed, its counts and its hash, as of ``planned``; ``run`` what is being done: see ``runs.Run``. ``enriched`` of
    ``to_enrich`` photos and releases were fetched since, of the latter all up to ``looked_up``. Pages that the shop's
    list showed in brief are read whole: up to ``details_at`` (empty when none is to be), ``details_read`` of
    ``details_total``, and not before ``details_until`` where a limit is used up.
    ``forgotten`` is when what was read was dropped, since nobody had used it: to go on, the shop is read again.
    """

    prefix: ClassVar[str] = "job"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="jobs", db_index=False)
    connection = models.ForeignKey(Connection, models.PROTECT, related_name="jobs")
    marketplace = models.CharField(max_length=40)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.FETCHING)
    cursor = models.TextField(blank=True)
    walked = models.DateTimeField(null=True, blank=True)
    fetched = models.BooleanField(default=False)
    discovered = models.DateTimeField(null=True, blank=True)
    complete = models.BooleanField(default=True)
    unreachable = models.IntegerField(default=0)
    notes = models.JSONField(default=list)
    expected = models.IntegerField(null=True)
    found = models.IntegerField(default=0)
    imported = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    conflicted = models.IntegerField(default=0)
    run = models.JSONField(null=True, blank=True)
    runs = models.IntegerField(default=0)
    previewed = models.BooleanField(default=False)
    planned = models.DateTimeField(null=True, blank=True)
    plan = models.JSONField(null=True, blank=True)
    waiting = models.TextField(blank=True)
    error = models.TextField(blank=True)
    enriched = models.IntegerField(default=0)
    looked_up = models.CharField(max_length=60, blank=True)
    to_enrich = models.IntegerField(default=0)
    details_at = models.CharField(max_length=40, blank=True)
    details_read = models.IntegerField(default=0)
    details_total = models.IntegerField(default=0)
    details_until = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=now)
    started = models.DateTimeField(null=True, blank=True)
    forgotten = models.DateTimeField(null=True, blank=True)
    completed = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "-created"], name="jobs_by_creation")]


class RowStatus(models.TextChoices):
    """What became of a row; ``pending`` never leaves the house."""

    PENDING = "pending", "Waiting"
    IMPORTED = "imported", "Imported"
    FAILED = "failed", "Failed"
    CONFLICT = "conflict", "Conflict"
    SKIPPED = "skipped", "Skipped"


class Row(ids.Public, models.Model):
    """One offer found in the shop: what it says (``data``), what we would do and why (``evidence``), what was done.

    What a row creates (item, listing, offer, ref) bears the row's own uid, so nothing can be created twice.
    ``before`` holds the images of what apply changed, so that undo can put them back; ``decision`` is a person's.
    ``item`` is what it became, or what the plan would link it to.
    """

    prefix: ClassVar[str] = "item"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    job = models.ForeignKey(Job, models.CASCADE, related_name="rows", db_index=False)
    position = models.IntegerField()
    remote_id = models.CharField(max_length=120)
    part = models.CharField(max_length=120, blank=True)
    sku = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=600, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    price = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=RowStatus.choices, default=RowStatus.PENDING)
    action = models.CharField(max_length=10, blank=True)
    evidence = models.JSONField(null=True, blank=True)
    conflict_type = models.CharField(max_length=30, blank=True)
    conflict_details = models.CharField(max_length=300, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    decision = models.JSONField(null=True, blank=True)
    resolution = models.CharField(max_length=20, blank=True)
    item = models.UUIDField(null=True, blank=True)
    created_item = models.BooleanField(default=False)
    before = models.JSONField(null=True, blank=True)
    processed = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["job", "status", "position"], name="rows_by_status"),
            models.Index(fields=["job", "sku"], condition=~Q(sku=""), name="rows_by_sku"),
        ]
        constraints = [models.UniqueConstraint(fields=["job", "remote_id", "part"], name="one_row_a_remote_offer")]


class Delivery(models.Model):
    """A page that the browser extension read and delivered, once by its ``key`` within one ``reading`` of the shop.

    ``reading`` is ``Job.walked``; ``rows`` are kept until they are taken in, ``mark`` is a hash of all that came.
    """

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    job = models.ForeignKey(Job, models.CASCADE, related_name="deliveries", db_index=False)
    reading = models.DateTimeField()
    key = models.CharField(max_length=200)
    number = models.IntegerField()
    mark = models.CharField(max_length=64)
    pack = models.CharField(max_length=60)
    count = models.IntegerField()
    accepted = models.IntegerField()
    expected = models.IntegerField(null=True)
    last = models.BooleanField(default=False)
    rows = models.JSONField(null=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "reading", "key"], name="one_delivery_a_page"),
            models.UniqueConstraint(fields=["job", "reading", "number"], name="deliveries_in_their_order"),
        ]


class Look(models.TextChoices):
    """What the extension last met in a shop."""

    READING = "reading", "Reading"
    PAUSED = "paused", "Paused"
    SIGNED_OUT = "signed_out", "Signed out there"
    CHALLENGE = "challenge", "Asked whether you are human"
    PAGE_CHANGED = "page_changed", "The page has changed"
    ASLEEP = "asleep", "Asleep"
    OFFLINE = "offline", "Offline"
    FINISHED = "finished", "Read to the end"


class Sight(models.Model):
    """What the browser extension last saw of a shop, and when it said so."""

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="sight")
    state = models.CharField(max_length=20, choices=Look.choices)
    pack = models.CharField(max_length=60, blank=True)
    field = models.CharField(max_length=100, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    account = models.CharField(max_length=120, blank=True)
    seen = models.IntegerField(null=True)
    expected = models.IntegerField(null=True)
    browser = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(default=now)


class Prepared(ids.Public, models.Model):
    """A design made ready for a form that its seller fills by hand: texts cut to the site, and what was cut.

    ``listing`` is the page it became, once the seller linked it.
    """

    prefix: ClassVar[str] = "prep"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="prepared")
    marketplace = models.CharField(max_length=40)
    title = models.CharField(max_length=600)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    created = models.DateTimeField(default=now)
    linked = models.DateTimeField(null=True, blank=True)
    listing = models.ForeignKey(Listing, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["organization", "marketplace", "-created"], name="prepared_by_creation")]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "marketplace"], condition=Q(linked=None), name="one_prepared_a_marketplace"
            )
        ]
