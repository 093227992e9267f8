"""The contract's own examples over real HTTP: status, order of keys, types and formats (S2.1, S4.1 to S4.10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from pytest_django.live_server_helper import LiveServer

from instica.connections.models import Connection
from instica.imports.models import Row
from instica.inventory.models import Item
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.api.calling import api_for
from tests.shops import Shops

UID = "{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
DECIMAL = r"\d+\.\d\d"


def text(pattern: str) -> Callable[[Any], bool]:
    """A string of that form."""
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def nullable(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Null, or what ``check`` accepts."""
    return lambda value: value is None or check(value)


def whole(value: Any) -> bool:
    """A whole number, and no boolean."""
    return type(value) is int and value >= 0


def percent(value: Any) -> bool:
    """A float with one decimal between 0 and 100."""
    return type(value) is float and 0 <= value <= 100 and value == round(value, 1)


ANY = text(r"[\s\S]*")
JOB: dict[str, Callable[[Any], bool]] = {
    "id": text(UID.format("job")),
    "marketplace": text("discogs"),
    "status": text("pending|in_progress|completed|failed"),
    "total_listings_found": whole,
    "items_imported": whole,
    "items_skipped": whole,
    "items_failed": whole,
    "items_conflicted": whole,
    "has_issues": lambda value: type(value) is bool,
    "issue_summary": ANY,
    "progress_percentage": percent,
    "error_message": nullable(ANY),
    "created_at": text(MOMENT),
    "started_at": nullable(text(MOMENT)),
    "completed_at": nullable(text(MOMENT)),
}
ITEM: dict[str, Callable[[Any], bool]] = {
    "id": text(UID.format("item")),
    "external_listing_id": text(r"\d+"),
    "external_sku": ANY,
    "status": text("imported|failed|conflict|skipped"),
    "listing_title": ANY,
    "listing_price": nullable(text(DECIMAL)),
    "conflict_type": nullable(text("[a-z_]+")),
    "conflict_details": nullable(ANY),
    "error_message": nullable(ANY),
    "error_code": nullable(text("[a-z_]+")),
    "resolution": ANY,
    "created_inventory_item_uid": nullable(text(UID.format("inv"))),
    "processed_at": nullable(text(MOMENT)),
}
PLATFORM: dict[str, Callable[[Any], bool]] = {
    "uid": text(UID.format("plt")),
    "name": text(".+"),
    "slug": text("[a-z0-9]+"),
    "url": text(r"https://[a-z0-9.]+"),
    "is_selling_active": lambda value: type(value) is bool,
    "connection_url": text("/accounts/[a-z0-9]+/login/"),
}


def fits(value: Any, shape: dict[str, Callable[[Any], bool]]) -> None:
    """Exactly those keys in that order, each of its type and format."""
    assert list(value) == list(shape)
    assert {name: value[name] for name, check in shape.items() if not check(value[name])} == {}


@pytest.fixture
def connection(transactional_db: None, shop: Shops) -> Connection:
    """Ada's Discogs shop of 30 records."""
    return shop("discogs", listings=30)


@pytest.fixture
def http(connection: Connection, live_server: LiveServer, person: User) -> Iterator[httpx2.Client]:
    """A client over real HTTP with Ada's key, sending what the documentation sends."""
    headers = {"Authorization": f"Bearer {api_for(person).token}", "Content-Type": "application/json"}
    with httpx2.Client(base_url=live_server.url, headers=headers) as client:
        yield client


def created(http: httpx2.Client, connection: Connection) -> dict[str, Any]:
    """A job that has read the shop, one of its SKUs being taken here."""
    path, body = "/api/v1/marketplace/import/jobs/create/", {"marketplace": "discogs"}
    job: dict[str, Any] = http.post(path, json={"seller_account_uid": connection.public_id} | body).json()
    run_until_idle()
    return job


def with_conflict(http: httpx2.Client, connection: Connection) -> tuple[dict[str, Any], Row]:
    """A started job with at least one conflict."""
    first = created(http, connection)
    taken = Row.objects.exclude(sku="").filter(status="pending", action="create").earliest("position")
    builders.item(connection.organization, name="Another record", sku=taken.sku)
    http.post("/api/v1/marketplace/import/start/", json={"job_uid": first["id"], "skip_conflicts": False})
    run_until_idle()
    row = Row.objects.get(pk=taken.pk)
    assert row.status == "conflict"
    return first, row


def test_s2_1_platforms(http: httpx2.Client) -> None:
    answer = http.get("/api/v1/platforms/")
    assert answer.status_code == 200
    assert isinstance(answer.json(), list)
    for platform in answer.json():
        fits(platform, PLATFORM)
    found = {platform["slug"]: platform for platform in answer.json()}
    assert list(found) == ["discogs", "ebay", "etsy", "shopify", "redbubble", "teepublic", "society6"]
    assert found["discogs"]["is_selling_active"] is True
    assert found["redbubble"]["is_selling_active"] is False
    assert (found["ebay"]["name"], found["ebay"]["url"]) == ("eBay", "https://ebay.com")
    assert found["ebay"]["connection_url"] == "/accounts/ebay/login/"


