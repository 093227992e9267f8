"""Looks up what a shop's list did not tell, release by release, after the import: picture, barcode, year.

Only what the job made is filled, and only where it is empty, so that an undo leaves everything as it was before.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet

from instica.catalog.models import Product
from instica.connections.models import Connection, State
from instica.connections.session import reach
from instica.connections.talk import Talk, connector_for, talking
from instica.core.clock import now
from instica.core.verdicts import Again, Done, Sleep, Verdict
from instica.imports import intake, photos
from instica.imports.models import Job, Row, Stage
from instica.inventory.models import Image, Item
from instica.kit.errors import Gone, Refused, Throttled
from instica.kit.types import CatalogMatch
from instica.marketplaces import get as manifest
from instica.work import limits
from instica.work.lanes import commit
from instica.work.queue import enqueue

AFTER = dt.timedelta(seconds=5)
SHARE = 0.5
TRIES = 4


def waiting(job: Job) -> QuerySet[Product]:
    """Products of releases the marketplace can be asked about, with an item this job made that has no picture.

    Begins at the products: their index by release finds the next one however many there are.
    """
    products = Product.objects.filter(organization=job.organization_id, release__startswith=f"{job.marketplace}:")
    bare = bare_items(job).filter(product=OuterRef("pk"))
    return products.filter(Exists(bare), release__gt=job.looked_up) if can_look_up(job) else products.none()


def bare_items(job: Job) -> QuerySet[Item]:
    """Items this job made that have no picture."""
    return Item.objects.filter(Exists(Row.objects.filter(pk=OuterRef("pk"), job=job)), image="")


def left(job: Job) -> int:
    """How many releases are to be looked up. Begins at the items: all of them are looked at anyway."""
    ours = Q(product__release__startswith=f"{job.marketplace}:", product__release__gt=job.looked_up)
    items = bare_items(job).filter(ours, organization=job.organization_id)
    return items.values("product__release").distinct().count()


def can_look_up(job: Job) -> bool:
    """Whether that marketplace has a database to ask."""
    place = manifest(job.marketplace)
    return place is not None and bool(place.connector) and bool(place.load("connector").can("entry"))


def look_up(uid: uuid.UUID, attempts: int) -> Verdict:
    """Look up the next release of what a job made; the one after it is a task of its own."""
    job = Job.objects.select_related("connection").get(pk=uid)
    if not job.looked_up:
        _count(uid)
    release = waiting(job).order_by("release").values_list("release", flat=True).first()
    if release is None or over(job) or job.connection.state == State.REVOKED:
        stop(uid)
        return Done()
    known = _known(job, release)
    if known is None:
        known, verdict = _asked(job, release, attempts)
        if verdict:
            return verdict
    _keep(job, release, known)
    return Done()


def over(job: Job) -> bool:
    """Whether it was or is being taken back."""
    return job.stage == Stage.UNDONE or (job.run or {}).get("what") == "undo"


def _known(job: Job, release: str) -> CatalogMatch | None:
    """What an earlier look-up left on a product of that release: nobody needs to be asked again."""
    product = Product.objects.filter(organization=job.organization_id, release=release).exclude(image="").first()
    return CatalogMatch(release, product.title, image=product.image) if product else None


def _asked(job: Job, release: str, attempts: int) -> tuple[CatalogMatch | None, Verdict | None]:
    """What the marketplace says; nothing where it does not say it, or a verdict to come back."""
    try:
        _admit(job.connection)
        with talking(job.connection) as talk:
            return connector_for(job.connection, "bulk").entry(release), None
    except limits.Exhausted as error:
        return None, Again(error.until, str(error), free=True)
    return None, _later(talk, attempts)


def _admit(connection: Connection) -> None:
    """Of what bulk work may take, look-ups leave half to imports: they can go on for days."""
    place = manifest(connection.marketplace)
    names = []
    for spec in place.limits if place else ():
        names.append(f"details:{reach(spec, connection)}")
        limits.declare(names[-1], limits.Pace(spec.rate * SHARE, spec.per, 1))
    limits.admit(dict.fromkeys(names, 1), "bulk")


def _later(talk: Talk, attempts: int) -> Verdict | None:
    """When to ask again. Never in the way of the lane's other work; what cannot be had is passed over."""
    if isinstance(talk.failure, Throttled):
        return Again(talk.failure.until, str(talk.failure), free=True)
    if isinstance(talk.failure, (Gone, Refused)):
        return None
    return talk.verdict if isinstance(talk.verdict, Sleep) or attempts < TRIES else None


def _keep(job: Job, release: str, entry: CatalogMatch | None) -> None:
    """Fill what is empty, move on, and ask for the next; unless somebody else did that."""
    with commit():
        row = intake.locked(job.uid)
        if row.looked_up != job.looked_up or over(row):
            return
        same = Product.objects.filter(organization=row.organization_id, release=release)
        items = list(bare_items(row).filter(product__in=same))
        pictures = _fill(row, items, entry) if entry else 0
        row.looked_up = release
        row.enriched += 1
        row.to_enrich += pictures
        row.save(update_fields=["looked_up", "enriched", "to_enrich"])
        if pictures:
            enqueue("import.photos", str(row.uid), lane=f"photos:{row.connection_id}")
        _ask(row)


def begin(job: Job) -> bool:
    """Have the details follow, if there are any; what a person does right after an import goes first."""
    follows = waiting(job).exists()
    if follows:
        _ask(job, now() + AFTER)
    return follows


def _ask(job: Job, at: dt.datetime | None = None) -> None:
    enqueue("import.releases", str(job.uid), lane=f"shop:{job.connection_id}:read", run_at=at)


def _fill(job: Job, items: list[Item], entry: CatalogMatch) -> int:
    """Write what is new; how many photos that adds. No version rises: nobody edited anything."""
    made = Product.objects.filter(Exists(Row.objects.filter(pk=OuterRef("pk"), job=job)))
    made = made.filter(pk__in={item.product_id for item in items})
    made.filter(barcode="").update(barcode=next(iter(entry.barcodes), "")[:40])
    made.filter(year=None).update(year=entry.year)
    image = entry.image[:1000]
    if not image:
        return 0
    made.filter(image="").update(image=image)
    uids = [item.pk for item in items]
    Item.objects.filter(pk__in=uids, image="").update(image=image)
    pictured = set(Image.objects.filter(item__in=uids).values_list("item", flat=True))
    bare = [uid for uid in uids if uid not in pictured]
    Image.objects.bulk_create(
        Image(uid=uid, organization_id=job.organization_id, item_id=uid, url=image, position=0) for uid in bare
    )
    return len(bare)


def stop(uid: uuid.UUID) -> None:
    """Look up no more: what was not looked up is not waited for."""
    _expect(uid, 0)


def _count(uid: uuid.UUID) -> None:
    """Say how much follows: counted here, so that the import itself need not wait for it."""
    _expect(uid, left(Job.objects.get(pk=uid)))


def _expect(uid: uuid.UUID, releases: int) -> None:
    with commit():
        row = intake.locked(uid)
        row.to_enrich = row.enriched + photos.left(row) + releases
        row.save(update_fields=["to_enrich"])
