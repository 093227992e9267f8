"""Exports and uploads at the simulator."""

from __future__ import annotations

import csv
import io
import zipfile

import httpx2
import pytest

from instica.marketplaces.discogs.tests.visiting import (
    APP,
    FIRST,
    NOBODY,
    ORIGIN,
    RELEASE,
    STRANGER,
    Visit,
    said,
    visit,
)

HEADER = (
    b"listing_id,artist,title,label,catno,format,release_id,status,price,listed,comments,media_condition,"
    b"sleeve_condition,accept_offer,external_id,weight,format_quantity,location,quantity\r\n"
)


def exported(shop: Visit) -> bytes:
    """The file, all the way."""
    return shop.get(f"{shop.post('/inventory/export').headers['location']}/download").content


def rows(content: bytes) -> list[dict[str, str]]:
    """Its rows."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def uploaded(shop: Visit, kind: str, text: str, name: str = "list.csv") -> httpx2.Response:
    """A file sent."""
    return shop.post(f"/inventory/upload/{kind}", files={"upload": (name, text.encode(), "text/csv")})


def result(shop: Visit, kind: str, text: str) -> tuple[str, str]:
    """What the job says."""
    job = shop.get(uploaded(shop, kind, text).headers["location"]).json()
    return job["status"], job["results"]


def test_an_export_is_known_by_its_location_alone() -> None:
    """The body is an empty object; the job's times are Pacific without an offset."""
    shop = visit()
    answer = shop.post("/inventory/export")
    job = shop.get(answer.headers["location"]).json()
    assert (answer.status_code, answer.json()) == (200, {})
    assert answer.headers["location"] == f"{ORIGIN}/inventory/export/{job['id']}"
    assert set(job) == set("id status created_ts finished_ts url download_url filename".split())
    assert (job["status"], len(job["created_ts"])) == ("success", 19)
    assert job["filename"].startswith("greenstreet_records-inventory-2")
    assert shop.get("/inventory/export").json()["items"] == [job]


def test_the_file_is_exact() -> None:
    """Header, CRLF, names, a bare price, and what the API says of the same row."""
    shop = visit()
    made = shop.new(comments='He said "no",\nthen left', status="Draft", external_id="X-1", price=100)
    answer = shop.get(f"{shop.post('/inventory/export').headers['location']}/download")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment; filename=greenstreet_records-inventory-")
    assert answer.content.startswith(HEADER)
    assert b"\n" not in answer.content.replace(b"\r\n", b"").replace(b'"no"",\nthen', b"")
    last = rows(answer.content)[-1]
    seen = shop.listing(made)
    assert last == {
        "listing_id": str(made),
        "artist": seen["release"]["artist"],
        "title": seen["release"]["title"],
        "label": seen["release"]["label"],
        "catno": seen["release"]["catalog_number"],
        "format": seen["release"]["format"],
        "release_id": str(RELEASE),
        "status": "Draft",
        "price": "100.0",
        "listed": seen["posted"][:19].replace("T", " "),
        "comments": 'He said "no",\nthen left',
        "media_condition": "Mint (M)",
        "sleeve_condition": "Not Graded",
        "accept_offer": "N",
        "external_id": "X-1",
        "weight": "230",
        "format_quantity": "1",
        "location": "",
        "quantity": "1",
    }


def test_an_empty_shop_exports_the_header() -> None:
    """And nothing else."""
    assert exported(visit(0)) == HEADER


def test_drafts_are_in_it_and_more_when_switched() -> None:
    """Sold and expired ones only then."""
    shop = visit()
    shop.control("edit", {"listing_id": FIRST, "status": "Expired"})
    shop.control("buy", {"listing_id": FIRST + 14})
    shop.new(status="Draft")
    assert {row["status"] for row in rows(exported(shop))} == {"For Sale", "Draft"}
    assert len(rows(exported(shop))) == 29
    shop.control("switches", {"export_everything": True})
    assert {row["status"] for row in rows(exported(shop))} == {"For Sale", "Draft", "Expired", "Sold"}


def test_a_slow_export_is_asked_for_again() -> None:
    """409 while one runs, no file before its end, 304 after it."""
    shop = visit()
    shop.control("switches", {"export_polls": 2, "export_running": "pending"})
    url = shop.post("/inventory/export").headers["location"]
    assert shop.post("/inventory/export").status_code == 409
    assert len(shop.get("/inventory/export").json()["items"]) == 1
    assert shop.get(f"{url}/download").status_code == 404
    first = shop.get(url).json()
    assert (first["status"], first["finished_ts"]) == ("pending", None)
    done = shop.get(url)
    assert done.json()["status"] == "success"
    again = shop.get(url, headers={"If-Modified-Since": done.headers["last-modified"]})
    assert (again.status_code, again.content) == (304, b"")


def test_an_export_shows_its_moment() -> None:
    """What changes after it is not in it."""
    shop = visit()
    url = shop.post("/inventory/export").headers["location"]
    shop.control("end", {"listing_id": FIRST})
    assert str(FIRST) in {row["listing_id"] for row in rows(shop.get(f"{url}/download").content)}
    assert str(FIRST) not in {row["listing_id"] for row in rows(exported(shop))}


