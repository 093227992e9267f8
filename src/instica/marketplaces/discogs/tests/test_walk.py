"""Reading a whole shop: by page while small, by one export when large, on good and bad days."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import zipfile
from pathlib import Path

import pytest
from tests.conformance.place import Place, sign_in

from instica.core import clock
from instica.kit.errors import Refused, SignInAgain, TryLater
from instica.kit.types import Page, RemoteListing
from instica.marketplaces.discogs import spool

EXPORT = "/inventory/export"


def asked(place: Place, path: str = EXPORT) -> list[str]:
    """The calls below a path."""
    return [f"{row['method']} {row['path']}" for row in place.requests() if str(row["path"]).startswith(path)]


def export(place: Place) -> Page[RemoteListing]:
    """The walk up to having asked for an export."""
    return place.connector.listings(place.connector.listings(None).next)


def rows_after(place: Place, page: Page[RemoteListing]) -> list[RemoteListing]:
    """The rest of a walk."""
    rows = list(page.rows)
    while page.next:
        if page.ready_at:
            place.sandbox("clock", {"advance": 30})
        page = place.connector.listings(page.next)
        rows += page.rows
    return rows


def test_a_small_shop_comes_with_pictures_and_currency_by_page(place: Place) -> None:
    rows = place.walk()
    assert asked(place) == []
    assert len(asked(place, "/users/greenstreet_records/inventory")) == 2
    assert {bool(row.images) for row in rows} == {True}
    assert {row.seen for row in rows} == {"live", "hidden"}


def test_a_large_shop_comes_by_one_export_downloaded_once(large: Place) -> None:
    assert len(large.walk()) == 1_500
    number = asked(large)[1].rpartition("/")[2]
    assert asked(large) == [
        f"POST {EXPORT}",
        f"GET {EXPORT}/{number}",
        f"GET {EXPORT}/{number}/download",
    ]
    assert len(asked(large, "/users/greenstreet_records/inventory")) == 1


def test_the_export_has_the_shops_currency_and_its_drafts(large: Place) -> None:
    large.sandbox("shop", {"currency": "JPY"})
    rows = large.walk()
    assert {row.offers[0].price.currency for row in rows if row.offers[0].price} == {"JPY"}
    assert {row.seen for row in rows} == {"live", "hidden"}


def test_an_export_that_takes_long_costs_few_calls_and_no_attempt(large: Place) -> None:
    large.sandbox("switches", {"export_polls": 4})
    page = export(large)
    assert (page.rows, page.ready_at, page.total) == ((), None, 1_500)
    waits = []
    for _ in range(3):
        page = large.connector.listings(page.next)
        assert page.ready_at
        waits.append((page.ready_at - clock.now()).total_seconds())
    assert waits == pytest.approx([2, 3.6, 6.48], abs=0.5)
    assert len(rows_after(large, page)) == 1_500


def test_an_export_that_never_ends_is_given_up_after_half_an_hour(large: Place) -> None:
    large.sandbox("switches", {"export_polls": 99})
    page, waited = export(large), dt.timedelta()
    for _ in range(14):
        page = large.connector.listings(page.next)
        assert page.ready_at
        waited += page.ready_at - clock.now()
    with pytest.raises(TryLater, match="half an hour"):
        large.connector.listings(page.next)
    assert dt.timedelta(minutes=25) < waited < dt.timedelta(minutes=35)
    assert len(large.requests()) <= 24


@pytest.mark.parametrize("word", ["in progress", "queued", "", "processing"])
def test_any_word_for_running_means_not_yet(large: Place, word: str) -> None:
    large.sandbox("switches", {"export_polls": 2, "export_running": word})
    page = large.connector.listings(export(large).next)
    assert page.ready_at
    assert len(rows_after(large, page)) == 1_500


def test_a_zipped_export_is_unpacked_once(large: Place) -> None:
    large.sandbox("switches", {"export_zip": True})
    assert len(large.walk()) == 1_500
    assert len([call for call in asked(large) if call.endswith("/download")]) == 1


def test_an_export_that_runs_already_is_taken(large: Place) -> None:
    large.sandbox("switches", {"export_polls": 3})
    first = json.loads(export(large).next or "{}")
    second = json.loads(export(large).next or "{}")
    assert second["id"] == first["id"]
    assert asked(large)[-1] == f"GET {EXPORT}"


def test_a_lost_answer_to_the_request_finds_the_export_and_asks_for_no_second(large: Place) -> None:
    large.fault(f"POST {EXPORT}", "lost")
    assert len(rows_after(large, large.connector.listings(None))) == 1_500
    assert asked(large).count(f"POST {EXPORT}") == 1


def test_a_request_that_never_arrived_is_made_again_later(large: Place) -> None:
    large.fault(f"POST {EXPORT}", "drop")
    with pytest.raises(TryLater):
        export(large)
    assert len(large.walk()) == 1_500


@pytest.mark.parametrize("outcome", ["failed", "error"])
def test_a_failed_export_is_asked_for_twice_more_and_then_refused(large: Place, outcome: str) -> None:
    large.sandbox("switches", {"export_outcome": outcome})
    page = export(large)
    for _ in range(6):
        page = large.connector.listings(page.next)
    with pytest.raises(Refused, match=outcome):
        large.connector.listings(page.next)
    assert asked(large).count(f"POST {EXPORT}") == 3


def test_a_failed_export_that_works_at_the_second_try_loses_nothing(large: Place) -> None:
    large.sandbox("switches", {"export_outcome": "failed"})
    page = large.connector.listings(export(large).next)
    assert page.ready_at
    large.sandbox("switches", {"export_outcome": "success"})
    assert len(rows_after(large, page)) == 1_500


def test_a_walk_goes_on_where_it_stopped_even_without_its_file(large: Place, tmp_path: Path) -> None:
    page = large.connector.listings(export(large).next)
    assert (page.rows, page.ready_at) == ((), None)
    page = large.connector.listings(page.next)
    assert len(page.rows) == 1_000
    for file in tmp_path.iterdir():
        file.unlink()
    rest = rows_after(large, large.connector.listings(page.next))
    assert len({row.id for row in [*page.rows, *rest]}) == 1_500
    assert len([call for call in asked(large) if call.endswith("/download")]) == 2


def test_a_web_page_instead_of_the_export_leaves_no_file(large: Place, tmp_path: Path) -> None:
    page = large.connector.listings(export(large).next)
    large.fault("GET */download", "html:200")
    with pytest.raises(TryLater):
        large.connector.listings(page.next)
    assert list(tmp_path.iterdir()) == []
    assert len(rows_after(large, large.connector.listings(page.next))) == 1_500


def test_an_export_that_vanished_is_asked_for_again(large: Place) -> None:
    page = large.connector.listings(None)
    large.fault("GET /inventory/export/*", "status:404")
    assert len(rows_after(large, large.connector.listings(page.next))) == 1_500
    assert asked(large).count(f"POST {EXPORT}") == 2


def test_a_token_revoked_in_the_middle_goes_on_after_reconnecting(large: Place) -> None:
    page = export(large)
    large.fault("GET *", "revoke")
    with pytest.raises(SignInAgain):
        large.connector.listings(page.next)
    again = sign_in(large.marketplace, large.simulator, large.session.app.origin, large.session.spool.folder)
    large.session.current = again.current
    assert len(rows_after(large, large.connector.listings(page.next))) == 1_500


def test_broken_quotes_cost_one_row_and_name_it(large: Place) -> None:
    large.sandbox("switches", {"export_bad_quote": True})
    rows = large.walk()
    assert [row.id for row in rows if "broken quotation marks" in str(row.faults)] == ["1"]
    assert {row.id for row in rows} == {"1", *large.truth()}


def test_a_listing_that_moves_up_while_paging_is_not_missed(place: Place) -> None:
    page = place.connector.listings(None)
    place.sandbox("end", {"listing_id": int(page.rows[0].id)})
    rows = {row.id: row for row in [*page.rows, *rows_after(place, place.connector.listings(page.next))]}
    assert place.truth().keys() <= rows.keys()


def test_a_shop_that_keeps_shrinking_proves_no_absence(place: Place) -> None:
    page = place.connector.listings(None)
    while page.next:
        if json.loads(page.next)["page"] == 2:
            place.sandbox("end", {"listing_id": int(page.rows[0].id)})
        page = place.connector.listings(page.next)
    assert page.complete is False
    assert len(asked(place, "/users")) < 12


def test_the_name_of_a_renamed_shop_is_asked_for(place: Place) -> None:
    place.session.account = type(place.session.account)(place.session.account.remote_id, "an_old_name")
    assert len(place.walk()) == 150
    assert asked(place, "/oauth/identity")[-1] == "GET /oauth/identity"


HEADER = "listing_id,title,status,price\r\n"


def read_all(path: Path, text: str, count: int = 2) -> tuple[list[RemoteListing], int]:
    """A file in small pieces."""
    path.write_bytes(text.encode("utf-8"))
    rows: list[RemoteListing] = []
    lost = at = 0
    while True:
        piece = spool.read(path, at, count, "USD")
        rows += piece.rows
        lost += piece.lost
        at = piece.end
        if piece.finished:
            return rows, lost


@pytest.mark.parametrize("end", ["", "\r\n"])
def test_text_with_line_ends_and_quotes_survives_any_cut(tmp_path: Path, end: str) -> None:
    titles = ["plain", 'a "quoted" one', "two\r\nlines", "12345,not a row\r\nbut a title", "🎷", ""]
    body = "\r\n".join(f'{100 + i},"{t.replace(chr(34), chr(34) * 2)}",For Sale,5' for i, t in enumerate(titles)) + end
    for count in (1, 2, 100):
        rows, lost = read_all(tmp_path / "x.csv", HEADER + body, count)
        assert ([row.title for row in rows], lost) == (titles, 0)
        assert [row.id for row in rows] == [str(100 + i) for i in range(len(titles))]


@pytest.mark.parametrize(
    "bad",
    [
        '10001,"open quote,For Sale,5',
        '10001,"closed" early,For Sale,5',
        "10001,too,many,For Sale,5",
        "10001,too few",
        '10001,"spans\r\nlines,For Sale,5',
    ],
)
def test_a_broken_row_costs_itself_only(tmp_path: Path, bad: str) -> None:
    good = '10002,"Next, one",For Sale,7\r\n10003,Last,Draft,8\r\n'
    rows, lost = read_all(tmp_path / "x.csv", f"{HEADER}10000,First,For Sale,3\r\n{bad}\r\n{good}")
    assert [(row.id, bool(row.faults)) for row in rows] == [
        ("10000", False),
        ("10001", True),
        ("10002", False),
        ("10003", False),
    ]
    assert lost == 0


def test_rows_glued_together_by_a_stray_quote_are_taken_apart(tmp_path: Path) -> None:
    text = '10001,"open,For Sale,5\r\n10002,Maxi 12",For Sale,7\r\n10003,Last,Draft,8\r\n'
    rows, lost = read_all(tmp_path / "x.csv", HEADER + text)
    assert [(row.id, row.title) for row in rows] == [("10001", ""), ("10002", 'Maxi 12"'), ("10003", "Last")]
    assert ([bool(row.faults) for row in rows], lost) == ([True, False, False], 0)


def test_a_row_of_nobody_is_counted(tmp_path: Path) -> None:
    rows, lost = read_all(tmp_path / "x.csv", HEADER + "what is this\r\n\r\n10002,Next,For Sale,7\r\n")
    assert ([row.id for row in rows], lost) == (["10002"], 1)


def test_an_empty_shop_is_a_header(tmp_path: Path) -> None:
    assert read_all(tmp_path / "x.csv", HEADER) == ([], 0)
    assert read_all(tmp_path / "x.csv", HEADER.strip()) == ([], 0)


@pytest.mark.parametrize("text", ["", "<html>", "a,b\r\n1,2", "\x00\x01"])
def test_what_is_no_export_is_tried_again_later(tmp_path: Path, text: str) -> None:
    with pytest.raises(TryLater):
        read_all(tmp_path / "x.csv", text)


def packed(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "members",
    [
        {"a.csv": b"0" * 50_000_000},
        {"a.csv": b"1", "b.csv": b"2"},
        {"readme.txt": b"1"},
        {},
    ],
)
def test_an_archive_that_is_no_export_or_a_bomb_is_not_unpacked(tmp_path: Path, members: dict[str, bytes]) -> None:
    path = packed(tmp_path / "x.csv", {"pad.txt": b"", **members} if members else {"pad.txt": b""})
    with pytest.raises(TryLater):
        spool.unpack(path)
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_an_archive_cannot_choose_where_it_lands(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir()
    spool.unpack(packed(folder / "x.csv", {"../../evil.csv": HEADER.encode()}))
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["x.csv"]
    assert (folder / "x.csv").read_bytes() == HEADER.encode()


def test_a_damaged_archive_is_tried_again_later(tmp_path: Path) -> None:
    path = packed(tmp_path / "x.csv", {"a.csv": HEADER.encode() * 1000})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(TryLater):
        spool.unpack(path)


def test_every_step_of_a_walk_is_one_call(large: Place) -> None:
    page, calls = large.connector.listings(None), [len(large.requests())]
    while page.next:
        page = large.connector.listings(page.next)
        calls.append(len(large.requests()))
    assert [after - before for before, after in itertools.pairwise(calls)] == [1, 1, 1, 0]
