"""The simulated door for GraphQL: Shopify's codes and words, its points, its pages, its searches."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from instica.marketplaces.shopify.tests.visiting import GRAPHQL, visit

SET = "mutation S($i: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $i) { userErrors { message } } }"


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("{ shop { nickname } }", "undefinedField", "Field 'nickname' doesn't exist on type 'Shop'"),
        ("{ shop(id: 1) { id } }", "argumentNotAccepted", "Field 'shop' doesn't accept argument 'id'"),
        ("{ product { id } }", "missingRequiredArguments", "Field 'product' is missing required arguments: id"),
        ("{ shop { id { x } } }", "selectionMismatch", "Selections can't be made on scalars (field 'id' returns ID!)"),
        ("{ shop { id @later } }", "undefinedDirective", "Directive @later is not defined"),
        (
            'mutation M @idempotent(key: "x") { appUninstall { app { id } } }',
            "directiveCannotBeApplied",
            "'@idempotent' can't be applied to mutation",
        ),
        ("{ products { nodes { id } } }", "BAD_REQUEST", "you must provide one of first or last"),
        ('{ products(first: 1, after: "?") { nodes { id } } }', "BAD_REQUEST", "Malformed cursor"),
        ("{ shop {", "PARSE_ERROR", "Syntax Error: Expected Name, found <EOF>."),
    ],
)
def test_a_document_that_does_not_fit_is_refused_in_shopifys_words(query: str, code: str, message: str) -> None:
    assert visit().code(query) == (code, message)


def test_errors_say_which_operation_they_are_about() -> None:
    (error,) = visit().ask("query Who { shop { nickname } }")["errors"]
    assert (error["path"], error["locations"]) == (["query Who"], [{"line": 1, "column": 20}])
    assert error["extensions"] == {"code": "undefinedField", "fieldName": "nickname", "typeName": "Shop"}


@pytest.mark.parametrize(
    ("given", "where", "why"),
    [
        ({"name": "available", "reason": "x"}, "quantities", "Expected value to not be null"),
        (
            {"name": "available", "reason": "x", "ignoreCompareQuantity": True, "quantities": []},
            "ignoreCompareQuantity",
            "Field is not defined on InventorySetQuantitiesInput",
        ),
        (
            {"name": "a", "reason": "x", "quantities": [{"inventoryItemId": "i", "locationId": "l", "quantity": None}]},
            "quantities.0.quantity",
            "Expected value to not be null",
        ),
    ],
)
def test_variables_that_do_not_fit_come_without_data(given: dict[str, Any], where: str, why: str) -> None:
    said = visit().ask(SET, i=given)
    (error,) = said["errors"]
    kind = "Variable $i of type InventorySetQuantitiesInput! was provided invalid value"
    assert error["message"] == f"{kind} for {where} ({why})"
    assert (error["extensions"]["code"], "data" in said) == ("INVALID_VARIABLE", False)


def test_a_missing_scope_is_status_200() -> None:
    shop = visit()
    shop.simulator.site.grants["narrow"] = type(next(iter(shop.simulator.site.grants.values())))(
        "narrow", ("read_products",), "sandbox"
    )
    answer = shop.post("{ shop { name } orders(first: 1) { nodes { id } } }", token="narrow")
    assert answer.status_code == 200
    (error,) = answer.json()["errors"]
    words = "Access denied for orders field. Required access: `read_orders` access scope."
    assert (error["message"], error["extensions"]["code"], error["path"]) == (words, "ACCESS_DENIED", ["orders"])


@pytest.mark.parametrize(
    ("query", "cost"),
    [
        ("{ shop { name } }", 1),
        ("{ products(first: 250) { nodes { id title } } }", 13),
        ("{ products(first: 10) { nodes { id } } }", 6),
        ("{ products(first: 10) { nodes { id variants(first: 5) { nodes { id } } } } }", 26),
        ("{ productsCount { count } }", 10),
    ],
)
def test_points_are_counted_as_observed(query: str, cost: int) -> None:
    said = visit().ask(query)["extensions"]["cost"]
    assert said["requestedQueryCost"] == cost
    assert said["actualQueryCost"] <= cost
    assert said["throttleStatus"] == {"maximumAvailable": 2000.0, "currentlyAvailable": 2000, "restoreRate": 100.0}


def test_a_query_may_not_cost_more_than_a_thousand() -> None:
    each = "nodes { inventoryItem { inventoryLevels(first: 50) { nodes { location { id } } } } }"
    query = f"{{ products(first: 250) {{ nodes {{ variants(first: 250) {{ {each} }} }} }} }}"
    code, message = visit().code(query)
    assert code == "MAX_COST_EXCEEDED"
    assert message.endswith("which exceeds the single query max cost limit (1000).")


def test_points_run_out_and_return() -> None:
    shop = visit(limits=True)
    dear = "{ products(first: 250) { nodes { variants(first: 250) { nodes { id } } } } }"
    codes = [next(iter(shop.ask(dear).get("errors", [{}]))).get("message") for _ in range(60)]
    assert codes[0] is None
    assert codes[-1] == "Throttled"
    said = shop.ask(dear)
    assert ("data" in said, said["extensions"]["cost"]["actualQueryCost"]) == (False, None)
    shop.control("clock", {"advance": 10})
    assert "data" in shop.ask(dear)


def test_pages_follow_each_other_by_opaque_cursors() -> None:
    shop = visit(23, odd=False)
    query = "query P($after: String) { products(first: 10, after: $after) { nodes { id } pageInfo"
    query += " { hasNextPage hasPreviousPage endCursor } } }"
    found, after, pages = [], None, []
    while True:
        page = shop.data(query, after=after)["products"]
        found += [row["id"] for row in page["nodes"]]
        pages.append((page["pageInfo"]["hasPreviousPage"], page["pageInfo"]["hasNextPage"]))
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert (len(found), len(set(found))) == (23, 23)
    assert pages == [(False, True), (True, True), (True, False)]


@pytest.mark.parametrize(
    ("search", "count"),
    [
        ("", 30),
        ("sku:GSP-0003", 1),
        ("sku:GSP-0003 OR sku:GSP-0004", 2),
        ("title:'Fern Study No. 1, Botanical Art Print, A4'", 1),
        ("botanical", 6),
        ("status:active,draft", 30),
        ("NOT status:active", 0),
        ("-sku:GSP-0003", 29),
        ("vendor:Greenstreet*", 30),
        ("(sku:GSP-0001 OR sku:GSP-0002) AND status:active", 2),
        ("updated_at:>='2030-01-01T00:00:00Z'", 0),
        ("created_at:<now", 30),
        ("price:>50", 0),
    ],
)
def test_searches(search: str, count: int) -> None:
    shop = visit(30, odd=False)
    said = shop.ask("query S($q: String) { productsCount(query: $q) { count precision } }", q=search)
    assert said["data"]["productsCount"] == {"count": count, "precision": "EXACT"}
    assert "search" not in said["extensions"]


@pytest.mark.parametrize(
    ("search", "count", "code"),
    [("updatd_at:>'2026-01-01'", 30, "invalid_field"), ("status:sold", 0, "invalid_value")],
)
def test_a_search_that_is_not_understood_finds_too_much_or_nothing_with_a_remark(
    search: str, count: int, code: str
) -> None:
    said = visit(30, odd=False).ask("query S($q: String) { productsCount(query: $q) { count } }", q=search)
    assert said["data"]["productsCount"]["count"] == count
    (remark,) = said["extensions"]["search"]
    assert (remark["path"], remark["query"], remark["warnings"][0]["code"]) == (["products"], search, code)


@pytest.mark.parametrize(
    ("version", "answered"),
    [("2026-10", "2026-10"), ("2026-07", "2026-07"), ("2027-01", "2027-01"), ("2024-01", "2026-01"), ("x", "2026-01")],
)
def test_a_retired_version_falls_forward_silently(version: str, answered: str) -> None:
    answer = visit().post("{ shop { id } }", path=f"/admin/api/{version}/graphql.json")
    assert (answer.status_code, answer.headers["x-shopify-api-version"]) == (200, answered)


def test_doors_that_are_shut() -> None:
    shop = visit()
    assert shop.post("{ shop { id } }", token="wrong").status_code == 401
    assert shop.client.get(GRAPHQL).status_code == 405
    assert shop.client.get("/nowhere").json() == {"errors": "Not Found"}
    headers = {"X-Shopify-Access-Token": "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"}
    assert shop.client.post(GRAPHQL, content=b"no json", headers=headers).status_code == 400
    other = {**headers, "Host": "other.myshopify.com"}
    assert shop.client.post(GRAPHQL, json={"query": "{ shop { id } }"}, headers=other).status_code == 404


def test_faults_and_the_journal_know_each_call_by_its_root() -> None:
    shop = visit()
    shop.control("faults", [{"match": "POST *#shop", "times": 1, "do": "drop"}])
    shop.data("{ productsCount { count } }")
    with pytest.raises(httpx2.RemoteProtocolError):
        shop.ask("{ shop { id } }")
    calls = [row["call"] for row in shop.told("requests")["requests"]]
    assert calls == [f"POST {GRAPHQL}#productsCount", f"POST {GRAPHQL}#shop"]
