"""The pages of webhooks: add, see how it went, test, send again, new secret, pause, remove."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from instica.core.secrets import Secret
from instica.notices.models import Delivery, Endpoint
from instica.people.models import Membership, Role, User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.features.hooking import endpoint, genuine, happened, states
from tests.features.receiver import Receiver, receiving
from tests.web.test_import_pages import text

HERE = "/organization/webhooks/"


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    """Somebody's program."""
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    with receiving() as receiver:
        yield receiver


def test_the_life_of_an_endpoint(ada: Client, there: Receiver, person: User) -> None:
    assert "No endpoint yet" in text(ada.get(HERE).content)
    refused = ada.post(f"{HERE}add/", {"url": "https://10.0.0.1/", "types": ["order.created"]})
    assert refused.status_code == 400
    assert "10.0.0.1 is no public address." in text(refused.content)
    assert not Endpoint.objects.exists()

    made = ada.post(f"{HERE}add/", {"url": there.url, "types": ["stock.changed"]})
    row = Endpoint.objects.get()
    path = f"{HERE}{row.public_id}/"
    secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", made.content.decode())
    assert len(secret) == 1
    assert made["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert "whsec_" not in ada.get(path).content.decode()

    where = ada.post(f"{path}test/").headers["Location"]
    assert "Not sent yet." in text(ada.get(where).content)
    run_until_idle()
    words = text(ada.get(where).content)
    assert ("It answered 204." in words, "webhook.test" in words) == (True, True)
    assert genuine(Secret(secret[0]), there.came[0])

    there.answer(500, text=b"<b>broken</b>")
    told = happened(person)
    assert told
    run_until_idle()
    words = text(ada.get(path).content)
    assert ("Failing" in words, "stock.changed" in words, "Tried again soon" in words) == (True, True, True)
    assert "webhook.test" not in text(ada.get(f"{path}?state=waiting").content)
    detail = ada.get(f"{path}{told.deliveries.get().public_id}/")
    assert b"&lt;b&gt;broken&lt;/b&gt;" in detail.content

    ada.post(f"{path}{told.deliveries.get().public_id}/replay/")
    run_until_idle()
    assert (there.ids[-1], states()[-1]) == (told.public_id, ("delivered", 1))
    Delivery.objects.update(state="failed")
    ada.post(f"{path}replay/", {"days": "3"})
    run_until_idle()
    assert there.ids[-1] == told.public_id
    assert len(there.came) == 5

    fresh = re.findall(r"whsec_[A-Za-z0-9+/=]+", ada.post(f"{path}rotate/").content.decode())
    happened(person)
    run_until_idle()
    assert [genuine(Secret(each), there.came[-1]) for each in (secret[0], fresh[0])] == [True, True]

    ada.post(f"{path}stand/", {"state": "paused"})
    ada.post(f"{path}save/", {"url": there.url, "description": "Till", "types": []})
    row.refresh_from_db()
    assert (row.state, row.description, row.types) == ("paused", "Till", [])
    assert ada.post(f"{path}save/", {"url": "ftp://example.com"}).status_code == 400
    assert ada.post(f"{path}remove/").headers["Location"] == HERE
    assert ada.get(path).status_code == 404
    assert ada.get(f"{path}rotate/").headers["Location"] == path


def test_a_member_only_looks(client: Client, there: Receiver, person: User) -> None:
    row, _ = endpoint(person, there.url)
    user = User.objects.create_user(username="mel", email="mel@example.com")
    Membership.objects.create(organization=builders.house(person), user=user, role=Role.MEMBER)
    client.force_login(user)
    path = f"{HERE}{row.public_id}/"
    assert "Only an owner or admin can change it." in text(client.get(path).content)
    told = happened(person)
    assert told
    delivery = told.deliveries.get().public_id
    for target in ("rotate/", "stand/", "test/", "replay/", "remove/", f"{delivery}/replay/"):
        answer = client.post(f"{path}{target}", {"state": "paused"}, headers={"Referer": f"http://testserver{path}"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"http://testserver{path}")
        assert "Only an owner or admin can" in text(client.get(path).content)
    assert client.post(f"{HERE}add/", {"url": "https://example.com/"}).status_code == 400
    assert list(Endpoint.objects.values_list("state", "expires")) == [("active", {})]
