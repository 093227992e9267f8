"""Which items an offer could be, found without a database."""

from __future__ import annotations

import pytest

from instica.core import ids
from instica.imports.found import Found, read
from instica.imports.match import Books, Known, Strangers, candidates, normal
from tests.features.importing import listing

ONE, TWO = ids.new(), ids.new()


def found(**fields: object) -> Found:
    [(one, _)] = read(listing(**fields))  # type: ignore[arg-type]
    return one


def strangers(*items: Known) -> Strangers:
    known = Strangers()
    for item in items:
        known.add(item)
    return known


def test_sku_comes_before_everything_else() -> None:
    by_sku, by_title = Known(ONE, "Something else", "p", sku="A1"), Known(TWO, "Abbey Road", "vg_plus")
    books = Books(by_sku={"A1": [by_sku]}, strangers=strangers(by_title))
    assert [(one.item.uid, one.on, one.strength) for one in candidates(found(sku="A1"), books)] == [(ONE, "sku", 100)]


def test_barcode_finds_only_what_is_not_in_this_shop() -> None:
    here, away = Known(ONE, "A", "vg", barcode="123", here="7"), Known(TWO, "A", "vg", barcode="123")
    books = Books(by_barcode={"123": [here, away]})
    assert [(one.item.uid, one.on) for one in candidates(found(barcode="123"), books)] == [(TWO, "barcode")]


def test_release_needs_the_same_grade() -> None:
    good = Known(ONE, "X", "vg_plus", release="discogs:1")
    worse = Known(TWO, "X", "g", release="discogs:1")
    row = found(title="Nothing alike", release="discogs:1")
    assert [(one.item.uid, one.on) for one in candidates(row, Books(strangers=strangers(good, worse)))] == [
        (ONE, "release")
    ]


@pytest.mark.parametrize(
    ("title", "artist", "close"),
    [
        ("Abbey Road", "The Beatles", True),
        ("Abbey Raod", "The Beatles", True),
        ("ABBEY ROAD!", "Beatles", True),
        ("Abbey Road Live", "The Beatles", False),
        ("Revolver", "The Beatles", False),
    ],
)
def test_a_close_title(title: str, artist: str, close: bool) -> None:
    known = strangers(Known(ONE, "Abbey Road", "vg_plus", artist="The Beatles"))
    assert bool(candidates(found(title=title, artist=artist), Books(strangers=known))) is close


@pytest.mark.parametrize("other", [{"grade": "p"}, {"release": "discogs:2"}, {"sku": "B"}])
def test_a_close_title_is_not_enough_when_something_tells_them_apart(other: dict[str, str]) -> None:
    known = strangers(Known(**{"uid": ONE, "title": "Abbey Road", "grade": "vg_plus", **other}))  # type: ignore[arg-type]
    assert candidates(found(sku="A", release="discogs:1"), Books(strangers=known)) == []


def test_what_came_into_the_shop_is_no_stranger_any_more() -> None:
    known = strangers(Known(ONE, "Abbey Road", "vg_plus", release="discogs:1"))
    known.gone.add(ONE)
    assert candidates(found(release="discogs:1"), Books(strangers=known)) == []


@pytest.mark.parametrize(
    ("title", "same"),
    [
        ("The Köln Concert - VG+", "koln concert"),
        ("  Sign “☮” the Times  ", "sign the times"),
        ("שלום - NM", "שלום"),
        ("A - B", "a b"),
    ],
)
def test_normal_titles(title: str, same: str) -> None:
    assert normal(title) == same
