"""A stranger's way through it all: pair, read three shops, import, resolve, fill three forms, link what came of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image as Picture
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from instica.catalog.models import Kind
from instica.connections import claiming
from instica.connections.models import Connection
from instica.imports import prepared, services
from instica.imports.models import Job
from instica.inventory.models import Image, Item
from instica.listings.models import Listing
from instica.people.models import ApiToken, User
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.extension.chromium import PATIENCE, Extension
from tests.extension.sites import Sites
from tests.extension.walking import pair

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESIGNS = 26
COOKIE = settings.SESSION_COOKIE_NAME
TEXT = "Stands still.\n\nThen it does not."
FILLED = """(title) => {
  const chips = [...document.querySelectorAll('.chip, .taggle')].map((chip) => chip.textContent.replace(/x$/, ''));
  const main = document.querySelector('#design_primary_tag')?.value;
  return {
    title: document.querySelector(title).value,
    text: document.querySelector('textarea').value.trim(),
    tags: main ? [main, ...chips] : chips,
    file: document.querySelector('input[type=file]').files[0]?.name,
    legal: document.querySelectorAll('input[type=checkbox]:checked, input[type=radio]:checked').length,
  };
}"""
OPENED = {
    "redbubble": "https://www.redbubble.com/people/gsprints/shop",
    "teepublic": "https://www.teepublic.com/user/gsprints",
    "society6": "https://society6.com/a/artists/gsprints",
}


def read(extension: Extension, popup: Page, slug: str) -> Job:
    """Open the shop, press the button, wait until the hub has it and has compared it."""
    tab = extension.context.new_page()
    tab.goto(OPENED[slug])
    popup.locator(f"#read-{slug}").click()
    run = extension.until(slug, "finished")
    assert (run["account"], run["found"], run["accepted"]) == ("gsprints", DESIGNS, DESIGNS)
    card = popup.get_by_role("region", name=popup.locator(f"#{slug}-name").inner_text())
    expect(card.get_by_text(f"{DESIGNS} of {DESIGNS} designs are in the hub")).to_be_visible()
    tab.close()
    run_until_idle()
    return Job.objects.get(marketplace=slug)


def imported(job: Job) -> tuple[int, int, int, int]:
    """What became of its rows once it is started: imported, skipped, failed, in conflict."""
    services.start(job=job)
    run_until_idle()
    job.refresh_from_db()
    return job.imported, job.skipped, job.failed, job.conflicted


def hub_page(extension: Extension, hub: LiveServer, person: User, path: str) -> Page:
    """A page of the hub in the same browser, as Ada sees it."""
    visitor = Client()
    visitor.force_login(person)
    extension.context.add_cookies([{"name": COOKIE, "value": visitor.cookies[COOKIE].value, "url": hub.url}])
    page = extension.context.new_page()
    page.goto(hub.url + path)
    return page


def test_from_pairing_to_an_inventory_of_three_shops(
    extension: Extension, popup: Page, sites: Sites, live_server: LiveServer, person: User
) -> None:
    sites.fresh(DESIGNS)
    page = hub_page(extension, live_server, person, "/accounts/redbubble/login/")
    page.get_by_role("button", name="Show a code").click()
    code = page.locator(".pairing__letters code").inner_text()
    popup.get_by_label("Address of your hub").fill(f"{live_server.url}/extension/#{code}")
    popup.get_by_role("button", name="Pair with this hub").click()
    expect(popup.get_by_role("heading", name="Redbubble", exact=True)).to_be_visible(timeout=1000 * PATIENCE)
    assert ApiToken.objects.get().scopes == ["extension"]
    page.close()
    assert imported(read(extension, popup, "redbubble")) == (DESIGNS, 0, 0, 0)
    item = Item.objects.get(title="Quiet Moth")
    assert (item.quantity, item.product.type, item.status) == (None, Kind.DIGITAL, "listed")
    assert sorted(item.product.tags) == sorted(sites["redbubble"].designs[only("Quiet Moth").remote_id].tags)

    job = read(extension, popup, "teepublic")
    assert set(job.rows.values_list("conflict_type", flat=True)) == {"possible_duplicate"}
    page = hub_page(extension, live_server, person, f"/imports/{job.public_id}/?show=conflict")
    page.locator("button[value=link_existing]").first.click()
    expect(page.locator(".clash--decided")).to_have_count(1)
    page.close()
    services.resolve_all(job=job, conflict_type="possible_duplicate", resolution="link_existing")
    assert imported(job) == (DESIGNS, 0, 0, 0)

    job = read(extension, popup, "society6")
    services.resolve_all(job=job, conflict_type="possible_duplicate", resolution="link_existing")
    assert imported(job) == (DESIGNS, 0, 0, 0)
    assert (Item.objects.count(), Listing.objects.count()) == (DESIGNS, 3 * DESIGNS)
    assert set(Connection.objects.values_list("username", flat=True)) == {"gsprints"}
    assert [line for line in sites.asked if not line.startswith("GET ")] == []


def only(title: str) -> Listing:
    """The listing of that title."""
    return Listing.objects.get(title=title)


@pytest.fixture
def design(person: User) -> Item:
    """A design with a copy of its picture, prepared for all three."""
    house = builders.house(person)
    tags = ["heron", "ink", "water birds"]
    product = builders.product(house, "Painted Heron", type=Kind.DIGITAL, tags=tags, artist="Ada")
    item = builders.item(house, product, quantity=None, condition_item="", price=None, sku="", description=TEXT)
    name = f"photos/{house.uid.hex}/{item.uid.hex}.jpg"
    (settings.MEDIA_ROOT / name).parent.mkdir(parents=True, exist_ok=True)
    Picture.new("RGB", (1600, 2000)).save(settings.MEDIA_ROOT / name)
    Image.objects.create(organization=house, item=item, url="https://ih1.redbubble.net/x.jpg", file=name)
    for slug in OPENED:
        prepared.prepare(item=item, marketplace=slug)
        claiming.claim(organization=house, user=person, marketplace=slug, account="gsprints")
    return item


def test_three_forms_filled_and_what_came_of_them_linked(
    extension: Extension, popup: Page, sites: Sites, live_server: LiveServer, person: User, design: Item
) -> None:
    pair(popup, live_server, person)
    tab = extension.context.new_page()
    for slug, (form, title, send) in FORMS.items():
        tab.goto(form)
        tab.bring_to_front()
        popup.locator(f"#prepare-{slug}").click()
        popup.get_by_role("button", name="Fill the open form").click()
        expect(popup.get_by_text("Filled. Look it over; nothing was sent.")).to_be_visible()
        assert tab.evaluate(FILLED, title) == {
            "title": "Painted Heron",
            "text": TEXT,
            "tags": ["heron", "ink", "water birds"],
            "file": "painted-heron.jpg",
            "legal": 0,
        }
        assert [line for line in sites.asked if not line.startswith("GET ")] == []
        send(tab)
        made = next(design for design in sites[slug].designs.values() if design.title == "Painted Heron")
        said = made.description.replace("\r\n", "\n")
        assert (sorted(made.tags), said) == (["heron", "ink", "water birds"], TEXT)
        assert sites[slug].uploads[made.id][:2] == b"\xff\xd8"
        sites.asked.clear()
        popup.get_by_role("button", name="Look again").click()
        popup.get_by_role("button", name="This is it: link").click()
        expect(popup.get_by_text("Linked. The hub knows it now.")).to_be_visible()
        assert Listing.objects.get(connection__marketplace=slug).remote_id == made.id
        popup.get_by_role("button", name="Back").click()
    design.refresh_from_db()
    assert (design.status, Listing.objects.count()) == ("listed", 3)


def redbubble_saves(tab: Page) -> None:
    """The seller declares, saves, and opens the new work."""
    tab.locator("#rightsDeclaration").check()
    tab.locator("#submit-work").click()
    tab.get_by_role("link", name="Painted Heron").click()
    tab.wait_for_url("**/shop/ap/*")


def teepublic_publishes(tab: Page) -> None:
    """The seller agrees and publishes."""
    tab.locator("#terms").check()
    tab.get_by_role("button", name="Publish", exact=True).click()
    tab.wait_for_url("**/t-shirt/*")


def society6_submits(tab: Page) -> None:
    """The artist chooses, agrees and submits."""
    tab.locator("select#medium").select_option("Design")
    tab.locator("#subjects").click()
    tab.get_by_role("option", name="Animals").click()
    tab.locator("label[for=agreementCheckbox]").click()
    tab.locator("#save").click()
    tab.wait_for_url("**/products/*")
    tab.goto(tab.url.replace("studio.", ""))


FORMS: dict[str, tuple[str, str, Callable[[Page], None]]] = {
    "redbubble": ("https://www.redbubble.com/portfolio/images/new", "#work_title_en", redbubble_saves),
    "teepublic": ("https://www.teepublic.com/design/quick_create", "#design_design_title", teepublic_publishes),
    "society6": ("https://studio.society6.com/upload", "input#title", society6_submits),
}
