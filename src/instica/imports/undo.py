"""Takes an import back: reverses its moves, puts before-images back, removes what it made; keeps what was touched."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from instica.catalog.models import Artist, Label, Product
from instica.core.clock import now
from instica.imports import images, intake, runs
from instica.imports.models import Job, Row, RowStatus
from instica.imports.runs import Run
from instica.imports.touched import Touched, touched
from instica.inventory import services as inventory
from instica.inventory.models import Cause, Image, Item, Move
from instica.listings import services as listings
from instica.listings.models import Listing, Offer, Ref
from instica.orders import locks
from instica.orders.models import Line, Settled
from instica.work.lanes import commit

BATCH = 100
MAKERS: dict[str, type[Artist | Label]] = {"artist": Artist, "label": Label}


def batch(uid: uuid.UUID) -> bool:
    """Take back the next rows, the last imported first and no item twice at once; false when none is left."""
    with commit():
        job, run = _locked(uid)
        rows = list(_next(job, run)) if run else []
        if not run or not rows:
            return False
        inventory.tally(job.organization)
        left = [uuid.UUID(row.before["left"]["item"]) for row in rows if row.before and "left" in row.before]
        items = locks.items([*(row.item for row in rows), *left])
        reasons = touched(job, rows)
        for row in rows:
            _row(job, run, row, reasons)
        listings.restate(items)
        _record(job, run, rows)
    return True


def _locked(uid: uuid.UUID) -> tuple[Job, Run | None]:
    job = intake.locked(uid)
    run = runs.of(job)
    return job, run if run and run.what == "undo" else None


def _next(job: Job, run: Run) -> list[Row]:
    rows = Row.objects.filter(job=job, status=RowStatus.IMPORTED).order_by("-position")
    if run.at >= 0:
        rows = rows.filter(position__lt=run.at)
    taken: dict[uuid.UUID | None, Row] = {}
    for row in rows[:BATCH]:
        if row.item in taken:
            break
        taken[row.item] = row
    return list(taken.values())


def _row(job: Job, run: Run, row: Row, reasons: Touched) -> None:
    reason = reasons.why(row)
    if reason:
        row.error = f"Kept: {reason}"
        row.save(update_fields=["error"])
        return
    _reverse(job, run, row)
    if row.created_item:
        _remove(row, row.before or {})
    else:
        _put_back(row, row.before or {})
    row.status, row.resolution, row.error, row.before, row.decision = RowStatus.SKIPPED, "undone", "", None, None
    row.item, row.created_item, row.processed = None, False, now()
    row.save(update_fields=["status", "resolution", "error", "before", "decision", "item", "created_item", "processed"])
    job.imported -= 1
    job.skipped += 1


def _reverse(job: Job, run: Run, row: Row) -> None:
    """Balances return by moves that name the row; the ledger forgets nothing."""
    if row.item is None:
        return
    ours = Move.objects.filter(item=row.item, cause__in=[Cause.IMPORT, Cause.LOWER, Cause.UNDO])
    delta = sum(ours.filter(reference__startswith=f"{row.uid.hex}/").values_list("delta", flat=True))
    if not delta:
        return
    Move.objects.create(
        organization_id=job.organization_id,
        item_id=row.item,
        delta=-delta,
        cause=Cause.UNDO,
        reference=f"{row.uid.hex}/{run.number}",
    )
    item = Item.every.select_for_update(of=("self",)).get(pk=row.item)
    if item.quantity is not None:
        Item.every.filter(pk=item.pk).update(quantity=item.quantity - delta)


def _remove(row: Row, before: Mapping[str, Any]) -> None:
    """What the row made goes: offer, listing, photos, item, and product, artist, label where nobody else needs them."""
    item = _item(row)
    product = item.product_id
    for offer in Offer.objects.filter(item=item):
        _forget(offer, made=offer.uid == row.uid)
    if "offer" in before:
        _restore_page(row, before)
    Image.objects.filter(item=item).delete()
    Item.every.filter(pk=item.pk).delete()
    empty = not Item.every.filter(product=product).exists()
    gone = 0
    if empty:
        gone, _ = Product.objects.filter(pk=product, version=1, created__gte=row.job.created).delete()
    if not gone:
        inventory.count_products([product])
    inventory.count(item.organization, items=-1, products=-bool(gone))
    for named in before.get("made", ()):
        kind, _, uid = named.partition(":")
        field = {kind: uid}
        if not Product.every.filter(**field).exists():
            MAKERS[kind].objects.filter(pk=uid).delete()


def _forget(offer: Offer, *, made: bool) -> None:
    """An offer this import made goes with its page; one that stood before only loses its item."""
    _wait_again(offer)
    if not made:
        Offer.objects.filter(pk=offer.pk).update(item=None)
        return
    Ref.objects.filter(offer=offer).delete()
    page = offer.listing_id
    offer.delete()
    if not Offer.objects.filter(listing=page).exists():
        Ref.objects.filter(listing=page).delete()
        Listing.objects.filter(pk=page).delete()


def _wait_again(offer: Offer) -> None:
    """Its sales wait for an item as before."""
    Line.objects.filter(offer=offer, settled=Settled.HISTORY).update(offer=None, item=None, settled=Settled.WAITING)


def _put_back(row: Row, before: Mapping[str, Any]) -> None:
    """What the row changed becomes what it was."""
    made = Offer.objects.filter(pk=row.uid).first()
    if made:
        _forget(made, made=True)
    elif "offer" in before:
        _restore_page(row, before)
    item = _item(row)
    images.restore(item, before["item"])
    products = [item.product_id]
    if "left" in before:
        products.append(images.come_back(before["left"]))
    inventory.count_products(products)


def _item(row: Row) -> Item:
    assert row.item is not None
    return Item.every.select_related("organization").get(pk=row.item)


def _restore_page(row: Row, before: Mapping[str, Any]) -> None:
    listing = Listing.objects.get(connection_id=row.job.connection_id, remote_id=row.remote_id)
    images.restore(listing, before["listing"])
    offer = Offer.objects.get(listing=listing, remote_id=row.part)
    images.restore(offer, before["offer"])
    if offer.item_id is None:
        _wait_again(offer)


def _record(job: Job, run: Run, rows: list[Row]) -> None:
    run.at = rows[-1].position
    run.settled += len(rows)
    job.run, job.waiting = run.data(), ""
    job.save(update_fields=["run", "imported", "skipped", "waiting"])
