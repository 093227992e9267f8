"""The control interface of the simulator: resets, faults, the journal, what people do on the site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import pytest

from instica.kit.simulation import ConnectionCut
from instica.marketplaces.discogs import simulator
from instica.marketplaces.discogs.simulator.controls import CONTROLS
from instica.marketplaces.discogs.tests.visiting import FIRST, ORIGIN, OWNER, visit

ME = "/oauth/identity"


def test_a_reset_is_the_same_for_the_same_seed() -> None:
    """And another for another; ids, prices, grades, oddities."""
    shop = visit(150, seed=4)
    first = shop.told("listings")
    shop.control("buy", {"listing_id": FIRST + 7 * 3})
    shop.control("reset", {"seed": 4, "listings": 150, "limits": False})
    assert shop.told("listings") == first
    assert shop.told("orders") == {"orders": []}
    shop.control("reset", {"seed": 5, "listings": 150, "limits": False})
    assert shop.told("listings") != first


def test_the_usual_shop_looks_real() -> None:
    """150 different records, most with a SKU, a few drafts, a few odd rows that are told."""
    shop = visit(150, seed=1)
    told, rows = shop.told("shop"), shop.told("listings")["listings"]
    assert (told["listings"], told["token"], told["username"]) == (150, "sandbox-token", "greenstreet_records")
    assert [odd["odd"] for odd in told["odd"]] == [
        "zero_price",
        "no_price",
        "missing_title",
        "duplicate_sku",
        "duplicate_sku",
    ]
    assert len({row["title"] for row in rows}) == 150
    assert 130 <= sum(bool(row["sku"]) for row in rows) < 150
    assert 3 <= sum(row["status"] == "Draft" for row in rows) <= 20
    by_id = {row["listing_id"]: row for row in rows}
    zero, none, untitled, *twins = told["odd"]
    assert (by_id[zero["listing_id"]]["price"], by_id[none["listing_id"]]["price"]) == ("0.00", None)
    assert by_id[untitled["listing_id"]]["title"].endswith(" - ")
    for twin in twins:
        assert by_id[twin["listing_id"]]["sku"] == by_id[twin["twin"]]["sku"] != ""
    skus = [row["sku"] for row in rows if row["sku"]]
    assert len(skus) - len(set(skus)) == 2


def test_a_reset_takes_100_000() -> None:
    """Each with a release of its own."""
    shop = visit(100_000)
    page = shop.get("/users/greenstreet_records/inventory", params={"per_page": 100, "page": 1000}).json()
    assert page["pagination"]["items"] == 100_000
    assert shop.get(page["listings"][-1]["release"]["resource_url"]).status_code == 200


def test_listings_and_orders_are_told_as_agreed() -> None:
    """Exactly those keys."""
    shop = visit()
    (order,) = (shop.control("buy", {"listing_id": FIRST, "quantity": 1})["order_id"],)
    row = shop.told("listings")["listings"][0]
    assert list(row) == ["listing_id", "title", "price", "currency", "quantity", "status", "sku"]
    assert (row["listing_id"], row["quantity"], row["status"]) == (FIRST, 0, "Sold")
    assert shop.told("orders") == {
        "orders": [{"order_id": order, "status": "Payment Received", "lines": [{"listing_id": FIRST, "quantity": 1}]}]
    }


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("buy", {"listing_id": FIRST, "quantity": 2}, 409),
        ("buy", {"listing_id": 1}, 404),
        ("buy", {}, 400),
        ("buy", {"listing_id": "x"}, 400),
        ("edit", {"listing_id": FIRST, "colour": "red"}, 400),
        ("edit", {"listing_id": FIRST, "status": "Lost"}, 400),
        ("end", {"listing_id": 1}, 404),
        ("cancel", {"order_id": "1-1"}, 404),
        ("faults", [{"do": "explode"}], 400),
        ("faults", [{"do": "status:500", "times": 0}], 400),
        ("faults", {"do": "drop"}, 400),
        ("switches", {"denial": "maybe"}, 400),
        ("switches", {"unknown": 1}, 400),
        ("reset", {"listings": "many"}, 400),
        ("reset", [1], 400),
        ("nothing", {}, 404),
    ],
)
def test_a_control_call_is_refused(call: str, body: Any, status: int) -> None:
    """Nothing changed."""
    shop = visit(10)
    before = shop.told("listings"), shop.told("orders"), shop.told("faults"), shop.told("switches")
    assert shop.client.post(f"/_sandbox/{call}", json=body).status_code == status
    assert before == (shop.told("listings"), shop.told("orders"), shop.told("faults"), shop.told("switches"))


def test_the_site_can_be_edited_and_ended() -> None:
    """As its seller would."""
    shop = visit()
    shop.control("edit", {"listing_id": str(FIRST), "price": "12.34", "sku": "NEW", "comments": "Loud"})
    row = shop.listing(FIRST)
    assert (row["price"]["value"], row["external_id"], row["comments"]) == (12.34, "NEW", "Loud")
    shop.control("end", {"listing_id": FIRST})
    assert shop.get(f"/marketplace/listings/{FIRST}").status_code == 404


def test_requests_are_told() -> None:
    """In order, with bodies only when asked for; control calls are not among them."""
    shop = visit()
    shop.get(f"{ME}?a=1")
    shop.post(f"/marketplace/listings/{FIRST}", json={"price": 0})
    first, second = shop.told("requests")["requests"]
    assert (first["method"], first["path"], first["query"], first["status"]) == ("GET", ME, "a=1", 200)
    assert list(second) == ["call", "method", "path", "query", "status", "time"]
    assert second["call"] == f"POST /marketplace/listings/{FIRST}"
    (_, with_body) = shop.told("requests?bodies=1")["requests"]
    assert (with_body["body"], with_body["answer"]) == ('{"price":0}', '{"message":"Invalid price: expected float."}')


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_status_fault(status: int) -> None:
    """So often, on those calls alone."""
    shop = visit()
    shop.control("faults", [{"match": "GET /oauth/*", "times": 2, "do": f"status:{status}"}])
    assert shop.get("/users/northside_vinyl").status_code == 200
    assert [shop.get(ME).status_code for _ in range(3)] == [status, status, 200]


def test_html_where_json_was_expected() -> None:
    """From the edge."""
    shop = visit()
    shop.control("faults", [{"match": "*", "do": "html:502"}])
    answer = shop.get(ME)
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=UTF-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_dropped_is_not_done_and_lost_is() -> None:
    """Either way the caller gets no answer."""
    shop = visit(5)
    body = {"release_id": 20_000_300, "condition": "Mint (M)", "price": 20.0}
    for fault, count in (("drop", 5), ("lost", 6)):
        shop.control("faults", [{"match": "POST /marketplace/listings", "times": 1, "do": fault}])
        with pytest.raises(httpx2.RemoteProtocolError):
            shop.post("/marketplace/listings", json=body)
        assert len(shop.told("listings")["listings"]) == count
    assert [row["status"] for row in shop.told("requests")["requests"]] == [0, 0]


def test_a_cut_leaves_a_bare_wsgi_call_as_an_exception() -> None:
    """For whoever mounts the application without a client."""
    shop = visit()
    shop.control("faults", [{"match": "*", "do": "drop"}])
    bare = httpx2.Client(transport=httpx2.WSGITransport(app=shop.simulator), base_url=ORIGIN)
    with pytest.raises(ConnectionCut):
        bare.get(ME)


def test_revoke_ends_the_token_of_that_call() -> None:
    """From that very call on; others stay."""
    shop = visit()
    shop.control("faults", [{"match": f"GET {ME}", "do": "revoke"}])
    assert [shop.get(ME).status_code for _ in range(2)] == [401, 401]
    assert shop.get(ME, {"Authorization": "Discogs token=stranger-token"}).status_code == 200
    shop.control("reset", {"listings": 5})
    assert shop.get(ME).status_code == 200


def test_faults_are_ended() -> None:
    """All at once, and by a reset; webhook faults wait for webhooks that never come."""
    shop = visit()
    shop.control("faults", [{"match": "*", "times": 9, "do": "status:500"}, {"match": "*", "do": "webhook:late:30"}])
    assert shop.get(ME).status_code == 500
    assert shop.told("faults")["faults"] == [
        {"match": "*", "times": 8, "do": "status:500"},
        {"match": "*", "times": 1, "do": "webhook:late:30"},
    ]
    shop.control("faults", [])
    assert shop.get(ME).status_code == 200


def test_the_clock_moves_what_is_stamped() -> None:
    """And a reset sets it right."""
    shop = visit()
    made = shop.listing(shop.new())["posted"]
    shop.control("clock", {"advance": 86400 * 40})
    assert shop.listing(shop.new())["posted"][:7] > made[:7]


def test_a_record_can_be_looked_at_and_bought() -> None:
    """On a page."""
    shop = visit()
    shown = shop.get(f"/sell/item/{FIRST}", OWNER)
    assert (shown.status_code, "Buy it" in shown.text) == (200, True)
    assert shop.post(f"/sell/item/{FIRST}").status_code == 201
    assert shop.post(f"/sell/item/{FIRST}").status_code == 409
    assert "Buy it" not in shop.get(f"/sell/item/{FIRST}").text
    assert "Payment Received" in shop.get("/sell/order/7203114-1").text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/release/20000000", "John Coltrane - Blue Train (LP, Album, Mono)"),
        ("/user/greenstreet_records", "Portland, Oregon, United States. For sale: "),
    ],
)
def test_links_for_people_lead_somewhere(path: str, text: str) -> None:
    """And unknown ones say so."""
    shop = visit()
    assert text in shop.get(path).text
    assert shop.get(f"{path}9").status_code == 404


def test_every_switch_and_control_call_is_documented() -> None:
    """In the simulator's README, or in the guide for all of them."""
    folder = Path(simulator.__file__).parent
    guide = folder.parents[4] / "docs" / "guides" / "sandbox.md"
    text = (folder / "README.md").read_text(encoding="utf-8") + guide.read_text(encoding="utf-8")
    calls = {pattern.pattern.removesuffix(r"\Z") for _, pattern, _ in CONTROLS.table}
    names = {*visit(0).simulator.switches.known, *calls}
    assert {name for name in names if f"{name}`" not in text and f"{name} " not in text} == set()
