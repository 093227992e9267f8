"""Pages of a browser extension over real connections: a whole shop, what is too large, two who do the same at once."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx2
import pytest
from django.db import connection as database
from pytest_django.live_server_helper import LiveServer

from instica import sandbox
from instica.imports import services
from instica.imports.models import Delivery, Job, Row
from instica.inventory.models import Item
from instica.people import pairing
from instica.people.models import ApiToken, User
from instica.work.engines.threads import run_until_idle
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
LARGE = 50 * 1024 * 1024


@pytest.fixture
def nobody(live_server: LiveServer) -> Iterator[httpx2.Client]:
    """The hub from outside, without a key."""
    with httpx2.Client(base_url=f"{live_server.url}/api/v1/", timeout=30) as client:
        yield client


@pytest.fixture
def ext(nobody: httpx2.Client, person: User) -> httpx2.Client:
    """The same from Ada's paired browser, as a background script calls."""
    _, code = pairing.offer(organization=builders.house(person), user=person)
    origin = {"Origin": "chrome-extension://abcdefghijklmnopabcdefghijklmnop"}
    paired = nobody.post("extension/pair/", json={"code": code, "name": "Chromium"}, headers=origin)
    assert paired.status_code == 201, paired.text
    nobody.headers |= {**origin, "Authorization": f"Bearer {paired.json()['token']}"}
    return nobody


def begun(ext: httpx2.Client, platform: str = "redbubble") -> str:
    """The path of the pages of a new import."""
    shop = ext.post("extension/connections/", json={"platform": platform, "account": "gsprints"}).json()
    job = ext.post(f"extension/connections/{shop['uid']}/jobs/", json={}).json()
    return f"marketplace/import/jobs/{job['id']}/pages/"


def at_once(times: int, call: Callable[[], httpx2.Response]) -> list[int]:
    """The statuses of so many equal calls made at one moment."""
    gate, answers = threading.Barrier(times), []

    def one() -> None:
        gate.wait()
        try:
            answers.append(call().status_code)
        finally:
            database.close()

    threads = [threading.Thread(target=one) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def tiles(shop: httpx2.Client, number: int) -> list[dict[str, object]]:
    """A page of the simulated TeePublic as its tiles tell it; nothing of ours reads it."""
    page = shop.get("/user/gsprints", params={"page": number}).text
    own = r'jsDesignContainer" data-design-id="(\d+)" data-url="([^"]+)"\s+data-gtm-design-title="([^"]+)"'
    found = re.findall(own, page)
    pictures = dict(re.findall(r'src="(https://images\.teepublic\.com/[^"]+/designs/(\d+)_[^"]+)"', page))
    by_id = {number: link for link, number in pictures.items()}
    return [
        {"id": number, "url": f"https://www.teepublic.com{path}", "title": title, "images": [by_id[number]]}
        for number, path, title in found
    ]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx2.Client]:
    """A TeePublic of 90 designs on a port of its own."""
    shops = sandbox.start(0, only=["teepublic"])
    monkeypatch.setenv("INSTICA_TEEPUBLIC_ORIGIN", shops.urls["teepublic"])
    with httpx2.Client(base_url=shops.urls["teepublic"], timeout=30) as client:
        client.post("/_sandbox/reset", json={"listings": 90})
        yield client
    shops.stop()


def test_a_whole_shop_comes_in_and_its_pictures_follow(ext: httpx2.Client, shop: httpx2.Client) -> None:
    path, number = begun(ext, "teepublic"), 0
    page = {"pack": "teepublic/1", "account": "gsprints"}
    while rows := tiles(shop, number := number + 1):
        taken = ext.post(path, json={**page, "page_key": f"run:{number}", "rows": rows})
        assert taken.json()["accepted"] == len(rows)
    ext.post(path, json={**page, "page_key": "run:end", "rows": [], "last": True, "expected": 90})
    run_until_idle()
    job = Job.objects.get()
    assert (number, job.found, job.fetched, job.complete) == (4, 90, True, True)
    services.start(job=job)
    run_until_idle()
    job.refresh_from_db()
    assert (job.imported, job.to_enrich) == (90, 90)
    copied = Item.objects.filter(images__file__startswith="photos/").count()
    assert (job.enriched, copied) == (10, 10), "pictures follow a few at a time"


def test_a_page_of_fifty_megabytes_is_refused_before_it_is_read(ext: httpx2.Client) -> None:
    path, hub = begun(ext), urlsplit(str(ext.base_url))
    with closing(http.client.HTTPConnection(hub.hostname or "", hub.port, timeout=20)) as raw:
        raw.putrequest("POST", f"/api/v1/{path}")
        for name, value in {"Authorization": ext.headers["Authorization"], "Content-Type": "application/json"}.items():
            raw.putheader(name, value)
        raw.putheader("Content-Length", str(LARGE))
        raw.endheaders()
        raw.send(b'{"page_key": "')
        answer = raw.getresponse()
        problem = json.loads(answer.read())
    assert (answer.status, problem["detail"]) == (413, f"The body has {LARGE} bytes; this call takes 2000000.")
    assert (Delivery.objects.count(), Row.objects.count()) == (0, 0)


def test_two_who_use_a_code_at_once_get_one_key(nobody: httpx2.Client, person: User) -> None:
    _, code = pairing.offer(organization=builders.house(person), user=person)
    assert at_once(4, lambda: nobody.post("extension/pair/", json={"code": code})) == [201, 400, 400, 400]
    assert ApiToken.objects.count() == 1


def test_the_same_page_twice_at_once_is_one_page(ext: httpx2.Client) -> None:
    shop = ext.post("extension/connections/", json={"platform": "redbubble", "account": "gsprints"}).json()["uid"]
    assert at_once(4, lambda: ext.post(f"extension/connections/{shop}/jobs/", json={})) == [200, 200, 200, 201]
    row = {"id": "48213007", "title": "Moth"}
    body = {"page_key": "1", "pack": "redbubble/1", "account": "gsprints", "rows": [row], "last": True}
    path = f"marketplace/import/jobs/{Job.objects.get().public_id}/pages/"
    assert at_once(4, lambda: ext.post(path, json=body)) == [200, 200, 200, 202]
    run_until_idle()
    assert (Delivery.objects.count(), Row.objects.count(), Job.objects.get().stage) == (1, 1, "review")
