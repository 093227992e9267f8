"""Chromium with the unpacked extension in it: its background, its popup, the tabs beside."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Playwright, Worker
from scripts.build_extension import unpack

from tests.extension.sites import HOSTS, Sites
from tests.web.conftest import CHROMIUM, FLAGS

OPEN = (*(f"https://{host}/*" for host in HOSTS), "http://127.0.0.1/*", "http://localhost/*")
PATIENCE = 20.0


class Extension:
    """The extension in a running browser. ``starts`` anew with what was kept, as after a restart of the browser."""

    def __init__(self, playwright: Playwright, folder: Path, sites: Sites) -> None:
        self.playwright, self.folder, self.sites = playwright, folder, sites
        self.place = unpack(folder / "extension", "chromium", OPEN)
        self.context: BrowserContext
        self.runs = False
        self.start()

    def start(self) -> None:
        """Open the browser."""
        self.context = self.playwright.chromium.launch_persistent_context(
            self.folder / "profile",
            executable_path=CHROMIUM,
            headless=True,
            viewport={"width": 400, "height": 900},
            args=[
                *FLAGS,
                f"--disable-extensions-except={self.place}",
                f"--load-extension={self.place}",
                f"--host-resolver-rules={self.sites.rules()}",
                f"--ignore-certificate-errors-spki-list={self.sites.pin}",
            ],
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        self.runs = True

    def stop(self) -> None:
        """Close it, if it is open."""
        if self.runs:
            self.context.close()
        self.runs = False

    @property
    def background(self) -> Worker:
        """The service worker, woken when it sleeps."""
        workers = self.context.service_workers
        return workers[0] if workers else self.context.wait_for_event("serviceworker")

    @property
    def origin(self) -> str:
        """Where its pages are."""
        return self.background.url.rpartition("/")[0]

    def popup(self) -> Page:
        """The popup, kept open in a window beside the tabs."""
        with self.context.expect_page() as opened:
            self.background.evaluate(
                "(url) => chrome.windows.create({ url, type: 'popup', width: 400, height: 900 })",
                f"{self.origin}/popup/popup.html",
            )
        page = opened.value
        page.locator("#screen > :nth-child(2)").wait_for()
        return page

    def fresh(self) -> None:
        """As installed a moment ago, reading without rest."""
        blank = self.context.new_page()
        for page in self.context.pages:
            if page != blank:
                page.close()
        self.background.evaluate(
            "async () => { await chrome.storage.session.clear(); await chrome.storage.local.clear();"
            " await chrome.storage.local.set({ settings: { pace: 0.02 } }); }"
        )

    def kept(self, key: str) -> Any:
        """What the extension keeps under a key."""
        return self.background.evaluate("async (key) => (await chrome.storage.local.get(key))[key] ?? null", key)

    def until(self, slug: str, *states: str) -> dict[str, Any]:
        """The run of a site, once it is in one of these states."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            run: dict[str, Any] = self.kept(f"run:{slug}") or {}
            if run.get("state") in states:
                return run
            self.context.pages[0].wait_for_timeout(40)
        raise AssertionError(f"{slug} is {self.kept(f'run:{slug}')}, not {states}")

    def tab(self, url: str) -> int:
        """The tab that shows an address."""
        found: int = self.background.evaluate(
            "async (url) => (await chrome.tabs.query({})).find((tab) => tab.url?.startsWith(url))?.id", url
        )
        return found
