"""Tables of the catalogue: products, their artists and labels."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from instica.core import ids
from instica.core.clock import now
from instica.people.models import Organization


class Kind(models.TextChoices):
    """What sort of thing a product is (P4)."""

    PHYSICAL = "physical", "Physical"
    DIGITAL = "digital", "Digital"
    REPORT = "digital-report", "Digital report"
    NFT = "nft", "NFT"


class Artist(ids.Public, models.Model):
    """Who made it."""

    prefix: ClassVar[str] = "art"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_artist_a_name")]


class Label(ids.Public, models.Model):
    """Who published it."""

    prefix: ClassVar[str] = "lab"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="one_label_a_name")]


class Shown(models.Manager["Product"]):
    """Products nobody deleted."""

    def get_queryset(self) -> models.QuerySet[Product, Product]:
        """Without the deleted ones."""
        return super().get_queryset().filter(hidden_at=None)


class Product(ids.Public, models.Model):
    """What a thing is: an album, a design. Counts and search text are kept by the verbs that change them.

    ``release`` names an entry of a marketplace's database (``discogs:123``). What a person deleted has ``hidden_at``:
    it stays for the history of its items and is found through ``every`` alone.
    """

    prefix: ClassVar[str] = "prod"
    uid = models.UUIDField(primary_key=True, default=ids.new, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="products", db_index=False)
    title = models.CharField(max_length=500)
    type = models.CharField(max_length=20, choices=Kind.choices, default=Kind.PHYSICAL)
    artist = models.ForeignKey(Artist, models.PROTECT, null=True, related_name="products", db_index=False)
    label = models.ForeignKey(Label, models.PROTECT, null=True, related_name="products", db_index=False)
    catalog_number = models.CharField(max_length=200, blank=True)
    release = models.CharField(max_length=60, blank=True)
    barcode = models.CharField(max_length=40, blank=True)
    format = models.CharField(max_length=200, blank=True)
    year = models.IntegerField(null=True, blank=True)
    tags = models.JSONField(default=list)
    description = models.TextField(blank=True)
    license_type = models.CharField(max_length=80, blank=True)
    license_notes = models.TextField(blank=True)
    image = models.CharField(max_length=1000, blank=True)
    search = models.TextField(blank=True)
    items_total = models.IntegerField(default=0)
    items_listed = models.IntegerField(default=0)
    items_available = models.IntegerField(default=0)
    price_low = models.BigIntegerField(null=True, blank=True)
    created = models.DateTimeField(default=now)
    updated = models.DateTimeField(default=now)
    version = models.IntegerField(default=1)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = Shown()
    every = models.Manager["Product"]()

    class Meta:
        indexes = [
            models.Index(
                fields=["organization", "-created", "uid"], condition=Q(hidden_at=None), name="products_by_creation"
            ),
            models.Index(fields=["organization", "release"], name="products_by_release"),
        ]
