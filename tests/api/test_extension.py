"""The browser extension's side of the API: pairing, its shops, their pages, what it meets."""

from __future__ import annotations

import datetime as dt
import json
from typing import get_args

import pytest
import time_machine

from instica.api.v1 import extension_shapes
from instica.catalog.models import Kind
from instica.connections.models import Connection, State
from instica.connections.services import disconnect
from instica.core.clock import now
from instica.imports import purge, services
from instica.imports.models import Delivery, Job, Look, Row, Sight
from instica.inventory.models import Item
from instica.listings.models import Listing, Offer, Ref
from instica.people import pairing
from instica.people.models import ApiToken, Membership, Pairing, User
from tests import builders
from tests.api.calling import Api, api_for, is_problem
from tests.api.extending import PICTURE, WORK, begun, claimed, deliver, page, paired, row
from tests.features.importing import settled

EARLY = "0001-01-01T00:00:00+14:00"


@pytest.fixture
def ext(person: User) -> Api:
    """Ada's paired browser."""
    return paired(person)


@pytest.fixture
def shop(ext: Api) -> str:
    """Ada's shop on Redbubble, by its public id."""
    return claimed(ext)


def test_a_code_becomes_a_key_once(person: User) -> None:
    house = builders.house(person)
    nobody = Api("", house, ApiToken())
    pair, code = pairing.offer(organization=house, user=person)
    answer = nobody.post("extension/pair/", {"code": code.lower().replace("-", " "), "name": "Firefox <b>ESR</b>"})
    assert answer.status_code == 201
    body = answer.json()
    assert body == {
        "token": body["token"],
        "organization": {"uid": house.public_id, "name": "Green Street Records"},
        "hub": {"name": "Instica", "version": "0.1.0"},
    }
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.user, token.expiry) == ("Firefox ESR", ["extension"], person, None)
    assert code not in str(list(Pairing.objects.values()))
    for wrong in (code, "AAAA-AAAA", "", "ABCD-EFG", "🙂"):
        is_problem(nobody.post("extension/pair/", {"code": wrong}), 400, "pairing_code_invalid", pairing.OVER)
    assert ApiToken.objects.count() == 1
    pair.refresh_from_db()
    assert pair.used is not None


def test_a_code_dies_after_ten_minutes_and_with_the_next_one(person: User) -> None:
    house = builders.house(person)
    nobody = Api("", house, ApiToken())
    with time_machine.travel(now(), tick=False) as clock:
        _, first = pairing.offer(organization=house, user=person)
        _, second = pairing.offer(organization=house, user=person)
        is_problem(nobody.post("extension/pair/", {"code": first}), 400, "pairing_code_invalid")
        clock.shift(dt.timedelta(minutes=10))
        is_problem(nobody.post("extension/pair/", {"code": second}), 400, "pairing_code_invalid")
        _, third = pairing.offer(organization=house, user=person)
    Membership.objects.filter(user=person).update(is_active=False)
    is_problem(nobody.post("extension/pair/", {"code": third}), 403)
    assert ApiToken.objects.count() == 0


