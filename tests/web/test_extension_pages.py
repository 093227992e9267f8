"""The pages of the browser extension: getting it, pairing, what it saw, what a seller copies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from instica.catalog.models import Kind
from instica.connections.models import Connection
from instica.imports import sights
from instica.imports.models import Job, Prepared
from instica.people import pairing
from instica.people.models import ApiToken, Pairing, User
from instica.web import extension
from tests import builders
from tests.api.calling import api_for
from tests.web.test_import_pages import text


@pytest.fixture
def studio(person: User) -> Connection:
    """Ada's shop on Redbubble, which the extension reads."""
    return Connection.objects.create(
        organization=builders.house(person), marketplace="redbubble", remote_id="gsprints", username="gsprints"
    )


@pytest.mark.parametrize("path", ["/extension/", "/accounts/redbubble/login/", "/accounts/society6/login/"])
def test_a_stranger_reads_how_it_works_and_is_asked_to_sign_in(
    client: Client, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(extension, "BUILT", tmp_path)
    words = text(client.get(path).content)
    assert "Sign in first: a browser is paired with your organization." in words
    assert "make extension" in words
    assert ("Society6 is curated since March 2025" in words) is ("society6" in path)
    assert client.post("/extension/pair/").status_code == 302
    assert Pairing.objects.count() == 0


def test_a_code_is_shown_once_and_pairs_a_browser(ada: Client, client: Client, person: User) -> None:
    shown = ada.post("/extension/pair/", {"place": "redbubble"})
    assert (shown.status_code, shown["Cache-Control"][:8]) == (200, "max-age=")
    code = re.search(r"<code>([A-Z2-9]{4}-[A-Z2-9]{4})</code>", shown.content.decode())
    assert code is not None
    assert f"http://localhost:8000/extension/#{code[1]}" in shown.content.decode()
    assert 'aria-label="The link as a QR code"' in shown.content.decode()
    assert code[1] not in ada.get("/extension/").content.decode()
    token, _ = pairing.redeem(code=code[1], name="Firefox on a phone")
    assert "Firefox on a phone" in text(ada.get("/extension/").content)
    assert text(ada.get("/marketplaces/").content).count("Browser paired") == 3
    assert ada.get("/extension/pair/")["Location"] == "/extension/"
    ada.post(f"/extension/browsers/{token.pk}/unpair/")
    assert ApiToken.objects.count() == 0
    assert text(ada.get("/marketplaces/").content).count("Pair the extension") == 3
    key = api_for(person).row
    assert ada.post(f"/extension/browsers/{key.pk}/unpair/").status_code == 404
    assert ApiToken.objects.count() == 1


def test_what_was_built_here_can_be_fetched(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extension, "BUILT", tmp_path)
    for name in ("instica-chromium.zip", "instica-firefox.zip", "../secret.key", "other.zip"):
        assert client.get(f"/extension/{name}").status_code == 404
    (tmp_path / "instica-firefox.zip").write_bytes(b"PK")
    (tmp_path / "other.zip").write_bytes(b"PK")
    got = client.get("/extension/instica-firefox.zip")
    assert (got.status_code, got["Content-Type"], b"".join(got.streaming_content)) == (200, "application/zip", b"PK")  # type: ignore[attr-defined]
    assert client.get("/extension/other.zip").status_code == 404


def test_the_card_says_what_the_extension_saw(ada: Client, studio: Connection) -> None:
    assert "Nothing was read yet." in text(ada.get("/marketplaces/").content)
    sights.note(connection=studio, seen=sights.Seen("signed_out", seen=3, expected=9), browser="Chromium")
    words = text(ada.get("/marketplaces/").content)
    assert "You are signed out of Redbubble in that browser: 3 of 9." in words
    assert "Chromium looked now" in words
    assert "orders asked for" not in words
    assert f"/marketplaces/{studio.public_id}/test/" not in ada.get("/marketplaces/").content.decode()


def test_importing_from_the_page_waits_for_the_browser_once(ada: Client, studio: Connection) -> None:
    first = ada.post("/imports/new/", {"connection": studio.public_id})
    assert ada.post("/imports/new/", {"connection": studio.public_id})["Location"] == first["Location"]
    job = Job.objects.get()
    assert "open your Redbubble shop in the paired browser" in text(ada.get(first["Location"]).content)
    sights.note(connection=studio, seen=sights.Seen("reading", seen=3, expected=9))
    page = text(ada.get(first["Location"]).content)
    assert "Read in your browser" in page
    assert "The browser extension is reading this shop: 3 of 9." in page
    ada.post(f"/imports/{job.public_id}/cancel/")
    sights.note(connection=studio, seen=sights.Seen("reading", seen=4, expected=9))
    job.refresh_from_db()
    assert (job.stage, job.waiting) == ("cancelled", "")
    ada.post(f"/marketplaces/{studio.public_id}/disconnect/")
    assert "It comes back when the extension reads it again." in text(ada.get("/marketplaces/").content)


def test_a_design_without_a_price_is_shown_and_changed_by_hand(ada: Client, studio: Connection) -> None:
    house = studio.organization
    fields = {"condition_item": "", "quantity": None, "price": None, "currency": ""}
    design = builders.item(house, builders.product(house, "Moth", type=Kind.DIGITAL, tags=["moth"]), **fields)
    offer = builders.offer(design, studio, url="https://www.redbubble.com/shop/ap/1")
    type(offer).objects.update(seen_quantity=None, agreed_quantity=None)
    for path in (f"/inventory/{design.public_id}/", "/inventory/"):
        answer = ada.get(path)
        assert answer.status_code == 200
        words = text(answer.content)
        assert "Moth" in words
    words = text(ada.get(f"/inventory/{design.public_id}/channels/").content)
    assert "Priced by Redbubble · made to order" in words
    assert "Open there on Redbubble" in words
    assert [each for each in ("Take it off sale", "Change") if each in words] == []
    answer = ada.get(reverse("web:channel", args=[design.public_id, studio.public_id]))
    assert answer["Location"] == f"/inventory/{design.public_id}/#by-hand"
    assert 'id="by-hand"' in ada.get(answer["Location"]).content.decode()


def test_a_design_is_prepared_on_its_page(ada: Client, person: User) -> None:
    house = builders.house(person)
    record = builders.item(house)
    assert "List by hand" not in text(ada.get(f"/inventory/{record.public_id}/").content)
    design = builders.item(house, builders.product(house, "Moth", type=Kind.DIGITAL, tags=["moth"]), condition_item="")
    path = f"/inventory/{design.public_id}/"
    assert "List by hand" in text(ada.get(path).content)
    done = ada.post(f"{path}prepare/teepublic/")
    row = Prepared.objects.get()
    assert done["Location"] == f"{path}#{row.public_id}"
    words = text(ada.get(path).content)
    assert "TeePublic wants at least 2 tags; there is 1." in words
    assert "There is no description; write one." in words
    ada.post(f"{path}prepare/discogs/")
    ada.post(f"/inventory/{record.public_id}/prepare/redbubble/")
    assert Prepared.objects.count() == 1
