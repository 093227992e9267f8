"""Who may see what: sign-in, other organizations, refusals, headers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from instica.connections.models import Connection, State
from instica.imports.models import Job, Row, RowStatus
from instica.inventory.models import Item
from instica.notices.models import Notice
from instica.notices.services import tell
from instica.people.models import User
from instica.web.security import HEADERS
from tests import builders

PAGES = ("/marketplaces/", "/imports/", "/inventory/", "/notices/")
DEEDS = ("preview", "start", "cancel", "undo", "retry", "skip-all", "resolve-all")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_wants_somebody_signed_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/accounts/login/?next={path}")


def test_a_form_sent_after_signing_out_returns_to_its_page(client: Client, db: None) -> None:
    answer = client.post("/notices/read/", HTTP_REFERER="http://testserver/notices/")
    assert answer.headers["Location"] == "/accounts/login/?next=http%3A//testserver/notices/"


def test_a_background_request_after_signing_out_moves_the_whole_page(client: Client, db: None) -> None:
    from_page = {"HTTP_HX_REQUEST": "true", "HTTP_REFERER": "http://testserver/imports/"}
    answer = client.get("/imports/job_x/progress/", **from_page)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/accounts/login/?next=http%3A//testserver/imports/"


def test_pages_are_kept_by_nobody(ada: Client) -> None:
    assert {"no-store", "private"} <= set(ada.get("/inventory/").headers["Cache-Control"].split(", "))


def test_who_belongs_nowhere_is_sent_to_found_or_join(ada: Client, person: User) -> None:
    person.memberships.all().delete()
    for path in PAGES:
        assert ada.get(path).headers["Location"] == "/organization/"
    assert ada.post("/notices/read/").headers["Location"] == "/organization/"
    assert ada.get("/organization/").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_page_with_nothing_on_it_says_what_to_do(ada: Client, path: str) -> None:
    answer = ada.get(path)
    assert answer.status_code == 200
    assert b'class="empty"' in answer.content or b"No shop is connected yet" in answer.content


@pytest.mark.parametrize("path", PAGES)
def test_reading_pages_take_no_writes(ada: Client, path: str) -> None:
    assert ada.post(path).status_code == 405


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/sold/", "Inventory"),
        ("/accounts/discogs/login/?ask=1", "Marketplaces"),
        ("/account/", "Your account"),
        ("/accounts/password/change/", "Your account"),
        ("/organization/", "Your account"),
    ],
)
def test_every_page_says_where_one_is(ada: Client, path: str, current: str) -> None:
    masthead = ada.get(path).content.decode().partition("<main")[0]
    links = re.findall(r'<a [^>]*aria-current="true"[^>]*>(.*?)</a>', masthead, re.DOTALL)
    seen = [re.sub(r"<[^>]+>", "", link).strip() for link in links]
    seen += re.findall(r'<summary[^>]*aria-label="([^"]+)"[^>]*aria-current', masthead)
    assert current in seen


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/account/keys/", "/account/"),
        ("/account/keys/3/rotate/", "/account/"),
        ("/organization/save/", "/organization/"),
        ("/organization/invitations/", "/organization/"),
        ("/imports/new/", "/imports/"),
        ("/notices/read/", "/notices/"),
        ("/sold/link/", "/sold/"),
        ("/marketplaces/sa_x/test/", "/marketplaces/"),
        ("/colours/", "/"),
    ],
)
def test_opening_the_target_of_a_form_leads_to_its_page(ada: Client, path: str, page: str) -> None:
    answer = ada.get(path, follow=True)
    assert answer.redirect_chain[-1] == (page, 302) or page == "/"
    assert answer.status_code == 200
    assert ada.put(path).status_code == 405


def test_opening_the_target_of_an_imports_form_leads_to_the_import(ada: Client, read: Job) -> None:
    page = f"/imports/{read.public_id}/"
    for verb in ("start/", "undo/", "rows/item_x/"):
        assert ada.get(f"{page}{verb}").headers["Location"] == page
    read.refresh_from_db()
    assert (read.run, read.runs) == (None, 0)


def test_another_organizations_things_do_not_exist(client: Client, done: Job, stranger: User) -> None:
    client.force_login(stranger)
    row = Row.objects.filter(job=done, status=RowStatus.CONFLICT)[0]
    item, connection = Item.objects.all()[0], Connection.objects.get()
    before = snapshot()
    job = f"/imports/{done.public_id}/"
    for path in (job, f"{job}progress/", f"/inventory/{item.public_id}/", "/inventory/inv_nonsense/", "/imports/x/"):
        assert client.get(path).status_code == 404
    for verb in DEEDS:
        assert client.post(f"{job}{verb}/", {"resolution": "skip", "conflict_type": "duplicate_sku"}).status_code == 404
    assert client.post(f"{job}rows/{row.public_id}/", {"resolution": "skip"}).status_code == 404
    assert client.post("/imports/new/", {"connection": connection.public_id}).status_code == 404
    for verb in ("test", "disconnect"):
        assert client.post(f"/marketplaces/{connection.public_id}/{verb}/").status_code == 404
    assert snapshot() == before


def snapshot() -> list[object]:
    """Everything a page could have changed."""
    return [list(model.objects.order_by("pk").values()) for model in (Job, Row, Item, Connection)]


def test_a_form_without_its_token_changes_nothing(person: User, done: Job) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    answer = browser.post(f"/imports/{done.public_id}/undo/")
    assert answer.status_code == 403
    assert b"This form is too old" in answer.content
    done.refresh_from_db()
    assert (done.run, done.imported) == (None, 145)


def test_a_refusal_is_said_on_the_page_one_came_from(ada: Client, read: Job) -> None:
    page = f"/imports/{read.public_id}/"
    answer = ada.post(f"{page}undo/", HTTP_REFERER=f"http://testserver{page}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"http://testserver{page}")
    said = "Nothing of this import can be undone: no row of it is imported."
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [said]
    read.refresh_from_db()
    assert read.run is None


@pytest.mark.parametrize("limit", ["0", "-1", "seven", "٣", "1e3", "99999999"])
def test_a_limit_that_is_no_number_starts_nothing(ada: Client, read: Job, limit: str) -> None:
    ada.post(f"/imports/{read.public_id}/start/", {"limit": limit})
    read.refresh_from_db()
    assert (read.run, read.runs) == (None, 0)


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil"])
def test_colours_send_nobody_to_another_site(client: Client, db: None, next_page: str) -> None:
    answer = client.post("/colours/", {"theme": "dark", "next": next_page})
    assert answer.headers["Location"] == "/"
    assert answer.cookies["theme"].value == "dark"
    assert answer.cookies["theme"]["httponly"]


def test_unknown_colours_are_the_systems(client: Client, db: None) -> None:
    answer = client.post("/colours/", {"theme": '"><script>'})
    assert answer.cookies["theme"].value == "auto"
    client.cookies["theme"] = '"><script>'
    assert b'data-theme="auto"' in client.get("/").content


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nothing", "/healthz", "/inventory/"])
def test_every_answer_carries_the_headers(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))


def test_pages_hold_no_inline_script_or_style(ada: Client, done: Job) -> None:
    for path in (*PAGES, f"/imports/{done.public_id}/", f"/inventory/{Item.objects.all()[0].public_id}/"):
        page = ada.get(path).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page
        assert page.count("<script ") == page.count("<script src=") + page.count('<script type="module" src=')


def test_the_bell_counts_and_is_read(ada: Client, person: User, stranger: User) -> None:
    mine, other = builders.house(person), builders.house(stranger)
    first = tell(organization=mine, key="a", title="Import done")
    tell(organization=mine, key="b", title="<b>bold</b>")
    theirs = tell(organization=other, key="a", title="Secret")
    assert first is not None
    assert theirs is not None
    page = ada.get("/notices/").content.decode()
    assert "Notices, 2 unread" in page
    assert "&lt;b&gt;bold" in page
    assert "Secret" not in page
    assert ada.post("/notices/read/", {"notice": theirs.public_id}).status_code == 404
    assert ada.post("/notices/read/", {"notice": first.public_id}).status_code == 302
    assert Notice.objects.filter(read=None).count() == 2
    ada.post("/notices/read/")
    assert list(Notice.objects.filter(read=None)) == [theirs]


def test_a_shop_is_tested_and_disconnected(ada: Client, read: Job) -> None:
    connection = Connection.objects.get()
    answer = ada.post(f"/marketplaces/{connection.public_id}/test/", follow=True)
    assert b"answers. Connected as greenstreet_records." in answer.content
    answer = ada.post(f"/marketplaces/{connection.public_id}/disconnect/", follow=True)
    assert b"is disconnected. Your inventory and its history stay." in answer.content
    connection.refresh_from_db()
    assert connection.state == State.REVOKED


def test_a_hub_reached_by_https_stays_there(client: Client, db: None, settings: Any) -> None:
    assert "Strict-Transport-Security" not in client.get("/accounts/login/").headers
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert client.get("/accounts/login/").headers["Strict-Transport-Security"] == "max-age=31536000"
