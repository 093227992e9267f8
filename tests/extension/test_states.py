"""Every honest state, how it is left again, and that nothing is lost or sent twice on the way."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from instica.connections.models import Connection
from instica.imports.models import Job, Sight
from instica.people.models import ApiToken, User
from instica.work.engines.threads import run_until_idle
from tests.extension.chromium import Extension
from tests.extension.sites import Sites
from tests.extension.walking import pair, told

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PACK = "redbubble/1"
MOVED = """async (port) => {
  const { hub } = await chrome.storage.local.get('hub');
  const address = new URL(hub.address);
  const before = address.port;
  address.port = port;
  await chrome.storage.local.set({ hub: { ...hub, address: address.origin } });
  return before;
}"""
REVISED = """async (values) => {
  const { 'run:redbubble': run } = await chrome.storage.local.get('run:redbubble');
  await chrome.storage.local.set({ 'run:redbubble': { ...run, ...values } });
  await chrome.alarms.create('wake', { when: Date.now() + 20 });
}"""


@pytest.fixture
def paired(popup: Page, live_server: LiveServer, person: User) -> Page:
    """The popup of a paired browser."""
    pair(popup, live_server, person)
    return popup


def delivered() -> tuple[int, int, bool]:
    """Imports there are, different designs in the last one, whether it is complete."""
    run_until_idle()
    job = Job.objects.latest("created")
    return Job.objects.count(), job.rows.count(), job.complete and job.fetched


def site_tab(extension: Extension) -> Page:
    """The tab that the extension opened."""
    return next(page for page in extension.context.pages if "redbubble.com" in page.url)


def test_walls_and_changes_wait_and_are_told(extension: Extension, paired: Page, sites: Sites) -> None:
    redbubble = sites["redbubble"]
    redbubble.switches.set({"signed_in": False})
    paired.locator("#read-redbubble").click()
    extension.until("redbubble", "signed_out")
    expect(paired.get_by_text("You are signed out of Redbubble")).to_be_visible()
    assert Connection.objects.count() == 0

    redbubble.switches.set({"signed_in": True, "layout": "changed"})
    site_tab(extension).goto("https://www.redbubble.com/studio/dashboard")
    run = extension.until("redbubble", "page_changed")
    assert (run["field"], run["found"], told(paired, "page_changed")) == ("designs", 0, (PACK, "designs"))
    expect(paired.get_by_text("It does not mean that your shop is empty.")).to_be_visible()
    assert (Job.objects.get().found, Job.objects.get().fetched) == (0, False)

    redbubble.switches.set({"layout": "today", "challenge": True})
    paired.locator("#goon-redbubble").click()
    extension.until("redbubble", "challenge")
    assert told(paired, "challenge") == (PACK, "")
    expect(paired.get_by_text("Redbubble asks whether you are a person")).to_be_visible()

    def broken(environ: dict[str, Any]) -> tuple[str, str, bytes] | None:
        second = "page=2" in environ["QUERY_STRING"]
        return ("503 Service Unavailable", "text/html", b"<h1>Error 503</h1>") if second else None

    sites.instead = broken
    redbubble.switches.set({"challenge": False})
    site_tab(extension).reload()
    run = extension.until("redbubble", "offline")
    assert (run["detail"], run["found"], run["page"]) == ("Redbubble answers 503.", 24, 2)
    assert told(paired, "offline") == (PACK, "")

    sites.instead = lambda environ: None
    extension.background.evaluate(REVISED, {"again": 1})
    extension.until("redbubble", "finished")
    assert told(paired, "finished") == (PACK, "")
    assert delivered() == (1, 60, True)


def test_it_goes_on_after_a_pause_and_a_restart_of_the_browser(
    extension: Extension, paired: Page, sites: Sites
) -> None:
    gate = threading.Event()
    doors = ["page=2"]

    def held(environ: dict[str, Any]) -> None:
        if any(door in f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}" for door in doors):
            gate.wait(20)

    sites.instead = held
    paired.locator("#read-redbubble").click()
    extension.until("redbubble", "reading")
    while extension.kept("run:redbubble")["page"] < 2:
        paired.wait_for_timeout(20)
    paired.locator("#pause-redbubble").click()
    extension.until("redbubble", "paused")
    expect(paired.get_by_text("Paused by you.")).to_be_visible()
    assert (extension.kept("run:redbubble")["found"], told(paired, "paused")) == (24, (PACK, ""))

    site_tab(extension).close()
    gate.set()
    gate.clear()
    paired.locator("#goon-redbubble").click()
    while not any("page=2" in line for line in sites.asked[-1:]):
        paired.wait_for_timeout(20)
    extension.background.evaluate(REVISED, {"next": 1})
    extension.stop()
    doors.append("/people/")
    extension.start()
    assert told(extension.context.pages[0], "asleep") == (PACK, "")
    assert "Nothing was read for" in Sight.objects.get().detail
    gate.set()
    extension.until("redbubble", "finished")
    assert delivered() == (1, 60, True)


SOON = "async () => await chrome.storage.local.set({ settings: { pace: 0.02, loading: 0.5, answering: 0.5 } })"
BUSY = b"<script>for (const end = Date.now() + 3000; Date.now() < end; );</script>"


def go_on(extension: Extension) -> dict[str, Any]:
    """Its time to try again has come."""
    extension.background.evaluate(REVISED, {"again": 1})
    return extension.until("redbubble", "finished")


@pytest.mark.parametrize("at", ["/portfolio/manage_works", "page=2"])
def test_a_site_that_sends_nothing_is_out_of_reach_and_nothing_else(
    extension: Extension, paired: Page, sites: Sites, at: str
) -> None:
    gate = threading.Event()

    def silent(environ: dict[str, Any]) -> None:
        if at in f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}":
            gate.wait(20)

    extension.background.evaluate(SOON)
    sites.instead = silent
    paired.locator("#read-redbubble").click()
    run = extension.until("redbubble", "offline")
    expect(paired.get_by_text("Redbubble does not load. It is tried again by itself.")).to_be_visible()
    assert (run["found"], run["again"] > 0) == (24 if at == "page=2" else 0, True)
    sites.instead = lambda environ: None
    gate.set()
    assert (go_on(extension)["accepted"], delivered()) == (60, (1, 60, True))


def test_a_tab_that_does_not_answer_is_asleep_and_goes_on(extension: Extension, paired: Page, sites: Sites) -> None:
    def busy(environ: dict[str, Any]) -> tuple[str, str, bytes] | None:
        return ("200 OK", "text/html", BUSY) if "page=2" in environ["QUERY_STRING"] else None

    extension.background.evaluate(SOON)
    sites.instead = busy
    paired.locator("#read-redbubble").click()
    run = extension.until("redbubble", "asleep")
    assert (run["found"], told(paired, "asleep")) == (24, (PACK, ""))
    expect(paired.get_by_text("Bring it to the front and keep it there.")).to_be_visible()
    sites.instead = lambda environ: None
    extension.background.evaluate("async () => await chrome.storage.local.set({ settings: { pace: 0.02 } })")
    assert (go_on(extension)["accepted"], delivered()) == (60, (1, 60, True))


def test_access_that_was_taken_back_is_told_and_nothing_more_is_read(
    extension: Extension, paired: Page, sites: Sites
) -> None:
    def taken(environ: dict[str, Any]) -> None:
        if "page=2" in environ["QUERY_STRING"]:
            reached.set()
            there.wait(20)

    reached, there = threading.Event(), threading.Event()
    sites.instead = taken
    paired.locator("#read-redbubble").click()
    while not reached.is_set():
        paired.wait_for_timeout(20)
    hosts = ["https://www.redbubble.com/*"]
    extension.background.evaluate("(origins) => chrome.permissions.onRemoved.dispatch({ origins })", hosts)
    run = extension.until("redbubble", "paused")
    there.set()
    assert (run["detail"], run["found"]) == ("Instica may not look at Redbubble any more.", 24)
    assert told(paired, "paused") == (PACK, "")
    expect(paired.get_by_text("Instica may not look at Redbubble any more.")).to_be_visible()
    asked = len(sites.asked)
    paired.wait_for_timeout(300)
    assert [line for line in sites.asked[asked:] if "/people/" in line] == []
    sites.instead = lambda environ: None
    paired.locator("#goon-redbubble").click()
    assert (extension.until("redbubble", "finished")["accepted"], delivered()) == (60, (1, 60, True))


def test_a_browser_that_is_no_longer_known_keeps_what_it_read(
    extension: Extension, paired: Page, sites: Sites, live_server: LiveServer, person: User
) -> None:
    def revoked(environ: dict[str, Any]) -> None:
        if "page=2" in environ["QUERY_STRING"]:
            ApiToken.objects.all().delete()

    sites.instead = revoked
    paired.locator("#read-redbubble").click()
    run = extension.until("redbubble", "unpaired")
    assert (run["found"], run["accepted"]) == (48, 24)
    expect(paired.get_by_role("heading", name="Pair with your hub")).to_be_visible()
    expect(paired.get_by_text("24 designs that were read are kept")).to_be_visible()
    sites.instead = lambda environ: None
    pair(paired, live_server, person)
    run = extension.until("redbubble", "finished")
    assert (run["accepted"], delivered()) == (60, (1, 60, True))


def test_a_hub_that_is_away_loses_nothing(extension: Extension, paired: Page, sites: Sites) -> None:
    def away(environ: dict[str, Any]) -> None:
        if "page=2" in environ["QUERY_STRING"]:
            gate.set()
            there.wait(20)

    gate, there = threading.Event(), threading.Event()
    sites.instead = away
    paired.locator("#read-redbubble").click()
    while not gate.is_set():
        paired.wait_for_timeout(20)
    port = extension.background.evaluate(MOVED, "1")
    there.set()
    run = extension.until("redbubble", "offline")
    assert (run["found"], run["accepted"], run["sent"]) == (48, 24, 1)
    expect(paired.get_by_text("does not answer")).to_be_visible()
    extension.background.evaluate(MOVED, port)
    paired.locator("#goon-redbubble").click()
    run = extension.until("redbubble", "finished")
    assert (run["accepted"], delivered()) == (60, (1, 60, True))


def test_another_account_is_refused_until_the_person_confirms(extension: Extension, paired: Page, sites: Sites) -> None:
    paired.locator("#read-redbubble").click()
    extension.until("redbubble", "finished")
    sites["redbubble"].switches.set({"signed_in": False})
    paired.locator("#read-redbubble").click()
    assert told(paired, "signed_out") == (PACK, "")
    sites["redbubble"].switches.set({"signed_in": True, "signed_in_as": "nightowlstudio"})
    site_tab(extension).goto("https://www.redbubble.com/studio/dashboard")
    run = extension.until("redbubble", "paused")
    assert run["question"] == {"about": "connection", "seen": "nightowlstudio", "other": "gsprints"}
    expect(paired.get_by_text("You are signed in as nightowlstudio. The hub knows gsprints.")).to_be_visible()
    assert (Connection.objects.count(), Job.objects.count(), run["found"]) == (1, 1, 0)
    paired.get_by_role("button", name="Yes, read nightowlstudio").click()
    run = extension.until("redbubble", "finished")
    assert (run["account"], run["found"]) == ("nightowlstudio", 30)
    assert set(Connection.objects.values_list("username", flat=True)) == {"gsprints", "nightowlstudio"}
    assert delivered() == (2, 30, True)


def test_descriptions_come_from_each_designs_own_page(extension: Extension, paired: Page, sites: Sites) -> None:
    sites.fresh(6)
    paired.get_by_text("Settings, and what is read").click()
    paired.get_by_label("Open each design's page for its description").check()
    for slug in ("redbubble", "society6"):
        if slug == "society6":
            tab = extension.context.new_page()
            tab.goto("https://society6.com/a/artists/gsprints")
        paired.locator(f"#read-{slug}").click()
        extension.until(slug, "finished")
        assert delivered()[1:] == (6, True)
        rows = Job.objects.latest("created").rows.all()
        assert all("Drawn by hand in ink & pencil, number" in str(row.data) for row in rows)
    assert len([line for line in sites.asked if "/shop/ap/" in line]) == 6
