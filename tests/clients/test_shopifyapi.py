"""ShopifyAPI installs itself, reads, sells and takes down at the simulator: by GraphQL, and by its older resources."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
import shopify

from tests.clients.shopify import Plain, Served, served

VERSION = "2026-10"
CALLBACK = "http://localhost:8000/accounts/shopify/login/callback/"
SCOPES = ["write_products", "write_inventory", "read_locations", "write_publications", "write_orders"]
SET = """mutation Set($input: ProductSetInput!) { productSet(input: $input) {
    product { id variants(first: 1) { nodes { id sku inventoryItem { id } } } } userErrors { field message } } }"""
PUBLISH = """mutation Publish($id: ID!, $i: [PublicationInput!]!) {
    publishablePublish(id: $id, input: $i) { userErrors { message } } }"""
STATUS = """mutation Status($product: ProductUpdateInput!) {
    productUpdate(product: $product) { product { status } userErrors { message } } }"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Served]:
    """One sandbox for this client."""
    with served() as running:
        yield running


@pytest.fixture
def shop(sandbox: Served) -> Iterator[Served]:
    """A fresh shop, with the library installed there through the consent page."""
    sandbox.control("reset", seed=3, listings=60, odd=False)
    urllib.request.install_opener(urllib.request.build_opener(Plain))
    shopify.Session.setup(
        api_key="sandbox", secret="sandbox-secret", protocol="http", myshopify_domain="0.0.1", port=sandbox.port
    )
    session = shopify.Session("127.0.0.1", VERSION)
    session.request_token(sandbox.consent(session.create_permission_url(SCOPES, CALLBACK, "nonce-1")))
    shopify.ShopifyResource.activate_session(session)
    yield sandbox
    shopify.ShopifyResource.clear_session()
    urllib.request.install_opener(None)  # type: ignore[arg-type]


def ask(query: str, **variables: Any) -> Any:
    """One GraphQL call that must succeed."""
    said = json.loads(shopify.GraphQL().execute(query, variables))
    assert "errors" not in said, said
    return said["data"]


def test_a_callback_that_was_tampered_with_is_refused(sandbox: Served) -> None:
    """Its own check of the signature, as an oracle for ours."""
    shopify.Session.setup(api_key="sandbox", secret="sandbox-secret")
    session = shopify.Session("127.0.0.1", VERSION)
    given = sandbox.consent(session.create_permission_url(SCOPES, CALLBACK, "nonce-2"))
    assert shopify.Session.validate_params(given)
    assert not shopify.Session.validate_params({**given, "shop": "other.myshopify.com"})


def test_it_knows_the_shop_and_what_it_may_do(shop: Served) -> None:
    """By GraphQL and by REST."""
    assert ask("{ shop { name currencyCode } }")["shop"] == {"name": "Greenstreet Prints", "currencyCode": "USD"}
    assert shopify.Shop.current().myshopify_domain == "sandbox.myshopify.com"
    held = {scope.handle for scope in shopify.AccessScope.find()}
    assert held == {*SCOPES}


def test_it_walks_all_products(shop: Served) -> None:
    """Page by page, by cursor."""
    query = """query Page($after: String) { products(first: 25, after: $after) {
        nodes { id variants(first: 3) { nodes { sku } } } pageInfo { hasNextPage endCursor } } }"""
    found, after = [], None
    while True:
        page = ask(query, after=after)["products"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert [int(row["id"].rpartition("/")[2]) for row in found] == [row["listing_id"] for row in shop.listings()]


def test_a_product_lives_and_dies(shop: Served) -> None:
    """Made, put onto the online store, bought, hidden."""
    piece = {"optionValues": [{"optionName": "Title", "name": "Default Title"}], "price": "34.50", "sku": "GSP-X"}
    options = [{"name": "Title", "values": [{"name": "Default Title"}]}]
    made = ask(SET, input={"title": "Kestrel", "productOptions": options, "variants": [piece]})["productSet"]
    number = int(made["product"]["id"].rpartition("/")[2])
    assert made["product"]["variants"]["nodes"][0]["sku"] == "GSP-X"
    channels = ask("{ publications(first: 5) { nodes { id } } }")["publications"]["nodes"]
    ask(PUBLISH, id=made["product"]["id"], i=[{"publicationId": channels[0]["id"]}])
    assert shop.control("buy", listing_id=number)["order_id"]
    assert ask(STATUS, product={"id": made["product"]["id"], "status": "DRAFT"})["productUpdate"]["userErrors"] == []
    assert {row["listing_id"]: row["status"] for row in shop.listings()}[number] == "DRAFT"


def test_orders_are_read(shop: Served) -> None:
    """By GraphQL and by REST."""
    first = shop.listings()[0]
    number = shop.control("buy", listing_id=first["listing_id"])["order_id"]
    query = "{ orders(first: 5) { nodes { id lineItems(first: 5) { nodes { sku quantity } } } } }"
    (row,) = ask(query)["orders"]["nodes"]
    assert (row["id"], row["lineItems"]["nodes"]) == (
        f"gid://shopify/Order/{number}",
        [{"sku": first["sku"], "quantity": 1}],
    )
    (order,) = shopify.Order.find(status="any")
    assert (str(order.id), order.line_items[0].sku, order.financial_status) == (number, first["sku"], "paid")


def test_its_older_resources_work_too(shop: Served) -> None:
    """Active resources: find, save, change stock, destroy."""
    product = shopify.Product()
    product.title = "Three Hares"
    product.variants = [shopify.Variant({"price": "18.00", "sku": "GSP-Y", "inventory_management": "shopify"})]
    assert product.save()
    (variant,) = product.variants
    (place, *_) = shopify.Location.find()
    shopify.InventoryLevel.set(place.id, variant.inventory_item_id, 4)
    product.title = "Three Hares Running"
    assert product.save()
    again = shopify.Product.find(product.id)
    assert (again.title, again.variants[0].inventory_quantity) == ("Three Hares Running", 4)
    again.destroy()
    assert product.id not in {row["listing_id"] for row in shop.listings()}
    assert len(shopify.Product.find(limit=50)) == 50
