"""What the tests of a walk share: pairing by hand, and what the hub was told last."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from instica.imports.models import Sight
from instica.people import pairing
from instica.people.models import User
from tests import builders
from tests.extension.chromium import PATIENCE


def pair(popup: Page, hub: LiveServer, person: User) -> str:
    """Type the address and a fresh code, which is given back."""
    _, code = pairing.offer(organization=builders.house(person), user=person)
    popup.get_by_label("Address of your hub").fill(hub.url)
    popup.get_by_label("Code").fill(code.lower())
    popup.get_by_role("button", name="Pair with this hub").click()
    expect(popup.get_by_role("heading", name="Redbubble", exact=True)).to_be_visible(timeout=1000 * PATIENCE)
    return code


def told(popup: Page, state: str) -> tuple[str, str]:
    """The pack and the field that the hub was told with a state; it is told right after the extension is in it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        sight = Sight.objects.order_by("-at").first()
        if sight and sight.state == state:
            return sight.pack, sight.field
        popup.wait_for_timeout(20)
    raise AssertionError(f"the hub was not told of {state}: {list(Sight.objects.values())}")
