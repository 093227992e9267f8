"""The browser extension's side of the API in a few words: a paired browser, its shop, pages and designs."""

from __future__ import annotations

from typing import Any

from instica.people import pairing
from instica.people.models import ApiToken, User
from tests import builders
from tests.api.calling import Api

WORK = "https://www.redbubble.com/shop/ap/"
PICTURE = "https://ih1.redbubble.net/image.5512345{}.{}/flat,750x,075,f-pad.jpg"


def paired(person: User, name: str = "Chromium on Linux") -> Api:
    """A browser that the person paired."""
    house = builders.house(person)
    _, code = pairing.offer(organization=house, user=person)
    answer = Api("", house, ApiToken()).post("extension/pair/", {"code": code, "name": name, "version": "1.0.0"})
    assert answer.status_code == 201, answer.json()
    return Api(answer.json()["token"], house, ApiToken.objects.latest("id"))


def row(number: int = 90_000_001, title: str = "Moth on a lamp", **fields: Any) -> dict[str, Any]:
    """A design as the extension tells it."""
    return {"id": str(number), "url": f"{WORK}{number}", "title": title, **fields}


def page(*rows: Any, key: str = "shop?page=1", last: bool = True, **fields: Any) -> dict[str, Any]:
    """A page of them."""
    return {"page_key": key, "pack": "redbubble/3", "account": "gsprints", "rows": [*rows], "last": last, **fields}


def claimed(ext: Api) -> str:
    """Ada's shop on Redbubble, by its public id."""
    answer = ext.post("extension/connections/", {"platform": "redbubble", "account": "GSprints"})
    assert answer.status_code == 201, answer.json()
    uid: str = answer.json()["uid"]
    return uid


def begun(ext: Api, shop: str) -> str:
    """The import of that shop that waits for pages."""
    answer = ext.post(f"extension/connections/{shop}/jobs/")
    assert answer.status_code == 201, answer.json()
    uid: str = answer.json()["id"]
    return uid


def deliver(ext: Api, job: str, body: dict[str, Any]) -> Any:
    """Post a page."""
    return ext.post(f"marketplace/import/jobs/{job}/pages/", body)
