"""What strangers may try: a hub that sends elsewhere, a code used twice, messages and markup from a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from instica.people import pairing
from instica.people.models import ApiToken, User
from instica.sandbox.server import Server
from tests import builders
from tests.extension.chromium import Extension
from tests.extension.sites import Sites
from tests.extension.walking import pair

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
SPOKEN = """async ([tabId, id]) => (await chrome.scripting.executeScript({
  target: { tabId },
  args: [id],
  func: async (id) => {
    const messages = [{ verb: 'overview' }, { verb: 'unpair' }, { verb: 'settings', values: { pace: 9 } }];
    const answers = [];
    for (const message of messages) {
      answers.push(await chrome.runtime.sendMessage(id, message).catch((error) => error.message));
    }
    return answers;
  },
}))[0].result"""


@pytest.fixture
def forwarding(live_server: LiveServer) -> Iterator[tuple[str, list[str]]]:
    """A hub's address that sends everybody on to the real one, and what it was asked."""
    asked: list[str] = []

    def forward(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
        asked.append(environ["PATH_INFO"] + environ.get("HTTP_COOKIE", "") + environ.get("HTTP_REFERER", ""))
        start("307 Temporary Redirect", [("Location", live_server.url + environ["PATH_INFO"]), ("Content-Length", "0")])
        return [b""]

    server = Server(0, forward)
    server.start()
    yield server.url, asked
    server.stop()


def test_a_hub_that_sends_on_is_refused_and_gets_no_cookie(
    extension: Extension, popup: Page, forwarding: tuple[str, list[str]], person: User
) -> None:
    address, asked = forwarding
    _, code = pairing.offer(organization=builders.house(person), user=person)
    extension.context.add_cookies([{"name": "sessionid", "value": "secret", "url": address}])
    popup.get_by_label("Address of your hub").fill(f"{address} {code}")
    popup.get_by_role("button", name="Pair with this hub").click()
    expect(popup.get_by_text("This address sends you on to another one.")).to_be_visible()
    assert asked == ["/api/v1/extension/pair/"]
    assert (ApiToken.objects.count(), extension.kept("hub")) == (0, None)


def test_a_code_works_once(extension: Extension, popup: Page, live_server: LiveServer, person: User) -> None:
    code = pair(popup, live_server, person)
    popup.get_by_text("Settings, and what is read").click()
    popup.get_by_role("button", name="Forget the hub").click()
    popup.get_by_label("Address of your hub").fill(f"{live_server.url}/extension/#{code}")
    popup.get_by_role("button", name="Pair with this hub").click()
    expect(popup.get_by_text("This code is wrong, was used already, or is too old.")).to_be_visible()
    assert (ApiToken.objects.count(), extension.kept("hub")) == (1, None)


def test_pages_and_their_scripts_are_not_listened_to(
    extension: Extension, popup: Page, sites: Sites, live_server: LiveServer, person: User
) -> None:
    pair(popup, live_server, person)
    tab = extension.context.new_page()
    tab.goto("https://www.redbubble.com/")
    number = extension.tab("https://www.redbubble.com/")
    identity = extension.origin.rpartition("/")[2]
    assert popup.evaluate(SPOKEN, [number, identity]) == [None, None, None]
    assert tab.evaluate("typeof chrome === 'undefined' || typeof chrome.runtime?.sendMessage") in (True, "undefined")
    assert extension.kept("hub")["token"] != ""
    assert extension.kept("settings") == {"pace": 0.02}


def test_markup_from_a_page_stays_text(
    extension: Extension, popup: Page, sites: Sites, live_server: LiveServer, person: User
) -> None:
    pair(popup, live_server, person)
    shop = f"<!doctype html><title>Shop</title><a href='/people/{MARKUP.replace(chr(39), '%27')}/shop'>me</a>"
    sites.instead = lambda environ: ("200 OK", "text/html", shop.encode())
    popup.locator("#read-redbubble").click()
    extension.until("redbubble", "stopped", "page_changed")
    filled = {"site": "redbubble", "uid": "x", "title": MARKUP, "fields": {"title": "filled"}, "tags": 0, "seen": None}
    extension.background.evaluate("(assist) => chrome.storage.local.set({ assist })", filled)
    expect(popup.get_by_text(MARKUP.partition(">")[0])).to_be_visible()
    assert popup.locator("#screen :is(img, script, iframe)").count() == 0
    assert popup.title() == "Instica"
