"""Listings made by hand: a design prepared for a site's form, filled by the extension, linked afterwards."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.db import transaction
from PIL import Image as Picture

from instica.catalog.models import Kind, Product
from instica.imports.models import Job, Prepared, Row
from instica.inventory.models import Image, Item
from instica.listings import wishes
from instica.listings.models import Listing, Offer
from instica.people.models import User
from instica.sync import standing
from instica.work.engines.threads import run_until_idle
from instica.work.models import Task
from tests import builders
from tests.api.calling import Api, is_problem
from tests.api.extending import WORK, begun, claimed, deliver, page, paired, row
from tests.features.importing import settled


@pytest.fixture
def ext(person: User) -> Api:
    """Ada's paired browser."""
    return paired(person)


@pytest.fixture
def shop(ext: Api) -> str:
    """Ada's shop on Redbubble, by its public id."""
    return claimed(ext)


@pytest.fixture
def design(person: User) -> Item:
    """A design with long words, many tags and a copy of its picture."""
    house = builders.house(person)
    tags = [f"tag {number}" for number in range(20)] + [
        "moth",
        "MOTH",
        "a tag that goes on and on and on and on and on",
    ]
    product = builders.product(house, title=f"Moth {'on a lamp ' * 30}".strip(), type=Kind.DIGITAL, tags=tags)
    item = builders.item(
        house, product, quantity=None, condition_item="", price=None, description="It likes light. " * 60
    )
    name = f"photos/{house.uid.hex}/{item.uid.hex}.jpg"
    (settings.MEDIA_ROOT / name).parent.mkdir(parents=True, exist_ok=True)
    Picture.new("RGB", (800, 600)).save(settings.MEDIA_ROOT / name)
    Image.objects.create(organization=house, item=item, url="https://ih1.redbubble.net/x.jpg", file=name)
    return item


def test_a_design_is_prepared_for_a_form_and_linked(api: Api, ext: Api, design: Item, stranger: User) -> None:
    answer = api.post(f"inventory/{design.public_id}/platforms/teepublic/prepare/")
    assert answer.status_code == 201
    made = answer.json()
    assert made == {
        "uid": made["uid"],
        "inventory_item_uid": design.public_id,
        "platform": "teepublic",
        "title": ("Moth " + "on a lamp " * 25).strip(),
        "description": ("It likes light. " * 46).strip() + " It likes",
        "tags": [f"tag {number}" for number in range(15)],
        "image_url": f"/api/v1/extension/prepared/{made['uid']}/image/",
        "upload_url": "https://www.teepublic.com/design/quick_create",
        "problems": [
            "The title was cut from 304 to 254 characters; 255 fit.",
            "The description was cut from 959 to 744 characters; 750 fit.",
            "Left out as longer than 39 characters: a tag that goes on and on and on and on and on.",
            "Left out beyond the 15 tags that fit: tag 15, tag 16, tag 17, tag 18, tag 19, moth.",
            "The picture kept here is 800 by 600 pixels; TeePublic asks for 1500 by 1995. Choose your own file.",
        ],
    }
    again = api.post(f"inventory/{design.public_id}/platforms/teepublic/prepare/")
    assert (again.status_code, again.json()["uid"]) == (200, made["uid"])
    curated = api.post(f"inventory/{design.public_id}/platforms/society6/prepare/").json()
    assert curated["problems"][0].startswith("Society6 is curated since March 2025: only artists it chose can upload")
    assert ext.get("extension/prepared/?platform=teepublic").json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [again.json()],
    }
    image = ext.get(made["image_url"])
    assert (image.status_code, image["Content-Type"]) == (200, "image/jpeg")
    assert Picture.open(io.BytesIO(image.content)).size == (800, 600)
    page_there = {
        "listing_id": "94037075",
        "url": "https://www.teepublic.com/t-shirt/94037075-moth",
        "title": "Moth <b>",
    }
    path = f"extension/prepared/{made['uid']}/link/"
    is_problem(ext.post(path, page_there), 400, "marketplace_not_connected")
    ext.post("extension/connections/", {"platform": "teepublic", "account": "gsprints"})
    for wrong in ("https://evil.example/94037075", "javascript:alert(1)", "https://www.teepublic.com@evil.example/1"):
        is_problem(ext.post(path, page_there | {"url": wrong}), 400, "validation_error")
    mallory = paired(stranger)
    for answer in (mallory.get(made["image_url"]), mallory.post(path, page_there)):
        is_problem(answer, 404)
    assert mallory.get("extension/prepared/").json()["count"] == 0
    assert (Listing.objects.count(), Prepared.objects.filter(linked=None).count()) == (0, 2)
    for _ in range(2):
        linked = ext.post(path, page_there)
        assert (linked.status_code, linked.json()) == (200, {"status": "linked"})
    listing = Listing.objects.get()
    assert (listing.remote_id, listing.title, listing.seen, listing.wanted) == ("94037075", "Moth", "live", "live")
    (shown,) = api.get(f"inventory/{design.public_id}/").json()["listings"]
    assert (shown["status"], shown["state"], shown["listing_url"]) == ("listed", "live", page_there["url"])
    assert Offer.objects.get().item == design
    design.refresh_from_db()
    assert design.status == "listed"
    assert Product.objects.get(pk=design.product_id).items_listed == 1
    assert ext.get("extension/prepared/?platform=teepublic").json()["count"] == 0
    other = builders.item(ext.organization, builders.product(ext.organization, "Cat", type=Kind.DIGITAL))
    second = api.post(f"inventory/{other.public_id}/platforms/teepublic/prepare/").json()
    is_problem(ext.post(f"extension/prepared/{second['uid']}/link/", page_there), 409, "already_linked")
    is_problem(ext.get(second["image_url"]), 404, "no_picture")


