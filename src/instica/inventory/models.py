"""Tables of the inventory: items, images, and the append-only ledger whose sum is the stock."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.catalog.models import Product
from instica.core import ids
from instica.core.clock import now
from instica.people.models import Organization


class Status(models.TextChoices):
    """Where an item is in its life (D15)."""

    DRAFT = "draft", "Draft"
    RECEIVED = "received", "Received"
    READY = "ready-to-sell", "Ready to Sell"
    LISTED = "listed", "Listed"
    SOLD = "sold", "Sold"
    SHIPPED = "shipped", "Shipped"
    RETURNED = "returned", "Returned"
    ARCHIVED = "archived", "Archived"


class Shown(models.Manager["Item"]):
    """Items nobody deleted."""

    def get_queryset(self) -> models.QuerySet[Item, Item]:
        """Without the deleted ones."""
        return super().get_queryset().filter(hidden_at=None)


class Item(ids.Public, models.Model):
    """What one SKU sells. ``quantity`` is the sum of its moves; ``None`` is unlimited (made to order).

    Money is in minor units of ``currency``. ``grade`` orders by quality (0 is best). ``version`` rises with
    every edit, by a person or an import, so that an undo can tell what was touched since. What a person deleted has
    ``hidden_at``: it stays for its moves and its orders and is found through ``every`` alone.
    """

    prefix: ClassVar[str] = "inv"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="items")
    name = models.CharField(max_length=500, null=True, blank=True)  # noqa: DJ001  # null is the contract's "no name"
    title = models.CharField(max_length=600)
    condition_item = models.CharField(max_length=20, blank=True)
    condition_container = models.CharField(max_length=20, blank=True)
    grade = models.SmallIntegerField(default=99)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.DRAFT)
    quantity = models.IntegerField(null=True, default=0)
    currency = models.CharField(max_length=3, default="USD")
    price = models.BigIntegerField(null=True, blank=True)
    price_shipping = models.BigIntegerField(default=0)
    price_expected = models.BigIntegerField(null=True, blank=True)
    sku = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    barcode = models.CharField(max_length=40, blank=True)
    barcode_type = models.CharField(max_length=20, blank=True)
    location = models.CharField(max_length=200, blank=True)
    image = models.CharField(max_length=1000, blank=True)
    search = models.TextField(blank=True)
    created = models.DateTimeField(default=now)
    updated = models.DateTimeField(default=now)
    version = models.IntegerField(default=1)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = Shown()
    every = models.Manager["Item"]()

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "-created", "uid"], condition=Q(hidden_at=None), name="items_by_creation"
            ),
            models.Index(fields=["organization", "sku"], condition=~Q(sku=""), name="items_by_sku"),
            models.Index(fields=["organization", "barcode"], condition=~Q(barcode=""), name="items_by_barcode"),
            models.Index(fields=["organization", "status"], condition=Q(hidden_at=None), name="items_by_status"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="item_status_known"),
            models.CheckConstraint(condition=Q(quantity=None) | Q(quantity__gte=0), name="item_never_below_nothing"),
        ]


class Image(ids.Public, models.Model):
    """A photo: its remote address at once, a local copy when fetched; one that was uploaded has the copy alone."""

    prefix: ClassVar[str] = "ast"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.CASCADE, related_name="images", db_index=False)
    url = models.CharField(max_length=1000, blank=True)
    file = models.CharField(max_length=200, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    position = models.SmallIntegerField(default=0)
    alt = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="one_image_a_position")]


class Cause(models.TextChoices):
    """Why stock moved."""

    IMPORT = "import", "Import"
    SALE = "sale", "Sale"
    RETURN = "return", "Cancelled or returned"
    LOWER = "lower", "Lower of two figures"
    PERSON = "person", "Set by a person"
    UNDO = "undo", "Import undone"


class Move(models.Model):
    """One change of one item's stock; never edited, made once by (cause, reference), and outlives its item.

    ``note`` is the reason in the words of the person who set it.
    """

    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    item = models.ForeignKey(Item, models.DO_NOTHING, db_constraint=False, related_name="moves")
    delta = models.IntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    reference = models.CharField(max_length=120)
    actor = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["organization", "uid"], name="moves_of_organization")]
        constraints = [models.UniqueConstraint(fields=["cause", "reference"], name="one_move_a_reason")]


class Edit(ids.Public, models.Model):
    """A change of many items at once; ``before`` and ``after`` hold their fields by uid, so that it can be undone."""

    prefix: ClassVar[str] = "edt"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    actor = models.CharField(max_length=80, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    created = models.DateTimeField(default=now)
    undone = models.DateTimeField(null=True, blank=True)


class Sheet(ids.Public, models.Model):
    """A CSV file somebody uploaded, kept between its preview and its taking in."""

    prefix: ClassVar[str] = "sht"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    actor = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    created = models.DateTimeField(default=now)


class Tally(models.Model):
    """How many items an organization has, so that lists need not count."""

    organization = models.OneToOneField(Organization, models.CASCADE, primary_key=True, related_name="+")
    items = models.IntegerField(default=0)
    products = models.IntegerField(default=0)
