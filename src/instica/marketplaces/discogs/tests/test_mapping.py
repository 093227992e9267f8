"""Their words into ours: exact figures, clean names, and odd rows that explain themselves."""

from __future__ import annotations

import csv
import datetime as dt
import json
from typing import Any

import pytest

from instica.core.money import Money
from instica.kit.errors import Refused
from instica.kit.types import CatalogMatch, Draft, RemoteOffer
from instica.marketplaces.discogs import mapping, searching
from instica.marketplaces.discogs.tests.conftest import FIXTURES

LISTED = dt.datetime(2026, 7, 1, 16, 30, tzinfo=dt.UTC)


def export_row(**changes: str) -> dict[str, str]:
    with (FIXTURES / "export.csv").open(encoding="utf-8", newline="") as file:
        return {**next(csv.DictReader(file)), **changes}


def codes(row: Any) -> list[str]:
    listing = mapping.from_json(row)
    assert listing
    return [fault.code for fault in listing.faults]


def test_a_listing_reads_whole(listing_json: dict[str, Any]) -> None:
    listing = mapping.from_json(listing_json)
    assert listing
    assert (listing.id, listing.title, listing.artist, listing.label) == (
        "4312040117",
        "Abbey Road",
        "The Beatles",
        "Apple Records, EMI",
    )
    assert listing.offers == (RemoteOffer("", "PCS-7088-001", Money(3499, "EUR"), 1),)
    assert (listing.seen, listing.year, listing.release) == ("live", 1976, "discogs:20000117")
    assert (listing.condition_item, listing.condition_container) == ("vg_plus", "not_graded")
    assert (listing.images, listing.listed_at) == (("https://i.discogs.com/one.jpeg",), LISTED)
    assert listing.faults == ()


def test_the_export_tells_the_same_but_pictures_and_year(listing_json: dict[str, Any]) -> None:
    page, line = mapping.from_json(listing_json), mapping.from_csv(export_row(), "EUR")
    assert page
    differing = {name for name in page.__slots__ if getattr(page, name) != getattr(line, name)}
    assert differing == {"images", "year"}


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("100.0", "USD", 10000), ("34.990000000000002", "EUR", 3499), ("500", "JPY", 500), ("1500.0", "JPY", 1500)],
)
def test_an_exact_price(text: str, currency: str, minor: int) -> None:
    assert mapping.from_csv(export_row(price=text), currency).offers[0].price == Money(minor, currency)


@pytest.mark.parametrize("price", ["", "0", "0.00", "-5", "abc", "nan", "inf", "1e99", "1,50", "0.001"])
def test_a_price_that_is_none_is_a_fault_and_no_guess(price: str) -> None:
    listing = mapping.from_csv(export_row(price=price), "EUR")
    assert [fault.code for fault in listing.faults] == ["invalid_price"]
    assert listing.offers[0].price is None


@pytest.mark.parametrize("value", [None, {}, [], "x", True, {"value": 3}, {"value": [], "curr_abbr": "EUR"}])
def test_a_price_of_any_shape_in_json_is_a_fault(listing_json: dict[str, Any], value: Any) -> None:
    faults = codes({**listing_json, "price": value, "original_price": value})
    assert faults in (["invalid_price"], ["unknown_currency"])


def test_an_unknown_currency_is_a_fault() -> None:
    assert [fault.code for fault in mapping.from_csv(export_row(), "XXX").faults] == ["unknown_currency"]
    assert [fault.code for fault in mapping.from_csv(export_row(), "").faults] == ["unknown_currency"]


def test_a_row_without_title_says_so_with_all_else_that_is_wrong() -> None:
    faults = mapping.from_csv(export_row(title="  ", price="0"), "EUR").faults
    assert [fault.code for fault in faults] == ["missing_title", "invalid_price"]


@pytest.mark.parametrize(
    ("status", "seen", "quantity"),
    [
        ("Draft", "hidden", 1),
        ("For Sale", "live", 1),
        ("Sold", "sold_out", 0),
        ("Expired", "ended", 1),
        ("Suspended", "ended", 1),
        ("Violation", "ended", 1),
        ("Deleted", "absent", 0),
        ("Something New", "hidden", 1),
    ],
)
def test_every_status_has_its_word(status: str, seen: str, quantity: int) -> None:
    listing = mapping.from_csv(export_row(status=status), "EUR")
    assert (listing.seen, listing.offers[0].quantity, listing.status) == (seen, quantity, status)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Sun (5)", "Sun"),
        ("Beatles, The", "The Beatles"),
        ("Cure, The (2)", "The Cure"),
        ("Sun (5) & Moon (12)", "Sun & Moon"),
        ("!!! (2), Air", "!!!, Air"),
        ("Sunn O)))", "Sunn O)))"),
        ("Alt-J (∆)", "Alt-J (∆)"),
        ("Tyler, The Creator", "Tyler, The Creator"),
        ("(5)", "(5)"),
    ],
)
def test_artists_are_named_as_people_do(theirs: str, ours: str) -> None:
    assert mapping.artist_name(theirs) == ours


