"""The Sync page: how shops stand in words, and its brakes."""

from __future__ import annotations

import dataclasses
import re

from django.test import Client

from instica.connections import services as connections
from instica.connections.models import Connection, Stop
from instica.core.clock import now
from instica.core.money import Money
from instica.listings import observing
from instica.listings.models import Listing, Offer
from instica.people.models import Membership, Role
from instica.sync import services
from instica.web.sync import choice
from instica.work.engines.threads import run_until_idle
from tests.features.importing import brought, listing
from tests.shops import Shops
from tests.web.test_import_pages import text

PATH = "/sync/"


def test_without_a_shop(ada: Client) -> None:
    assert "No shop is connected" in text(ada.get(PATH).content)


def test_from_the_first_yes_to_a_pause(ada: Client, pretend: Connection) -> None:
    services.start(connection=pretend)
    run_until_idle()
    assert "Waits for your yes" in text(ada.get(PATH).content)
    ada.post(f"{PATH}{pretend.public_id}/confirm/")
    assert "In step" in text(ada.get(f"{PATH}shops/").content)
    ada.post(f"{PATH}{pretend.public_id}/pause/")
    assert "This shop is paused" in text(ada.get(f"{PATH}shops/").content)
    ada.post(f"{PATH}{pretend.public_id}/resume/")
    assert "In step" in text(ada.get(f"{PATH}shops/").content)


def test_the_switch(ada: Client, pretend: Connection) -> None:
    connections.confirm(connection=pretend)
    ada.post(f"{PATH}stop/")
    assert (Stop.objects.count(), "Everything is stopped" in text(ada.get(PATH).content)) == (1, True)
    assert text(ada.get(PATH).content).count("Everything is stopped") == 1
    assert ("Stopped" in text(ada.get(f"{PATH}shops/").content), "In step" in text(ada.get(PATH).content)) == (
        True,
        False,
    )
    assert "stays on sale in the others. Let it go on" in text(ada.get("/inventory/").content)
    ada.post(f"{PATH}release/")
    assert (Stop.objects.count(), "Everything is stopped" in text(ada.get(PATH).content)) == (0, False)
    assert "Everything is stopped" not in text(ada.get("/inventory/").content)


def test_a_member_stops_nothing(ada: Client, pretend: Connection) -> None:
    Membership.objects.update(role=Role.MEMBER)
    said = text(ada.post(f"{PATH}stop/", follow=True).content)
    assert ("Only an owner or admin can do this." in said, Stop.objects.count()) == (True, 0)


def test_all_pages_are_compared_now(ada: Client, shop: Shops) -> None:
    connection = shop("shopify", listings=5)
    assert f'action="{PATH}{connection.public_id}/compare/"' in ada.get(PATH).content.decode()
    said = ada.post(f"{PATH}{connection.public_id}/compare/", follow=True).content
    assert "are being compared." in text(said)
    assert "Comparing its pages 0 of 0" in text(said)
    assert f'action="{PATH}{connection.public_id}/compare/"' not in said.decode()
    run_until_idle()
    assert "Pages compared now" in text(ada.get(f"{PATH}shops/").content)


def test_only_what_was_seen_is_decided(ada: Client, pretend: Connection) -> None:
    there = listing("7", quantity=2)
    brought(pretend, there)
    page = Listing.objects.get()
    dearer = dataclasses.replace(there.offers[0], price=Money(9900, "USD"))
    observing.observe(page=page.pk, remote=dataclasses.replace(there, offers=(dearer,)), asked_at=now(), whole=True)
    seen = marked(ada)
    (difference,) = Listing.objects.get().drift or ()
    Listing.objects.update(drift=[{**difference, "theirs": {"amount": "120.00", "currency": "USD"}}])
    path = f"{PATH}drift/{page.public_id}/"
    said = text(ada.post(path, {"side": "theirs", "mark": seen}, follow=True).content)
    assert ("It was changed there again" in said, page.offers.get().asked) == (True, None)
    said = text(ada.post(path, {"side": "theirs", "mark": marked(ada)}, follow=True).content)
    assert ("taken from there" in said, page.offers.get().asked) == (True, 12000)


def marked(ada: Client) -> str:
    """What the page says that the person saw."""
    (mark,) = re.findall('name="mark" value="([0-9a-f]{32})"', ada.get(PATH).content.decode())
    return str(mark)


def test_a_difference_names_its_variation() -> None:
    blue, red = Offer(options={"colour": "blue"}), Offer(sku="RED-1")
    assert [choice(blue), choice(red), choice(Offer())] == [" (blue)", " (RED-1)", ""]
