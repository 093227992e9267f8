"""The simulated shop: products, stock with keys and compare-and-swap, orders, and what the control interface does."""

from __future__ import annotations

from typing import Any

import pytest

from instica.marketplaces.shopify.simulator import ShopifySimulator
from instica.marketplaces.shopify.tests.visiting import DEFAULT, MAIN, TITLE, Visit, visit

STOCK = """mutation S($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup { changes { name delta } } userErrors { code field message } } }"""
CANCEL = """mutation C($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true) {
    job { done } orderCancelUserErrors { code message } } }"""
LEVEL = """query L($id: ID!) { inventoryItem(id: $id) { inventoryLevels(first: 5) { nodes {
    quantities(names: ["available", "committed", "on_hand"]) { name quantity } } } } }"""


def codes(payload: Any) -> list[tuple[str, list[str] | None]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


def test_a_new_product_is_active_and_on_no_channel() -> None:
    made = visit().new("  Three Hares  Running ", sku="X-1")
    assert (made["title"], made["handle"], made["status"], made["publishedAt"]) == (
        *("Three Hares  Running", "three-hares-running", "ACTIVE", None),
    )
    assert made["vendor"] == "Greenstreet Prints"
    (variant,) = made["variants"]["nodes"]
    assert (variant["title"], variant["inventoryItem"]["tracked"], variant["inventoryQuantity"]) == (
        *("Default Title", False, 0),
    )


def test_handles_stay_apart() -> None:
    shop = visit()
    assert [shop.new("Kestrel")["handle"] for _ in range(3)] == ["kestrel", "kestrel-1", "kestrel-2"]
    taken = shop.set(title="Other", handle="kestrel")
    assert codes(taken) == [("HANDLE_NOT_UNIQUE", ["input", "handle"])]
    assert taken["userErrors"][0]["message"] == "Handle 'kestrel' already in use. Please provide a new handle."


def test_setting_by_handle_is_naturally_repeatable() -> None:
    shop = visit()
    piece = {"optionValues": DEFAULT, "price": "20.00"}
    fields = {"title": "Kestrel", "productOptions": TITLE, "variants": [piece]}
    one = shop.set({"handle": "mine"}, **fields)["product"]
    two = shop.set({"handle": "mine"}, **fields)["product"]
    assert (one["id"], one["handle"], len(list(shop.simulator.site.catalogue.every()))) == (two["id"], "mine", 31)


def sizes(*values: str) -> dict[str, Any]:
    options = [{"name": "Size", "values": [{"name": value} for value in values]}]
    pieces = [{"optionValues": [{"optionName": "Size", "name": value}], "price": "9"} for value in values]
    return {"productOptions": options, "variants": pieces}


def test_lists_replace_and_known_variants_keep_their_ids() -> None:
    shop = visit()
    made = shop.set(title="Sized", **sizes("A4", "A3"))["product"]
    ids = {row["title"]: row["id"] for row in made["variants"]["nodes"]}
    after = shop.set({"id": made["id"]}, **sizes("A3", "A2"))["product"]
    rows = {row["title"]: row["id"] for row in after["variants"]["nodes"]}
    assert (rows["A3"], list(rows)) == (ids["A3"], ["A3", "A2"])
    assert rows["A2"] not in ids.values()
    assert shop.set({"id": made["id"]}, title="Renamed")["product"]["variants"] == after["variants"]


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"title": ""}, "INVALID_INPUT", ["input", "title"]),
        ({"title": "x" * 256}, "INVALID_INPUT", ["input", "title"]),
        ({"title": "K", "variants": [{"optionValues": DEFAULT}]}, "PRODUCT_OPTIONS_INPUT_MISSING", None),
        ({"title": "K", "productOptions": TITLE}, "VARIANTS_INPUT_MISSING", ["input", "variants"]),
        (
            {"title": "K", "productOptions": TITLE, "variants": [{"optionValues": DEFAULT, "price": "-1"}]},
            "INVALID_INPUT",
            ["input", "variants", "0", "price"],
        ),
        (
            {"title": "K", "productOptions": TITLE, "variants": [{"optionValues": DEFAULT}, {"optionValues": DEFAULT}]},
            "INVALID_VARIANT",
            ["input", "variants", "1"],
        ),
        ({"title": "K", **sizes(*map(str, range(2_049)))}, "VARIANTS_OVER_LIMIT", ["input", "variants"]),
    ],
)
def test_what_cannot_be_a_product_is_said_and_nothing_is_made(
    fields: dict[str, Any], code: str, place: list[str] | None
) -> None:
    shop = visit()
    payload = shop.set(**fields)
    assert payload["product"] is None
    assert payload["userErrors"][0]["code"] == code
    assert place is None or payload["userErrors"][0]["field"] == place
    assert len(shop.told("listings")["listings"]) == 30