@pytest.mark.parametrize("title", ["x" * 5000, "🎷 Ascenseur 🎺", "أم كلثوم - الأطلال", "שלום", "Ágætis byrjun"])
def test_titles_of_any_length_and_script_stay_whole(title: str) -> None:
    assert mapping.from_csv(export_row(title=title), "EUR").title == title


def test_text_no_database_would_keep_is_mended(listing_json: dict[str, Any]) -> None:
    broken = json.loads('"A\\u0000B\\ud800"')
    listing = mapping.from_json({**listing_json, "comments": broken})
    assert listing
    assert listing.description == "AB?"


def test_ids_beyond_32_bits_stay_exact(listing_json: dict[str, Any]) -> None:
    number = 9_007_199_254_740_993
    listing = mapping.from_json({**listing_json, "id": number})
    assert listing
    assert listing.id == "9007199254740993"
    assert mapping.from_csv(export_row(listing_id=str(number)), "EUR").id == "9007199254740993"


@pytest.mark.parametrize(
    ("private", "sku"),
    [("PCS-1", "PCS-1"), ("bought at the flea market", ""), ("", ""), ("x" * 65, ""), ("x" * 64, "x" * 64)],
)
def test_only_one_word_of_private_comment_is_a_sku(private: str, sku: str) -> None:
    listing = mapping.from_csv(export_row(external_id=private), "EUR")
    assert (listing.offers[0].sku, listing.note) == (sku, private)


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-01-15 12:00:00", "2026-01-15T20:00:00+00:00"),
        ("2026-07-15 12:00:00", "2026-07-15T19:00:00+00:00"),
        ("2026-11-01 01:30:00", "2026-11-01T08:30:00+00:00"),
    ],
)
def test_times_of_the_export_are_pacific(wall: str, utc: str) -> None:
    listed = mapping.from_csv(export_row(listed=wall), "EUR").listed_at
    assert listed == dt.datetime.fromisoformat(utc)


@pytest.mark.parametrize("listed", ["", "yesterday", "2026-13-01 00:00:00"])
def test_a_time_that_is_none_is_left_out(listed: str) -> None:
    assert mapping.from_csv(export_row(listed=listed), "EUR").listed_at is None


@pytest.mark.parametrize("garbage", [{}, {"id": None}, {"id": "x"}, {"id": []}])
def test_what_has_no_id_is_no_listing(garbage: dict[str, Any]) -> None:
    assert mapping.from_json(garbage) is None


@pytest.mark.parametrize("junk", [None, 3, "text", [], {"a": 1}, True, 1e400, -1])
def test_any_field_may_hold_anything(listing_json: dict[str, Any], junk: Any) -> None:
    for name in [name for name in listing_json if name != "id"]:
        assert mapping.from_json({**listing_json, name: junk})
    for name in listing_json["release"]:
        assert mapping.from_json({**listing_json, "release": {**listing_json["release"], name: junk}})


def a_draft(**changes: Any) -> Draft:
    offer = RemoteOffer("", "SKU-1", Money(2150, "EUR"))
    facts = {"title": "X", "offers": (offer,), "release": "discogs:77", "condition_item": "vg"}
    return Draft(**{**facts, **changes})


def test_a_draft_sends_only_what_it_says() -> None:
    assert mapping.to_listing(a_draft(), "Draft", "EUR") == {
        "release_id": 77,
        "condition": "Very Good (VG)",
        "price": 21.5,
        "status": "Draft",
    }


