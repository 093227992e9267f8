"""A stranger's way through it all: pair, read three shops, import, resolve, fill three forms, link what came of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer
from tests import builders
from tests.extension.chromium import Extension
from tests.extension.sites import Sites

from instica.catalog.models import Kind
from instica.connections.models import Connection
from instica.imports import prepared, services
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from instica.listings.models import Listing
from instica.people import pairing
from instica.people.models import ApiToken, User
from instica.work.engines.threads import run_until_idle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESIGNS = 30
OPENED = {
    "redbubble": "https://www.redbubble.com/people/gsprints/shop",
    "teepublic": "https://www.teepublic.com/user/gsprints",
    "society6": "https://society6.com/a/artists/gsprints",
}


def pair(popup: Page, hub: LiveServer, person: User) -> None:
    """Type the address and a fresh code."""
    _, code = pairing.offer(organization=builders.house(person), user=person)
    popup.get_by_label("Address of your hub").fill(hub.url)
    popup.get_by_label("Code").fill(code.lower())
    popup.get_by_role("button", name="Pair with this hub").click()
    expect(popup.get_by_role("heading", name="Redbubble")).to_be_visible()


def imported(slug: str) -> Job:
    """Everything that shop's last import found, taken in."""
    run_until_idle()
    job = Job.objects.filter(marketplace=slug).latest("created")
    services.start(job=job)
    run_until_idle()
    job.refresh_from_db()
    return job


def test_from_pairing_to_linking(
    extension: Extension, popup: Page, sites: Sites, live_server: LiveServer, person: User
) -> None:
    sites.fresh(DESIGNS)
    pair(popup, live_server, person)
    assert ApiToken.objects.get().scopes == ["extension"]
    for slug, address in OPENED.items():
        tab = extension.context.new_page()
        tab.goto(address)
        popup.locator(f"#read-{slug}").click()
        run = extension.until(slug, "finished")
        assert (run["account"], run["found"], run["accepted"]) == ("gsprints", DESIGNS, DESIGNS)
        expect(popup.get_by_text(f"{DESIGNS} of {DESIGNS} designs are in the hub").first).to_be_visible()
        tab.close()
    for slug in OPENED:
        job = imported(slug)
        print(slug, job.stage, job.found, job.imported, job.conflicted, job.failed, job.expected, list(job.rows.values("status","conflict_type","error","action"))[:2])
