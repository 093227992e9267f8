"""Which items a found offer could be: by its own id, SKU, barcode, release and grade, or a close title. Pure."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from instica.imports.found import Found
from instica.inventory import grades

On = Literal["ref", "sku", "barcode", "release", "title"]
CLOSE = 92.0
COMMON = 400
NOT_WORDS = re.compile(r"[^\w]+")
GRADE = re.compile(r"\s-\s(?:" + "|".join(re.escape(word) for word in grades.DISPLAY.values()) + r")\s*$")


class Known(NamedTuple):
    """An item we have. ``here`` is its live listing in the shop being read, empty when there is none."""

    uid: uuid.UUID
    title: str
    grade: str
    sku: str = ""
    barcode: str = ""
    release: str = ""
    here: str = ""
    artist: str = ""


class Candidate(NamedTuple):
    """An item it could be, found on which field, and how sure that is (100 is certain)."""

    item: Known
    on: On
    strength: int


@dataclass(slots=True)
class Strangers:
    """Items that are not in this shop yet, by the words of their titles and by release; ``gone`` since came in."""

    items: list[Known] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=dict)
    by_release: dict[str, list[Known]] = field(default_factory=dict)
    gone: set[uuid.UUID] = field(default_factory=set)

    def add(self, item: Known) -> None:
        """Make it findable."""
        for word in set(normal(f"{item.artist} {item.title}").split()):
            self.by_word.setdefault(word, []).append(len(self.items))
        if item.release:
            self.by_release.setdefault(item.release, []).append(item)
        self.items.append(item)

    def of_release(self, release: str, grade: str) -> list[Known]:
        """The items of that release in that grade."""
        return [item for item in self.by_release.get(release, ()) if item.grade == grade and item.uid not in self.gone]

    def close(self, title: str, artist: str) -> list[tuple[Known, int]]:
        """The items whose title is nearly this one, surest first; looks only where a telling word is shared."""
        if not self.items:
            return []
        wanted = normal(f"{artist} {title}")
        lists = (self.by_word.get(word, []) for word in set(wanted.split()))
        places = {place for found in lists if len(found) <= COMMON for place in found}
        near = [item for place in sorted(places) if (item := self.items[place]).uid not in self.gone]
        scored = [(item, self._score(item, wanted, normal(title))) for item in near]
        return sorted(((item, int(score)) for item, score in scored if score >= CLOSE), key=lambda pair: -pair[1])

    @staticmethod
    def _score(item: Known, wanted: str, title: str) -> float:
        if item.artist:
            return fuzz.token_sort_ratio(wanted, normal(f"{item.artist} {item.title}"))
        return max(fuzz.token_sort_ratio(wanted, normal(item.title)), fuzz.token_sort_ratio(title, normal(item.title)))


@dataclass(slots=True)
class Books:
    """What a batch of found offers is compared with."""

    by_sku: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    by_barcode: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    strangers: Strangers = field(default_factory=Strangers)


NOTHING: list[Candidate] = []


def candidates(found: Found, books: Books) -> list[Candidate]:
    """The items it could be, by the first field that finds any. Items already in this shop are found by SKU alone."""
    if found.sku and (same := books.by_sku.get(found.sku)):
        return [Candidate(item, "sku", 100) for item in same]
    if books.by_barcode and (same := _elsewhere(books.by_barcode.get(found.offer.get("barcode", ""), ()))):
        return [Candidate(item, "barcode", 95) for item in same]
    page = found.page
    grade = page.get("condition_item", "")
    if not books.strangers.items:
        return NOTHING
    if same := books.strangers.of_release(page.get("release", ""), grade):
        return [Candidate(item, "release", 90) for item in same]
    close = books.strangers.close(found.title, page.get("artist", ""))
    return [Candidate(item, "title", score) for item, score in close if _alike(item, found, grade)]


def _elsewhere(items: Iterable[Known]) -> list[Known]:
    return [item for item in items if not item.here]


def _alike(item: Known, found: Found, grade: str) -> bool:
    """Not told apart by grade, release or SKU."""
    release = found.page.get("release", "")
    return not (
        (item.grade and grade and item.grade != grade)
        or (item.release and release and item.release != release)
        or (item.sku and found.sku and item.sku != found.sku)
    )


@lru_cache(maxsize=20_000)
def normal(title: str) -> str:
    """A title without what people write differently: case, accents, punctuation, a leading article, the grade."""
    text = unicodedata.normalize("NFKD", GRADE.sub("", title)).casefold()
    text = NOT_WORDS.sub(" ", "".join(letter for letter in text if not unicodedata.combining(letter)))
    return text.strip().removeprefix("the ")


def likeness(one: str, other: str) -> float:
    """How much two titles share, 0 to 100; one that says more than the other is still the same."""
    return float(fuzz.token_set_ratio(normal(one), normal(other)))


def same_title(found: Found, item: Known) -> bool:
    """Whether both titles say the same, with or without the artist."""
    title, artist = found.title, found.page.get("artist", "")
    theirs = {normal(title), normal(f"{artist} {title}")}
    return bool(theirs & {normal(item.title), normal(f"{item.artist} {item.title}")})
