"""What sellers really write in their shops, from the marketplace to the API and the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from instica.imports import queries, services
from instica.imports.models import Job
from instica.inventory.models import Item
from instica.listings.models import Listing
from instica.people.models import User
from tests import builders
from tests.api.calling import Api, api_for
from tests.features.importing import counts, patiently, settled
from tests.shops import Shops

TITLES = {
    "long": "Ω" * 4_999 + "!",
    "emoji": "👩🏽‍🎤 Live 🎷 at Ronnie’s 🇬🇧",
    "rtl": "أم كلثوم – إنت عمري",
    "markup": "<script>alert('x')</script> & \"so\" on",
    "quotes": 'He said ""no"", then left; 12" mix',
    "formula": "=HYPERLINK(A1)",
}
ARTIST = "أم كلثوم 🎤"
FAR = 2**62


@pytest.fixture(params=["page", "export"])
def size(request: pytest.FixtureRequest) -> int:
    """A shop that is read by page, and one that is read by its export."""
    return {"page": 2, "export": 501}[request.param]


def brought(person: User) -> Job:
    return settled(services.quick(organization=builders.house(person), marketplace="discogs", user=person))


def shown(api: Api, number: str) -> dict[str, Any]:
    """The item of that listing as the API shows it."""
    item = Item.objects.get(offers__listing__remote_id=number)
    found: dict[str, Any] = api.get(f"inventory/{item.public_id}/").json()
    return found


def test_any_title_comes_through(shop: Shops, person: User, size: int, client: Client) -> None:
    shop("discogs", listings=size)
    numbers = {}
    for name, title in TITLES.items():
        wanted = {"title": title, "artist": ARTIST, "external_id": f"T-{name}", "comments": title}
        numbers[name] = str(shop.control("discogs", "add", wanted)["listing_id"])
    job = brought(person)
    assert not job.rows.filter(remote_id__in=numbers.values()).exclude(status="imported").exists()
    api = api_for(person)
    client.force_login(person)
    for name, title in TITLES.items():
        item = shown(api, numbers[name])
        assert (item["manual_sku"], item["product"]["artist"]["name"]) == (f"T-{name}", ARTIST)
        assert item["product"]["title"] == title[:500]
        assert [one["uid"] for one in api.get(f"inventory/?search=t-{name}").json()["results"]] == [item["uid"]]
        page = client.get(f"/inventory/{item['uid']}/").content.decode()
        assert f'<h1 dir="auto" class="item__title{" item__title--long" if name == "long" else ""}">' in page
        assert escape(title[:500]) in page
        assert "<script>alert" not in page


def test_ids_of_64_bits(shop: Shops, person: User, size: int) -> None:
    shop("discogs", listings=size)
    shop.simulators["discogs"].site.owner.inventory.first_id = FAR  # type: ignore[attr-defined]
    number = str(shop.control("discogs", "add", {"title": "Far away", "external_id": "FAR"})["listing_id"])
    assert int(number) > FAR
    job = brought(person)
    assert job.rows.get(remote_id=number).status == "imported"
    item = shown(api_for(person), number)
    assert (item["manual_sku"], [one["listing_id"] for one in item["listings"]]) == ("FAR", [number])
    assert Listing.objects.get(remote_id=number).url.endswith(f"/{number}")


def test_what_cannot_be_taken_in_says_what_and_what_to_do(shop: Shops, person: User, client: Client) -> None:
    shop("discogs", listings=60)
    odd = shop.simulators["discogs"].site.odd  # type: ignore[attr-defined]
    number = {one.what: str(one.listing_id) for one in odd}
    job = brought(person)
    assert counts(job)[2] == 3
    issues = api_for(person).get(f"marketplace/import/jobs/{job.public_id}/issues/?status=failed").json()["results"]
    assert {one["external_listing_id"]: (one["error_code"], one["error_message"]) for one in issues} == {
        number["zero_price"]: (
            "invalid_price",
            "The price must be above zero: 0.00 USD. Set one on Discogs, then retry",
        ),
        number["no_price"]: ("invalid_price", "It has no price. Set one on Discogs, then retry"),
        number["missing_title"]: (
            "missing_title",
            "The release has no title on Discogs. Choose another release for the listing there, then retry",
        ),
    }
    client.force_login(person)
    page = client.get(f"/imports/{job.public_id}/?show=failed").content.decode()
    assert page.count("Set one on Discogs, then retry.") == 2
    assert page.count("Choose another release for the listing there, then retry.") == 1
    assert not Listing.objects.filter(remote_id__in=[one["external_listing_id"] for one in issues]).exists()


def test_a_currency_nobody_knows(shop: Shops, person: User, size: int) -> None:
    shop("discogs", listings=size)
    shop.control("discogs", "shop", {"currency": "XDR"})
    job = brought(person)
    assert counts(job) == (0, 0, job.found, 0)
    issue = api_for(person).get(f"marketplace/import/jobs/{job.public_id}/issues/").json()["results"][0]
    assert (issue["error_code"], issue["error_message"]) == (
        "unknown_currency",
        "Unknown currency: XDR. Enter this item by hand",
    )
    assert (Item.objects.count(), Listing.objects.count()) == (0, 0)


def test_broken_quotes_in_the_export(shop: Shops, person: User) -> None:
    shop("discogs", listings=501)
    shop.control("discogs", "switches", {"export_bad_quote": True})
    job = brought(person)
    broken = [row for row in job.rows.filter(status="failed") if "quotation marks" in row.error]
    assert [(row.remote_id, row.error_code) for row in broken] == [("1", "marketplace_error")]
    assert (job.found, sum(counts(job)), Item.objects.count()) == (502, 502, job.imported)
    assert job.imported > 490


def test_what_was_mended_there_is_taken_in_by_a_retry(shop: Shops, person: User) -> None:
    shop("discogs", listings=60)
    job = brought(person)
    zero, none, untitled = (str(one.listing_id) for one in shop.simulators["discogs"].site.odd[:3])  # type: ignore[attr-defined]
    shop.control("discogs", "edit", {"listing_id": int(zero), "price": 7.5})
    shop.control("discogs", "end", {"listing_id": int(none)})
    items, (imported, skipped, failed, conflicts) = Item.objects.count(), counts(job)
    api = api_for(person)
    assert api.post(f"marketplace/import/jobs/{job.public_id}/retry-failed/").status_code == 202
    settled(job)
    assert counts(job) == (imported + 1, skipped + 1, failed - 2, conflicts)
    assert shown(api, zero)["price_item"] == "7.50"
    gone, same = job.rows.get(remote_id=none), job.rows.get(remote_id=untitled)
    assert (gone.status, gone.conflict_details, gone.error) == ("skipped", "No longer in the shop", "")
    assert (same.status, same.error_code, Item.objects.count()) == ("failed", "missing_title", items + 1)


def test_a_retry_waits_for_the_shop_like_any_reading(shop: Shops, person: User) -> None:
    shop("discogs", listings=60)
    job = brought(person)
    before = counts(job)
    shop.control("discogs", "faults", [{"match": "GET /marketplace/*", "times": 2, "do": "html:502"}])
    services.retry_failed(job=job)
    assert queries.progress(settled(job)).error_message is not None
    progress = queries.progress(patiently(job))
    assert (progress.status, progress.error_message, counts(job)) == ("completed", None, before)