def test_scripts_are_taken_out_on_write_and_tags_sorted() -> None:
    shop = visit()
    html = '<p onclick="x()">A</p><script>alert(1)</script>'
    made = shop.set(title="K", descriptionHtml=html, tags=["b", "A", "b", " "])["product"]
    product = shop.simulator.site.catalogue.of_handle("k")
    assert product
    assert (product.html, made["tags"]) == ("<p>A</p>", ["A", "b"])


def stocked(shop: Visit) -> tuple[str, Any]:
    """An item and a way to set it."""
    made = shop.new(inventoryItem={"tracked": True})
    item = made["variants"]["nodes"][0]["inventoryItem"]["id"]

    def put(quantity: int, before: int | None, key: str) -> Any:
        row = {"inventoryItemId": item, "locationId": MAIN, "quantity": quantity, "changeFromQuantity": before}
        given = {"name": "available", "reason": "correction", "quantities": [row]}
        return shop.data(STOCK, input=given, key=key)["inventorySetQuantities"]

    return item, put


def test_stock_is_set_only_where_it_still_is_what_was_read() -> None:
    shop = visit()
    item, put = stocked(shop)
    assert put(5, 0, "a")["inventoryAdjustmentGroup"]["changes"] == [
        {"name": "available", "delta": 5},
        {"name": "on_hand", "delta": 5},
    ]
    stale = put(9, 4, "b")
    assert codes(stale) == [("CHANGE_FROM_QUANTITY_STALE", ["input", "quantities", "0", "changeFromQuantity"])]
    assert put(5, 5, "c") == {"inventoryAdjustmentGroup": None, "userErrors": []}
    assert put(7, None, "d")["userErrors"] == []
    (row,) = shop.data(LEVEL, id=item)["inventoryItem"]["inventoryLevels"]["nodes"]
    assert {each["name"]: each["quantity"] for each in row["quantities"]} == {
        "available": 7,
        "committed": 0,
        "on_hand": 7,
    }


def test_a_key_counts_once() -> None:
    shop = visit()
    _, put = stocked(shop)
    first = put(5, 0, "key")
    assert put(5, 0, "key") == first
    assert codes(put(6, 5, "key")) == [("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", None)]
    put(1, 99, "bad")
    assert codes(put(1, 99, "bad")) == [("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", None)]
    shop.control("clock", {"advance": 86_401})
    assert put(6, 5, "key")["userErrors"] == []


def test_a_row_must_say_what_it_changes_from() -> None:
    shop = visit()
    item, _ = stocked(shop)
    row = {"inventoryItemId": item, "locationId": MAIN, "quantity": 1}
    given = {"name": "available", "reason": "correction", "quantities": [row]}
    words = "InventoryQuantityInput must include the following argument: changeFromQuantity."
    assert shop.code(STOCK, input=given, key="x") == ("INVALID_FIELD_ARGUMENTS", words)
    row["changeFromQuantity"] = 0
    twice = shop.data(STOCK, input={**given, "quantities": [row, row]}, key="y")["inventorySetQuantities"]
    assert codes(twice)[0][0] == "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
    many = shop.code(STOCK, input={**given, "quantities": [row] * 251}, key="z")
    assert many[0] == "MAX_INPUT_SIZE_EXCEEDED"


def test_a_sale_commits_a_cancellation_gives_back() -> None:
    shop = visit(odd=False)
    first = shop.told("listings")["listings"][0]
    number = shop.control("buy", {"listing_id": first["listing_id"], "quantity": 1})["order_id"]
    assert shop.told("listings")["listings"][0]["quantity"] == first["quantity"] - 1
    assert shop.client.post("/_sandbox/buy", json={"listing_id": first["listing_id"]}).status_code == 409
    done = shop.data(CANCEL, id=f"gid://shopify/Order/{number}")["orderCancel"]
    assert (done["job"]["done"], done["orderCancelUserErrors"]) == (True, [])
    assert shop.told("listings")["listings"][0]["quantity"] == first["quantity"]
    again = shop.data(CANCEL, id=f"gid://shopify/Order/{number}")["orderCancel"]
    assert again["orderCancelUserErrors"][0]["code"] == "INVALID"
    assert shop.told("orders")["orders"][0]["status"] == "CANCELLED"


