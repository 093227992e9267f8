"""Import jobs over the API: the further endpoints of D4, filters, and every refusal with what did not happen."""

from __future__ import annotations

from typing import Any

import pytest

from instica.catalog.models import Product
from instica.connections.models import Connection, State
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from instica.people.models import Subscription
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, is_problem
from tests.shops import Shops

JOBS = "marketplace/import/jobs/"
START = "marketplace/import/start/"
PREVIEW = "marketplace/import/preview/"


@pytest.fixture
def connection(shop: Shops) -> Connection:
    """Ada's Discogs shop of 12 records."""
    return shop("discogs", listings=12)


@pytest.fixture
def job(api: Api, connection: Connection) -> str:
    """A job that has read the shop; its first free SKU is taken here by another record."""
    body = {"seller_account_uid": connection.public_id, "marketplace": "discogs"}
    uid: str = api.post(f"{JOBS}create/", body).json()["id"]
    run_until_idle()
    return uid


def taken(api: Api) -> Row:
    """The row whose SKU an unlike item of ours now has."""
    row = Row.objects.exclude(sku="").filter(action="create").earliest("position")
    builders.item(api.organization, name="Another record", sku=row.sku)
    return row


def done(api: Api, job: str, **body: Any) -> dict[str, Any]:
    """The job after a start ran to its end."""
    answer = api.post(START, {"job_uid": job} | body)
    assert answer.status_code == 202, answer.content
    run_until_idle()
    found: dict[str, Any] = api.get(f"{JOBS}{job}/").json()
    return found


def test_items_and_evidence(api: Api, job: str) -> None:
    row = taken(api)
    done(api, job)
    page = api.get(f"{JOBS}{job}/items/?page_size=5").json()
    assert (page["count"], len(page["results"])) == (12, 5)
    assert page["next"].endswith(f"/api/v1/{JOBS}{job}/items/?page_size=5&page=2")
    conflicts = api.get(f"{JOBS}{job}/items/?status=conflict&action=conflict").json()["results"]
    assert row.public_id in [each["id"] for each in conflicts]
    found = api.get(f"{JOBS}{job}/items/{row.public_id}/").json()
    assert list(found)[-2:] == ["action", "evidence"]
    assert found["evidence"]["matched_on"] == "sku"
    assert {"field", "theirs", "ours", "same", "told"} == set(found["evidence"]["fields"][0])
    assert api.get(f"{JOBS}{job}/items/?search={row.remote_id}").json()["count"] == 1


def test_a_plan_binds_the_start(api: Api, job: str) -> None:
    assert api.post(PREVIEW, {"job_uid": job}).status_code == 202
    run_until_idle()
    answer = api.get(f"{JOBS}{job}/plan/")
    plan = answer.json()
    assert (list(plan), plan["state"]) == (["state", "counts", "hash"], "ready")
    assert answer["ETag"] == f'"{plan["hash"]}"'
    assert api.get(f"{JOBS}{job}/plan/", If_None_Match=answer["ETag"]).status_code == 304
    is_problem(api.post(START, {"job_uid": job}, If_Match='"another"'), 412, "plan_stale")
    assert not Item.objects.exists()
    assert api.post(START, {"job_uid": job}, If_Match=answer["ETag"]).status_code == 202


def test_a_preview_writes_nothing(api: Api, job: str) -> None:
    api.post(PREVIEW, {"job_uid": job})
    run_until_idle()
    assert (Item.objects.count(), Product.objects.count()) == (0, 0)


def test_resolve_all_and_undo(api: Api, job: str) -> None:
    taken(api)
    before = done(api, job)
    assert before["items_conflicted"] > 0
    answer = api.post(f"{JOBS}{job}/resolve-all/", {"conflict_type": "duplicate_sku", "resolution": "create_new"})
    assert answer.status_code == 200
    run_until_idle()
    after = api.get(f"{JOBS}{job}/").json()
    assert after["items_imported"] > before["items_imported"]
    assert api.post(f"{JOBS}{job}/undo/").status_code == 202
    run_until_idle()
    assert [item.title for item in Item.objects.all()] == ["Another record"]


def test_cancel(api: Api, job: str) -> None:
    answer = api.post(f"{JOBS}{job}/cancel/")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["error_message"]) == ("failed", "Cancelled")
    before = Job.objects.values().get()
    is_problem(api.post(f"{JOBS}{job}/cancel/"), 409, "not_running")
    assert Job.objects.values().get() == before


def test_a_limit_leaves_the_rest_startable(api: Api, job: str) -> None:
    first = done(api, job, limit=5)
    counters = ("items_imported", "items_skipped", "items_failed", "items_conflicted")
    assert sum(first[name] for name in counters) == 5
    second = done(api, job, limit=10**30)
    assert sum(second[name] for name in counters) == 12


