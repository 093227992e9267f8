"""What a seller copies into a marketplace's own form: texts cut to its limits, with a note for everything cut."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from instica.kit.contract import Marketplace


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form to open and what goes into it. ``notes`` are sentences for the seller: what was cut, what is missing."""

    page: str
    title: str
    description: str
    tags: tuple[str, ...]
    notes: tuple[str, ...]


def sheet(marketplace: Marketplace, *, title: str, description: str, tags: Sequence[str]) -> Sheet:
    """What to copy there. Raises ``LookupError`` where nothing is listed by hand."""
    if marketplace.manual is None:
        raise LookupError(f"Nothing is listed on {marketplace.name} by hand")
    limits = fields(marketplace.folder)
    notes = [marketplace.manual.notice] if marketplace.manual.notice else []
    short = _text("title", title.strip(), limits, notes)
    text = _text("description", description.strip(), limits, notes)
    words = _tags(marketplace.name, tags, limits["tags"], notes)
    return Sheet(marketplace.manual.page, short, text, words, tuple(notes))


def smallest_image(marketplace: Marketplace) -> tuple[int, int]:
    """Width and height in pixels below which that site takes no picture; zeros where none are known."""
    image = fields(marketplace.folder).get("image", {})
    return int(image.get("x-min-width", 0)), int(image.get("x-min-height", 0))


@cache
def fields(folder: Path) -> Mapping[str, Any]:
    """The properties of a folder's ``fields.json``."""
    found: Mapping[str, Any] = json.loads((folder / "fields.json").read_text())["properties"]
    return found


def _text(name: str, text: str, limits: Mapping[str, Any], notes: list[str]) -> str:
    most = limits[name].get("maxLength", 0)
    if not text:
        notes.append(f"There is no {name}; write one.")
    if not most or len(text) <= most:
        return text
    short = _cut(text, most)
    notes.append(f"The {name} was cut from {len(text)} to {len(short)} characters; {most} fit.")
    return short


def _cut(text: str, most: int) -> str:
    """At most so many characters, ending with a whole word where there is one."""
    head = text[: most + 1].rpartition(" ")[0].rstrip(" ,;:-")
    return head if len(head) > most // 2 else text[:most].rstrip()


def _tags(name: str, tags: Sequence[str], limits: Mapping[str, Any], notes: list[str]) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for word in filter(None, (" ".join(tag.replace(",", " ").split()) for tag in tags)):
        known.setdefault(word.casefold(), word)
    words = list(known.values())
    longest, most, least = limits["items"].get("maxLength", 0), limits.get("maxItems", 0), limits.get("minItems", 0)
    long = [word for word in words if longest and len(word) > longest]
    words = [word for word in words if word not in long]
    if long:
        notes.append(f"Left out as longer than {longest} characters: {', '.join(long)}.")
    if most and len(words) > most:
        notes.append(f"Left out beyond the {most} tags that fit: {', '.join(words[most:])}.")
        words = words[:most]
    if len(words) < least:
        notes.append(f"{name} wants at least {least} tags; there {'is' if len(words) == 1 else 'are'} {len(words)}.")
    return tuple(words)
