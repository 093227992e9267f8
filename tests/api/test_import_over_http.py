"""Every row of S2 to S6 over real HTTP on each marketplace with an interface: status, exact keys, types and formats."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from pytest_django.live_server_helper import LiveServer

from instica.people.models import User
from instica.work.engines.threads import Engine
from tests import builders
from tests.api.calling import api_for
from tests.features.listing import MARKETPLACES
from tests.shops import Shops

MOMENT, WHEN = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "moment"
FORMATS = {"job": r"job_\w+", "item": r"item_\w+", "price": r"\d+\.\d\d", "platform": r"plt_\w+", WHEN: MOMENT}
JOB = {
    "id": "job",
    "marketplace": str,
    "status": str,
    "total_listings_found": int,
    "items_imported": int,
    "items_skipped": int,
    "items_failed": int,
    "items_conflicted": int,
    "has_issues": bool,
    "issue_summary": str,
    "progress_percentage": float,
    "error_message": None,
    "created_at": WHEN,
    "started_at": (WHEN, None),
    "completed_at": (WHEN, None),
}
ITEM = {
    "id": "item",
    "external_listing_id": str,
    "external_sku": str,
    "status": str,
    "listing_title": str,
    "listing_price": ("price", None),
    "conflict_type": (str, None),
    "conflict_details": (str, None),
    "error_message": (str, None),
    "error_code": (str, None),
    "resolution": str,
    "created_inventory_item_uid": (r"inv_\w+", None),
    "processed_at": (WHEN, None),
}
PLATFORM = {
    "uid": "platform",
    "name": str,
    "slug": str,
    "url": r"https://[a-z0-9.]+",
    "is_selling_active": bool,
    "connection_url": r"/accounts/[a-z0-9]+/login/",
}
JOBS = "marketplace/import/jobs/"


def check(found: dict[str, Any], shape: dict[str, Any]) -> None:
    """Exactly these keys first, in this order, each of its type or format."""
    assert list(found)[: len(shape)] == list(shape)
    for name, wanted in shape.items():
        kinds = wanted if isinstance(wanted, tuple) else (wanted,)
        assert any(fits(found[name], kind) for kind in kinds), (name, found[name])


def fits(value: Any, kind: Any) -> bool:
    """Whether a value is of a type, or a text of a format."""
    if isinstance(kind, str):
        return isinstance(value, str) and re.fullmatch(FORMATS.get(kind, kind), value) is not None
    return value is None if kind is None else type(value) is kind


@pytest.fixture
def http(transactional_db: None, live_server: LiveServer, person: User) -> Iterator[httpx2.Client]:
    """Ada's key over real HTTP, and two workers beside it."""
    engine = Engine(2, poll_seconds=0.1)
    engine.start()
    headers = {"Authorization": f"Bearer {api_for(person).token}"}
    with httpx2.Client(base_url=f"{live_server.url}/api/v1/", headers=headers, timeout=40) as client:
        yield client
    assert engine.stop()


def once(http: httpx2.Client, path: str, key: str, *wanted: object) -> dict[str, Any]:
    """What stands there once a value of it is one of those."""
    for _ in range(600):
        found: dict[str, Any] = http.get(path).json()
        if found[key] in wanted:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def posted(http: httpx2.Client, path: str, status: int, body: object = None) -> dict[str, Any]:
    """The job, or the item, that a call answers with."""
    answer = http.post(path, json=body) if body is not None else http.post(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json"), answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("slug", MARKETPLACES)
def test_s2_to_s6(http: httpx2.Client, shop: Shops, person: User, slug: str) -> None:
    connection = shop(slug, listings=150)
    platforms = http.get("platforms/").json()
    for each in platforms:
        check(each, PLATFORM)
    assert [each["is_selling_active"] for each in platforms if each["slug"] == slug] == [True]

    made = posted(http, f"{JOBS}create/", 201, {"seller_account_uid": connection.public_id, "marketplace": slug})
    check(made, JOB)
    path = f"{JOBS}{made['id']}/"
    once(http, f"{path}plan/", "state", "ready")
    rows = http.get(f"{path}items/?action=create&page_size=100").json()["results"]
    skus = [row["external_sku"] for row in rows if row["external_sku"]]
    for number, sku in enumerate(dict.fromkeys(skus[:3])):
        builders.item(builders.house(person), name=f"Another {number}", sku=sku)

    check(posted(http, "marketplace/import/preview/", 202, {"job_uid": made["id"]}), JOB)
    once(http, f"{path}plan/", "state", "ready")
    started = posted(http, "marketplace/import/start/", 202, {"job_uid": made["id"], "skip_conflicts": False})
    check(started, JOB)
    job = once(http, path, "progress_percentage", 100.0)
    check(job, JOB)
    outcomes = [job[f"items_{word}"] for word in ("imported", "skipped", "failed", "conflicted")]
    assert (job["marketplace"], job["total_listings_found"], job["has_issues"]) == (slug, sum(outcomes), True)

    page = http.get(f"{path}issues/?status=conflict").json()
    assert list(page) == ["count", "next", "previous", "results"]
    assert page["count"] == job["items_conflicted"] > 0
    for each in page["results"]:
        check(each, ITEM)
    first = page["results"][0]
    solved = posted(http, f"{path}items/{first['id']}/resolve/", 200)
    check(solved, ITEM)
    assert solved["resolution"] in ("linked", "skipped")
    check(posted(http, f"{path}skip-all-conflicts/", 200), JOB)
    assert job["items_failed"] > 0
    check(posted(http, f"{path}retry-failed/", 202), JOB)
    ended = once(http, path, "status", "completed")
    assert (ended["items_conflicted"], ended["progress_percentage"]) == (0, 100.0)

    quick = posted(http, f"marketplace/{slug}/import/", 201)
    check(quick, JOB)
    jobs = http.get(f"{JOBS}?marketplace={slug}").json()
    assert [each["id"] for each in jobs] == [quick["id"], made["id"]]
    assert http.get(f"{JOBS}?status=nothing").status_code == 400
    once(http, f"{JOBS}{quick['id']}/", "status", "completed", "failed")