def test_a_draft_that_clears_a_field_says_so() -> None:
    fields = {
        "comments": "",
        "location": "",
        "weight": "auto",
        "allow_offers": False,
        "unknown": 1,
        "external_id": None,
    }
    sent = mapping.to_listing(a_draft(description="Kept?", fields=fields), "For Sale", "EUR")
    assert {name: sent.get(name, "absent") for name in (*fields, "price")} == {
        "comments": "",
        "location": "",
        "weight": "auto",
        "allow_offers": False,
        "unknown": "absent",
        "external_id": "absent",
        "price": 21.5,
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"release": ""}, "release"),
        ({"release": "discogs:0"}, "release"),
        ({"release": "discogs:abc"}, "release"),
        ({"condition_item": ""}, "condition_item"),
        ({"condition_item": "generic"}, "condition_item"),
        ({"condition_container": "shiny"}, "condition_container"),
        ({"offers": (RemoteOffer("", "", Money(0, "EUR")),)}, "price"),
        ({"offers": (RemoteOffer("", "", Money(-100, "EUR")),)}, "price"),
        ({"offers": (RemoteOffer("", "", None),)}, "price"),
        ({"offers": (RemoteOffer("", "", Money(100, "USD")),)}, "price"),
        ({"fields": {"format_quantity": -1}}, "format_quantity"),
    ],
)
def test_a_draft_discogs_would_refuse_or_bend_is_refused_here(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        mapping.to_listing(a_draft(**changes), "For Sale", "EUR")
    assert [complaint.field for complaint in refusal.value.complaints] == [field]


def test_yen_are_sent_without_cents() -> None:
    draft = a_draft(offers=(RemoteOffer("", "", Money(1500, "JPY")),))
    assert json.dumps(mapping.to_listing(draft, "Draft", "JPY")["price"]) == "1500"


def test_searches_go_from_the_surest_to_the_widest() -> None:
    query = {"barcode": "0 7464-38", "catalog_number": "PC 1", "artist": "Air", "title": "Moon", "year": "1998"}
    assert list(searching.tries(query)) == [
        {"barcode": "0746438"},
        {"catno": "PC 1", "artist": "Air"},
        {"artist": "Air", "release_title": "Moon", "year": "1998"},
    ]
    assert list(searching.tries({"barcode": " - ", "title": " "})) == []


def test_a_match_names_its_barcodes_without_the_matrix_texts() -> None:
    row = {
        "id": 5,
        "title": "Beatles, The - Abbey Road",
        "label": ["Apple Records (2)", "EMI"],
        "format": ["Vinyl", "LP"],
        "barcode": ["0 77774 64401 2", "YEX 749-2", "077774644012"],
        "year": "1969",
        "catno": "PCS 7088",
        "country": "UK",
        "thumb": "https://i.discogs.com/t.jpeg",
    }
    match = mapping.match(row)
    assert match
    assert (match.release, match.artist, match.title, match.label) == (
        "discogs:5",
        "The Beatles",
        "Abbey Road",
        "Apple Records",
    )
    assert (match.barcodes, match.year, match.format, match.image) == (
        ("077774644012",),
        1969,
        "Vinyl, LP",
        "https://i.discogs.com/t.jpeg",
    )


def test_an_entry_of_the_database_reads_whole() -> None:
    row = {
        "id": 11,
        "title": "Closer",
        "artists": [{"name": "Joy Division (2)"}],
        "labels": [{"name": "Factory (3)", "catno": "FACT XXV"}],
        "formats": [{"name": "Vinyl", "descriptions": ["LP", "Album"]}],
        "identifiers": [
            {"type": "Matrix / Runout", "value": "0123456789012"},
            {"type": "Barcode", "value": "5 016839 200258"},
            {"type": "Barcode", "value": "5016839200258"},
        ],
        "images": [{"type": "secondary", "uri": "b.jpg"}, {"type": "primary", "uri": "a.jpg"}],
        "country": "UK",
        "year": 1980,
        "blocked_from_sale": True,
    }
    assert mapping.entry(row) == CatalogMatch(
        release="discogs:11",
        title="Closer",
        artist="Joy Division",
        label="Factory",
        catalog_number="FACT XXV",
        format="Vinyl, LP, Album",
        year=1980,
        country="UK",
        barcodes=("5016839200258",),
        image="a.jpg",
        blocked=True,
    )


@pytest.mark.parametrize("row", [{}, {"id": 0}, {"id": "x"}])
def test_an_entry_without_an_id_is_none(row: dict[str, Any]) -> None:
    assert mapping.entry(row) is None


def test_an_odd_entry_is_read_as_far_as_it_goes() -> None:
    odd = {
        "id": 11,
        "year": "soon",
        "images": [None],
        "labels": "x",
        "formats": [{}],
        "identifiers": [{"type": "Barcode"}],
    }
    assert mapping.entry(odd) == CatalogMatch(release="discogs:11", title="")
