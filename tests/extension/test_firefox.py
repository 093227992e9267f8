"""The same in Firefox: pair, read a shop, import it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from instica.imports import services
from instica.imports.models import Job
from instica.inventory.models import Item
from instica.people import pairing
from instica.people.models import ApiToken, User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.extension.firefox import FIREFOX, Firefox
from tests.extension.sites import Sites

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RUN = "browser.storage.local.get('run:teepublic').then(({ 'run:teepublic': run }) => run?.state === 'finished' && run)"


@pytest.fixture
def firefox(sites: Sites, tmp_path: Path) -> Iterator[Firefox]:
    """A Firefox with the extension in it."""
    if FIREFOX is None:
        pytest.skip("Firefox is not installed: apt-get install firefox-esr")
    started = Firefox(tmp_path, sites)
    yield started
    started.stop()


def test_a_shop_comes_in(firefox: Firefox, live_server: LiveServer, person: User) -> None:
    popup = firefox.open(f"{firefox.origin}/popup/popup.html")
    firefox.evaluate(popup, "browser.storage.local.set({ settings: { pace: 0.02 } })")
    firefox.until(popup, "document.querySelector('#code') !== null")
    _, code = pairing.offer(organization=builders.house(person), user=person)
    firefox.evaluate(popup, f"void (document.querySelector('#address').value = '{live_server.url} {code}')")
    firefox.click(popup, "#pair-now")
    firefox.click(popup, "#read-teepublic")
    run = firefox.until(popup, RUN)
    assert (run["account"], run["found"], run["accepted"]) == ("gsprints", 60, 60)
    assert ApiToken.objects.get().name.startswith("Firefox on Linux")
    run_until_idle()
    job = Job.objects.get()
    services.start(job=job)
    run_until_idle()
    job.refresh_from_db()
    assert (job.imported, job.failed, Item.objects.count()) == (60, 0, 60)
