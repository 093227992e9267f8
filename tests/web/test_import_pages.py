"""The Imports page and one import's page: read, decide, import, take back."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from instica.connections.models import Connection
from instica.connections.pausing import pause
from instica.core.clock import now
from instica.imports import purge, services
from instica.imports.models import Job, Row, RowStatus
from instica.inventory.models import Cause, Item
from instica.inventory.services import move
from instica.listings.models import Offer
from instica.people.models import User
from instica.web.pictures import duration, parts, told
from instica.web.wording import failure, fields_named
from instica.work.engines.threads import run_until_idle
from tests import builders
from tests.features.importing import brought, listing
from tests.shops import Shops


def text(page: bytes) -> str:
    """A page's words."""
    seen = re.sub(r"<svg.*?</svg>", " ", page.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", seen)).split())


def test_reading_a_shop_from_its_page(ada: Client, shop: Shops, person: User) -> None:
    connection = shop("discogs", listings=150)
    answer = ada.post("/imports/new/", {"connection": connection.public_id})
    job = Job.objects.get()
    page = f"/imports/{job.public_id}/"
    assert answer.headers["Location"] == page
    assert job.created_by == person
    words = text(ada.get(page).content)
    assert "Reading the shop" in words
    assert "The shop is still being read." in words
    run_until_idle()
    words = text(ada.get(page).content)
    assert "The plan Nothing has changed yet New here 145 Need your decision 2 Cannot be imported 3" in words
    assert "Conflicts 2 Cannot be imported 3 Not yet imported 145 Imported 0 Left out 0" in words
    assert "Import 145 items" in words
    assert Item.objects.count() == 0
    assert connection.username in text(ada.get("/imports/").content)


def test_importing_what_the_plan_says(ada: Client, read: Job) -> None:
    page = f"/imports/{read.public_id}/"
    assert ada.post(f"{page}start/").headers["Location"] == page
    run_until_idle()
    words = text(ada.get(page).content)
    assert "Done, with open rows 100.0 % Found 150 Imported 145 Need your decision 2 Cannot be imported 3" in words
    assert Item.objects.count() == 145


def test_a_plan_that_no_longer_holds_starts_nothing(ada: Client, read: Job) -> None:
    services.preview(job=read)
    run_until_idle()
    page = f"/imports/{read.public_id}/"
    answer = ada.post(f"{page}start/", {"plan": "0" * 32}, follow=True, HTTP_REFERER=f"http://testserver{page}")
    assert "The plan changed since. Preview again." in text(answer.content)
    read.refresh_from_db()
    assert (read.run, Item.objects.count()) == (None, 0)


def test_the_page_asks_again_only_while_something_happens(ada: Client, shop: Shops) -> None:
    connection = shop("discogs", listings=150)
    ada.post("/imports/new/", {"connection": connection.public_id})
    job = Job.objects.get()
    live = ada.get(f"/imports/{job.public_id}/").content.decode()
    asks = re.search(r'hx-get="([^"]+)" hx-trigger="every 1500ms"', live)
    assert asks is not None
    part = ada.get(asks[1].replace("&amp;", "&"))
    assert part.content.strip().startswith(b'<section id="progress"')
    assert "HX-Retarget" not in part.headers
    run_until_idle()
    whole = ada.get(asks[1].replace("&amp;", "&"))
    assert (whole.headers["HX-Retarget"], whole.headers["HX-Reselect"]) == ("#job", "#job")
    assert b"every 1500ms" not in whole.content


def test_a_conflict_is_decided_before_the_start_and_done_with_it(ada: Client, read: Job) -> None:
    row = Row.objects.filter(job=read, action="conflict")[0]
    page = f"/imports/{read.public_id}/"
    other = Row.objects.filter(job=read, action="conflict").exclude(pk=row.pk).get()
    answer = ada.post(f"{page}rows/{row.public_id}/", {"resolution": "create_new"})
    assert answer.headers["Location"] == f"{page}?show=conflict&at={other.public_id}#{other.public_id}"
    row.refresh_from_db()
    assert (row.status, row.decision) == (RowStatus.PENDING, {"resolution": "create_new"})
    words = text(ada.get(page).content)
    assert "Your decision: Add as a new item. It is carried out when the import runs." in words
    assert "New here 145 Need your decision 1 Cannot be imported 3 Decided: come in 1" in words
    assert "Import 146 items" in words
    assert "Conflicts 1 of 2 open" in words
    ada.post(f"{page}start/")
    run_until_idle()
    row.refresh_from_db()
    assert (row.status, row.resolution) == (RowStatus.IMPORTED, "created_new")
    assert Item.objects.count() == 146


def test_both_sides_beside_each_other_and_a_choice_for_each_field(ada: Client, done: Job, shop: Shops) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.IMPORTED).order_by("position")[0]
    Item.objects.filter(pk=row.item).update(price=7000, description="Bought at the fair")
    listing = {"listing_id": int(row.remote_id), "price": "77.00", "comments": "Small tear"}
    shop.control("discogs", "edit", listing)
    again = services.create(organization=done.organization, connection=Connection.objects.get(), user=None)
    run_until_idle()
    page = reverse("web:import", args=[again.public_id])
    words = text(ada.get(f"{page}?search={row.remote_id}").content)
    assert "Changed on both sides" in words
    assert "Price $77.00 $70.00" in words
    assert "Description Small tear Bought at the fair" in words
    assert "Matched by the listing's own number." in words
    clash = Row.objects.get(job=again, remote_id=row.remote_id)
    chosen = {"resolution": "link_existing", "field-price": "theirs", "field-description": "ours"}
    ada.post(f"{page}rows/{clash.public_id}/", chosen)
    ada.post(f"{page}start/")
    run_until_idle()
    item = Item.objects.get(pk=row.item)
    assert (item.price, item.description) == (7700, "Bought at the fair")


