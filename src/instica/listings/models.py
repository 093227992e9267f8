"""Tables of listings: a page in a shop, what is offered on it, and every id the shop ever gave it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.connections.models import Connection
from instica.core import ids
from instica.core.clock import now
from instica.inventory.models import Item
from instica.people.models import Organization, User


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
    """One page in one shop: what is wanted, what was seen, and the hash of what both sides agreed on.

    ``item`` is set on pages made here, for one item each. ``overrides`` is what this page says otherwise than its
    item: ``title``, ``description``, ``fields``. ``wanted_version`` rises with every wish about the content and
    ``sent_version`` follows it; ``sent`` is the hash of the draft that was sent last. ``asked_by`` says whose wish is
    on its way (``person``, ``bulk``, or nobody's), ``cause`` why. ``waits`` and ``fee_agreed``: see ``states.Page``.
    ``held`` is why an automatic write does not go. ``exposed_since`` is when a sale made the page offer too much, until
    the marketplace confirmed; ``exposure_ms`` how long that took the last time. ``drift`` is what differs there.
    ``doubted`` is set while a write that may put more on sale is under way: until its answer is written down, nobody
    knows what the page shows. ``pictures`` is which picture there each photo of ours became: see ``picturing``.
    """

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
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+", db_index=False)
    overrides = models.JSONField(null=True, blank=True)
    sent_version = models.IntegerField(default=1, db_default=1)
    sent = models.CharField(max_length=64, blank=True, default="", db_default="")
    cause = models.CharField(max_length=200, blank=True, default="", db_default="")
    asked_by = models.CharField(max_length=10, blank=True, default="", db_default="")
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    request_id = models.CharField(max_length=80, blank=True, default="", db_default="")
    fee_agreed = models.BooleanField(default=False, db_default=False)
    waits = models.BooleanField(default=False, db_default=False)
    held = models.CharField(max_length=200, blank=True, default="", db_default="")
    exposed_since = models.DateTimeField(null=True, blank=True)
    exposure_ms = models.IntegerField(null=True, blank=True)
    drift = models.JSONField(null=True, blank=True)
    pictures = models.JSONField(null=True, blank=True)
    doubted = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["connection"], condition=~Q(held=""), name="listings_held"),
            models.Index(fields=["organization"], condition=Q(drift__isnull=False), name="listings_drifted"),
            models.Index(
                fields=["connection", "exposed_since"],
                condition=Q(exposed_since__isnull=False),
                name="listings_exposed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "remote_id"], condition=~Q(remote_id=""), name="one_listing_a_page"
            ),
            models.UniqueConstraint(
                fields=["item", "connection"],
                condition=Q(item__isnull=False) & ~Q(wanted="ended"),
                name="one_living_page_an_item",
            ),
            models.CheckConstraint(condition=Q(wanted__in=Wanted.values), name="listing_wanted_known"),
            models.CheckConstraint(condition=Q(seen__in=Seen.values), name="listing_seen_known"),
        ]


class Offer(models.Model):
    """One item on one page. ``item`` is empty until somebody links it; ``baseline`` is when we first knew its stock.

    ``asked`` is a price set for this page alone, in minor units of ``currency``. ``said_at`` is when we last set a
    quantity on a page that was on sale: what was sold there before may have come back by that. ``returned`` is how many
    sold pieces may stand there again since the page was read: of cancelled orders, or sold as we set the quantity.
    """

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="offers")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="offers")
    remote_id = models.CharField(max_length=120, blank=True)
    sku = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=dict)
    currency = models.CharField(max_length=3)
    price = models.BigIntegerField(null=True)
    asked = models.BigIntegerField(null=True, blank=True)
    agreed_quantity = models.IntegerField(null=True, default=0)
    seen_quantity = models.IntegerField(null=True, default=0)
    baseline = models.DateTimeField()
    said_at = models.DateTimeField(null=True, blank=True)
    returned = models.IntegerField(default=0, db_default=0)


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


class Attempt(models.Model):
    """A publish under way, one a page: the next ``step``, or, while ``sent_at`` is set, the one in flight.

    ``key`` is ours, stays the same through all steps, and is what the marketplace's side is searched by; ``draft`` is
    what was sent, ``version`` the wish it says. ``looks`` counts the searches that could not tell. ``begun`` is when
    the publish began.
    """

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    listing = models.OneToOneField(Listing, models.CASCADE, related_name="attempt")
    key = models.CharField(max_length=64, unique=True)
    step = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    draft = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    looks = models.IntegerField(default=0)
    begun = models.DateTimeField(default=now, null=True)


class Desk(models.Model):
    """What is kept about listing in one shop: its chosen defaults, the choices it offers, what is done about drift.

    ``drift`` is ``ask``, or whose side is taken without asking: ``theirs`` or ``ours``.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True, related_name="desk")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    defaults = models.JSONField(default=dict, blank=True)
    choices = models.JSONField(default=dict, blank=True)
    choices_at = models.DateTimeField(null=True, blank=True)
    drift = models.CharField(max_length=10, default="ask", db_default="ask")


class Exposure(models.Model):
    """How long one page offered what had been sold elsewhere: from that sale's record until it was confirmed closed."""

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="exposures", db_index=False)
    since = models.DateTimeField()
    milliseconds = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["organization", "since"], name="exposures_of_organization")]


class Bulk(ids.Public, models.Model):
    """One wish about many items on many platforms at once (D21). ``price`` is a decimal in each shop's currency."""

    prefix: ClassVar[str] = "bat"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    wanted = models.CharField(max_length=10, choices=Wanted.choices)
    price = models.CharField(max_length=20, blank=True)
    account = models.CharField(max_length=60, blank=True)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    request_id = models.CharField(max_length=80, blank=True)
    created = models.DateTimeField(default=now)


class BulkRow(models.Model):
    """One item on one platform of a bulk wish; what became of it is read off its listing, or kept as a refusal."""

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    bulk = models.ForeignKey(Bulk, models.CASCADE, related_name="rows", db_index=False)
    position = models.IntegerField()
    item = models.CharField(max_length=60)
    platform = models.CharField(max_length=40)
    begun = models.BooleanField(default=False)
    listing = models.ForeignKey(Listing, models.SET_NULL, null=True, related_name="+")
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "position"], name="one_bulk_row_a_place")]
