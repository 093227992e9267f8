"""Who lost its lane writes nothing, whatever it was doing."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection as database

from instica.api import idempotency
from instica.api.models import Window
from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports import purge
from instica.imports.models import Job, Row
from instica.inventory.models import Item
from instica.listings import services as listings
from instica.listings.models import Offer
from instica.orders import services as orders
from instica.work.lanes import Held, LostLease, holding
from tests.features import importing
from tests.features.selling import offered, stocked


def nobody_holds(deed: Callable[[], object]) -> None:
    with holding(Held("lost", uuid.uuid4())), pytest.raises(LostLease):
        deed()


def test_status_of_items(pretend: Connection) -> None:
    item = stocked(pretend, "A record")
    nobody_holds(lambda: listings.restate([item.uid]))
    item.refresh_from_db()
    assert item.status == "listed"


def test_old_rows_of_imports(pretend: Connection) -> None:
    importing.brought(pretend, importing.listing())
    Job.objects.update(completed=now() - dt.timedelta(days=8))
    nobody_holds(purge.old_rows)
    assert Row.objects.count() == 1
    assert purge.old_rows() == 1


def test_old_keys_of_the_api(db: None) -> None:
    Window.objects.create(bucket="x", minute=1, count=1)
    nobody_holds(lambda: idempotency.forget(now()))
    assert Window.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_offer_that_is_linked_while_a_status_is_set(pretend: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    page, item = offered(pretend), stocked(pretend, "Another")
    Offer.objects.update(item=None)
    threads: list[threading.Thread] = []
    look = listings._live

    def link() -> None:
        try:
            orders.link(offer=page, item=Item.objects.get(uid=item.uid))
        finally:
            database.close()

    def slowly(items: Iterable[uuid.UUID]) -> Any:
        found = list(look(items))
        if not threads:
            threads.append(threading.Thread(target=link))
            threads[0].start()
            threads[0].join(0.5)
        return found

    monkeypatch.setattr(listings, "_live", slowly)
    listings.restate([item.uid])
    threads[0].join()
    item.refresh_from_db()
    assert (Offer.objects.get().item_id, item.status) == (item.uid, "listed")