@pytest.mark.parametrize("by", ["id", "sku", "title"])
def test_a_person_names_another_item_of_theirs(ada: Client, done: Job, person: User, by: str) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.CONFLICT)[0]
    house = builders.house(person)
    other = builders.item(house, builders.product(house, "Lost Tapes"), sku="MINE 1")
    page = f"/imports/{done.public_id}/"
    assert "Link to another item of yours Its SKU, id or title" in text(ada.get(page).content)
    named = {"id": other.public_id, "sku": "MINE 1", "title": "lost  TAPES"}[by]
    answer = ada.post(f"{page}rows/{row.public_id}/link/", {"link_to": named, "page": "1"}, follow=True)
    assert "Linked to Lost Tapes - VG+." in text(answer.content)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.status, row.resolution, row.item) == (RowStatus.IMPORTED, "linked", other.pk)
    assert (other.price, other.sku, other.status) == (3499, "MINE 1", "listed")


def test_naming_it_before_the_start(ada: Client, read: Job) -> None:
    row = Row.objects.filter(job=read, action="conflict")[0]
    other = builders.item(read.organization, sku="MINE 1")
    page = f"/imports/{read.public_id}/"
    answer = ada.post(f"{page}rows/{row.public_id}/link/", {"link_to": "MINE 1"}, follow=True)
    assert f"The import will link it to {other.title}." in text(answer.content)
    row.refresh_from_db()
    assert (row.status, row.decision) == (RowStatus.PENDING, {"resolution": "link_existing", "item": str(other.pk)})


def test_an_item_that_is_not_clear_links_nothing(ada: Client, done: Job, stranger: User) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.CONFLICT)[0]
    theirs = builders.item(builders.house(stranger), sku="THEIRS")
    one, two = (builders.item(done.organization, sku="TWICE") for _ in range(2))
    page = f"/imports/{done.public_id}/"
    said = {
        "": "Say which item: its SKU, its id (inv_…) or words of its title.",
        theirs.public_id: f"You have no item {theirs.public_id}.",
        "THEIRS": "You have no item THEIRS.",
        "TWICE": f"Several items have the SKU TWICE: {one.title} ({one.public_id}); {two.title} ({two.public_id}).",
    }
    for named, words in said.items():
        answer = ada.post(f"{page}rows/{row.public_id}/link/", {"link_to": named}, follow=True)
        assert answer.redirect_chain[0][0].endswith(f"#{row.public_id}")
        card = answer.content.decode().partition(f'id="{row.public_id}"')[2].partition("</article>")[0]
        assert words in text(card.encode())
        assert re.search(rf'value="{re.escape(named)}"[^>]*aria-invalid="true"[^>]*autofocus', card)
        assert '<details class="more" open>' in card
    row.refresh_from_db()
    assert (row.status, row.decision, row.resolution) == (RowStatus.CONFLICT, None, "pending")
    assert not Offer.objects.filter(item__in=[theirs, one, two]).exists()


