"""Browsers with the extension in them, and the sites they look at."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright
from pytest_django.live_server_helper import LiveServer

from tests.extension.chromium import Extension
from tests.extension.sites import Sites
from tests.web.conftest import CHROMIUM


@pytest.fixture(scope="session")
def all_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The three sites, served until the end."""
    served = Sites(tmp_path_factory.mktemp("sites"))
    yield served
    served.server.stop()


@pytest.fixture
def sites(all_sites: Sites) -> Sites:
    """The three sites as at first: an artist of sixty designs is signed in."""
    all_sites.fresh()
    return all_sites


@pytest.fixture(scope="session")
def browsers() -> list[Extension]:
    """Every Chromium that was started here."""
    return []


@pytest.fixture(scope="session")
def live_server(live_server: LiveServer, browsers: list[Extension]) -> Iterator[LiveServer]:
    """The hub. Browsers keep connections to it open, so they are closed before it is."""
    yield live_server
    for each in browsers:
        each.stop()


@pytest.fixture(scope="session")
def chromium(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory, all_sites: Sites, browsers: list[Extension]
) -> Iterator[Extension]:
    """One Chromium for all tests."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    started = Extension(playwright, tmp_path_factory.mktemp("chromium"), all_sites)
    browsers.append(started)
    yield started
    started.stop()


@pytest.fixture
def extension(chromium: Extension, sites: Sites) -> Extension:
    """The extension as installed a moment ago, beside fresh sites."""
    chromium.fresh()
    return chromium


@pytest.fixture
def popup(extension: Extension) -> Iterator[Page]:
    """Its popup; an error in its console fails the test."""
    said: list[str] = []
    page = extension.popup()
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    yield page
    assert said == []


@pytest.fixture
def pages() -> Path:
    """Saved pages of the simulated sites."""
    return Path(__file__).parent / "pages"