def test_orders_older_than_sixty_days_want_a_right_of_their_own() -> None:
    shop = visit(old_orders=90)
    grant = next(iter(shop.simulator.site.grants.values()))
    query = "{ ordersCount { count } }"
    assert shop.data(query)["ordersCount"]["count"] == 90
    grant.scopes = tuple(scope for scope in grant.scopes if scope != "read_all_orders")
    assert shop.data(query)["ordersCount"]["count"] == 60


def test_a_reset_makes_the_same_shop_for_the_same_seed() -> None:
    one, two, other = visit(150, seed=1), visit(150, seed=1), visit(150, seed=2)
    assert one.told("listings") == two.told("listings")
    assert one.told("listings") != other.told("listings")
    assert one.told("shop")["odd"] == two.told("shop")["odd"]
    assert {row["odd"] for row in one.told("shop")["odd"]} >= {"zero_price", "duplicate_sku", "script", "bundle"}


def test_a_hundred_thousand_products_are_there_at_once() -> None:
    simulator = ShopifySimulator("http://shopify.test", listings=100_000)
    last = simulator.site.catalogue.at(99_999)
    assert last
    assert simulator.site.catalogue.get(last.id) == last
    assert simulator.site.catalogue.of_handle(last.handle) == last
    assert len(simulator.site.catalogue.changed) < 40


def test_the_merchant_edits_ends_and_deletes() -> None:
    shop = visit(odd=False)
    number = shop.told("listings")["listings"][4]["listing_id"]
    shop.control("edit", {"listing_id": number, "title": "New name", "price": "12.5", "sku": "N-1", "quantity": 8})
    row = shop.told(f"listings?search={number}")["listings"][0]
    assert (row["title"], row["price"], row["sku"], row["quantity"]) == ("New name", "12.50", "N-1", 8)
    assert shop.control("end", {"listing_id": number})["status"] == "ARCHIVED"
    assert shop.control("end", {"listing_id": number, "delete": True})["status"] == "DELETED"
    assert shop.told(f"listings?search={number}")["listings"] == []
    assert shop.client.post("/_sandbox/edit", json={"listing_id": number}).status_code == 404
    assert shop.client.post("/_sandbox/edit", json={"listing_id": 1, "colour": "red"}).status_code == 404


def test_pictures_are_pictures() -> None:
    shop = visit(odd=False)
    query = "{ products(first: 1) { nodes { featuredMedia { preview { image { url } } } } } }"
    url = shop.data(query)["products"]["nodes"][0]["featuredMedia"]["preview"]["image"]["url"]
    answer = shop.client.get(url)
    assert (answer.headers["content-type"], answer.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")


def test_a_new_picture_takes_a_moment() -> None:
    shop = visit()
    shop.control("switches", {"media_polls": 30})
    shop.set(title="K", files=[{"originalSource": "https://photos.example/a.jpg"}])
    query = '{ productByIdentifier(identifier: { handle: "k" }) { media(first: 1) { nodes { status } } } }'
    seen = [shop.data(query)["productByIdentifier"]["media"]["nodes"][0]["status"]]
    shop.control("clock", {"advance": 31})
    seen.append(shop.data(query)["productByIdentifier"]["media"]["nodes"][0]["status"])
    assert seen == ["PROCESSING", "READY"]


def test_a_search_lags_behind_and_an_id_does_not() -> None:
    shop = visit()
    shop.control("switches", {"search_lag": 60})
    shop.new("Kestrel", sku="LAG-1")
    query = '{ productsCount(query: "sku:LAG-1") { count } }'
    assert shop.data(query)["productsCount"]["count"] == 0
    shop.control("clock", {"advance": 61})
    assert shop.data(query)["productsCount"]["count"] == 1


def test_behind_the_link_of_a_product_is_a_page_that_sells_it() -> None:
    shop = visit()
    row = next(
        each for each in shop.told("listings")["listings"] if (each["quantity"], each["status"]) == (1, "ACTIVE")
    )
    query = "query P($id: ID!) { product(id: $id) { title handle onlineStoreUrl } }"
    found = shop.data(query, id=f"gid://shopify/Product/{row['listing_id']}")["product"]
    link = found["onlineStoreUrl"]
    assert link == str(shop.client.base_url.join(f"/products/{found['handle']}"))
    page = shop.client.get(link)
    assert (page.status_code, found["title"] in page.text, "Buy it now" in page.text) == (200, True, True)
    assert shop.client.post(link).status_code == 201
    assert "Sold out" in shop.client.get(link).text
    assert shop.client.post(link).status_code == 409
    assert shop.client.get("/products/no-such-print").status_code == 404