def test_an_export_may_fail_or_come_packed_or_broken() -> None:
    """By switch."""
    shop = visit()
    plain = exported(shop)
    shop.control("switches", {"export_zip": True})
    packed = exported(shop)
    assert packed[:2] == b"PK"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.read(archive.namelist()[0]) == plain
    shop.control("switches", {"export_zip": False, "export_bad_quote": True})
    assert exported(shop).count(b'"') % 2 == 1
    shop.control("switches", {"export_outcome": "failed"})
    url = shop.post("/inventory/export").headers["location"]
    assert shop.get(url).json()["status"] == "failed"
    assert shop.get(f"{url}/download").status_code == 404


def test_others_have_no_export() -> None:
    """Nobody and an app alone are refused, another seller has an own list."""
    shop = visit()
    url = shop.post("/inventory/export").headers["location"]
    for who in (NOBODY, APP):
        assert shop.post("/inventory/export", who).status_code == 401
    assert said(shop.get(url, STRANGER)) == (404, "The requested resource was not found.")
    assert shop.get("/inventory/export", STRANGER).json()["items"] == []


def test_a_large_shop_is_streamed() -> None:
    """20 000 rows, every id once, in pieces."""
    shop = visit(20_000)
    url = shop.post("/inventory/export").headers["location"]
    with shop.client.stream(
        "GET", f"{url}/download", headers={"User-Agent": "x/1"}, params={"token": "sandbox-token"}
    ) as answer:
        pieces = list(answer.iter_raw())
    assert len(pieces) > 40
    assert len({row["listing_id"] for row in rows(b"".join(pieces))}) == 20_000


def test_an_upload_adds() -> None:
    """For sale at once; what cannot be is skipped and said, counted from the header."""
    shop = visit(5)
    head = "release_id,price,media_condition,external_id,accept_offer"
    status, told = result(shop, "add", f"{head}\n{RELEASE},12.5,Mint (M),N-1,Y\n7,1,Mint (M),N-2,N\n")
    skipped = "Skipped row 3 because ERROR: release_id 7 does not exist"
    assert (status, told.split("<p>")) == (
        "success",
        ["CSV file contains 2 records.", skipped, "Processed 1 records."],
    )
    added = shop.told("listings")["listings"][5:]
    assert [(row["sku"], row["price"], row["status"]) for row in added] == [("N-1", "12.50", "For Sale")]


def test_an_upload_changes_by_listing_id() -> None:
    """And puts drafts up for sale while it does."""
    shop = visit()
    made = shop.new(status="Draft", comments="kept")
    text = f"listing_id,price\n{made},9\n{made},0\n12,3\n"
    status, told = result(shop, "change", text)
    assert (status, told.split("<p>")) == (
        "success",
        [
            "CSV file contains 3 records.",
            "Skipped row 3 because ERROR: Invalid price: expected float.",
            "Skipped row 4 because ERROR: 12 is an invalid listing_id",
            "Processed 1 records.",
        ],
    )
    row = shop.listing(made)
    assert (row["price"]["value"], row["status"], row["comments"]) == (9.0, "For Sale", "kept")


def test_an_upload_deletes() -> None:
    """For good."""
    shop = visit(5)
    assert result(shop, "delete", f"listing_id\n{FIRST}\n") == (
        "success",
        "CSV file contains 1 records.<p>Processed 1 records.",
    )
    assert len(shop.told("listings")["listings"]) == 4


def test_an_empty_file_fails() -> None:
    """Without an end."""
    shop = visit()
    job = shop.get(uploaded(shop, "add", "").headers["location"]).json()
    assert (job["status"], job["results"], job["finished_ts"]) == (
        "failed",
        "ERROR: Uploaded file no longer exists.",
        None,
    )


def test_a_wrong_column_fails() -> None:
    """The documents name ``release_id`` for changes; the site wants ``listing_id``."""
    assert result(visit(), "change", "release_id,price\n1,2\n")[0] == "failed"


def test_an_upload_is_refused() -> None:
    """Not a form, not a CSV, nothing in it, nobody, an unknown kind, one at work."""
    shop = visit()
    assert shop.post("/inventory/upload/add", content=b"x").status_code == 415
    answer = shop.post("/inventory/upload/add", files={"upload": ("a.png", b"x", "image/png")})
    assert answer.status_code == 415
    assert shop.post("/inventory/upload/add", files={"other": ("a.csv", b"x", "text/csv")}).status_code == 422
    assert shop.post("/inventory/upload/add", NOBODY).status_code == 401
    assert shop.post("/inventory/upload/replace").status_code == 404
    shop.control("switches", {"upload_polls": 1})
    assert uploaded(shop, "delete", "listing_id\n").status_code == 200
    assert uploaded(shop, "delete", "listing_id\n").status_code == 409
    (job,) = shop.get("/inventory/upload").json()["items"]
    assert job["status"] == "in progress"


@pytest.mark.parametrize("path", ["/inventory/upload/99", "/inventory/export/99", "/inventory/export/x"])
def test_an_unknown_job(path: str) -> None:
    """Is not found."""
    assert said(visit().get(path)) == (404, "The requested resource was not found.")
