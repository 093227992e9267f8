"""gql asks the simulator for its schema, checks documents against it, reads and writes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from graphql import GraphQLError

from tests.clients.shopify import Served, served

TOKEN = "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"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Served]:
    """One sandbox for this client."""
    with served() as running:
        yield running


@pytest.fixture
def shop(sandbox: Served) -> Served:
    """A fresh shop."""
    sandbox.control("reset", seed=3, listings=60, odd=False)
    return sandbox


@pytest.fixture
def client(shop: Served) -> Iterator[Client]:
    """Connected with a token, the schema read from the shop itself."""
    transport = RequestsHTTPTransport(
        f"{shop.url}/admin/api/2026-10/graphql.json", headers={"X-Shopify-Access-Token": TOKEN}
    )
    made = Client(transport=transport, fetch_schema_from_transport=True)
    yield made
    made.close_sync()


def test_the_schema_is_told(client: Client) -> None:
    """And judges documents before they are sent."""
    with client as session:
        assert session.execute(gql("{ shop { name } }")) == {"shop": {"name": "Greenstreet Prints"}}
        with pytest.raises(GraphQLError, match="Cannot query field 'nickname'"):
            session.execute(gql("{ shop { nickname } }"))


def test_it_reads_listings_and_orders(client: Client, shop: Served) -> None:
    """Products by search, and an order with its line."""
    number = shop.control("buy", listing_id=shop.listings()[0]["listing_id"])["order_id"]
    with client as session:
        found = session.execute(gql('{ products(first: 5, query: "sku:GSP-0003") { nodes { title } } }'))
        assert [row["title"] for row in found["products"]["nodes"]] == ["Blue Note Evening, Jazz Poster, A4"]
        orders = session.execute(gql("{ orders(first: 5) { nodes { legacyResourceId } } }"))
    assert orders["orders"]["nodes"] == [{"legacyResourceId": number}]


def test_it_makes_changes_and_ends(client: Client, shop: Served) -> None:
    """Created without variants, repriced, archived; then stock by compare-and-swap."""
    with client as session:
        made = session.execute(
            gql(
                'mutation { productCreate(product: { title: "Night Bus" }) { product { id variants(first: 1)'
                " { nodes { id inventoryItem { id } } } } userErrors { message } } }"
            )
        )["productCreate"]["product"]
        variant = made["variants"]["nodes"][0]
        reprice = gql(
            "mutation R($id: ID!, $v: [ProductVariantsBulkInput!]!) { productVariantsBulkUpdate(productId: $id,"
            " variants: $v) { productVariants { price } userErrors { message } } }"
        )
        reprice.variable_values = {"id": made["id"], "v": [{"id": variant["id"], "price": "12.5"}]}
        priced = session.execute(reprice)["productVariantsBulkUpdate"]
        assert priced == {"productVariants": [{"price": "12.50"}], "userErrors": []}
        end = gql("mutation E($p: ProductUpdateInput!) { productUpdate(product: $p) { product { status } } }")
        end.variable_values = {"p": {"id": made["id"], "status": "ARCHIVED"}}
        assert session.execute(end)["productUpdate"]["product"] == {"status": "ARCHIVED"}
    number = int(made["id"].rpartition("/")[2])
    assert {row["listing_id"]: row["status"] for row in shop.listings()}[number] == "ARCHIVED"


def test_stock_needs_a_key_and_what_it_changes_from(client: Client, shop: Served) -> None:
    """Shopify's rules of 2026, in its words; nothing changed."""
    before = shop.listings()
    query = gql(
        "mutation S($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) { userErrors { message } } }"
    )
    query.variable_values = {"i": {"name": "available", "reason": "correction", "quantities": []}}
    with client as session, pytest.raises(TransportQueryError, match="@idempotent directive is required"):
        session.execute(query)
    assert shop.listings() == before