def test_what_cannot_be_prepared(api: Api, person: User, design: Item) -> None:
    record = builders.item(builders.house(person))
    is_problem(api.post(f"inventory/{record.public_id}/platforms/redbubble/prepare/"), 400, "not_a_design")
    is_problem(api.post(f"inventory/{design.public_id}/platforms/discogs/prepare/"), 400, "not_by_hand")
    is_problem(api.post(f"inventory/{design.public_id}/platforms/nowhere/prepare/"), 404)
    assert Prepared.objects.count() == 0


def test_a_linked_page_that_is_read_later_is_known(api: Api, ext: Api, shop: str, design: Item) -> None:
    made = api.post(f"inventory/{design.public_id}/platforms/redbubble/prepare/").json()
    there = {"listing_id": "90000009", "url": f"{WORK}90000009", "title": made["title"]}
    assert ext.post(f"extension/prepared/{made['uid']}/link/", there).status_code == 200
    job = begun(ext, shop)
    seen = row(90_000_009, made["title"], description=made["description"], tags=made["tags"])
    deliver(ext, job, page(seen, expected=1))
    settled(Job.objects.get())
    assert Row.objects.get().action in ("same", "update")
    api.post("marketplace/import/start/", {"job_uid": job})
    done = settled(Job.objects.get())
    assert (done.imported + done.skipped, done.conflicted, Item.objects.count()) == (1, 0, 1)


def test_what_stands_there_is_changed_by_hand(api: Api, ext: Api, shop: str, design: Item) -> None:
    made = api.post(f"inventory/{design.public_id}/platforms/redbubble/prepare/").json()
    there = {"listing_id": "90000009", "url": f"{WORK}90000009", "title": made["title"]}
    ext.post(f"extension/prepared/{made['uid']}/link/", there)
    delist = f"inventory/{design.public_id}/platforms/redbubble/delist/"
    assert is_problem(api.post(delist), 400, "manual_platform")["page"] == there["url"]
    page_there = Listing.objects.get()
    with transaction.atomic():
        wishes.end(page_there, wishes.By(), "a person delisted it")
    run_until_idle()
    page_there.refresh_from_db()
    assert (page_there.held, page_there.seen) == (
        "Redbubble lets no program do this: do it there by hand.",
        "live",
    )
    assert Task.objects.filter(state="dead").count() == 0
    assert standing.shops(api.organization) == []