def test_a_conflict_whose_item_is_gone_offers_no_link(ada: Client, done: Job) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.CONFLICT)[0]
    gone = builders.item(done.organization)
    kept = {"on": "sku", "strength": 100, "candidates": [{"item": gone.public_id, "on": "sku", "strength": 100}]}
    Row.objects.filter(pk=row.pk).update(item=gone.pk, evidence=kept, conflict_details="")
    page = f"/imports/{done.public_id}/?show=conflict&search={row.remote_id}"
    assert 'value="link_existing"' in ada.get(page).content.decode().partition("<article")[2]
    gone.delete()
    card = ada.get(page).content.decode().partition("<article")[2].partition("</article>")[0]
    assert ('value="link_existing"' in card, 'value="overwrite"' in card) == (False, False)
    assert ('value="create_new"' in card, 'value="skip"' in card) == (True, True)
    assert "The item it was matched with is no longer here." in card


def test_an_import_that_was_taken_back_asks_nothing(ada: Client, done: Job) -> None:
    services.undo(job=done)
    run_until_idle()
    page = ada.get(f"/imports/{done.public_id}/?show=conflict").content.decode()
    assert page.count("<article") == 2
    assert 'name="resolution"' not in page
    assert 'name="link_to"' not in page
    assert "Import the shop again to be asked anew." in page
    assert "Need your decision" not in page
    words = text(ada.get("/imports/").content)
    assert "Undone 145 taken back, left out or unchanged, 2 not decided, 3 cannot be imported" in words


def test_a_listing_that_has_its_item_takes_no_other(ada: Client, done: Job) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.CONFLICT)[0]
    Row.objects.filter(pk=row.pk).update(conflict_type="changed_both_sides")
    builders.item(done.organization, sku="MINE 1")
    page = f"/imports/{done.public_id}/"
    assert "Link to another item" not in text(ada.get(f"{page}?search={row.remote_id}").content)
    sent = {"link_to": "MINE 1", "next": page}
    answer = ada.post(f"{page}rows/{row.public_id}/link/", sent, follow=True)
    assert "This listing has its item already." in text(answer.content)
    row.refresh_from_db()
    assert (row.status, row.decision) == (RowStatus.CONFLICT, None)


def test_an_unknown_decision_changes_nothing(ada: Client, done: Job) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.CONFLICT)[0]
    page = f"/imports/{done.public_id}/"
    for sent in ({}, {"resolution": "burn"}, {"resolution": "link_existing", "field-price": "mine"}):
        ada.post(f"{page}rows/{row.public_id}/", sent)
        row.refresh_from_db()
        assert (row.status, row.decision) == (RowStatus.CONFLICT, None)


def test_all_of_a_kind_are_decided_at_once(ada: Client, done: Job) -> None:
    page = f"/imports/{done.public_id}/"
    ada.post(f"{page}resolve-all/", {"conflict_type": "duplicate_sku", "resolution": "create_new"})
    run_until_idle()
    done.refresh_from_db()
    assert (done.conflicted, done.imported) == (0, 147)


def test_deciding_a_kind_keeps_what_was_decided_and_says_what_it_cannot(ada: Client, read: Job) -> None:
    first, second = Row.objects.filter(job=read, action="conflict").order_by("position")
    Row.objects.filter(pk=second.pk).update(item=None)
    mine = builders.item(read.organization)
    third = Row.objects.filter(job=read, action="create").order_by("position")[0]
    Row.objects.filter(pk=third.pk).update(action="conflict", conflict_type="duplicate_sku", item=mine.pk)
    page = f"/imports/{read.public_id}/"
    ada.post(f"{page}rows/{first.public_id}/", {"resolution": "create_new"})
    sent = {"conflict_type": "duplicate_sku", "resolution": "link_existing"}
    words = text(ada.post(f"{page}resolve-all/", sent, follow=True).content)
    assert "1 decided, 1 cannot be linked: decide it below." in words
    decided = dict(Row.objects.filter(job=read, action="conflict").values_list("pk", "decision"))
    assert decided == {
        first.pk: {"resolution": "create_new"},
        second.pk: None,
        third.pk: {"resolution": "link_existing"},
    }


