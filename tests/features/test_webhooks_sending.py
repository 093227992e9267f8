"""Webhooks we send: signed, at least once, tried again for three days, given up, replayed, forgotten."""

from __future__ import annotations

import base64
import datetime as dt
import json
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction

from instica.core.errors import Conflict
from instica.core.secrets import Secret
from instica.notices import delivering, endpoints, purge, replaying
from instica.notices.kinds import KINDS
from instica.notices.models import Delivery, Endpoint, Message, Notice
from instica.notices.webhooks import write
from instica.people.models import User
from instica.work.engines.threads import run_until_idle
from instica.work.models import Lane, Task
from tests import builders
from tests.features import hooking
from tests.features.hooking import endpoint, genuine, happened, states
from tests.features.receiver import Receiver, receiving

NOON = dt.datetime(2026, 2, 15, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    """Somebody's program."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def there(server: Receiver, settings: Any) -> Receiver:
    """The same, with nothing in it yet, on a host the operator allows."""
    server.came.clear()
    server.answers.clear()
    server.meanwhile = None
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    return server


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def test_what_is_sent_and_how_it_is_proven(there: Receiver, person: User, clock: time_machine.Traveller) -> None:
    _, secret = endpoint(person, there.url)
    first, second = happened(person), happened(person)
    assert first
    assert second
    run_until_idle()
    assert there.ids == [first.public_id, second.public_id]
    came = there.came[0]
    assert came.path == "/hooks"
    assert {name: came.headers[name] for name in ("content-type", "webhook-timestamp", "host")} == {
        "content-type": "application/json",
        "webhook-timestamp": str(int(NOON.timestamp())),
        "host": there.url.removeprefix("http://").removesuffix("/hooks"),
    }
    assert json.loads(came.body) == {
        "type": "stock.changed",
        "timestamp": "2026-02-15T12:00:00Z",
        "data": {
            "uid": "inv_01h455vb4pex5vsknk084sn02q",
            "sku": "PCS-7088-001",
            "quantity": 1,
            "change": -1,
            "cause": "sale",
            "link": "https://hub.example/api/v1/…/",
            "sequence": 1771156800000000,
        },
    }
    assert json.loads(there.came[1].body)["data"]["sequence"] == 1771156800000001
    assert genuine(secret, came)
    assert len(base64.b64decode(secret.reveal().removeprefix("whsec_"))) == 32
    assert states() == [("delivered", 1)] * 2
    assert Task.objects.count() == 0


def test_the_program_in_the_guide_believes_us_and_nobody_else(
    there: Receiver, person: User, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    _, secret = endpoint(person, there.url)
    happened(person)
    run_until_idle()
    came, program = there.came[0], dict[str, Any]()
    exec(hooking.in_the_guide("python"), program)  # our own guide
    verify = program["verify"]
    verify(secret.reveal(), came.headers, came.body)
    for wrong in (
        lambda: verify(endpoints.new_secret().reveal(), came.headers, came.body),
        lambda: verify(secret.reveal(), came.headers, came.body + b" "),
        lambda: verify(secret.reveal(), came.headers | {"webhook-id": "msg_other"}, came.body),
        lambda: verify(secret.reveal(), came.headers | {"webhook-timestamp": "1"}, came.body),
    ):
        with pytest.raises(ValueError, match=r"not signed|too old"):
            wrong()
    if node := shutil.which("node"):
        assert in_javascript(node, tmp_path, secret, came.headers, came.body) == "good"
        assert in_javascript(node, tmp_path, secret, came.headers, came.body + b" ") == "not signed by the hub"
        later = came.headers | {"webhook-timestamp": "1"}
        assert in_javascript(node, tmp_path, secret, later, came.body) == "too old, or from the future"


def in_javascript(node: str, folder: Path, secret: Secret, headers: dict[str, str], body: bytes) -> str:
    """What the guide's other program says, at noon."""
    (folder / "verify.mjs").write_text(hooking.in_the_guide("javascript"))
    (folder / "main.mjs").write_text(
        'import { verify } from "./verify.mjs";\n'
        f"Date.now = () => {int(NOON.timestamp() * 1000)};\n"
        "const [secret, headers, body] = JSON.parse(process.argv[2]);\n"
        "let said = 'good';\n"
        "try { verify(secret, headers, Buffer.from(body)); } catch (error) { said = error.message; }\n"
        "console.log(said);\n"
    )
    given = json.dumps([secret.reveal(), headers, body.decode()])
    told = subprocess.run([node, folder / "main.mjs", given], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def rest_of(row: Endpoint) -> dt.datetime | None:
    """Until when its lane rests."""
    return Lane.objects.get(name=f"endpoint:{row.uid}").rest_until


def wait_for_next(clock: time_machine.Traveller, row: Delivery) -> float:
    """Go to the moment of the next attempt and make it; how many seconds that was away."""
    row.refresh_from_db()
    assert row.next_at
    seconds = (row.next_at - dt.datetime.now(dt.UTC)).total_seconds()
    clock.shift(row.next_at - dt.datetime.now(dt.UTC))
    run_until_idle()
    return seconds


def test_tried_again_for_three_days_and_then_disabled(
    there: Receiver, person: User, clock: time_machine.Traveller
) -> None:
    row, _ = endpoint(person, there.url)
    there.answer(*[500] * 9, text=b"no\x00pe " * 1000)
    there.answer(302, Location=there.url)
    first = happened(person)
    assert first
    run_until_idle()
    delivery = Delivery.objects.get()
    told = Notice.objects.filter(organization=row.organization)
    for least in delivering.WAITS[:-2]:
        assert least.total_seconds() <= wait_for_next(clock, delivery) <= least.total_seconds() * 1.2
    assert [notice.title for notice in told] == [f"Webhooks to {there.url} have failed for a day"]
    assert (states(), Delivery.objects.get().response) == ([("waiting", 8)], ("nope " * 1000)[:1000])
    wait_for_next(clock, delivery)
    other = happened(person, "inv_01h455vb4pex5vsknk084sn02r")
    assert other
    there.answers.insert(0, (404, {}, b""))
    run_until_idle()
    wait_for_next(clock, delivery)
    run_until_idle()
    assert there.ids == [first.public_id] * 9 + [other.public_id] + [first.public_id]
    row.refresh_from_db()
    assert (row.state, row.failing_since) == ("disabled", NOON)
    assert row.why.startswith("It has failed for 3 days. The last time: It answered 302: redirects are not followed.")
    assert states() == [("failed", 10), ("missed", 1)]
    assert [each["status"] for each in Delivery.objects.get(state="failed").tries] == [500] * 9 + [302]
    assert [(notice.title, notice.tone) for notice in told.filter(read=None)] == [
        (f"Webhooks to {there.url} are disabled", "danger")
    ]
    assert [message.subject for message in mail.outbox][-1] == f"Webhooks to {there.url} are disabled"
    happened(person)
    run_until_idle()
    assert (len(there.came), states()[-1]) == (11, ("missed", 0))
    with pytest.raises(Conflict, match="not active"):
        endpoints.test(endpoint=row, by=person)
    with pytest.raises(Conflict, match="not active"):
        replaying.several(endpoint=row, by=person, since=NOON)
    endpoints.change(endpoint=row, by=person, state="active")
    assert not told.filter(read=None).exists()
    assert replaying.several(endpoint=row, by=person, since=NOON + HOUR) == 2
    assert replaying.several(endpoint=row, by=person, since=NOON, until=NOON + HOUR) == 1
    run_until_idle()
    assert (sorted(there.ids[11:])[0], states()) == (first.public_id, [("delivered", 1)] * 3)


def test_gone_is_gone(there: Receiver, person: User) -> None:
    row, _ = endpoint(person, there.url)
    there.answer(410)
    happened(person)
    happened(person)
    run_until_idle()
    row.refresh_from_db()
    assert (row.state, row.why) == ("disabled", "It answered 410: it is gone and wants nothing more.")
    assert (len(there.came), states()) == (1, [("failed", 1), ("missed", 0)])


def test_one_bad_answer_gives_up_but_does_not_disable(
    there: Receiver, person: User, clock: time_machine.Traveller
) -> None:
    row, _ = endpoint(person, there.url)
    there.answer(500)
    happened(person)
    run_until_idle()
    for _ in delivering.WAITS:
        happened(person)
        run_until_idle()
        there.answer(500)
        wait_for_next(clock, Delivery.objects.order_by("at", "uid")[0])
    row.refresh_from_db()
    assert (states()[0], row.state, row.failures) == (("failed", 10), "active", 1)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("status", "headers", "rest"), [(429, {"Retry-After": "120"}, 120), (502, {}, 5), (504, {}, 5)]
)
def test_who_is_busy_is_left_alone(
    there: Receiver,
    person: User,
    clock: time_machine.Traveller,
    status: int,
    headers: dict[str, str],
    rest: int,
) -> None:
    row, _ = endpoint(person, there.url)
    there.answer(status, **headers)
    happened(person)
    happened(person)
    run_until_idle()
    assert (len(there.came), rest_of(row)) == (1, NOON + dt.timedelta(seconds=rest))
    test = endpoints.test(endpoint=row, by=person)
    run_until_idle()
    assert there.ids[1:] == [test.message.public_id]
    clock.shift(rest * 2)
    run_until_idle()
    assert (len(there.came), sorted(states())) == (4, [("delivered", 1), ("delivered", 1), ("delivered", 2)])


def test_nobody_there(there: Receiver, person: User, clock: time_machine.Traveller) -> None:
    row, _ = endpoint(person, "http://127.0.0.1:9/hooks")
    happened(person)
    run_until_idle()
    found = Delivery.objects.get()
    assert (found.status, found.trouble, found.attempts) == (None, "No connection.", 1)
    assert rest_of(row) == NOON + dt.timedelta(seconds=5)


def test_a_slow_answer_is_none(there: Receiver, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("instica.notices.sending.SECONDS", 0.2)
    done = threading.Event()
    there.meanwhile = lambda: done.wait(5) and None
    endpoint(person, there.url)
    happened(person)
    run_until_idle()
    done.set()
    found = Delivery.objects.get()
    assert (found.status, found.trouble) == (None, "No answer within 0.2 seconds.")


def test_paused_waits_and_goes_on(there: Receiver, person: User, clock: time_machine.Traveller) -> None:
    row, _ = endpoint(person, there.url)
    endpoints.change(endpoint=row, by=person, state="paused")
    happened(person)
    run_until_idle()
    clock.shift(HOUR * 5)
    run_until_idle()
    assert (there.came, states()) == ([], [("waiting", 0)])
    endpoints.change(endpoint=row, by=person, state="active")
    run_until_idle()
    assert (len(there.came), states()) == (1, [("delivered", 1)])


def test_two_secrets_sign_for_a_day(there: Receiver, person: User, clock: time_machine.Traveller) -> None:
    row, oldest = endpoint(person, there.url)
    row, older = endpoints.rotate(endpoint=row, by=person)
    clock.shift(HOUR)
    _, newest = endpoints.rotate(endpoint=row, by=person)
    signed = []
    for hours in (0, 22.9, 0.2, 1):
        clock.shift(HOUR * hours)
        happened(person)
        run_until_idle()
        signed.append([genuine(secret, there.came[-1]) for secret in (newest, older, oldest)])
    assert signed == [[True] * 3, [True] * 3, [True, True, False], [True, False, False]]
    assert [len(came.headers["webhook-signature"].split(" ")) for came in there.came] == [3, 3, 2, 1]
    assert repr(row.secrets["1"]) == "Secret()"
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM notices_endpoint")
        assert "whsec_" not in cursor.fetchone()[0]


def test_only_what_was_asked_for(there: Receiver, person: User, stranger: User) -> None:
    endpoint(person, there.url, ["order.created"])
    endpoint(stranger, there.url)
    assert happened(person) is None
    with transaction.atomic():
        assert happened(person, kind="order.created")
        transaction.set_rollback(True)
    assert (Message.objects.count(), Task.objects.count()) == (0, 0)
    told = happened(person, kind="order.created")
    assert told
    run_until_idle()
    assert there.ids == [told.public_id]


def test_a_body_is_small_whatever_a_shop_says(person: User) -> None:
    for kind, about in KINDS.items():
        data = dict.fromkeys(about.fields, "\x01\ud800" * 1000)
        message = write(organization=builders.house(person).uid, kind=kind, subject="x", data=data)
        message.refresh_from_db()
        assert 1_000 < len(message.body.encode()) < 20_000


def test_forgotten_after_a_month(there: Receiver, person: User, clock: time_machine.Traveller) -> None:
    row, _ = endpoint(person, there.url)
    happened(person)
    run_until_idle()
    endpoints.change(endpoint=row, by=person, state="paused")
    happened(person)
    clock.shift(dt.timedelta(days=30))
    happened(person)
    assert purge.messages() == 0
    clock.shift(1)
    assert purge.messages() == 4
    assert states() == [("waiting", 0)], "a pause keeps nothing for longer either"
    endpoints.remove(endpoint=row, by=person)
    run_until_idle()
    assert (there.ids[1:], Delivery.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_whose_lane_was_taken_writes_nothing_and_it_is_sent_again(there: Receiver, person: User) -> None:
    endpoint(person, there.url)
    told = happened(person)
    assert told

    def taken() -> None:
        there.meanwhile = None
        Lane.objects.filter(name__startswith="endpoint:").update(token=uuid.uuid4(), leased_until=NOON)
        connection.close()

    there.meanwhile = taken
    run_until_idle()
    run_until_idle()
    assert there.ids == [told.public_id] * 2
    assert states() == [("delivered", 1)]
    assert Endpoint.objects.get().failures == 0


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_each_once(there: Receiver, person: User) -> None:
    for _ in range(2):
        endpoint(person, there.url)
    told = [happened(person) for _ in range(10)]
    Delivery.objects.filter(message=told[0]).update(attempts=0)
    for delivery in Delivery.objects.all():
        replaying.one(delivery=delivery, by=person)

    def work() -> None:
        run_until_idle()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run_until_idle()
    assert sorted(there.ids) == sorted(message.public_id for message in told if message for _ in range(2))
    assert states() == [("delivered", 1)] * 20
