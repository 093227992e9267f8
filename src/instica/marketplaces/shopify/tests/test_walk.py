"""Reading a shop whole: pages, bulk operations, and files that are not what they should be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected

from instica.kit.errors import Refused, TryLater
from instica.kit.types import Ref
from instica.marketplaces.shopify import MARKETPLACE
from instica.marketplaces.shopify.client import Shopify
from instica.marketplaces.shopify.tests.shopping import calls, odd, switch


@pytest.mark.parametrize("order", ["grouped", "apart", "before"])
def test_a_bulk_file_tells_the_same_as_pages_in_whatever_order_its_lines_come(large: Place, order: str) -> None:
    switch(large, bulk_order=order)
    found = large.walk()
    assert calls(large, "products") == 0
    assert len(found) == 400
    ids = [listing.id for listing in found]
    assert len(set(ids)) == 400
    for listing in [each for each in found if len(each.offers) != 1][:3] + found[:3]:
        assert large.connector.listing(Ref(listing.id)) == listing
    assert [path.suffix for path in large.session.spool.folder.iterdir()] == [".db"]


def test_a_file_cut_in_half_is_fetched_again_and_then_said(large: Place) -> None:
    switch(large, bulk_cut=True)
    page = walked(large)[-1]
    assert (page.complete, page.next) == (False, None)
    assert page.unreachable > 100
    assert page.notes[0].startswith("Shopify's file ended too early three times: ")
    assert sum("/bulk-operation-outputs/" in row["path"] for row in large.requests()) == 3


def walked(place: Place) -> list[Any]:
    """All pages, to the end."""
    pages = [place.connector.listings(None)]
    while pages[-1].next and len(pages) < 60:
        if pages[-1].ready_at:
            place.sandbox("clock", {"advance": 60})
        pages.append(place.connector.listings(pages[-1].next))
    return pages


@pytest.mark.parametrize("outcome", ["FAILED", "EXPIRED", "CANCELED"])
def test_bulk_operations_that_come_to_nothing_end_in_pages(large: Place, outcome: str) -> None:
    switch(large, bulk_outcome=outcome)
    pages = walked(large)
    assert sum(len(page.rows) for page in pages) == 400
    assert (calls(large, "bulkOperationRunQuery"), calls(large, "products")) == (3, 2)
    assert pages[-1].complete


def test_a_busy_bulk_queue_is_waited_for(large: Place) -> None:
    switch(large, bulk_busy=True)
    page = large.connector.listings(large.connector.listings(None).next)
    assert page.ready_at
    assert page.next
    switch(large, bulk_busy=False)
    assert '"by":"export"' in str(large.connector.listings(page.next).next)


def test_a_link_that_leads_elsewhere_is_not_followed(place: Place) -> None:
    with pytest.raises(Refused, match="leads outside"):
        Shopify(place.session).download("https://evil.example/file.jsonl", place.session.spool.folder / "x")
    assert not (place.session.spool.folder / "x").exists()


def test_an_empty_shop_is_empty(tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path, listings=0) as place:
        assert place.walk() == []


@pytest.mark.parametrize("count", [60, 300])
def test_two_thousand_variants_are_all_there(tmp_path: Path, count: int) -> None:
    with connected(MARKETPLACE, tmp_path, listings=count) as place:
        place.sandbox("reset", {"listings": count, "huge": True})
        number = odd(place, "most_variants")
        listing = next(each for each in place.walk() if each.id == number)
        assert len(listing.offers) == len({offer.id for offer in listing.offers}) == 2_048
        assert len({tuple(offer.options.values()) for offer in listing.offers}) == 2_048
        assert place.connector.listing(Ref(number)) == listing


def test_a_cut_connection_in_a_download_leaves_nothing_behind(large: Place) -> None:
    cursor = large.connector.listings(None).next
    for _ in range(4):
        page = large.connector.listings(cursor)
        if '"by":"file"' in str(page.next):
            break
        cursor = page.next
    large.fault("GET /shopify-tiers-assets*", "drop", times=2)
    with pytest.raises(TryLater):
        large.connector.listings(page.next)
    assert list(large.session.spool.folder.iterdir()) == []