def test_what_was_chosen_stays_chosen(ada: Client, read: Job) -> None:
    mine = builders.item(read.organization, location="", description="Mine")
    row = Row.objects.filter(job=read, action="conflict").order_by("position")[0]
    data = {**row.data, "page": {**row.data["page"], "location": "Crate H4", "description": "Theirs"}}
    Row.objects.filter(pk=row.pk).update(item=mine.pk, conflict_details="", data=data)
    page = f"/imports/{read.public_id}/"
    seen = ada.get(f"{page}?search={row.remote_id}").content.decode()
    assert checked(seen, row.public_id) >= {("location", "theirs"), ("description", "ours")}
    sent = {"resolution": "link_existing", "field-location": "ours", "field-description": "theirs"}
    ada.post(f"{page}rows/{row.public_id}/", sent)
    seen = ada.get(f"{page}?search={row.remote_id}").content.decode()
    assert checked(seen, row.public_id) >= {("location", "ours"), ("description", "theirs")}
    assert "Your decision: Link to the item, with description from the shop." in text(seen.encode())


def checked(page: str, row: str) -> set[tuple[str, str]]:
    """The sides chosen on the card of a row."""
    card = page.partition(f'id="{row}"')[2].partition("</article>")[0]
    return set(re.findall(r'name="field-(\w+)" value="(\w+)"[^>]* checked', card))


def test_what_cannot_come_in_is_found_before_the_start(ada: Client, read: Job) -> None:
    words = text(ada.get(f"/imports/{read.public_id}/?show=failed").content)
    assert words.count("Set one on Discogs, then retry.") == 2
    assert "Retry all" not in words


def test_conflicts_are_left_out_together(ada: Client, done: Job) -> None:
    ada.post(f"/imports/{done.public_id}/skip-all/")
    done.refresh_from_db()
    assert (done.conflicted, done.skipped, Item.objects.count()) == (0, 2, 145)


def test_failures_say_what_and_what_to_do_and_are_tried_again(ada: Client, done: Job) -> None:
    page = f"/imports/{done.public_id}/"
    words = text(ada.get(f"{page}?show=failed").content)
    assert "The release has no title on Discogs. Choose another release for the listing there, then retry." in words
    assert words.count("Set one on Discogs, then retry.") == 2
    assert words.count("then retry") == 3
    after = f"{page}?show=failed&retried=3&was=145"
    assert ada.post(f"{page}retry/").headers["Location"] == f"{after}#rows"
    assert "3 are being tried again." in text(ada.get(after).content)
    assert "show=failed&amp;retried=3&amp;was=145" in ada.get(after).content.decode()
    run_until_idle()
    done.refresh_from_db()
    assert (done.failed, done.runs) == (3, 2)


def test_what_came_in_at_the_second_try_is_counted(ada: Client, done: Job) -> None:
    page = f"/imports/{done.public_id}/?show=failed"
    assert "Tried again: 1 imported, 3 failed again." in text(ada.get(f"{page}&retried=4&was=144").content)
    words = text(ada.get(f"{page}&retried=5&was=144").content)
    assert "Tried again: 1 imported, 3 failed again, 1 for you to decide or left out." in words


@pytest.mark.parametrize(
    "asked", ["retried=x&was=1", "retried=٣&was=1", "retried=-1&was=2", "retried=9000000000&was=1"]
)
def test_a_made_up_second_try_says_nothing(ada: Client, done: Job, asked: str) -> None:
    assert "Tried again" not in text(ada.get(f"/imports/{done.public_id}/?show=failed&{asked}").content)


