"""The control interface, the seeded shop, orders, the consent page, feeds, and what survives a reset."""

from __future__ import annotations

import io
import time
import zipfile
from collections import Counter

import pytest

from instica.marketplaces.ebay.simulator.post import over_sockets
from instica.marketplaces.ebay.tests.visiting import FIRST, FULFILLMENT, first_error, visit

APP = ("sandbox", "sandbox-secret")


def test_the_same_seed_is_the_same_shop() -> None:
    assert visit(120).told("listings") == visit(120).told("listings")
    assert visit(120, seed=2).told("listings") != visit(120, seed=2, odd=False).told("listings")
    assert visit(120).told("listings") != visit(120, seed=2).told("listings")


def test_the_shop_looks_like_one() -> None:
    rows = visit(150).told("listings")["listings"]
    assert Counter(row["status"] for row in rows)["Active"] > 130
    assert sum(row["sku"].startswith("GSR-") for row in rows) >= 35
    assert {row["currency"] for row in rows} == {"USD", "GBP", "EUR", "CAD", "AUD"}
    assert len({row["title"] for row in rows}) > 130


def test_a_hundred_thousand_listings_are_told_quickly() -> None:
    started = time.monotonic()
    here = visit(100_000)
    assert time.monotonic() - started < 5
    assert len(here.told("listings?limit=5")["listings"]) == 5


@pytest.mark.parametrize(
    ("call", "body", "status"),
    [
        ("buy", {"listing_id": 1}, 404),
        ("buy", {"listing_id": FIRST, "quantity": 2}, 409),
        ("buy", {"listing_id": FIRST, "colour": "red"}, 400),
        ("edit", {"listing_id": FIRST, "colour": "red"}, 400),
        ("end", {"listing_id": "x"}, 404),
        ("cancel", {"order_id": "x"}, 404),
        ("switches", {"nonsense": 1}, 400),
        ("sign-in", {"username": "nobody"}, 404),
        ("faults", [{"match": "*", "do": "nonsense"}], 400),
    ],
)
def test_what_cannot_be_done_is_said(call: str, body: object, status: int) -> None:
    here = visit()
    before = here.told("listings")
    assert here.client.post(f"/_sandbox/{call}", json=body).status_code == status
    assert here.told("listings") == before


def test_an_order_is_cancelled_once_and_stock_stays_sold() -> None:
    here = visit()
    number = here.control("buy", {"listing_id": FIRST, "quantity": 1})["order_id"]
    assert here.control("cancel", {"order_id": number, "reason": "buyer"})["status"] == "CANCELED"
    assert here.client.post("/_sandbox/cancel", json={"order_id": number}).status_code == 409
    assert here.listing(FIRST)["quantity"] == 0


def test_only_one_order_alone_tells_who_asked_to_cancel() -> None:
    here = visit()
    number = here.control("buy", {"listing_id": FIRST, "quantity": 1})["order_id"]
    here.control("cancel", {"order_id": number, "reason": "buyer"})
    (row,) = here.get(f"{FULFILLMENT}/order").json()["orders"]
    alone = here.get(f"{FULFILLMENT}/order/{number}").json()
    assert (row["cancelStatus"]["cancelState"], row["cancelStatus"]["cancelRequests"]) == ("CANCELED", [])
    assert alone["cancelStatus"]["cancelRequests"][0]["cancelInitiator"] == "Buyer"


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("limit=201", 31100),
        ("limit=0", 31100),
        ("offset=-1", 31000),
        ("filter=nonsense:[1..]", 30700),
        ("filter=lastmodifieddate:[..]", 30820),
        ("filter=lastmodifieddate:[yesterday..]", 30810),
        ("filter=lastmodifieddate:[2020-01-01T00:00:00.000Z..]", 30830),
        ("filter=lastmodifieddate:[2099-01-01T00:00:00.000Z..]", 30850),
        ("filter=lastmodifieddate:[2026-11-02T00:00:00.000Z..2026-11-01T00:00:00.000Z]", 30840),
        (f"orderIds={','.join(['1'] * 51)}", 30900),
    ],
)
def test_filters_of_orders_they_will_not_take(query: str, number: int) -> None:
    assert first_error(visit().get(f"{FULFILLMENT}/order?{query}")) == (400, number)


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ({"trackingNumber": "RR1"}, 32300),
        ({"shippingCarrierCode": "USPS"}, 32300),
        ({"trackingNumber": "RR 1", "shippingCarrierCode": "USPS"}, 32300),
        ({"lineItems": [{"lineItemId": "1", "quantity": 1}]}, 32200),
        ({"shippedDate": "2099-01-01T00:00:00.000Z"}, 32500),
    ],
)
def test_parcels_they_will_not_take(body: dict[str, object], number: int) -> None:
    here = visit()
    order = here.control("buy", {"listing_id": FIRST, "quantity": 1})["order_id"]
    assert first_error(here.post(f"{FULFILLMENT}/order/{order}/shipping_fulfillment", body)) == (400, number)
    assert here.get(f"{FULFILLMENT}/order/{order}/shipping_fulfillment").json()["total"] == 0


