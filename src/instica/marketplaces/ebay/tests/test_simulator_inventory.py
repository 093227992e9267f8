"""The simulated Inventory API: full replacement, late validation, page numbers, new numbers, groups, migration."""

from __future__ import annotations

import pytest

from instica.marketplaces.ebay.tests.visiting import FIRST, INVENTORY, LANGUAGE, STRANGER, first_error, visit


def test_a_put_replaces_the_item_whole() -> None:
    here = visit()
    assert here.item("A", mpn="X").status_code == 201
    assert here.item("A").status_code == 204
    item = here.get(f"{INVENTORY}/inventory_item/A").json()
    assert (item["sku"], item["locale"], "mpn" in item["product"]) == ("A", "en_US", False)


def test_a_condition_description_of_what_is_new_is_dropped_with_a_warning() -> None:
    here = visit()
    here.item("A")
    body = {"condition": "NEW", "conditionDescription": "Sealed.", "product": {"title": "x"}}
    answer = here.put(f"{INVENTORY}/inventory_item/A", body)
    assert (answer.status_code, answer.json()["warnings"][0]["errorId"]) == (200, 25401)


@pytest.mark.parametrize(
    ("headers", "number"),
    [({}, 25709), ({"Content-Language": "xx-XX"}, 25709), ({**LANGUAGE, "Accept-Language": "*"}, 25709)],
)
def test_a_language_is_needed_and_must_be_one_of_theirs(headers: dict[str, str], number: int) -> None:
    here = visit()
    answer = here.call("PUT", f"{INVENTORY}/inventory_item/A", json={}, headers=headers)
    assert first_error(answer) == (400, number)


@pytest.mark.parametrize(
    ("path", "status", "number"),
    [
        ("/inventory_item/NOTHING", 404, 25710),
        ("/inventory_item?limit=201", 400, 25706),
        ("/inventory_item?offset=-1", 400, 25706),
        ("/offer", 400, 25707),
        ("/offer?sku=NOTHING", 404, 25713),
        ("/offer/1", 404, 25713),
        ("/location/nowhere", 404, 25805),
        ("/nothing", 404, 2002),
    ],
)
def test_reads_that_find_nothing(path: str, status: int, number: int) -> None:
    assert first_error(visit().get(f"{INVENTORY}{path}")) == (status, number)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"condition": "USED"}, 2004),
        ({"product": {"imageUrls": ["http://x.example/a.jpg"]}}, 25015),
        ({"product": {"aspects": {"Artist": ["x" * 66]}}}, 25022),
        ({"product": {"aspects": {"x" * 41: ["y"]}}}, 25022),
    ],
)
def test_an_item_they_will_not_take(body: dict[str, object], number: int) -> None:
    here = visit()
    assert first_error(here.put(f"{INVENTORY}/inventory_item/A", body)) == (400, number)
    assert here.get(f"{INVENTORY}/inventory_item/A").status_code == 404