@pytest.mark.parametrize("path", [START, PREVIEW])
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"limit": 0}, "#/limit"),
        ({"limit": -1}, "#/limit"),
        ({"limit": "five"}, "#/limit"),
        ({"limit": "5"}, "#/limit"),
        ({"limit": 1.5}, "#/limit"),
        ({"limit": True}, "#/limit"),
        ({"status_filter": "imported"}, "#/status_filter"),
        ({"status_filter": 1}, "#/status_filter"),
    ],
)
def test_a_bad_body(api: Api, job: str, path: str, body: dict[str, Any], pointer: str) -> None:
    problem = is_problem(api.post(path, {"job_uid": job} | body), 400, "validation_error")
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert Job.objects.get().run is None
    assert not Item.objects.exists()


def test_all_faults_at_once(api: Api, job: str) -> None:
    body = {"job_uid": job, "limit": 0, "status_filter": "x", "skip_conflicts": "no", "unknown": 1}
    problem = is_problem(api.post(START, body), 400, "validation_error")
    named = {fault["pointer"] for fault in problem["errors"]}
    assert named == {"#/limit", "#/status_filter", "#/skip_conflicts", "#/unknown"}


def test_the_job_is_looked_up_before_the_body_is_judged(api: Api, connection: Connection) -> None:
    is_problem(api.post(START, {"job_uid": "job_unknown", "limit": 0}), 404)
    is_problem(api.post(START, {"limit": 0}), 400, "validation_error")
    is_problem(api.post(START, {"job_uid": 5}), 400, "validation_error")
    is_problem(api.post(f"{JOBS}job_unknown/resolve-all/", {"resolution": 1}), 404)


def test_the_body_is_judged_before_the_state(api: Api, job: str) -> None:
    done(api, job, skip_conflicts=True)
    is_problem(api.post(START, {"job_uid": job, "limit": 0}), 400)
    is_problem(api.post(START, {"job_uid": job}), 409, "nothing_to_do")


def test_start_while_running(api: Api, job: str) -> None:
    assert api.post(START, {"job_uid": job}).status_code == 202
    is_problem(api.post(START, {"job_uid": job}), 409, "already_running")
    assert Job.objects.get().runs == 1


def test_resolving_what_is_not_in_conflict(api: Api, job: str) -> None:
    row = Row.objects.filter(action="create").earliest("position")
    is_problem(api.post(f"{JOBS}{job}/items/{row.public_id}/resolve/"), 409, "not_in_conflict")
    is_problem(api.post(f"{JOBS}{job}/items/item_unknown/resolve/"), 404)
    is_problem(api.post(f"{JOBS}{job}/items/{row.public_id}/resolve/", {"resolution": "burn"}), 400, "validation_error")
    assert Row.objects.values_list("decision", "status").get(pk=row.pk) == (None, "pending")
    assert not Item.objects.exists()


def test_undo_of_nothing(api: Api, job: str) -> None:
    before = Job.objects.values().get()
    is_problem(api.post(f"{JOBS}{job}/undo/"), 409, "nothing_to_undo")
    assert (Job.objects.values().get(), Task.objects.filter(kind="import.undo").count()) == (before, 0)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/seller_account_uid", "#/marketplace"]),
        ({"seller_account_uid": 1, "marketplace": None}, ["#/seller_account_uid", "#/marketplace"]),
        ({"seller_account_uid": "sa_unknown", "marketplace": "discogs"}, ["#/seller_account_uid"]),
        ({"seller_account_uid": "sa_unknown", "marketplace": "amazon"}, ["#/marketplace"]),
    ],
)
def test_create_with_a_bad_body(api: Api, body: dict[str, Any], pointers: list[str]) -> None:
    problem = is_problem(api.post(f"{JOBS}create/", body), 400, "validation_error")
    assert [fault["pointer"] for fault in problem["errors"]] == pointers
    assert not Job.objects.exists()


def test_a_field_nobody_knows_is_named(api: Api, connection: Connection) -> None:
    sent = {"seller_account_uid": connection.public_id, "marketplace": "discogs", "skip_conflict": True}
    body = is_problem(api.post(f"{JOBS}create/", sent), 400, "validation_error")
    assert body["errors"] == [{"detail": "There is no such field.", "pointer": "#/skip_conflict"}]
    assert not Job.objects.exists()


@pytest.mark.parametrize("sent", ["[]", "3", "null", '"text"'])
def test_a_body_that_is_no_object(api: Api, connection: Connection, sent: str) -> None:
    is_problem(api.post(f"{JOBS}create/", sent), 400, "validation_error", "The body must be a JSON object.")
    assert not Job.objects.exists()


