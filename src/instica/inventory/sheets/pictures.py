"""The photos a line names against those an item has: by address, in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from instica.inventory import photos
from instica.inventory.models import Image, Item
from instica.inventory.sheets.columns import own_place
from instica.people.validation import fault


@dataclass(frozen=True, slots=True)
class Picture:
    """Where it is, as we keep it, and what it shows."""

    place: str
    alt: str


def wanted(columns: Mapping[str, list[str]]) -> list[Picture]:
    """The photos a line names. Raises ``Invalid`` for too many, or texts of none."""
    places, texts = [own_place(each) for each in columns.get("images", [])], columns.get("texts", [])
    if len(places) > photos.MOST:
        raise fault(f"At most {photos.MOST} photos.", "images")
    if len(texts) > max(len(places), 0) and any(texts):
        raise fault("There are more texts than photos.", "image_texts")
    if any(len(text) > photos.LONGEST_ALT for text in texts):
        raise fault(f"At most {photos.LONGEST_ALT} characters a text.", "image_texts")
    return [Picture(place, texts[number] if number < len(texts) else "") for number, place in enumerate(places)]


def made(item: Item, pictures: Sequence[Picture]) -> list[Image]:
    """The rows of a new item's photos."""
    return [
        Image(organization_id=item.organization_id, item=item, url=each.place, position=number, alt=each.alt)
        for number, each in enumerate(pictures)
    ]


def arrange(item: Item, known: Sequence[Image], columns: Mapping[str, list[str]]) -> bool:
    """Let an item have just these photos, in that order; whether anything changed."""
    if "images" not in columns:
        return False
    pictures = wanted(columns)
    if "texts" not in columns:
        alts = {photos.address(image): image.alt for image in known}
        pictures = [Picture(each.place, alts.get(each.place, "")) for each in pictures]
    if [(photos.address(image), image.alt) for image in known] == [(each.place, each.alt) for each in pictures]:
        return False
    photos.replace(item, known, [(each.place, each.alt) for each in pictures])
    return True