def test_an_import_is_stopped(ada: Client, read: Job) -> None:
    page = f"/imports/{read.public_id}/"
    assert "Throw this plan away?" in text(ada.get(page).content)
    words = text(ada.post(f"{page}cancel/", follow=True).content)
    assert "Thrown away. Nothing had come in: nothing has changed." in words
    assert "Thrown away Found 150" in words
    assert "Throw this plan away?" not in words
    assert "undo takes it back" not in words
    assert (Item.objects.count(), Row.objects.filter(status=RowStatus.SKIPPED).count()) == (0, 150)


def test_reading_is_stopped(ada: Client, shop: Shops) -> None:
    ada.post("/imports/new/", {"connection": shop("discogs", listings=150).public_id})
    page = f"/imports/{Job.objects.get().public_id}/"
    words = text(ada.get(page).content)
    assert "Stop reading the shop? The shop is read no further, and what was found is left out." in words
    assert "open row" not in words
    words = text(ada.post(f"{page}cancel/", follow=True).content)
    assert "The import was stopped. Nothing had come in: nothing has changed." in words
    assert "%" not in words.partition("Stopped")[2].partition("Rows")[0]
    assert not Item.objects.exists()


def test_an_import_is_taken_back(ada: Client, done: Job) -> None:
    page = f"/imports/{done.public_id}/"
    assert "Everything these 145 rows did is reversed" in text(ada.get(page).content)
    ada.post(f"{page}undo/")
    run_until_idle()
    words = text(ada.get(page).content)
    assert "Undone" in words
    assert "Take this import back?" not in words
    assert "Nothing here yet" in text(ada.get("/inventory/").content)


def test_a_title_no_page_is_made_for(ada: Client, done: Job) -> None:
    title = "<script>alert(1)</script>😀 مرحبا " + "x" * 500
    item = Item.objects.all()[0]
    Item.objects.filter(pk=item.pk).update(title=title)
    for path in ("/inventory/?page_size=100", f"/inventory/{item.public_id}/"):
        page = ada.get(path).content.decode()
        assert "<script>alert" not in page
        assert 'dir="auto"' in page


def test_a_bar_is_never_wider_than_itself() -> None:
    drawn = parts([("good", "Imported", 3), ("bad", "Failed", 0), ("warn", "Conflicts", 3)], 4)
    assert [(part.start, part.width) for part in drawn] == [(0.0, 75.0), (75.0, 0.0), (75.0, 25.0)]
    assert told(drawn) == "3 imported, 3 conflicts"
    assert parts([("good", "Imported", 3)], 0)[0].width == 0.0


def test_why_a_row_fails_and_what_to_do_say_each_their_own() -> None:
    zero = "The price must be above zero: 0.00 USD. Set one on Discogs, then retry"
    assert failure("invalid_price", zero) == (
        "The price must be above zero: 0.00 USD.",
        "Set one on Discogs, then retry.",
    )
    assert failure("invalid_price", "Odd") == ("Odd.", "Set a price above zero in the shop, then retry.")
    assert failure("marketplace_error", "Discogs said no. Twice") == (
        "Discogs said no. Twice.",
        "Look at the listing in the shop, correct it there, then retry.",
    )


def test_a_conflict_names_its_fields_as_the_pages_do() -> None:
    said = "Changed here and there since the last import"
    assert fields_named(f"{said}: condition_item, sku") == f"{said}: grade, SKU."
    assert fields_named("3 items match by title") == "3 items match by title"
    assert fields_named("This listing belongs to inv_1: odd") == "This listing belongs to inv_1: odd"


def test_durations_in_words() -> None:
    said = [duration(seconds) for seconds in (None, 3, 47, 61, 3540, 5400)]
    assert said == ["", "a few seconds", "about 40 seconds", "about 1 minute", "about 59 minutes", "about 1.5 hours"]


def test_what_an_undo_could_not_take_back_is_named(ada: Client, done: Job) -> None:
    row = Row.objects.filter(job=done, status=RowStatus.IMPORTED).order_by("position")[0]
    assert row.item is not None
    item = Item.objects.get(pk=row.item)
    move(item=item, delta=-1, cause=Cause.SALE, reference="a sale")
    page = f"/imports/{done.public_id}/"
    ada.post(f"{page}undo/")
    run_until_idle()
    words = text(ada.get(f"{page}?show=imported").content)
    assert "1 row could not be taken back" in words
    assert "Kept:" in words
    assert "1 item" in text(ada.get("/inventory/").content)


