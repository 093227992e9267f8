"""The traces: what was wanted, what was done, and who was where when."""

from __future__ import annotations

from django.db import models


class Wanted(models.Model):
    """The newest version somebody asked for."""

    key = models.CharField(primary_key=True, max_length=20)
    version = models.IntegerField(default=0)


class Applied(models.Model):
    """The version that was carried out last."""

    key = models.CharField(primary_key=True, max_length=20)
    version = models.IntegerField()


class Effect(models.Model):
    """Something that must happen once."""

    ref = models.CharField(primary_key=True, max_length=40)


class Balance(models.Model):
    """What the effects of a lane add up to."""

    lane = models.CharField(primary_key=True, max_length=20)
    total = models.IntegerField(default=0)


class Passage(models.Model):
    """One run of a handler in a lane, by the clock that all processes of this machine share."""

    lane = models.CharField(max_length=20)
    pid = models.IntegerField()
    began = models.BigIntegerField()
    ended = models.BigIntegerField(null=True)