def test_codes_cannot_be_tried_one_after_another(person: User) -> None:
    nobody = Api("", builders.house(person), ApiToken())
    with time_machine.travel(dt.datetime(2026, 11, 26, 9, 0, 5, tzinfo=dt.UTC), tick=False):
        answers = [nobody.post("extension/pair/", {"code": "AAAA-AAAA"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert answers[-1]["Retry-After"] == "55"


def test_the_key_opens_nothing_else_and_dies_at_once(ext: Api, person: User, shop: str) -> None:
    assert ext.get("extension/").status_code == 200
    others = "platforms/ inventory/ products/ marketplace/accounts/ marketplace/import/jobs/ user/me/ api-keys/".split()
    for path in [*others, "subscriptions/status/", f"marketplace/accounts/{shop}/"]:
        is_problem(ext.get(path), 403, "scope_missing")
    for path in ("api-keys/", "marketplace/redbubble/import/", "marketplace/import/start/"):
        is_problem(ext.post(path, {"name": "mine"}), 403, "scope_missing")
    assert ApiToken.objects.count() == 1
    for scopes in (["imports", "accounts"], ["read"]):
        other = api_for(person, scopes)
        is_problem(other.post("extension/connections/", {"platform": "redbubble", "account": "x"}), 403)
    ext.row.delete()
    for answer in (ext.get("extension/"), ext.post(f"extension/connections/{shop}/jobs/")):
        is_problem(answer, 401)
    assert Job.objects.count() == 0


def test_an_account_is_one_connection(ext: Api, shop: str, stranger: User) -> None:
    same = ext.post("extension/connections/", {"platform": "redbubble", "account": " gsPRINTS".strip()})
    assert (same.status_code, same.json()["uid"]) == (200, shop)
    assert same.json() == {"uid": shop, "platform": "redbubble", "account": "GSprints", "job": None}
    other = ext.post("extension/connections/", {"platform": "redbubble", "account": "another"})
    assert other.status_code == 201
    theirs = paired(stranger)
    taken = theirs.post("extension/connections/", {"platform": "redbubble", "account": "gsprints"})
    is_problem(taken, 409, "account_connected_elsewhere")
    for platform, status, code in (("discogs", 400, "not_by_extension"), ("nowhere", 404, "")):
        is_problem(ext.post("extension/connections/", {"platform": platform, "account": "x"}), status, code)
    for account in ("", " ", "a\nb", "<b>"):
        is_problem(ext.post("extension/connections/", {"platform": "redbubble", "account": account}), 400)
    assert Connection.objects.count() == 2
    row = Connection.objects.get(remote_id="gsprints")
    disconnect(connection=row)
    assert Connection.objects.get(pk=row.pk).state == State.REVOKED
    back = ext.post("extension/connections/", {"platform": "redbubble", "account": "gsprints"})
    assert (back.status_code, back.json()["uid"]) == (201, shop)


def test_another_organizations_things_are_not_there(ext: Api, shop: str, stranger: User) -> None:
    job, mallory = begun(ext, shop), paired(stranger)
    calls = {
        f"extension/connections/{shop}/jobs/": {},
        f"extension/connections/{shop}/state/": {"state": "reading"},
        f"marketplace/import/jobs/{job}/pages/": page(row()),
    }
    for path, body in calls.items():
        is_problem(mallory.post(path, body), 404)
    assert mallory.get("extension/").json()["connections"] == []
    assert (Delivery.objects.count(), Sight.objects.count()) == (0, 0)
    discogs = Connection.objects.create(
        organization=ext.organization, marketplace="discogs", remote_id="7", username="shop"
    )
    is_problem(ext.post(f"extension/connections/{discogs.public_id}/jobs/"), 404)
    is_problem(ext.post(f"extension/connections/{discogs.public_id}/state/", {"state": "reading"}), 404)
    plain = Job.objects.create(organization=ext.organization, connection=discogs, marketplace="discogs")
    is_problem(deliver(ext, plain.public_id, page(row())), 404)


def test_pages_become_designs_made_to_order(ext: Api, shop: str, api: Api) -> None:
    job = begun(ext, shop)
    again = ext.post(f"extension/connections/{shop}/jobs/")
    assert (again.status_code, again.json()["id"]) == (200, job)
    assert again.json()["status"] == "in_progress"
    assert again.json()["error_message"].startswith("Waiting for the browser extension: open your Redbubble shop")
    first = page(
        row(
            tags=["moth", "Lamp", "LAMP", "night"],
            description="It likes light.\n\n<p>Very</p> much.",
            images=[PICTURE.format(1, "0001"), PICTURE.format(2, "7777"), "https://evil.example/x.jpg"],
            products=[{"type": "sticker", "price": "2.40", "currency": "USD"}, {"type": "mug", "enabled": False}],
            created="2025-03-01T10:00:00Z",
        ),
        row(90_000_002, "<script>alert(1)</script>Cats <3 <img src=x onerror=alert(1)>boxes\u202e", status="hidden"),
        last=False,
        expected=4,
    )
    taken = deliver(ext, job, first)
    assert taken.status_code == 202
    assert taken.json() == {"accepted": 2, "received": 2, "duplicate": False, "status": "in_progress"}
    settled(Job.objects.get())
    reading = ext.get("extension/").json()["connections"][0]["job"]
    assert reading == {"id": job, "status": "in_progress", "total_listings_found": 2}
    repeated = deliver(ext, job, first)
    assert (repeated.status_code, repeated.json()) == (200, taken.json() | {"duplicate": True})
    is_problem(deliver(ext, job, first | {"expected": 5}), 422, "key_reused")
    last = page({"id": "x", "title": "?"}, row(90_000_004, ""), key="shop?page=2", expected=4)
    assert deliver(ext, job, last).json() == {
        "accepted": 0,
        "received": 4,
        "duplicate": False,
        "status": "in_progress",
    }
    settled(Job.objects.get())
    assert ext.get("extension/").json()["connections"][0]["job"] is None
    api.post("marketplace/import/start/", {"job_uid": job})
    settled(Job.objects.get())
    done = api.get(f"marketplace/import/jobs/{job}/").json()
    assert (done["status"], done["items_imported"], done["items_failed"]) == ("completed", 2, 2)
    assert (done["total_listings_found"], done["error_message"]) == (4, None)
    moth, cats = Item.objects.order_by("title").reverse()
    assert (moth.title, cats.title) == ("Moth on a lamp", "Cats <3 boxes")
    assert (moth.quantity, moth.moves.count(), moth.status, cats.status) == (None, 0, "listed", "ready-to-sell")
    assert (moth.price, moth.currency, cats.price) == (240, "USD", None)
    assert (moth.product.type, moth.product.tags) == (Kind.DIGITAL, ["moth", "Lamp", "night"])
    assert moth.description == "It likes light.\n\nVery much."
    assert [image.url for image in moth.images.all()] == [
        "https://ih1.redbubble.net/image.55123451.0001/flat,500x,075,f.u2.jpg"
    ]
    page_there = Listing.objects.get(remote_id="90000001")
    assert (page_there.url, page_there.seen) == (f"{WORK}90000001", "live")
    assert page_there.listed_at == dt.datetime(2025, 3, 1, 10, tzinfo=dt.UTC)
    failed = {
        one.remote_id: (one.error_code or one.conflict_details, one.error)
        for one in Row.objects.filter(status="failed")
    }
    assert failed == {
        "shop?page=2#1": (
            "marketplace_error",
            "The page of Redbubble showed a design without a number that can be read",
        ),
        "90000004": ("missing_title", "The page shows no title for this design"),
    }
    is_problem(deliver(ext, job, page(row(), key="shop?page=3")), 409, "not_reading")
    before = (Item.objects.count(), Offer.objects.count(), Ref.objects.count())
    second = begun(ext, shop)
    silent = [{name: value for name, value in each.items() if name != "description"} for each in first["rows"]]
    deliver(ext, second, first | {"last": True, "expected": 2, "rows": silent})
    settled(Job.objects.latest("created"))
    api.post("marketplace/import/start/", {"job_uid": second})
    settled(Job.objects.latest("created"))
    same = Job.objects.latest("created")
    assert (same.imported, same.skipped, same.failed) == (0, 2, 0)
    assert (Item.objects.count(), Offer.objects.count(), Ref.objects.count()) == before
    services.undo(job=Job.objects.earliest("created"))
    settled(Job.objects.earliest("created"))
    assert Item.objects.count() == 0
    assert purge.old_deliveries() == 0
    with time_machine.travel(now() + dt.timedelta(days=8), tick=False):
        assert purge.old_deliveries() == 3
    assert Delivery.objects.count() == 0


def test_a_design_we_have_already_is_linked_by_a_person(ext: Api, shop: str, api: Api, person: User) -> None:
    known = builders.product(builders.house(person), "Moth on a Lamp", artist="", type=Kind.DIGITAL)
    item = builders.item(builders.house(person), known, condition_item="", sku="", quantity=None, price=None)
    job = begun(ext, shop)
    deliver(ext, job, page(row(), row(90_000_002, "Cats")))
    settled(Job.objects.get())
    plan = api.get(f"marketplace/import/jobs/{job}/plan/").json()
    assert (plan["state"], plan["counts"]) == ("ready", {"conflict": 1, "create": 1})
    (clash,) = api.get(f"marketplace/import/jobs/{job}/issues/").json()["results"]
    assert (clash["conflict_type"], clash["listing_title"]) == ("possible_duplicate", "Moth on a lamp")
    api.post(f"marketplace/import/jobs/{job}/items/{clash['id']}/resolve/", {"resolution": "link_existing"})
    api.post("marketplace/import/start/", {"job_uid": job}, if_match=f'"{plan["hash"]}"')
    done = settled(Job.objects.get())
    assert (done.imported, done.conflicted, Item.objects.count()) == (2, 0, 2)
    assert Offer.objects.get(listing__remote_id="90000001").item == item
    item.refresh_from_db()
    assert (item.status, item.quantity) == ("listed", None)


def test_what_is_missing_is_never_a_success(ext: Api, shop: str, api: Api) -> None:
    job = begun(ext, shop)
    deliver(ext, job, page(row(), row(90_000_002, "Cats"), expected=123))
    settled(Job.objects.get())
    told = "Redbubble shows 123 designs; the extension could read 2. Let it read the shop again."
    assert api.get(f"marketplace/import/jobs/{job}/").json()["error_message"] == told
    api.post("marketplace/import/start/", {"job_uid": job})
    done = settled(Job.objects.get())
    assert (done.complete, done.unreachable, done.imported) == (False, 121, 2)
    assert api.get(f"marketplace/import/jobs/{job}/").json()["error_message"] == told


@pytest.mark.parametrize("account", ["somebody", "", "gsprints2"])
def test_another_accounts_page_is_refused(ext: Api, shop: str, account: str) -> None:
    job = begun(ext, shop)
    refused = deliver(ext, job, page(row()) | {"account": account})
    assert "belongs to GSprints" in is_problem(refused, 409, "account_mismatch")["detail"]
    assert (Delivery.objects.count(), Row.objects.count()) == (0, 0)


def test_what_no_page_can_be_is_refused(ext: Api, shop: str) -> None:
    job = begun(ext, shop)
    path = f"marketplace/import/jobs/{job}/pages/"
    for body in (
        page(row()) | {"page_key": ""},
        page(row()) | {"rows": {}},
        page(row()) | {"expected": -1},
        page(row()) | {"last": "yes"},
        page(row()) | {"cookie": "session=1"},
        page(*[row()] * 1001),
        {"rows": []},
    ):
        is_problem(ext.post(path, body), 400, "validation_error")
    large = page(row(description="x" * 2_000_000))
    is_problem(ext.post(path, large), 413)
    is_problem(ext.call("POST", path, '{"page_key": "\\u0000"}'), 400)
    for number in ("1e999", "-1e999", "NaN"):
        written = json.dumps(page(row(price="1"))).replace('"1"', number)
        is_problem(ext.call("POST", path, written), 400, "validation_error")
    assert (Delivery.objects.count(), Row.objects.count()) == (0, 0)


def test_rows_that_are_no_designs_are_kept_with_their_reason(ext: Api, shop: str) -> None:
    job = begun(ext, shop)
    strange = [
        None,
        "text",
        row(90_000_001, price="-1", currency="USD"),
        row(90_000_002, price="5.00", currency="GALLEON"),
        row(90_000_003, price=5.0, currency="USD"),
        row(90_000_004, tags="moth"),
        row(90_000_005, status="sold"),
        row(90_000_006, products=["mug"]),
        {"id": "<b>1</b>", "title": "x"},
        row(90_000_007, price="1e999999999", currency="USD"),
        row(
            90_000_008,
            url="javascript:alert(1)",
            images=["http://ih1.redbubble.net/a.jpg", {"a": 1}],
            created="0001-01-01T00:00:00+14:00",
        ),
    ]
    answer = deliver(ext, job, page(*strange))
    assert answer.json() | {"status": ""} == {"accepted": 1, "received": 11, "duplicate": False, "status": ""}
    settled(Job.objects.get())
    codes = dict(Row.objects.values_list("remote_id", "error_code"))
    assert codes == {
        "shop?page=1#1": "marketplace_error",
        "shop?page=1#2": "marketplace_error",
        "90000001": "invalid_price",
        "90000002": "unknown_currency",
        "90000003": "invalid_price",
        "90000004": "marketplace_error",
        "90000005": "marketplace_error",
        "90000006": "marketplace_error",
        "90000007": "invalid_price",
        "shop?page=1#9": "marketplace_error",
        "90000008": "",
    }
    good = Row.objects.get(remote_id="90000008").data["page"]
    assert good == {"title": "Moth on a lamp", "status": "live", "seen": "live", "digital": True}


def test_it_says_what_the_extension_meets(ext: Api, shop: str, api: Api) -> None:
    job = begun(ext, shop)
    told = {
        "reading": "The browser extension is reading this shop: 12 of 40. Keep that browser open.",
        "paused": "Reading is paused in the browser extension: 12 of 40. Press Go on there.",
        "signed_out": "You are signed out of Redbubble in that browser: 12 of 40. Sign in there, then go on reading.",
        "challenge": "Redbubble asks in that browser whether you are human: 12 of 40. Answer it there, then go on"
        " reading.",
        "page_changed": "Redbubble's page is not as the extension knows it (pack redbubble/3, field designs). Nothing"
        " was taken for gone; a newer extension may read it.",
        "asleep": "That browser, or its tab, is asleep: 12 of 40. Open it; reading goes on from where it stands.",
        "offline": "That browser cannot reach Redbubble: 12 of 40. Reading goes on when it is back online.",
    }
    for state, words in told.items():
        body = {"state": state, "pack": "redbubble/3", "field": "designs", "seen": 12, "expected": 40}
        assert ext.post(f"extension/connections/{shop}/state/", body).status_code == 204
        assert api.get(f"marketplace/import/jobs/{job}/").json()["error_message"] == words
    sight = Sight.objects.get()
    assert (sight.state, sight.seen, sight.browser) == ("offline", 12, "Chromium on Linux 1.0.0")
    is_problem(ext.post(f"extension/connections/{shop}/state/", {"state": "happy"}), 400, "validation_error")
    assert Sight.objects.get().state == "offline"


def test_a_day_without_a_page_is_said(ext: Api, shop: str, api: Api) -> None:
    with time_machine.travel(now(), tick=True) as clock:
        job = begun(ext, shop)
        settled(Job.objects.get())
        deliver(ext, job, page(row(), last=False))
        clock.shift(dt.timedelta(hours=23))
        settled(Job.objects.get())
        assert "is reading this shop" in api.get(f"marketplace/import/jobs/{job}/").json()["error_message"]
        clock.shift(dt.timedelta(hours=2))
        settled(Job.objects.get())
        quiet = api.get(f"marketplace/import/jobs/{job}/").json()
        assert (quiet["status"], quiet["error_message"][:41]) == (
            "in_progress",
            "No page of this shop came for a day. Open",
        )
        deliver(ext, job, page(row(90_000_002, "Cats"), key="2"))
        settled(Job.objects.get())
    assert api.get(f"marketplace/import/jobs/{job}/").json()["error_message"] is None
    assert Row.objects.count() == 2


def test_the_words_of_a_report_are_those_of_the_table() -> None:
    assert set(get_args(extension_shapes.State)) == set(Look.values)
