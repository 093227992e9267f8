"""The popup to look at: axe in light and dark on every screen and in every state, and a walk by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.extension.chromium import Extension

pytestmark = pytest.mark.browser
AXE = Axe()
SERIOUS = ("serious", "critical")
HUB = {
    "address": "http://localhost:8000",
    "token": "t",
    "organization": {"uid": "org_1", "name": "Green Street Records & Prints of the Old Harbour"},
    "hub": {"name": "Instica", "version": "1"},
}
RUN = {
    "pack": "redbubble/1",
    "phase": "list",
    "page": 4,
    "pages": 17,
    "found": 72,
    "accepted": 72,
    "delivered": 72,
    "expected": 72,
    "account": "gsprints",
    "sent": 3,
    "written": 3,
    "field": "designs",
    "detail": "There is no such block of data on the page.",
}
STATES = "reading sending paused signed_out challenge page_changed asleep offline unpaired stopped finished".split()
QUESTION = {"about": "connection", "seen": "nightowlstudio", "other": "gsprints"}
ASSIST = {
    "site": "teepublic",
    "uid": "prep_1",
    "title": "Painted Heron",
    "tags": 3,
    "fields": {"title": "filled", "description": "filled", "mainTag": "missing", "tags": 3, "image": "by_hand"},
    "seen": {"id": "1", "url": "https://www.teepublic.com/t-shirt/94037075-painted-heron", "title": "Painted Heron"},
}


def keep(extension: Extension, values: dict[str, Any]) -> None:
    """Put into the extension's memory what a screen is drawn from."""
    extension.background.evaluate("(values) => chrome.storage.local.set(values)", values)


def faults(page: Page) -> list[Any]:
    """What axe finds in light and in dark, and what stands out to the side."""
    found: list[Any] = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        bad = [one for one in AXE.run(page).response["violations"] if one["impact"] in SERIOUS]
        found += [(theme, one["id"], one["nodes"][0]["html"]) for one in bad]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("wider than the window")
    return found


def test_every_screen(extension: Extension, popup: Page) -> None:
    assert faults(popup) == []
    keep(extension, {"hub": HUB})
    expect(popup.get_by_role("button", name="Read my shop")).to_have_count(3)
    popup.get_by_text("Settings, and what is read").click()
    assert faults(popup) == []
    for first in range(0, len(STATES), 3):
        three = zip(("redbubble", "teepublic", "society6"), STATES[first : first + 3], strict=False)
        runs = {f"run:{slug}": RUN | {"site": slug, "state": state, "uid": slug} for slug, state in three}
        keep(extension, runs)
        expect(popup.locator(".notice")).to_have_count(3)
        assert faults(popup) == [], runs
    keep(extension, {"run:redbubble": RUN | {"site": "redbubble", "state": "paused", "question": QUESTION}})
    expect(popup.get_by_role("button", name="Yes, read nightowlstudio")).to_be_visible()
    keep(extension, {"hub": HUB | {"token": ""}})
    expect(popup.get_by_role("heading", name="Pair with your hub")).to_be_visible()
    assert faults(popup) == []


def test_by_keyboard(extension: Extension, popup: Page) -> None:
    expect(popup.get_by_label("Address of your hub")).to_be_focused()
    popup.keyboard.type("not an address")
    popup.keyboard.press("Tab")
    popup.keyboard.type("abcd-efgh")
    popup.keyboard.press("Enter")
    expect(popup.get_by_role("status")).to_have_text(
        "This is not the address of a hub. It looks like http://localhost:8000."
    )
    keep(extension, {"hub": HUB, "assist": ASSIST})
    expect(popup.get_by_role("button", name="Link it")).to_be_focused()
    popup.keyboard.press("Enter")
    expect(popup.get_by_role("heading", name="Fill TeePublic's form")).to_be_visible()
    expect(popup.get_by_text("Main tag: not found in this form")).to_be_visible()
    expect(popup.get_by_role("button", name="Back")).to_be_focused()
    assert faults(popup) == []
