"""Copies photos to this hub: from known hosts, within caps, encoded anew. A bad photo fails nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from urllib.parse import SplitResult, urlsplit

from django.db.models import QuerySet

from instica.connections.credentials import app_for, manifest_of
from instica.core.clock import now
from instica.core.verdicts import Again, Done, Sleep, Verdict
from instica.imports import intake
from instica.imports.models import Job, Row, RowStatus
from instica.inventory import photos as photo_files
from instica.inventory.models import Image
from instica.inventory.pictures import NotAPicture, encoded
from instica.kit import photos
from instica.kit.errors import Refused
from instica.work import limits
from instica.work.lanes import commit, renew

AT_ONCE = 10
A_MINUTE = 30


class NotFetched(Exception):
    """It could not be had; the message says why, in a few words for people."""


def copy_some(uid: uuid.UUID) -> Verdict:
    """Copy the next few photos of what a job made."""
    job = Job.objects.get(pk=uid)
    images = list(_missing(job).order_by("uid")[:AT_ONCE])
    if not images:
        return Done()
    for image in images:
        try:
            _admit(job, image.url)
        except limits.Exhausted as error:
            return Sleep(error.until, str(error))
        renew(photos.SECONDS)
        _copy(job, image)
    return Again(now() + dt.timedelta(milliseconds=50), "More photos", free=True)


def left(job: Job) -> int:
    """How many photos of what a job made are to be copied."""
    return _missing(job).count()


def _missing(job: Job) -> QuerySet[Image]:
    made = Row.objects.filter(job=job, status=RowStatus.IMPORTED, created_item=True).values("item")
    return Image.objects.filter(organization=job.organization_id, item__in=made, file="", trouble="")


def _admit(job: Job, url: str) -> None:
    """Their image servers count requests too; the sandbox does not."""
    host = _parts(url).hostname or ""
    if host in manifest_of(job.marketplace).photo_hosts:
        limits.declare(f"photos:{host}", limits.Pace(A_MINUTE, 60, 5))
        limits.admit({f"photos:{host}": 1}, "bulk")


def _copy(job: Job, image: Image) -> None:
    name, trouble = "", ""
    try:
        name = photo_files.store(image, encoded(fetched(job.marketplace, image.url)))
    except (NotFetched, NotAPicture) as error:
        trouble = str(error)[:200]
    with commit():
        job = intake.locked(job.uid)
        Image.objects.filter(pk=image.pk).update(file=name, trouble=trouble)
        job.enriched += 1
        job.save(update_fields=["enriched"])


def fetched(marketplace: str, url: str) -> bytes:
    """The bytes behind the address. Raises ``NotFetched``."""
    if not allowed(marketplace, url):
        raise NotFetched("The photo lies on a host we do not know")
    try:
        return photos.fetch(url)
    except Refused as refusal:
        raise NotFetched(str(refusal)) from refusal


def allowed(marketplace: str, url: str) -> bool:
    """Whether photos of that marketplace lie there: its own hosts by https, or the origin that stands in for them."""
    parts, origin = _parts(url), urlsplit(app_for(marketplace).origin)
    if origin.netloc and (parts.scheme, parts.netloc) == (origin.scheme, origin.netloc):
        return True
    return parts.scheme == "https" and parts.netloc in manifest_of(marketplace).photo_hosts


def _parts(url: str) -> SplitResult:
    """The parts of an address; of what is none, none."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