def test_what_is_known_of_a_buyer_goes_after_ninety_days() -> None:
    here = visit()
    order = here.control("buy", {"listing_id": FIRST, "quantity": 1})["order_id"]

    def contact() -> dict[str, object]:
        found = here.get(f"{FULFILLMENT}/order/{order}").json()["fulfillmentStartInstructions"][0]
        told: dict[str, object] = found["shippingStep"]["shipTo"]
        return told

    assert "fullName" in contact()
    here.control("clock", {"advance": 91 * 86_400})
    assert "fullName" not in contact()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "client_id=nobody&response_type=code&redirect_uri=x",
        "client_id=sandbox&redirect_uri=x",
        "client_id=sandbox&response_type=code&redirect_uri=https://evil.example/",
    ],
)
def test_consent_is_asked_for_known_apps_and_names_only(query: str) -> None:
    assert visit().client.get(f"/oauth2/authorize?{query}").status_code == 400


def test_a_scope_an_app_does_not_have_ends_the_whole_consent() -> None:
    scope = "https://api.ebay.com/oauth/api_scope/sell.listing"
    asked = {"client_id": "sandbox", "response_type": "code", "scope": scope, "redirect_uri": "http://localhost:1/"}
    answer = visit().client.get("/oauth2/authorize", params=asked)
    assert (answer.status_code, "error=invalid_scope" in answer.headers["location"]) == (302, True)


@pytest.mark.parametrize(
    ("form", "auth", "status", "error"),
    [
        ({"grant_type": "password"}, APP, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, ("sandbox", "wrong"), 401, "invalid_client"),
        ({"grant_type": "authorization_code", "code": "x", "redirect_uri": "y"}, APP, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, APP, 400, "invalid_grant"),
        ({"grant_type": "client_credentials", "scope": "nonsense"}, APP, 400, "invalid_scope"),
    ],
)
def test_tokens_that_are_not_given(form: dict[str, str], auth: tuple[str, str], status: int, error: str) -> None:
    answer = visit().client.post("/identity/v1/oauth2/token", data=form, auth=auth)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_an_applications_own_token_reaches_no_seller() -> None:
    here = visit()
    answer = here.client.post("/identity/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=APP)
    token = answer.json()["access_token"]
    assert first_error(here.get("/sell/inventory/v1/inventory_item", token)) == (403, 1100)
    assert here.get("/commerce/notification/v1/topic", token).status_code == 200


def test_the_report_of_everything_on_sale_is_zipped_xml() -> None:
    here = visit(120)
    asked = {"feedType": "LMS_ACTIVE_INVENTORY_REPORT", "schemaVersion": "1.0"}
    place = here.post("/sell/feed/v1/inventory_task", asked).headers["location"]
    number = place.rpartition("/")[2]
    assert here.get(f"/sell/feed/v1/inventory_task/{number}").json()["status"] == "COMPLETED"
    packed = here.get(f"/sell/feed/v1/task/{number}/download_result_file").content
    (name,) = zipfile.ZipFile(io.BytesIO(packed)).namelist()
    told = zipfile.ZipFile(io.BytesIO(packed)).read(name)
    assert (
        told.count(b"<SKUDetails>")
        == sum(row["status"] in ("Active", "OutOfStock") for row in here.told("listings")["listings"]) - 2
    )


def test_a_grant_survives_a_reset_and_not_its_being_taken_back() -> None:
    here = visit()
    here.control("reset", {"listings": 5})
    assert here.get("/commerce/identity/v1/user/").json()["username"] == "greenstreet-records"
    here.control("revoke")
    assert first_error(here.get("/commerce/identity/v1/user/")) == (401, 1001)


def test_limits_are_told() -> None:
    here = visit(limits=True)
    here.trading("GetUser")
    rows = here.get("/developer/analytics/v1_beta/rate_limit/?api_context=tradingapi").json()["rateLimits"]
    assert {row["apiContext"] for row in rows} == {"TradingAPI"}
    assert rows[0]["resources"][0]["rates"][0]["limit"] == 5_000


def test_a_page_can_be_looked_at_and_bought_from() -> None:
    here = visit(30, odd=False)
    assert "Buy It Now" in here.client.get(f"/itm/{FIRST}").text
    assert here.client.post(f"/itm/{FIRST}").status_code == 201
    assert here.client.post(f"/itm/{FIRST}").status_code == 409
    assert here.client.get("/itm/1").status_code == 404


def test_nothing_beyond_this_machine_is_ever_called() -> None:
    with pytest.raises(OSError, match="not on this machine"):
        over_sockets("https://hub.example/")
