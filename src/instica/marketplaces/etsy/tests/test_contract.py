"""Everything the connector does, against Etsy's own document: what we send, and what the simulator answers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.place import Place, connected
from tests.contracts import driving
from tests.contracts.exchange import Exchange
from tests.contracts.specs import folder

from instica.core import clock
from instica.core.money import Money
from instica.kit.types import Attempt, Draft, Level, Ref, RemoteListing, RemoteOffer, Shipment
from instica.marketplaces.etsy import MARKETPLACE
from instica.marketplaces.etsy.client import Etsy
from instica.marketplaces.etsy.simulator.app import API
from instica.marketplaces.etsy.tests import facts
from instica.marketplaces.etsy.tests.contract import EtsyContract, contract
from instica.marketplaces.etsy.tests.visiting import SHOP, visit

CONTRACT: EtsyContract = contract(folder("etsy").parent)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The operations that went over the wire, each judged in both directions."""
    return driving.judged(monkeypatch, CONTRACT)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The methods of the client that were used."""
    return driving.used(monkeypatch, Etsy)


def attempt_for(draft: Draft, step: str = "") -> Attempt:
    return Attempt("contract", step, clock.now(), draft.title, draft)


def published(place: Place, draft: Draft) -> str:
    step = place.connector.publish(draft, "", attempt_for(draft))
    while step.next:
        step = place.connector.publish(draft, step.next, attempt_for(draft, step.next))
    assert step.ref
    return step.ref.listing


def test_every_call_of_the_connector_keeps_the_contract(heard: list[str], called: set[str], tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path) as place:
        connector, found = place.connector, everything(place)
        beyond_the_deepest_page(Etsy(place.session), found)
        connector.shop()
        connector.choices()
        draft = facts.draft(next(each for each in found if each.seen == "live"))
        number = published(place, replace(draft, images=("a", "b")))
        connector.revise(Ref(number), replace(draft, title="Dearer"))
        connector.set_levels([Level(Ref(number), 4), Level(Ref(number), 0), Level(Ref(number), 2)])
        connector.withdraw(Ref(number))
        connector.show(Ref(number))
        order = str(place.sandbox("buy", {"listing_id": int(number), "quantity": 1})["order_id"])
        place.sandbox("cancel", {"order_id": place.sandbox("buy", {"listing_id": int(number)})["order_id"]})
        sold(place)
        connector.ship(order, Shipment("1Z999", "UPS"), Attempt("ship", "", clock.now()))
        place.session.rejected()
        connector.find(attempt_for(draft))
    assert set(heard) == set(CONTRACT.operations())
    assert called == driving.calls(Etsy)


def beyond_the_deepest_page(api: Etsy, found: list[RemoteListing]) -> None:
    section = next(each["shop_section_id"] for each in api.sections())
    assert api.listings_in(section, 0)["count"] > 0
    wanted = [int(each.id) for each in found[:100]]
    assert len(api.listings_of(wanted)) == len(api.inventories_of(wanted)) == 100


def everything(place: Place) -> list[RemoteListing]:
    rows: list[RemoteListing] = []
    cursor = None
    while True:
        page = place.connector.listings(cursor)
        rows += page.rows
        if (cursor := page.next) is None:
            return rows


def sold(place: Place) -> None:
    cursor = None
    while True:
        page = place.connector.orders(clock.now() - dt.timedelta(days=1), cursor)
        if (cursor := page.next) is None:
            return


def test_many_variations_and_three_of_them_keep_the_contract(heard: list[str], place: Place) -> None:
    offers = tuple(
        RemoteOffer("", f"V-{size}-{frame}", Money(2000 + size, "USD"), 2, {"Size": f"A{size}", "Frame": frame})
        for size in range(5)
        for frame in ("Oak", "Black")
    )
    number = published(place, replace(facts.draft(place.on_sale()), offers=offers))
    listing = place.connector.listing(Ref(number))
    assert [(offer.sku, offer.price) for offer in listing.offers] == [(offer.sku, offer.price) for offer in offers]
    place.connector.set_levels([Level(Ref(number, listing.offers[3].id), 7)])
    assert "updateListingInventory" in heard


def exchange(method: str, path: str, query: str = "", body: bytes = b"", kind: str = "", **more: Any) -> Exchange:
    headers = {"x-api-key": "sandbox:sandbox-secret", "authorization": "Bearer 1.token", "content-type": kind}
    told = {"status": 200, "answer": b"{}", **more}
    kept = {"content-type": "application/json"}
    return Exchange(method, path, query, headers, body, told["status"], kept, told["answer"])


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (exchange("GET", "/v3/application/listings/batch/inventory"), "lacks"),
        (exchange("GET", "/v3/application/listings/7", "includes=Inventory"), "is not one of"),
        (exchange("GET", "/v3/application/listings/7", "legacy=true"), "unknown query parameter"),
        (exchange("GET", "/v3/application/shops/1/listings", "state=removed"), "is not one of"),
        (exchange("GET", "/v3/application/shops/1/listings", "limit=101"), "greater than the maximum"),
        (exchange("GET", "/v3/application/shops/name/listings"), "not a number"),
        (exchange("PATCH", "/v3/application/shops/1/listings/7", "", b"price=3", FORM), "Additional properties"),
        (exchange("POST", "/v3/application/shops/1/listings", "", b"title=T", FORM), "is a required property"),
        (exchange("PUT", "/v3/application/listings/7/inventory", "", b"products=1", FORM), "content type"),
    ],
)
def test_what_the_document_does_not_allow_is_refused(said: Exchange, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        CONTRACT.check_request(said)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, b'{"listing_id": "7"}'),
        (200, b'{"listing_id": 7, "colour": 1}'),
        (418, b'{"error": "x"}'),
        (404, b'{"message": "x"}'),
    ],
)
def test_what_etsy_would_not_answer_is_refused(status: int, answer: bytes) -> None:
    with pytest.raises(AssertionError):
        CONTRACT.check_answer(exchange("GET", "/v3/application/listings/7", status=status, answer=answer))


def test_a_call_that_does_not_exist_is_none() -> None:
    with pytest.raises(LookupError):
        CONTRACT.operation(exchange("POST", "/v3/application/shops/1/receipts/2/cancel"))


def test_each_operation_needs_what_the_document_says() -> None:
    needed = CONTRACT.operations()
    assert (needed["createDraftListing"], needed["getListingInventory"]) == ("listings_w", "listings_r")
    assert (needed["createReceiptShipment"], needed["getListing"], needed["getMe"]) == ("transactions_w", "", "shops_r")


def reads() -> list[str]:
    """Every path that the simulator reads by."""
    paths = [pattern.pattern for method, pattern, _ in API.table if method == "GET"]
    return sorted(re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", path).removesuffix(r"\Z") for path in paths)


@pytest.mark.parametrize("path", reads())
def test_every_answer_of_the_simulator_is_one_of_etsys(path: str) -> None:
    shop = visit(120)
    number = next(row["listing_id"] for row in shop.told("shop")["odd"] if row["odd"] == "variations")
    order = int(shop.control("buy", {"listing_id": number, "product": 1, "quantity": 2})["order_id"])
    shop.control("order", {"order_id": order, "ship": {"carrier": "ups", "code": "1Z"}, "refund": 100})
    made = shop.get(f"/listings/{number}/inventory").json()["products"][0]
    known = {"shop_id": 21540033, "user_id": 48210077, "taxonomy_id": 2078, "listing_id": number, "receipt_id": order}
    known |= {"product_id": made["product_id"], "offering_id": made["offerings"][0]["offering_id"]}
    known |= {"transaction_id": shop.get(f"{SHOP}/transactions").json()["results"][0]["transaction_id"]}
    query = {"listing_ids": number, "shop_section_ids": 40110201, "shop_name": "Green", "origin_country_iso": "US"}
    query |= {"min_created": 946684800, "max_created": 4102444800}
    where = path.format(**known)
    answer = shop.get(where, params=query)
    assert answer.status_code == 200, answer.text
    told = {"content-type": answer.headers["content-type"]}
    CONTRACT.check_answer(Exchange("GET", where, "", {}, b"", answer.status_code, told, answer.content))
