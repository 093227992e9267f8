"""The activity log: what it keeps, that nobody can change it, and how it is read and exported."""

from __future__ import annotations

import csv
import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from instica.connections.activity import record
from instica.connections.models import Activity, Connection
from instica.people.models import User
from instica.web.templatetags.activity import change
from tests import builders
from tests.api.calling import Api, api_for, is_problem
from tests.web.test_import_pages import text

NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)
LISTING, OTHER, ORDER = (
    "lst_01h455vb4pex5vsknk084sn02q",
    "lst_01h455vb4pex5vsknk084sn02r",
    "ord_01h455vb4pex5vsknk084sn02q",
)


def shop_of(user: User, marketplace: str = "ebay") -> Connection:
    """A shop of theirs."""
    return Connection.objects.create(
        organization=builders.house(user), marketplace=marketplace, remote_id=str(user.uid), username="shop"
    )


def lowered(shop: Connection, **how: Any) -> Activity:
    """The last line but one of a sale."""
    known: dict[str, Any] = {
        "action": "set_levels",
        "subject": LISTING,
        "before": {"quantity": 2},
        "after": {"quantity": 1},
        "cause": f"order {ORDER} was sold on Discogs",
    }
    return record(connection=shop, **(known | how))


@pytest.fixture
def log(person: User) -> Connection:
    """Three lines of Ada's eBay shop, an hour apart, and one of another's."""
    shop = shop_of(person)
    with time_machine.travel(NOON, tick=False) as clock:
        lowered(shop, request_id="rlog-1")
        clock.shift(3600)
        lowered(shop, subject=OTHER, action="withdraw", before={}, after={}, cause="=\x00it was\nsold", actor=person)
        clock.shift(3600)
        lowered(shop, action="revise", before={"price": "12.00"}, after={"price": "10.00"}, outcome="refused")
    lowered(shop_of(builders.person("mallory@example.com", "Other Records")))
    return shop


