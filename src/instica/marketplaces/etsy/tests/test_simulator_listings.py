"""The simulator's listings: pages, parameters in every form, states and what they cost, images, inventories."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest

from instica.marketplaces.etsy.tests.visiting import FIRST, NEW, SHOP, STRANGER, Visit, said, visit

Named = tuple[int, str, str]
Row = dict[str, Any]


def ids(answer: httpx2.Response) -> list[int]:
    return [row["listing_id"] for row in answer.json()["results"]]


@pytest.mark.parametrize("query", ["includes=Images,Inventory", "includes=Images&includes=Inventory"])
def test_lists_come_by_commas_repeated_or_with_brackets(query: str) -> None:
    shop = visit()
    for form in (query, query.replace("includes=", "includes[]=")):
        row = shop.get(f"{SHOP}/listings?{form}&limit=1").json()["results"][0]
        assert row["images"]
        assert row["inventory"]["products"]


def test_pages_are_cut_at_a_hundred_and_end_at_twelve_thousand() -> None:
    shop = visit(400)
    first = shop.get(f"{SHOP}/listings?limit=500")
    assert len(ids(first)) == 100
    assert len(ids(shop.get(f"{SHOP}/listings"))) == 25
    assert ids(first)[:3] == sorted(ids(first), reverse=True)[:3]
    assert ids(shop.get(f"{SHOP}/listings?offset=12000")) == []
    assert said(shop.get(f"{SHOP}/listings?offset=12001")) == (
        *(400, "Offset provided is greater than the maximum offset allowed."),
    )


def test_every_listing_is_in_exactly_one_state() -> None:
    shop = visit(120)
    states = ("active", "inactive", "sold_out", "draft", "expired")
    found = [number for state in states for number in ids(shop.get(f"{SHOP}/listings?state={state}&limit=100"))]
    assert sorted(found) == sorted(row["listing_id"] for row in shop.told("listings")["listings"])
    assert shop.get(f"{SHOP}/listings?state=removed").status_code == 400


def test_an_include_that_was_dropped_is_refused() -> None:
    shop = visit()
    for include in ("Inventory", "Shipping"):
        assert shop.get(f"/listings/{FIRST}?includes={include}").status_code == 400
        assert shop.get(f"/listings/batch?listing_ids={FIRST}&includes={include}").status_code == 400
    assert shop.get(f"{SHOP}/listings?includes=Inventory").status_code == 200


def test_one_unknown_id_fails_the_whole_batch_of_inventories() -> None:
    shop = visit()
    assert len(ids(shop.get(f"/listings/batch/inventory?listing_ids={FIRST},{FIRST + 7}"))) == 2
    assert shop.get(f"/listings/batch/inventory?listing_ids={FIRST},999").status_code == 404
    assert ids(shop.get(f"/listings/batch?listing_ids={FIRST},999")) == [FIRST]
    many = ",".join(str(FIRST + 7 * each) for each in range(101))
    assert shop.get(f"/listings/batch/inventory?listing_ids={many}").status_code == 400


def test_sections_hold_what_is_active_in_them() -> None:
    shop = visit(200)
    sections = shop.get(f"{SHOP}/sections").json()["results"]
    assert [
        len(ids(shop.get(f"{SHOP}/shop-sections/listings?shop_section_ids={each['shop_section_id']}&limit=100")))
        for each in sections
    ] == [each["active_listing_count"] for each in sections]
    both = ",".join(str(each["shop_section_id"]) for each in sections[:2])
    count = shop.get(f"{SHOP}/shop-sections/listings?shop_section_ids={both}").json()["count"]
    assert count == sum(each["active_listing_count"] for each in sections[:2])


@pytest.mark.parametrize("how", ["data", "json"])
def test_a_draft_is_made_of_a_form_or_of_json(how: Any) -> None:
    shop = visit()
    sent: Any = {how: {**NEW, "tags": "a,b" if how == "data" else ["a", "b"]}}
    made = shop.call("POST", f"{SHOP}/listings", **sent)
    assert made.status_code == 201
    row = made.json()
    assert (row["state"], row["quantity"], row["tags"]) == ("draft", 2, ["a", "b"])
    assert row["price"] == {"amount": 1950, "divisor": 100, "currency_code": "USD"}
    assert shop.fees() == []


@pytest.mark.parametrize("name", sorted(set(NEW) - {"return_policy_id"}))
def test_what_a_listing_needs_is_missed(name: str) -> None:
    shop = visit(0)
    fields = {key: value for key, value in NEW.items() if key != name}
    answer = shop.call("POST", f"{SHOP}/listings", data=fields)
    assert answer.status_code == 400
    assert name in answer.json()["error"]
    assert shop.told("listings")["listings"] == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"price": 0.1}, "/price"),
        ({"quantity": 1000}, "/quantity"),
        ({"title": "x" * 141}, "/title"),
        ({"title": "50% & 50%"}, "/title"),
        ({"tags": ",".join(map(str, range(14)))}, "/tags"),
        ({"tags": "x" * 21}, "/tags"),
        ({"who_made": "me"}, "/who_made"),
        ({"when_made": "2020_2025"}, "/when_made"),
        ({"shipping_profile_id": 1}, "/shipping_profile_id"),
    ],
)
def test_what_does_not_fit_comes_as_a_list_of_problems(fields: dict[str, Any], path: str) -> None:
    shop = visit(0)
    answer = shop.call("POST", f"{SHOP}/listings", data={**NEW, **fields})
    assert (answer.status_code, answer.json()[0]["path"]) == (400, path)
    shop.control("switches", {"validation": "text"})
    answer = shop.call("POST", f"{SHOP}/listings", data={**NEW, **fields})
    assert said(answer)[1].startswith(f"There was a problem with {path} : ")


def test_going_on_sale_costs_once_and_hiding_nothing() -> None:
    shop = visit(0)
    number = shop.pictured()
    for state in ("active", "active", "inactive", "inactive", "active"):
        assert shop.patch(number, state=state).json()["state"] == state
    assert shop.fees() == ["listing"]
    shop.control("buy", {"listing_id": number, "quantity": 1})
    assert (shop.listing(number)["state"], shop.fees()) == ("active", ["listing", "renew_sold"])
    shop.control("buy", {"listing_id": number, "quantity": 1})
    assert shop.listing(number)["state"] == "sold_out"
    assert said(shop.patch(number, state="inactive"))[0] == 400
    again = shop.patch(number, state="active").json()
    assert (again["state"], again["quantity"]) == ("active", 1)
    assert shop.fees() == ["listing", "renew_sold", "renew"]


def test_what_lacks_something_does_not_go_on_sale() -> None:
    shop = visit(0)
    bare = shop.new()
    assert shop.patch(bare, state="active").json()[0]["path"] == "/images"
    shapeless = {key: value for key, value in NEW.items() if key != "return_policy_id"}
    made = shop.call("POST", f"{SHOP}/listings", data=shapeless).json()["listing_id"]
    shop.call("POST", f"{SHOP}/listings/{made}/images", files={"image": ("a.png", b"\x89PNGx", "image/png")})
    assert said(shop.patch(made, state="active")) == (400, "A return_policy_id is required for physical listings.")
    assert shop.fees() == []


def test_fields_that_a_listing_does_not_take_are_ignored() -> None:
    shop = visit(0)
    number = shop.new()
    changed = shop.patch(number, price=99, quantity=50, sku="X", title="Crane").json()
    assert (changed["title"], changed["quantity"], changed["price"]["amount"]) == ("Crane", 2, 1950)


def test_images_keep_their_order_and_are_no_longer_than_they_should() -> None:
    shop = visit(0)
    number = shop.pictured()
    for rank in (2, 1):
        files = {"image": ("a.png", b"\x89PNGx", "image/png")}
        shop.call("POST", f"{SHOP}/listings/{number}/images", files=files, data={"rank": rank})
    rows = shop.get(f"/listings/{number}/images").json()["results"]
    assert [row["rank"] for row in rows] == [1, 2, 3]
    turned = [row["listing_image_id"] for row in rows][::-1]
    shop.patch(number, image_ids=",".join(map(str, turned)))
    assert [row["listing_image_id"] for row in shop.get(f"/listings/{number}/images").json()["results"]] == turned
    assert shop.call("DELETE", f"{SHOP}/listings/{number}/images/{turned[0]}").status_code == 204
    assert shop.patch(number, image_ids="1").status_code == 404
    wrong = shop.call("POST", f"{SHOP}/listings/{number}/images", files={"image": ("a.txt", b"text", "text/plain")})
    assert wrong.status_code == 400
    shown = shop.client.get(rows[0]["url_fullxfull"])
    assert shown.content.startswith(b"\x89PNG")


def test_a_deleted_listing_is_gone_for_everybody() -> None:
    shop = visit()
    assert shop.call("DELETE", f"/listings/{FIRST}").status_code == 204
    assert shop.get(f"/listings/{FIRST}").status_code == 404
    assert shop.call("DELETE", f"/listings/{FIRST}").status_code == 404


def product(sku: str, *values: Named, price: float = 20.0, quantity: int = 1, **more: Any) -> Row:
    """A product as a PUT takes it."""
    named = [{"property_id": key, "property_name": name, "values": [text]} for key, name, text in values]
    offering = {"price": price, "quantity": quantity, "is_enabled": True, "readiness_state_id": 1402336022581, **more}
    return {"sku": sku, "property_values": named, "offerings": [offering]}


def put(
    shop: Visit, number: int, products: list[dict[str, Any]], query: str = "", *, on: Any = None
) -> httpx2.Response:
    return shop.call("PUT", f"/listings/{number}/inventory{query}", json={"products": products, **(on or {})})


SMALL, LARGE, OAK = (513, "Size", "S"), (513, "Size", "L"), (514, "Frame", "Oak")
ALL = {"price_on_property": [513], "quantity_on_property": [513], "sku_on_property": [513]}


def test_a_put_replaces_everything() -> None:
    shop = visit(0)
    number = shop.new()
    made = put(shop, number, [product("S", SMALL), product("L", LARGE, price=30, quantity=4)], on=ALL)
    assert made.status_code == 200, made.text
    assert [(row["sku"], row["offerings"][0]["quantity"]) for row in made.json()["products"]] == [("S", 1), ("L", 4)]
    assert made.json()["products"][0]["property_values"][0]["value_ids"] != []
    assert shop.listing(number)["has_variations"] is True
    assert shop.listing(number)["price"]["amount"] == 2000
    wiped = put(shop, number, [product("ONE")])
    assert len(wiped.json()["products"]) == 1
    assert shop.listing(number)["has_variations"] is False


@pytest.mark.parametrize(
    ("products", "on", "why"),
    [
        ([product("A", quantity=0)], {}, "One offering must have quantity greater than 0"),
        ([product("A", readiness_state_id=None)], {}, "All offerings need readiness state"),
        ([product("A", SMALL), product("B", LARGE)], {}, "sku_on_property"),
        ([product("A", SMALL), product("A", LARGE, price=9)], {}, "price_on_property"),
        ([product("A", SMALL), product("A", LARGE, quantity=9)], {}, "quantity_on_property"),
        ([product("A", SMALL), product("A", SMALL)], {}, "only once"),
        ([product("A", SMALL), product("A")], {}, "same properties"),
        ([product("A", SMALL, OAK), product("A", LARGE, (514, "Frame", "Ash"))], {}, "Every combination"),
        ([product("A", (513, "", "S"))], {}, "Expected string value for 'property_name' (got NULL)"),
        ([product("A", (513, "Size", "S (small)"))], {}, "parentheses"),
        ([product("A")], {"price_on_property": [513]}, "names a property"),
        ([product("A", SMALL, OAK, (200, "Color", "Red"))], {}, "at most 2 variations"),
        ([{"sku": "A"}], {}, "Missing input parameter: [offerings]"),
        ([], {}, "Missing input parameter: [products]"),
    ],
)
def test_an_inventory_that_does_not_hold_together_is_refused(
    products: list[dict[str, Any]], on: dict[str, Any], why: str
) -> None:
    shop = visit(0)
    number = shop.new()
    before = shop.get(f"/listings/{number}/inventory").json()
    answer = put(shop, number, products, on=on)
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert shop.get(f"/listings/{number}/inventory").json() == before


def test_a_third_variation_is_opted_into() -> None:
    shop = visit(0)
    number = shop.new()
    third = [product("A", SMALL, OAK, (200, "Color", "Red"))]
    assert put(shop, number, third, "?max_variations_supported=3").status_code == 200


def test_a_price_below_the_least_is_a_problem_of_its_path() -> None:
    shop = visit(0)
    assert put(shop, shop.new(), [product("A", price=0.05)]).json()[0]["type"] == "price_too_low"


def test_a_stranger_sees_products_without_their_numbers() -> None:
    shop = visit()
    answer = shop.get(f"/listings/batch/inventory?listing_ids={active(shop)}", STRANGER)
    assert [row["sku"] for row in answer.json()["results"][0]["inventory"]["products"]] == [""]


def active(shop: Visit) -> int:
    return int(next(row["listing_id"] for row in shop.told("listings")["listings"] if row["status"] == "active"))


def test_the_same_seed_makes_the_same_shop_and_another_another() -> None:
    one, same, other = (json.dumps(visit(200, seed=seed).told("listings")) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_pictures_of_variations_are_set_for_one_property() -> None:
    shop = visit(0)
    number = shop.pictured()
    put(shop, number, [product("S", SMALL), product("L", LARGE)], on=ALL)
    image = shop.get(f"/listings/{number}/images").json()["results"][0]["listing_image_id"]
    products = shop.get(f"/listings/{number}/inventory").json()["products"]
    values = [row["property_values"][0]["value_ids"][0] for row in products]
    wanted = [{"property_id": 513, "value_id": values[0], "image_id": image}]
    where = f"{SHOP}/listings/{number}/variation-images"
    assert shop.call("POST", where, json={"variation_images": wanted}).json()["results"] == [
        {**wanted[0], "value": "S"}
    ]
    put(shop, number, [product("S", SMALL, quantity=4), product("L", LARGE)], on=ALL)
    assert len(shop.get(where).json()["results"]) == 1
    for wrong in ([{**wanted[0], "image_id": 5}], [wanted[0], {**wanted[0], "property_id": 514}], "x"):
        assert shop.call("POST", where, json={"variation_images": wrong}).status_code in (400, 404)


def test_a_product_and_its_offering_are_read_alone() -> None:
    shop = visit()
    (one,) = shop.get(f"/listings/{FIRST}/inventory").json()["products"]
    assert shop.get(f"/listings/{FIRST}/inventory/products/{one['product_id']}").json() == one
    where = f"/listings/{FIRST}/products/{one['product_id']}/offerings"
    assert shop.get(f"{where}/{one['offerings'][0]['offering_id']}").json() == one["offerings"][0]
    assert shop.get(f"{where}/5").status_code == 404
    assert shop.get(f"/listings/{FIRST}/inventory/products/5").status_code == 404
