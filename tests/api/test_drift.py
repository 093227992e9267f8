"""Drift over the API: what differs, deciding it, and a shop's policy."""

from __future__ import annotations

import dataclasses

import pytest

from instica.connections import guard
from instica.connections.models import Connection
from instica.core.clock import iso, now
from instica.core.money import Money
from instica.inventory.models import Move
from instica.listings import observing
from instica.listings.models import Desk, Exposure, Listing
from tests.api.calling import Api, is_problem
from tests.features.importing import brought, listing


@pytest.fixture
def drifted(pretend: Connection) -> Listing:
    """A page whose price somebody raised there."""
    there = listing("7", quantity=2)
    brought(pretend, there)
    page = Listing.objects.get()
    offer = dataclasses.replace(there.offers[0], price=Money(9900, "USD"))
    read = dataclasses.replace(there, offers=(offer,))
    observing.observe(page=page.pk, remote=read, asked_at=now(), whole=True)
    return Listing.objects.select_related("connection").get()


def test_what_differs(api: Api, drifted: Listing) -> None:
    row = {
        "listing": drifted.public_id,
        "platform": "pretend",
        "account": drifted.connection.public_id,
        "listing_id": "7",
        "title": "Abbey Road",
        "seen_at": iso(drifted.seen_at),
        "differences": [
            {
                "field": "price",
                "offer": drifted.offers.get().remote_id or None,
                "item": drifted.offers.get().item.public_id,
                "ours": {"amount": "34.99", "currency": "USD"},
                "theirs": {"amount": "99.00", "currency": "USD"},
            }
        ],
    }
    assert api.get("drift/").json() == {"count": 1, "next": None, "previous": None, "results": [row]}
    answer = api.post(f"drift/{drifted.public_id}/", {"resolution": "take_theirs"})
    assert (answer.status_code, answer.json()) == (200, row | {"differences": []})
    assert drifted.offers.get().asked == 9900
    is_problem(api.post(f"drift/{drifted.public_id}/", {"resolution": "take_theirs"}), 409, "no_drift")


def test_only_what_was_read_is_decided(api: Api, drifted: Listing) -> None:
    path = f"drift/{drifted.public_id}/"
    read = api.get(path)
    assert read.json() == api.get("drift/").json()["results"][0]
    Listing.objects.update(drift=[{**drifted.drift[0], "theirs": {"amount": "120.00", "currency": "USD"}}])
    before = Listing.objects.values().get()
    refused = api.post(path, {"resolution": "take_theirs"}, if_match=read["ETag"])
    is_problem(refused, 412, "changed_since_read")
    assert (Listing.objects.values().get(), drifted.offers.get().asked) == (before, None)
    assert api.post(path, {"resolution": "take_theirs"}, if_match=api.get(path)["ETag"]).status_code == 200
    assert drifted.offers.get().asked == 12000
    assert api.get(path).json()["differences"] == []


def test_neither_side(api: Api, drifted: Listing) -> None:
    before = Listing.objects.values().get()
    is_problem(api.post(f"drift/{drifted.public_id}/", {"resolution": "both"}), 400, "validation_error")
    assert (Listing.objects.values().get(), Move.objects.count()) == (before, 1)


def test_a_policy(api: Api, pretend: Connection) -> None:
    path = f"marketplace/accounts/{pretend.public_id}/drift-policy/"
    for told, kept in (("keep_ours", "ours"), ("take_theirs", "theirs"), ("ask", "ask")):
        assert api.post(path, {"policy": told}).status_code == 200
        assert Desk.objects.get().drift == kept


def test_very_many_ends_are_allowed(api: Api, pretend: Connection) -> None:
    Connection.objects.update(guarded_at=now())
    assert api.get("sync/").json()["shops"][0]["guarded_since"]
    api.post(f"marketplace/accounts/{pretend.public_id}/allow-ends/")
    assert api.get("sync/").json()["shops"][0]["guarded_since"] is None
    assert guard.hold(pretend, Listing().pk, live=lambda: 100, waiting=lambda: 99) == ""


def test_how_long_sales_stayed_exposed(api: Api, drifted: Listing) -> None:
    about = {"organization": drifted.organization, "connection": drifted.connection, "listing": drifted}
    for number in range(1, 101):
        Exposure.objects.create(since=now(), milliseconds=number * 10, **about)
    Listing.objects.update(exposed_since=now())
    exposure = api.get("sync/").json()["exposure"]
    assert exposure == {
        "count": 100,
        "p50_ms": 500,
        "p95_ms": 950,
        "p99_ms": 990,
        "open": 1,
        "oldest": iso(Listing.objects.get().exposed_since),
    }