def test_a_line_is_never_changed(log: Connection, person: User) -> None:
    before = list(Activity.objects.order_by("uid").values())
    mine = Activity.objects.filter(organization=log.organization)
    other = shop_of(person, "etsy")
    for changes in ({"cause": "another"}, {"after": {}}, {"outcome": "done"}, {"connection": other}, {"at": NOON}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            mine.update(**changes)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        mine.filter(actor=None).update(actor=person)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        mine.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        lowered(log, outcome="nonsense")
    assert list(Activity.objects.order_by("uid").values()) == before
    mine.update(connection=None, actor=None)
    assert set(mine.values_list("connection", "actor")) == {(None, None)}


def test_it_is_read_newest_first_and_in_parts(log: Connection, person: User) -> None:
    api = api_for(person)
    newest = api.get("activity/?page_size=2").json()
    assert list(newest) == ["next", "results"]
    lowered(log, cause="later")
    rest = api.get(newest["next"].removeprefix("http://testserver")).json()
    assert rest["next"] is None
    first, *others = reversed(newest["results"] + rest["results"])
    assert others[0]["cause"] == "= it was sold"
    assert first == {
        "uid": first["uid"],
        "at": "2026-02-15T12:00:00Z",
        "platform": "ebay",
        "seller_account_uid": log.public_id,
        "action": "set_levels",
        "subject": LISTING,
        "before": {"quantity": 2},
        "after": {"quantity": 1},
        "cause": f"order {ORDER} was sold on Discogs",
        "outcome": "done",
        "request_id": "rlog-1",
        "actor": None,
    }
    assert [row["outcome"] for row in (first, *others)] == ["done", "done", "refused"]


@pytest.mark.parametrize(
    ("query", "causes"),
    [
        ("", 3),
        (f"subject={LISTING}", 2),
        (f"subject={LISTING},{OTHER}", 3),
        ("outcome=refused,held", 1),
        ("since=2026-02-15T13:00:00Z", 2),
        ("until=2026-02-15T14:00:00%2B01:00", 1),
        ("since=2026-02-15T13:00:00Z&until=2026-02-15T14:00:00Z", 1),
        ("since=0027-06-28T21:20:51-20:50", 3),
        ("subject=nothing", 0),
    ],
)
def test_parts_of_it(log: Connection, person: User, query: str, causes: int) -> None:
    api = api_for(person, ["activity"])
    assert len(api.get(f"activity/?{query}").json()["results"]) == causes
    assert len(b"".join(api.get(f"activity/export/?{query}").streaming_content).splitlines()) == causes


def test_only_ones_own(log: Connection, person: User) -> None:
    api = api_for(person)
    theirs = Connection.objects.exclude(organization=log.organization).get()
    assert len(api.get(f"activity/?seller_account_uid={log.public_id}").json()["results"]) == 3
    is_problem(api.get(f"activity/?seller_account_uid={theirs.public_id}"), 404)
    is_problem(api.get(f"activity/export/?seller_account_uid={theirs.public_id}"), 404)
    never = "until=0001-01-01T00:00:00%2B05:00"
    for wrong in ("cursor=AAAA", "cursor=é", "since=yesterday", never, "until=2026-02-15", "outcome=good", "file=xls"):
        path = "activity/export/" if "file" in wrong else "activity/"
        is_problem(api.get(f"{path}?{wrong}"), 400, "validation_error")
    is_problem(api_for(person, ["listings"]).get("activity/"), 403)


def test_it_is_exported_whole(log: Connection, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("instica.connections.activity.BATCH", 2)
    api: Api = api_for(person)
    answer = api.get("activity/export/", Accept="application/x-ndjson")
    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["Content-Disposition"] == 'attachment; filename="activity.ndjson"'
    rows = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert rows == api.get("activity/").json()["results"]
    answer = api.get("activity/export/?file=csv")
    assert answer["Content-Type"] == "text/csv"
    table = list(csv.DictReader(StringIO(b"".join(answer.streaming_content).decode())))
    assert [row["cause"] for row in table] == [rows[0]["cause"], "'= it was sold", rows[2]["cause"]]
    assert [json.loads(row["after"]) for row in table] == [{"price": "10.00"}, {}, {"quantity": 1}]
    assert list(table[0]) == list(rows[0])


def test_the_page_says_it_in_plain_words(log: Connection, person: User, client: Client) -> None:
    client.force_login(person)
    words = text(client.get("/activity/").content)
    assert "eBay: quantity 2 → 1 because order …4sn02q was sold on Discogs" in words
    assert "eBay: ended because = it was sold" in words
    assert "eBay: changed: price 12.00 → 10.00 because order …4sn02q was sold on Discogs" in words
    assert "asked for by Ada" in words or "asked for by ada@example.com" in words
    part = text(client.get("/activity/?outcome=refused&since=2026-02-15&until=2026-02-15").content)
    assert ("price 12.00" in part, "quantity 2" in part) == (True, False)
    assert "Nothing matches" in text(client.get("/activity/?since=2026-02-16").content)
    whole = client.get("/activity/export/csv/?outcome=refused")
    assert len(b"".join(whole.streaming_content).splitlines()) == 2
    theirs = Connection.objects.exclude(organization=log.organization).get()
    assert client.get(f"/activity/?shop={theirs.public_id}").status_code == 404
    assert client.get(f"/activity/export/csv/?shop={theirs.public_id}").status_code == 404


def test_an_item_shows_what_was_sent_about_it(log: Connection, person: User, client: Client) -> None:
    client.force_login(person)
    item = builders.item(log.organization)
    offer = builders.offer(item, log)
    path = f"/inventory/{item.public_id}/"
    assert "Nothing was sent to a shop yet." in text(client.get(path).content)
    for price in range(6):
        lowered(log, subject=offer.listing.public_id, action="revise", before={}, after={"price": f"{price}.00"})
    words = text(client.get(path).content)
    assert ("price 5.00" in words, "price 1.00" in words, "price 0.00" in words) == (True, True, False)
    assert "Everything that was sent" in words
    assert f'href="{path}">{offer.listing.title}</a>' in client.get("/activity/").content.decode()
    assert f"· …{LISTING[-6:]}" in words_of(client), "one that is gone has no name"


def words_of(client: Client) -> str:
    return text(client.get("/activity/").content)


def test_how_a_page_made_here_is_told(log: Connection) -> None:
    first = {"state": "checking", "listing_id": "", "quantity": 0, "price": None}
    lines = [
        ("publish", first, {"state": "publishing", "listing_id": "7"}, "being listed"),
        ("publish", first, {"state": "live", "quantity": 2, "price": "9.00"}, "listed: quantity 2, price 9.00"),
        ("withdraw", {"quantity": 1}, {"quantity": 0, "exposed_ms": 134}, "ended: quantity 1 → 0, on sale for 0.1 s"),
        ("set_levels", {"quantity": None}, {"quantity": 3}, "quantity unlimited → 3"),
        ("ship", {"status": "paid"}, {"status": "paid", "carrier": ""}, "marked as sent: carrier none"),
    ]
    for action, before, after, words in lines:
        told = change(lowered(log, action=action, before=before, after=after))
        assert told.removesuffix(" after it was sold") == words
