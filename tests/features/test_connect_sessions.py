"""Grants that end are renewed once, and a dead sign-in pauses the shop without losing its work."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection as database
from pydantic import ValidationError

from instica import __version__, marketplaces
from instica.connections import pausing, services
from instica.connections.credentials import app_for, manifest_of
from instica.connections.models import Connection
from instica.connections.session import ShopSession
from instica.connections.talk import connector_for, talking, verdict
from instica.core.clock import now
from instica.core.errors import Unprocessable
from instica.core.verdicts import Again, Dead, Sleep, Verdict
from instica.imports import services as imports
from instica.kit.contract import LimitSpec
from instica.kit.errors import Complaint, Gone, Refused, SignInAgain, Throttled, TryLater, Unsure
from instica.notices.models import Notice
from instica.project.config import Config
from instica.sync import services as sync
from instica.work import handlers, limits
from instica.work.engines.threads import run_until_idle
from instica.work.lanes import wake
from instica.work.models import Lane, Limit, Task
from instica.work.queue import enqueue
from instica.work.runner import turn
from instica.work.shares import Shares
from tests.features import pretend as pretending
from tests.features.importing import patiently
from tests.shops import Shops


def about_to_end(connection: Connection) -> None:
    Connection.objects.filter(uid=connection.uid).update(expires_at=now() + dt.timedelta(seconds=5))


@pytest.mark.django_db(transaction=True)
def test_one_refresh_for_eight_threads(pretend: Connection) -> None:
    about_to_end(pretend)
    pretending.THERE.slow = 0.3
    got: list[str] = []

    def call() -> None:
        try:
            session = ShopSession(Connection.objects.get(uid=pretend.uid), "stock")
            got.append(session.grant().secrets["token"].reveal())
        except Exception as error:
            got.append(repr(error))
        finally:
            database.close()

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["token-1"] * 8
    assert pretending.THERE.refreshes == 1
    pretend.refresh_from_db()
    assert (pretend.grant_version, pretend.refreshing_until) == (2, None)
    assert pretend.secrets["refresh"].reveal() == "refresh-1"


def test_a_refused_grant_is_renewed(pretend: Connection) -> None:
    pretending.THERE.token = "another"
    assert services.test(connection=pretend).ok
    assert pretending.THERE.refreshes == 1


def test_a_refresh_that_finds_nobody_leaves_the_grant(pretend: Connection) -> None:
    about_to_end(pretend)
    pretending.THERE.down = True
    with pytest.raises(TryLater):
        ShopSession(pretend, "stock").grant()
    pretend.refresh_from_db()
    assert (pretend.state, pretend.grant_version, pretend.refreshing_until) == ("connected", 1, None)
    pretending.THERE.down = False
    assert ShopSession(pretend, "stock").grant().secrets["token"].reveal() == "token-1"


def test_a_refresher_that_died_is_replaced(pretend: Connection) -> None:
    about_to_end(pretend)
    Connection.objects.update(refreshing_until=now() - dt.timedelta(seconds=1))
    assert ShopSession(pretend, "stock").grant().secrets["token"].reveal() == "token-1"


def test_a_dead_sign_in_pauses_and_tells_once(pretend: Connection) -> None:
    pretending.THERE.dead = True
    pretending.THERE.token = "another"
    for _ in range(3):
        tested = services.test(connection=Connection.objects.get())
        assert not tested.ok
    pretend.refresh_from_db()
    assert pretend.state == "expired"
    assert pretend.trouble == (
        "Pretend no longer knows this sign-in. Connect Pretend again; what waits then goes on by itself."
    )
    notice = Notice.objects.get()
    assert (notice.title, notice.tone) == ("Connect Pretend again", "danger")
    assert notice.link == f"/accounts/pretend/login/?reconnect={pretend.public_id}"
    run_until_idle()
    assert [(one.to, one.subject) for one in mail.outbox] == [(["ada@example.com"], "Connect Pretend again")]
    assert f"http://localhost:8000{notice.link}" in mail.outbox[0].body


def test_a_stale_caller_does_not_pause_a_fresh_connection(pretend: Connection) -> None:
    stale = Connection.objects.get()
    Connection.objects.update(grant_version=2)
    with talking(stale) as talk:
        raise SignInAgain("the old one")
    assert isinstance(talk.verdict, Again)
    assert talk.verdict.free
    pretend.refresh_from_db()
    assert pretend.state == "connected"
    assert Notice.objects.count() == 0


def test_tasks_of_a_paused_shop_wait_without_attempts_and_go_on(shop: Shops, client: object) -> None:
    one = shop("discogs", listings=0)
    sync.start(connection=one)
    shop.control("discogs", "revoke", {})
    run_until_idle()
    one.refresh_from_db()
    assert one.state == "expired"
    waiting = Task.objects.get(kind="orders.poll")
    assert (waiting.state, waiting.attempts) == ("queued", 0)
    requests = len(shop.control("discogs", "requests")["requests"])
    wake("shop:")
    run_until_idle()
    assert len(shop.control("discogs", "requests")["requests"]) == requests, "a paused shop is not called"
    shop.control("discogs", "reset", {"seed": 1, "listings": 0, "limits": False})
    services.begin(
        organization=one.organization,
        user=shop.person,
        marketplace="discogs",
        answers={"token": "sandbox-token"},
        connection=one,
    )
    run_until_idle()
    one.refresh_from_db()
    assert (one.state, Task.objects.filter(kind="orders.poll").count()) == ("connected", 0)
    assert one.last_synced_at is not None
    assert not Notice.objects.filter(key__startswith="reconnect", read=None).exists()


@pytest.mark.parametrize(
    ("failure", "verdict"),
    [
        (Refused([Complaint("No such release")]), Dead("No such release")),
        (Unsure("Sent, no answer"), Again(why="Sent, no answer")),
        (Gone("Not there"), Again(why="Not there")),
        (TryLater("They are down"), Again(why="They are down")),
    ],
)
def test_failures_become_verdicts(pretend: Connection, failure: Exception, verdict: object) -> None:
    with talking(pretend) as talk:
        raise failure
    assert talk.verdict == verdict


def test_a_used_up_limit_puts_the_lane_to_sleep(pretend: Connection) -> None:
    until = now() + dt.timedelta(seconds=40)
    with talking(pretend) as talk:
        raise Throttled("pretend.calls", until)
    assert isinstance(talk.verdict, Sleep)
    assert talk.verdict.until == until


def test_our_own_errors_pass(pretend: Connection) -> None:
    with pytest.raises(ZeroDivisionError), talking(pretend):
        _ = 1 / 0


def test_limits_reach_as_far_as_the_marketplace_counts(pretend: Connection, shop: Shops) -> None:
    connector_for(pretend, "bulk")
    connector_for(shop("discogs", listings=0), "stock")
    names = sorted(Limit.objects.values_list("name", flat=True))
    assert names == ["discogs.calls:egress", f"pretend.calls:{pretend.uid}"]


def test_disconnecting_gives_the_grant_back(pretend: Connection) -> None:
    enqueue("orders.poll", str(pretend.uid), lane=f"shop:{pretend.uid}:watch")
    services.disconnect(connection=pretend)
    services.disconnect(connection=pretend)
    assert pretending.THERE.revoked == 1
    run_until_idle()
    assert Task.objects.count() == 0
    with pytest.raises(Refused, match="disconnected"):
        ShopSession(pretend, "stock").grant()


@pytest.mark.parametrize("name", ["../up", "/etc/passwd", ".hidden", "a/b", "", "x" * 101])
def test_spooled_files_stay_in_their_folder(pretend: Connection, name: str) -> None:
    spool = ShopSession(pretend, "bulk", "job").spool
    with pytest.raises(ValueError, match="file name"):
        spool.path(name)
    assert spool.path("export.csv").parent.name == "job"
    spool.drop()
    assert not spool.folder.exists()


def found_dead(stale: Connection, meanwhile: Callable[[], None]) -> Task:
    """A task whose handler finds the sign-in dead; what happens before the worker writes that down."""

    def handler(task: object) -> Verdict:
        said = verdict(stale, SignInAgain("dead"))
        meanwhile()
        return said

    handlers.handles("test.found_dead")(handler)
    try:
        enqueue("test.found_dead", "x", lane=f"shop:{stale.uid}:watch")
        turn(Shares(1))
    finally:
        handlers._handlers.pop("test.found_dead")
    return Task.objects.get(kind="test.found_dead")


def resting(connection: Connection) -> dt.datetime | None:
    rest: dt.datetime | None = Lane.objects.get(name=f"shop:{connection.uid}:watch").rest_until
    return rest


def test_a_shop_that_is_back_is_not_laid_to_rest(pretend: Connection) -> None:
    stale = Connection.objects.get()
    Connection.objects.update(grant_version=9)
    task = found_dead(stale, lambda: None)
    assert (resting(pretend), task.attempts) == (None, 0)


def test_coming_back_just_before_the_lane_is_laid_to_rest(pretend: Connection) -> None:
    def back() -> None:
        Connection.objects.update(state="connected", trouble="", grant_version=9)
        pausing.resume(pretend)

    found_dead(Connection.objects.get(), back)
    with time_machine.travel(now() + dt.timedelta(seconds=6), tick=True):
        run_until_idle()
        assert resting(pretend) is None


def test_a_shop_paused_in_earnest_rests(pretend: Connection) -> None:
    found_dead(Connection.objects.get(), lambda: None)
    rest = resting(pretend)
    assert rest is not None
    assert rest > now() + dt.timedelta(minutes=14)


def test_disconnecting_in_the_middle_of_an_import_ends_it(shop: Shops) -> None:
    one = shop("discogs", listings=5)
    job = imports.create(organization=one.organization, connection=one, user=None)
    services.disconnect(connection=one)
    run_until_idle()
    job.refresh_from_db()
    assert job.stage == "failed"
    assert job.error.startswith("This shop is disconnected. ")
    assert Task.objects.count() == 0
    services.begin(
        organization=one.organization, user=shop.person, marketplace="discogs", answers={"token": "sandbox-token"}
    )
    imports.start(job=job)
    patiently(job)
    assert (job.stage, job.imported) == ("done", 5)


def test_disconnecting_while_paused_ends_what_waits(shop: Shops) -> None:
    one = shop("discogs", listings=5)
    shop.control("discogs", "revoke", {})
    job = imports.create(organization=one.organization, connection=one, user=None)
    run_until_idle()
    job.refresh_from_db()
    assert job.stage == "fetching"
    services.disconnect(connection=one)
    run_until_idle()
    job.refresh_from_db()
    assert job.stage == "failed"


def test_connecting_counts_against_the_limit_of_all_shops(shop: Shops) -> None:
    one = shop("discogs", listings=0)
    connector_for(one, "stock")
    before = limits.left("discogs.calls:egress")
    with time_machine.travel(now(), tick=False):
        services.begin(
            organization=one.organization, user=shop.person, marketplace="discogs", answers={"token": "sandbox-token"}
        )
        assert limits.left("discogs.calls:egress") == pytest.approx(before - 2, abs=0.1)


def test_a_used_up_limit_makes_no_call(shop: Shops) -> None:
    one = shop("discogs", listings=0)
    connector_for(one, "stock")
    limits.learn("discogs.calls:egress", until=now() + dt.timedelta(minutes=1))
    requests = len(shop.control("discogs", "requests")["requests"])
    with pytest.raises(Unprocessable) as refusal:
        services.begin(
            organization=one.organization, user=shop.person, marketplace="discogs", answers={"token": "sandbox-token"}
        )
    assert refusal.value.code == "try_later"
    assert "discogs.calls" not in refusal.value.detail
    assert len(shop.control("discogs", "requests")["requests"]) == requests


def test_a_limit_of_one_listing_holds_up_no_other(pretend: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    of_listings = LimitSpec("pretend.edits", rate=1, per=86_400, burst=2, scope="listing", polls=False)
    manifest = replace(manifest_of("pretend"), limits=(of_listings,))
    monkeypatch.setitem(marketplaces.every(), "pretend", manifest)
    budget = ShopSession(pretend, "stock").budget
    budget.admit({"pretend.edits:1": 2})
    with pytest.raises(Throttled) as throttled:
        budget.admit({"pretend.edits:1": 1})
    assert throttled.value.limit == f"pretend.edits:{pretend.uid}:1"
    budget.admit({"pretend.edits:2": 1})
    assert limits.left(f"pretend.edits:{pretend.uid}:2") == pytest.approx(1, abs=0.1)


def test_a_marketplace_with_many_limits_costs_one_look(
    pretend: Connection, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    many = tuple(LimitSpec(f"pretend.{n}", rate=1, per=1, burst=1, scope="app") for n in range(20))
    monkeypatch.setitem(marketplaces.every(), "pretend", replace(manifest_of("pretend"), limits=many))
    ShopSession(pretend, "stock")
    assert limits.left("pretend.19:app") == pytest.approx(1, abs=0.1)
    with django_assert_num_queries(1):
        ShopSession(pretend, "stock")


def test_the_installation_names_itself(settings: Any) -> None:
    assert app_for("discogs").agent == f"Instica/{__version__} +http://localhost:8000"
    settings.CONFIG = settings.CONFIG.model_copy(update={"app_name": "Spin", "contact": "https://spin.example/bot"})
    assert app_for("discogs").agent == f"Spin/{__version__} +https://spin.example/bot"


@pytest.mark.parametrize("bad", [{"app_name": "two words"}, {"app_name": "a\nb"}, {"contact": "a\r\nCookie: b"}])
def test_a_name_that_is_no_header_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Config(**bad)  # type: ignore[arg-type]