def test_s4_1_create(http: httpx2.Client, connection: Connection) -> None:
    body = {"seller_account_uid": connection.public_id, "marketplace": "discogs"}
    answer = http.post("/api/v1/marketplace/import/jobs/create/", json=body)
    assert answer.status_code == 201
    fits(answer.json(), JOB)
    assert (answer.json()["status"], answer.json()["progress_percentage"]) == ("pending", 0.0)
    assert (answer.json()["started_at"], answer.json()["completed_at"]) == (None, None)


def test_s4_2_quick_import_without_a_body(http: httpx2.Client) -> None:
    answer = http.post("/api/v1/marketplace/discogs/import/")
    assert answer.status_code == 201
    fits(answer.json(), JOB)
    assert answer.json()["status"] == "in_progress"
    assert re.fullmatch(MOMENT, answer.json()["started_at"])


def test_s4_3_jobs(http: httpx2.Client, connection: Connection) -> None:
    job = created(http, connection)
    answer = http.get("/api/v1/marketplace/import/jobs/?marketplace=discogs&status=pending")
    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()] == [job["id"]]
    fits(answer.json()[0], JOB)


def test_s4_4_job(http: httpx2.Client, connection: Connection) -> None:
    job, _ = with_conflict(http, connection)
    answer = http.get(f"/api/v1/marketplace/import/jobs/{job['id']}/")
    assert answer.status_code == 200
    body = answer.json()
    fits(body, JOB)
    assert (body["status"], body["progress_percentage"], body["has_issues"]) == ("completed", 100.0, True)
    counters = ("items_imported", "items_skipped", "items_failed", "items_conflicted")
    assert sum(body[name] for name in counters) == body["total_listings_found"]


def test_s4_5_preview(http: httpx2.Client, connection: Connection) -> None:
    job = created(http, connection)
    answer = http.post("/api/v1/marketplace/import/preview/", json={"job_uid": job["id"]})
    assert answer.status_code == 202
    fits(answer.json(), JOB)
    run_until_idle()
    assert not Item.objects.exists()


def test_s4_6_start(http: httpx2.Client, connection: Connection) -> None:
    job = created(http, connection)
    answer = http.post("/api/v1/marketplace/import/start/", json={"job_uid": job["id"], "skip_conflicts": False})
    assert answer.status_code == 202
    fits(answer.json(), JOB)
    assert (answer.json()["id"], answer.json()["status"]) == (job["id"], "in_progress")


def test_s4_7_issues(http: httpx2.Client, connection: Connection) -> None:
    job, row = with_conflict(http, connection)
    answer = http.get(f"/api/v1/marketplace/import/jobs/{job['id']}/issues/?status=conflict")
    assert answer.status_code == 200
    assert list(answer.json()) == ["count", "next", "previous", "results"]
    issue = next(each for each in answer.json()["results"] if each["id"] == row.public_id)
    fits(issue, ITEM)
    assert (issue["status"], issue["conflict_type"], issue["resolution"]) == ("conflict", "duplicate_sku", "pending")
    assert re.fullmatch("SKU matches existing item " + UID.format("inv"), issue["conflict_details"])
    assert (issue["error_message"], issue["error_code"], issue["created_inventory_item_uid"]) == (None, None, None)
    assert re.fullmatch(MOMENT, issue["processed_at"])


def test_s4_8_resolve_without_a_body(http: httpx2.Client, connection: Connection) -> None:
    job, row = with_conflict(http, connection)
    answer = http.post(f"/api/v1/marketplace/import/jobs/{job['id']}/items/{row.public_id}/resolve/")
    assert answer.status_code == 200
    fits(answer.json(), ITEM)
    assert (answer.json()["status"], answer.json()["resolution"]) == ("imported", "linked")


def test_s4_9_retry_failed(http: httpx2.Client, connection: Connection) -> None:
    job, row = with_conflict(http, connection)
    Row.objects.filter(pk=row.pk).update(status="failed", error="Cut off.", error_code="marketplace_error")
    answer = http.post(f"/api/v1/marketplace/import/jobs/{job['id']}/retry-failed/")
    assert answer.status_code == 202
    fits(answer.json(), JOB)
    assert answer.json()["status"] == "in_progress"


def test_s4_10_skip_all_conflicts(http: httpx2.Client, connection: Connection) -> None:
    job, _ = with_conflict(http, connection)
    before = http.get(f"/api/v1/marketplace/import/jobs/{job['id']}/").json()
    answer = http.post(f"/api/v1/marketplace/import/jobs/{job['id']}/skip-all-conflicts/")
    assert answer.status_code == 200
    fits(answer.json(), JOB)
    assert answer.json()["items_conflicted"] == 0
    assert answer.json()["items_skipped"] == before["items_skipped"] + before["items_conflicted"]