def test_items_are_paged_by_page_number() -> None:
    here = visit(listings=120)
    first = here.get(f"{INVENTORY}/inventory_item?limit=10&offset=0").json()
    second = here.get(f"{INVENTORY}/inventory_item?limit=10&offset=1").json()
    assert len({row["sku"] for row in first["inventoryItems"] + second["inventoryItems"]}) == 20
    assert first["next"].endswith("limit=10&offset=1")
    assert (first["size"], "prev" in first) == (-(-first["total"] // 10), False)


def test_an_offer_takes_nonsense_until_it_is_published() -> None:
    here = visit()
    here.item("A", title="x" * 90, imageUrls=[])
    number = here.offer("A", categoryId="1", listingPolicies={}, pricingSummary={}).json()["offerId"]
    answer = here.publish(number)
    assert {row["errorId"] for row in answer.json()["errors"]} == {25002, 25003, 25005, 25007, 25008, 25009, 25014}
    assert here.get(f"{INVENTORY}/offer/{number}").json()["status"] == "UNPUBLISHED"


def test_an_offer_for_the_same_names_the_first() -> None:
    here = visit()
    here.item("A")
    number = here.offer("A").json()["offerId"]
    (error,) = here.offer("A").json()["errors"]
    assert (error["errorId"], error["parameters"]) == (25002, [{"name": "offerId", "value": number}])


def test_published_twice_it_stays_and_withdrawn_it_comes_back_under_a_new_number() -> None:
    here = visit()
    here.item("A")
    number = here.offer("A").json()["offerId"]
    first = here.publish(number).json()["listingId"]
    again = here.publish(number).json()
    assert (again["listingId"], again["warnings"][0]["errorId"]) == (first, 25402)
    assert here.post(f"{INVENTORY}/offer/{number}/withdraw", {}).json()["listingId"] == first
    offer = here.get(f"{INVENTORY}/offer/{number}").json()
    assert (offer["status"], offer["listing"]["listingStatus"]) == ("UNPUBLISHED", "ENDED")
    assert here.publish(number).json()["listingId"] != first
    assert here.listing(first)["status"] == "Ended"


def test_a_revised_item_shows_on_the_page() -> None:
    here = visit()
    here.item("A")
    listing = here.publish(here.offer("A").json()["offerId"]).json()["listingId"]
    here.item("A", title="Can - Future Days, first press")
    assert here.listing(listing)["title"] == "Can - Future Days, first press"


def test_the_251st_revision_of_a_day_is_refused() -> None:
    here = visit()
    here.item("A")
    here.publish(here.offer("A").json()["offerId"])
    statuses = [here.item("A").status_code for _ in range(251)]
    assert (statuses.count(204), statuses[-1]) == (250, 400)


def test_deleting_the_item_ends_the_listing() -> None:
    here = visit()
    here.item("A")
    listing = here.publish(here.offer("A").json()["offerId"]).json()["listingId"]
    assert here.call("DELETE", f"{INVENTORY}/inventory_item/A").status_code == 204
    assert here.listing(listing)["status"] == "Ended"
    assert here.get(f"{INVENTORY}/inventory_item/A").status_code == 404


def test_the_smaller_count_is_what_buyers_see() -> None:
    here = visit()
    here.item("A")
    number = here.offer("A", availableQuantity=1).json()["offerId"]
    listing = here.publish(number).json()["listingId"]
    assert here.listing(listing)["quantity"] == 1
    rows = [{"sku": "A", "shipToLocationAvailability": {"quantity": 0}}]
    here.post(f"{INVENTORY}/bulk_update_price_quantity", {"requests": rows})
    assert (here.listing(listing)["status"], here.listing(listing)["quantity"]) == ("OutOfStock", 0)


def test_a_bulk_answer_tells_each_by_itself() -> None:
    here = visit()
    here.item("A")
    rows = [{"sku": each, "shipToLocationAvailability": {"quantity": 3}} for each in ("A", "NOTHING")]
    answer = here.post(f"{INVENTORY}/bulk_update_price_quantity", {"requests": rows})
    assert (answer.status_code, [row["statusCode"] for row in answer.json()["responses"]]) == (207, [200, 400])
    many = [{"sku": f"S{n}"} for n in range(26)]
    assert first_error(here.post(f"{INVENTORY}/bulk_update_price_quantity", {"requests": many})) == (400, 25727)


def test_without_that_preference_nothing_left_ends_the_listing() -> None:
    here = visit()
    here.control("switches", {"out_of_stock_control": False})
    here.item("A")
    number = here.offer("A").json()["offerId"]
    listing = here.publish(number).json()["listingId"]
    here.control("buy", {"listing_id": int(listing), "quantity": 2})
    assert here.listing(listing)["status"] == "Ended"
    assert here.get(f"{INVENTORY}/offer/{number}").json()["status"] == "UNPUBLISHED"


def test_a_group_is_one_page_of_many_skus() -> None:
    here = visit()
    for size in ("S", "M"):
        here.item(f"T-{size}", aspects={"Size": [size]})
        here.offer(f"T-{size}", categoryId="360")
    varies = {"specifications": [{"name": "Size", "values": ["S", "M"]}]}
    body = {"title": "Print", "variantSKUs": ["T-S", "T-M"], "variesBy": varies}
    assert here.put(f"{INVENTORY}/inventory_item_group/T", body).status_code == 201
    asked = {"inventoryItemGroupKey": "T", "marketplaceId": "EBAY_US"}
    listing = here.post(f"{INVENTORY}/offer/publish_by_inventory_item_group", asked).json()["listingId"]
    assert (here.listing(listing)["title"], here.listing(listing)["quantity"]) == ("Print", 4)
    assert here.post(f"{INVENTORY}/offer/withdraw_by_inventory_item_group", asked).status_code == 204
    assert here.listing(listing)["status"] == "Ended"


def test_a_sku_that_is_listed_alone_cannot_join_a_group() -> None:
    here = visit()
    here.item("A")
    here.publish(here.offer("A").json()["offerId"])
    answer = here.put(f"{INVENTORY}/inventory_item_group/T", {"variantSKUs": ["A"]})
    assert first_error(answer) == (400, 25704)


def test_a_listing_made_by_hand_can_move_in_but_not_back() -> None:
    here = visit(listings=0)
    number = here.control("add", {"title": "By hand", "sku": "H-1"})["listing_id"]
    assert here.get(f"{INVENTORY}/inventory_item/H-1").status_code == 404
    answer = here.post(f"{INVENTORY}/bulk_migrate_listing", {"requests": [{"listingId": str(number)}]})
    assert answer.json()["responses"][0]["inventoryItems"][0]["sku"] == "H-1"
    assert here.get(f"{INVENTORY}/inventory_item/H-1").json()["product"]["title"] == "By hand"
    again = here.post(f"{INVENTORY}/bulk_migrate_listing", {"requests": [{"listingId": str(number)}]})
    assert (again.status_code, again.json()["responses"][0]["errors"][0]["errorId"]) == (207, 25718)


def test_locations_are_kept_by_key() -> None:
    here = visit()
    address = {"city": "Leeds", "country": "GB", "postalCode": "LS1"}
    body = {"location": {"address": address}, "name": "Leeds", "locationTypes": ["WAREHOUSE"]}
    assert here.post(f"{INVENTORY}/location/leeds", body).status_code == 204
    assert first_error(here.post(f"{INVENTORY}/location/leeds", body)) == (409, 25803)
    assert here.get(f"{INVENTORY}/location?limit=1&offset=1").json()["locations"][0]["name"] == "Leeds"


@pytest.mark.parametrize(("token", "status", "number"), [("nobody", 401, 1001), ("", 401, 1001)])
def test_a_token_that_is_none_is_refused(token: str, status: int, number: int) -> None:
    assert first_error(visit().get(f"{INVENTORY}/inventory_item", token)) == (status, number)


def test_another_sellers_orders_are_not_shown() -> None:
    here = visit()
    number = here.control("buy", {"listing_id": FIRST, "quantity": 1})["order_id"]
    assert here.get(f"/sell/fulfillment/v1/order/{number}", STRANGER).status_code == 404