def test_a_fault_is_told_in_json_words(api: Api, connection: Connection) -> None:
    body = is_problem(api.post(f"{JOBS}create/", {"seller_account_uid": 7}), 400, "validation_error")
    assert body["errors"] == [
        {"detail": "Write a text.", "pointer": "#/seller_account_uid"},
        {"detail": "This field is required.", "pointer": "#/marketplace"},
    ]


def test_the_documents_example_of_a_start_also_fits_a_preview(api: Api, job: str) -> None:
    assert api.post(PREVIEW, {"job_uid": job, "skip_conflicts": False}).status_code == 202


def test_create_for_a_shop_elsewhere(api: Api, connection: Connection) -> None:
    body = {"seller_account_uid": connection.public_id, "marketplace": "ebay"}
    problem = is_problem(api.post(f"{JOBS}create/", body), 400, "validation_error")
    assert problem["errors"][0]["pointer"] == "#/seller_account_uid"
    assert not Job.objects.exists()


def test_create_for_anothers_shop(strange: Api, connection: Connection) -> None:
    body = {"seller_account_uid": connection.public_id, "marketplace": "discogs"}
    is_problem(strange.post(f"{JOBS}create/", body), 400, "validation_error")
    assert not Job.objects.exists()


def test_create_for_a_disconnected_shop(api: Api, connection: Connection) -> None:
    Connection.objects.update(state=State.REVOKED)
    body = {"seller_account_uid": connection.public_id, "marketplace": "discogs"}
    is_problem(api.post(f"{JOBS}create/", body), 400, "marketplace_not_connected")
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("slug", "status", "code"),
    [("amazon", 404, ""), ("ebay", 400, "marketplace_not_connected"), ("redbubble", 400, "use_extension")],
)
def test_quick_import_refused(api: Api, slug: str, status: int, code: str) -> None:
    is_problem(api.post(f"marketplace/{slug}/import/"), status, code)
    assert not Job.objects.exists()


@pytest.mark.parametrize("query", ["marketplace=amazon", "status=done"])
def test_an_unknown_filter_of_jobs(api: Api, query: str) -> None:
    is_problem(api.get(f"{JOBS}?{query}"), 400, "validation_error")


@pytest.mark.parametrize("query", ["status=imported", "status=pending", "status=x"])
def test_an_unknown_filter_of_issues(api: Api, job: str, query: str) -> None:
    is_problem(api.get(f"{JOBS}{job}/issues/?{query}"), 400, "validation_error")


def test_only_the_last_fifty(api: Api, connection: Connection, django_assert_num_queries: Any) -> None:
    for _ in range(51):
        Job.objects.create(organization=api.organization, connection=connection, marketplace="discogs")
    api.get(JOBS)
    with django_assert_num_queries(2):
        found = api.get(JOBS).json()
    newest = [job.public_id for job in Job.objects.order_by("-created", "-uid")[:50]]
    assert [job["id"] for job in found] == newest


def test_as_many_queries_for_one_issue_as_for_many(api: Api, job: str, django_assert_num_queries: Any) -> None:
    Row.objects.update(status="failed")
    api.get(JOBS)
    for size in (1, 12):
        with django_assert_num_queries(4):
            assert len(api.get(f"{JOBS}{job}/issues/?page_size={size}").json()["results"]) == size


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("{", 400),
        ("[]", 400),
        ('"text"', 400),
        ("NaN", 400),
        ('{"limit": NaN}', 400),
        ('{"job_uid": "a", "job_uid": "b"}', 400),
        ('{"job_uid": "\\u0000"}', 400),
        ('{"job_uid": "\\ud800"}', 400),
        ("[" * 100_000, 400),
        ('{"limit": ' + "9" * 5000 + "}", 400),
        (b"\xff\xfe", 400),
        ('{"job_uid": "' + "a" * 1_000_001 + '"}', 413),
    ],
)
def test_a_body_that_is_no_json(api: Api, job: str, raw: Any, status: int) -> None:
    before = Job.objects.values().get()
    is_problem(api.post(START, raw), status)
    assert Job.objects.values().get() == before


def test_a_body_of_another_type(api: Api, job: str) -> None:
    response = api.client.post(
        f"/api/v1/{START}", f"job_uid={job}", content_type="text/plain", headers={"X-API-Key": api.token}
    )
    is_problem(response, 415)
    assert Job.objects.get().runs == 0


def test_an_ended_subscription_imports_nothing(api: Api, connection: Connection, job: str) -> None:
    Subscription.objects.update(is_active=False)
    body = {"seller_account_uid": connection.public_id, "marketplace": "discogs"}
    for answer in (
        api.post(f"{JOBS}create/", body),
        api.post("marketplace/discogs/import/", {}),
        api.post(START, {"job_uid": job}),
    ):
        is_problem(answer, 402, "subscription_required")
    assert (Job.objects.count(), Item.objects.count(), Task.objects.count()) == (1, 0, 0)
    assert api.post(PREVIEW, {"job_uid": job}).status_code == 202
