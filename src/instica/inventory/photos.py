"""The photos of an item that a person adds, orders, describes and takes away; the first one is its face."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from instica.catalog.models import Product
from instica.core import ids
from instica.core.clock import now
from instica.core.errors import Conflict, Invalid, NotFound
from instica.inventory import locks, telling
from instica.inventory.models import Image, Item
from instica.inventory.pictures import NotAPicture, encoded
from instica.people.validation import fault

MOST = 24
LARGEST = 12 * 1024 * 1024
LONGEST_ALT = 300


def add(*, item: Item, data: bytes, alt: str = "", first: bool = False, check: locks.Check = locks.anything) -> Image:
    """Take a picture in as the last, or the ``first``: read with suspicion, drawn anew, so that nothing but pixels
    survives. Raises ``Invalid`` for what is no picture or too large, ``Conflict`` when there are too many."""
    image = Image(organization_id=item.organization_id, alt=_alt(alt))
    image.file = store(image, drawn(data))
    try:
        with transaction.atomic():
            row = locks.item(item.pk)
            check(row)
            others = _of(row)
            if len(others) >= MOST:
                raise Conflict(f"An item has at most {MOST} photos. Take one away first.", code="too_many_photos")
            image.item, image.position = row, others[-1].position + 1 if others else 0
            image.save(force_insert=True)
            _arrange(row, [image, *others] if first else [*others, image])
    except BaseException:
        _file(image.file).unlink(missing_ok=True)
        raise
    return image


def describe(*, image: Image, alt: str, check: locks.Check = locks.anything) -> Image:
    """Say what it shows, for those who do not see it."""
    with transaction.atomic():
        row = locks.item(image.item_id)
        check(row)
        image.alt = _alt(alt)
        image.save(update_fields=["alt"])
        _touch(row)
    return image


def order(*, item: Item, uids: Sequence[uuid.UUID], check: locks.Check = locks.anything) -> None:
    """Put the photos in that order; all of them are named. Raises ``Invalid``."""
    with transaction.atomic():
        row = locks.item(item.pk)
        check(row)
        known = {image.uid: image for image in _of(row)}
        if sorted(uids) != sorted(known):
            raise fault("Name every photo of the item once.", "uids")
        _arrange(row, [known[uid] for uid in uids])


def put(*, image: Image, position: int, check: locks.Check = locks.anything) -> None:
    """Move a photo to that place; 0 is the face."""
    with transaction.atomic():
        row = locks.item(image.item_id)
        check(row)
        others = [each for each in _of(row) if each.pk != image.pk]
        others.insert(max(0, position), image)
        _arrange(row, others)


def remove(*, image: Image, check: locks.Check = locks.anything) -> None:
    """Take a photo away, and our copy of it."""
    with transaction.atomic():
        row = locks.item(image.item_id)
        check(row)
        if not Image.objects.filter(pk=image.pk).delete()[0]:
            raise NotFound("There is no such photo.")
        _arrange(row, _of(row))
        if image.file:
            transaction.on_commit(partial(_file(image.file).unlink, missing_ok=True), robust=True)


def replace(item: Item, known: Sequence[Image], wanted: Sequence[tuple[str, str]]) -> None:
    """Let a locked item have just the photos at those addresses, with those texts; what is known there stays."""
    left = {address(image): image for image in known}
    images = []
    for place, alt in wanted:
        image = left.pop(place, None) or Image(organization_id=item.organization_id, item=item, url=place)
        image.alt = alt
        images.append(image)
    for gone in left.values():
        gone.delete()
    Image.objects.filter(item=item).update(position=-1 - F("position"))
    for position, image in enumerate(images):
        image.position = position
        image.save()
    _arrange(item, images)


def get(item: Item, public_id: str) -> Image:
    """That photo of the item. Raises ``NotFound``."""
    uid = ids.read(Image.prefix, public_id)
    image = Image.objects.filter(item=item, pk=uid).first() if uid else None
    if image is None:
        raise NotFound("There is no such photo.")
    return image


def address(image: Image) -> str:
    """Where it is: our copy once there is one, else where it was found."""
    return f"{settings.MEDIA_URL}{image.file}" if image.file else image.url


def drawn(data: bytes) -> bytes:
    """The picture drawn anew. Raises ``Invalid``."""
    if len(data) > LARGEST:
        raise fault(f"A photo may have {LARGEST // 1024 // 1024} MB.", "file", "image_too_large")
    try:
        return encoded(data)
    except NotAPicture as error:
        raise fault(f"{error}.", "file", "not_an_image") from error


def store(image: Image, data: bytes) -> str:
    """Write the file under a name of ours; the same photo twice is the same file."""
    name = f"photos/{image.organization_id.hex}/{image.uid.hex}.jpg"
    path = _file(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return name


def _of(item: Item) -> list[Image]:
    return list(Image.objects.filter(item=item).order_by("position"))


def _arrange(item: Item, images: Sequence[Image]) -> None:
    """Number them anew; places are taken once, so all step aside first."""
    if [image.position for image in images] != list(range(len(images))):
        Image.objects.filter(item=item).update(position=-1 - F("position"))
        for position, image in enumerate(images):
            image.position = position
            Image.objects.filter(pk=image.pk).update(position=position)
    face, old = (address(images[0]) if images else ""), item.image
    item.image = face
    Product.every.filter(pk=item.product_id, image__in=["", old]).update(image=face)
    _touch(item)


def _touch(item: Item) -> None:
    item.version, item.updated = item.version + 1, now()
    item.save(update_fields=["image", "version", "updated"])
    telling.edited(item.organization_id, [item.pk])


def _alt(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_ALT:
        raise Invalid(f"At most {LONGEST_ALT} characters.", code="validation_error")
    return text


def _file(name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / name
