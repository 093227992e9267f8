"""The reading part of the conformance suite against a real account: ``make verify NAME=etsy``. Nothing is written.

``INSTICA_<NAME>_CLIENT_ID``, ``_CLIENT_SECRET`` and what else its manifest asks are the app's credentials;
``INSTICA_VERIFY_GRANT`` is the account's grant as JSON, such as ``{"token": "…"}`` for a personal token of Discogs, and
``INSTICA_VERIFY_SHOP`` further details of the account as JSON where the grant alone does not say whose it is.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from instica import marketplaces
from instica.core import clock
from instica.core.money import CURRENCIES
from instica.core.secrets import Secret
from instica.kit.contract import Connector
from instica.kit.errors import Gone
from instica.kit.types import Account, App, Grant, Page, Ref, RemoteListing
from tests.kit_session import FolderSpool, MemorySession

NAME = os.environ.get("INSTICA_VERIFY", "")
PATIENCE = dt.timedelta(minutes=40)


def given(name: str) -> str:
    """What the environment says for this marketplace."""
    return os.environ.get(f"INSTICA_{NAME.upper()}_{name.upper()}", "")


def app() -> App:
    """The app's credentials."""
    asked = [each.name for each in marketplaces.every()[NAME].credentials]
    extra = {name: Secret(given(name)) for name in asked if name not in ("client_id", "client_secret")}
    secret = Secret(given("client_secret"))
    return App(NAME, "", given("client_id"), secret, extra, given("origin"), "Instica/verify")


@pytest.fixture(scope="module")
def connector(tmp_path_factory: pytest.TempPathFactory) -> Connector:
    """The real shop."""
    grant = Grant({name: Secret(text) for name, text in json.loads(os.environ["INSTICA_VERIFY_GRANT"]).items()})
    account = Account(**({"remote_id": "", "username": ""} | json.loads(os.environ.get("INSTICA_VERIFY_SHOP", "{}"))))
    session = MemorySession(app(), account, FolderSpool(Path(tmp_path_factory.mktemp("spool"))), grant)
    made: Connector = marketplaces.every()[NAME].load("connector")(session)
    found = made.shop()
    session.account = replace(found, remote_id=found.remote_id or account.remote_id)
    return made


@pytest.fixture(scope="module")
def pages(connector: Connector) -> list[Page[RemoteListing]]:
    """The whole shop, waiting for what it prepares as long as that takes."""
    found: list[Page[RemoteListing]] = []
    cursor: str | None = None
    end = clock.now() + PATIENCE
    while True:
        found.append(connector.listings(cursor))
        cursor = found[-1].next
        if cursor is None:
            return found
        assert clock.now() < end, "The walk has no end"
        if ready_at := found[-1].ready_at:
            time.sleep(max(0.0, (ready_at - clock.now()).total_seconds()))


@pytest.fixture(scope="module")
def listings(pages: list[Page[RemoteListing]]) -> dict[str, RemoteListing]:
    """Every listing by its id."""
    return {listing.id: listing for page in pages for listing in page.rows}


def test_the_shop_says_who_it_is(connector: Connector) -> None:
    shop = connector.shop()
    assert shop.remote_id
    assert shop.username
    assert not shop.currency or shop.currency in CURRENCIES


def test_the_walk_is_whole(pages: list[Page[RemoteListing]], listings: dict[str, RemoteListing]) -> None:
    lost = sum(page.unreachable for page in pages)
    claimed = max((page.total for page in pages if page.total is not None), default=None)
    assert pages[-1].complete
    assert claimed is None or claimed <= len(listings) + lost


def test_every_row_is_sound_or_says_what_is_wrong(listings: dict[str, RemoteListing]) -> None:
    sound = [listing for listing in listings.values() if not listing.faults]
    assert [listing.id for listing in sound if not listing.title or not listing.offers] == []
    assert [listing.id for listing in sound if any(offer.price is None for offer in listing.offers)] == []


def test_one_listing_reads_as_in_the_walk(connector: Connector, listings: dict[str, RemoteListing]) -> None:
    for listing in [each for each in listings.values() if each.seen == "live" and not each.faults][:3]:
        alone = connector.listing(Ref(listing.id))
        assert (alone.id, alone.title, alone.seen) == (listing.id, listing.title, listing.seen)
        assert [offer.price for offer in alone.offers] == [offer.price for offer in listing.offers]


def test_orders_read_alone_as_in_the_list(connector: Connector) -> None:
    page = connector.orders(clock.now() - dt.timedelta(days=30), None)
    assert len({order.id for order in page.rows}) == len(page.rows)
    for order in page.rows[:3]:
        assert connector.order(order.id).fingerprint == order.fingerprint


def test_what_does_not_exist_is_gone(connector: Connector) -> None:
    with pytest.raises(Gone):
        connector.listing(Ref("999999999999"))


def test_the_shops_own_settings_can_be_read(connector: Connector) -> None:
    if connector.can("choices"):
        assert all(isinstance(options, list | tuple) for options in connector.choices().values())
