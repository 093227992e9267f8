"""Fixtures of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import time_machine
from pytest_django.live_server_helper import LiveServer

from instica.core.clock import now
from instica.marketplaces.etsy.tests import facts as etsy
from instica.people.models import User
from instica.sandbox import host
from tests import builders
from tests.api.calling import api_for
from tests.engines.conftest import postgres
from tests.features.listing import may_list
from tests.shops import Shops
from tests.stories.street import SLUGS, Street

__all__ = ["postgres"]


@pytest.fixture
def street(
    transactional_db: None,
    live_server: LiveServer,
    person: User,
    shop: Shops,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Any,
) -> Iterator[Street]:
    """Ada's four shops on ports of their own, not connected yet, and her hub on another."""
    settings.SITE_URL, settings.MEDIA_ROOT = live_server.url, tmp_path
    monkeypatch.setenv("INSTICA_ETSY_WEBHOOK_SECRET", etsy.HOOK_SECRET)
    may_list(builders.house(person))
    sandbox = host.start(base_port=0, only=SLUGS)
    for slug, url in sandbox.urls.items():
        shop.simulators[slug] = sandbox.simulations[slug]
        for name, value in (("ORIGIN", url), ("CLIENT_ID", "sandbox"), ("CLIENT_SECRET", "sandbox-secret")):
            monkeypatch.setenv(f"INSTICA_{slug.upper()}_{name}", value)
    headers = {"Authorization": f"Bearer {api_for(person).token}"}
    with (
        time_machine.travel(now(), tick=True) as clock,
        httpx2.Client(base_url=f"{live_server.url}/api/v1/", headers=headers, timeout=30) as hub,
    ):
        yield Street(shop, sandbox, hub, clock)
    sandbox.stop()