def test_the_bell_tells_of_an_import_that_leaves_something_open(ada: Client, done: Job) -> None:
    words = text(ada.get("/notices/").content)
    assert f"The import from {done.connection.name or done.connection.username} is done, but for a few" in words
    assert "145 imported; 3 failed, 2 conflicts left for you to look at." in words


def test_a_plan_that_a_later_import_overtook_is_marked(ada: Client, read: Job) -> None:
    later = services.create(organization=read.organization, connection=read.connection, user=None)
    run_until_idle()
    assert "Overtaken" not in text(ada.get("/imports/").content)
    services.start(job=later)
    run_until_idle()
    words = text(ada.get("/imports/").content)
    assert words.count("Overtaken by a later import") == 1
    assert words.count("Done, with open rows 145 imported, 2 need your decision, 3 cannot be imported") == 1
    assert "A later import of this shop was carried out" in text(ada.get(f"/imports/{read.public_id}/").content)


def test_a_shop_whose_sign_in_ended_is_to_be_reconnected(ada: Client, done: Job) -> None:
    shop = done.connection
    pause(shop, "Discogs no longer accepts this sign-in")
    page = ada.get("/imports/").content
    assert f"{shop.name or shop.username} needs reconnecting Discogs no longer accepts this sign-in." in text(page)
    assert f'href="/accounts/discogs/login/?reconnect={shop.public_id}"' in page.decode()
    assert "No shop is connected now" not in text(page)
    words = text(ada.get("/marketplaces/").content)
    assert words.count("Connect Discogs again") == 1
    words = text(ada.post(f"/marketplaces/{shop.public_id}/test/", follow=True).content)
    assert "has to be connected again: it refused our sign-in." in words
    assert "does not answer" not in words


def test_a_disconnected_shop_stays_with_a_way_back(ada: Client, done: Job) -> None:
    ada.post(f"/marketplaces/{done.connection.public_id}/disconnect/")
    words = text(ada.get("/marketplaces/").content)
    assert "Disconnected" in words
    assert "Its items, listings and imports are kept." in words
    assert "Reconnect" in words


def test_as_many_queries_for_one_conflict_as_for_many(
    ada: Client, pretend: Connection, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 9):
        for number in range(count):
            builders.item(pretend.organization, sku=f"{count}/{number}")
        names = [(f"{count}-{number}{twin}", f"{count}/{number}") for number in range(count) for twin in "ab"]
        job = brought(pretend, *[listing(name, sku=sku) for name, sku in names])
        with django_assert_num_queries(14):
            words = text(ada.get(f"/imports/{job.public_id}/?show=conflict").content)
        assert words.count("Another listing of this shop has the same SKU") == 2 * count


def test_a_plan_nobody_carried_out_for_a_month(ada: Client, read: Job) -> None:
    with time_machine.travel(now() + dt.timedelta(days=31), tick=True):
        purge.unused_rows()
        ada.force_login(User.objects.get())
        words = text(ada.get(f"/imports/{read.public_id}/?show=conflict").content)
    assert "It is read again first, for a new plan or for the import." in words
    assert "Reading the shop" not in words


def test_a_plan_whose_ground_was_taken_back_asks_for_a_new_one(ada: Client, shop: Shops) -> None:
    connection = shop("discogs", listings=60)
    first = services.quick(organization=connection.organization, marketplace="discogs", user=None)
    run_until_idle()
    ada.post("/imports/new/", {"connection": connection.public_id})
    run_until_idle()
    second = Job.objects.exclude(pk=first.pk).get()
    before = ada.get(f"/imports/{second.public_id}/").content.decode()
    assert "Finish: nothing to import" in before
    services.undo(job=first)
    run_until_idle()
    page = ada.get(f"/imports/{second.public_id}/").content.decode()
    assert "The plan is out of date" in page
    assert "Finish: nothing to import" not in page
    plan = re.search(r'name="plan" value="([^"]+)"', before)
    assert plan
    ada.post(f"/imports/{second.public_id}/start/", {"plan": plan.group(1)})
    run_until_idle()
    assert Item.objects.count() == 0
