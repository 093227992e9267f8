"""Inventories: read, changed and written with nothing lost; whatever is not named stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.core.money import Money
from instica.kit.errors import Refused
from instica.kit.types import RemoteOffer
from instica.marketplaces.etsy import stock
from instica.marketplaces.etsy.tests.conftest import fixture
from instica.marketplaces.etsy.tests.test_mapping import LARGE, SMALL


def sent() -> dict[str, Any]:
    return stock.as_sent(fixture("inventory"))


def quantities(body: stock.Body) -> list[int]:
    return [product["offerings"][0]["quantity"] for product in body["products"]]


def sent_product(sku: str, value_id: int, size: str, **offering: Any) -> dict[str, Any]:
    sized = {"property_id": 513, "value_ids": [value_id], "values": [size], "property_name": "Size & cut"}
    coloured = {"property_id": 200, "value_ids": [1], "values": ["Blue"], "property_name": "Primary color"}
    return {"sku": sku, "property_values": [sized, {**coloured, "scale_id": 7}], "offerings": [offering]}


def test_what_was_read_is_sent_back_whole_without_what_etsy_does_not_take() -> None:
    small = {"price": 19.5, "quantity": 4, "is_enabled": True, "readiness_state_id": 1402336022581}
    large = {"price": 29.5, "quantity": 3, "is_enabled": False, "readiness_state_id": 1402336022608}
    assert sent() == {
        "products": [
            sent_product("HER-S", 1043211009876, '8" x 10"', **small),
            sent_product("HER-L", 1043211009877, '16" x 20"', **large),
        ],
        **{name: [513] for name in stock.ON},
    }


def test_a_level_changes_one_number_only() -> None:
    changed = stock.with_levels(sent(), {SMALL: 9})
    assert quantities(changed) == [9, 3]
    changed["products"][0]["offerings"][0]["quantity"] = 4
    assert changed == sent()


def test_stock_for_what_was_disabled_enables_it_and_none_leaves_it_alone() -> None:
    assert stock.with_levels(sent(), {LARGE: 2})["products"][1]["offerings"][0]["is_enabled"] is True
    assert stock.with_levels(sent(), {LARGE: 0})["products"][1]["offerings"][0]["is_enabled"] is False
    assert (stock.total(sent()), stock.total(stock.with_levels(sent(), {LARGE: 2}))) == (4, 6)


def test_what_comes_back_from_hiding_shows_only_what_it_is_told() -> None:
    assert quantities(stock.with_levels(sent(), {LARGE: 2}, others=0)) == [0, 2]


def test_a_variation_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="no variation 513=Huge"):
        stock.with_levels(sent(), {"513=Huge": 1})


@pytest.mark.parametrize("field", ["price", "sku", "quantity"])
def test_what_differs_may_differ_afterwards(field: str) -> None:
    body = sent() | {f"{field}_on_property": []}
    for product in body["products"]:
        product["sku"] = "SAME"
        product["offerings"][0] |= {"price": 5.0, "quantity": 2}
    offer = RemoteOffer(
        SMALL,
        "OTHER" if field == "sku" else "SAME",
        Money(900 if field == "price" else 500, "GBP"),
        7 if field == "quantity" else 2,
    )
    changed = stock.with_offers(body, [offer])
    assert changed[f"{field}_on_property"] == [513, 200]
    untouched = {"price", "sku", "quantity"} - {field}
    assert [changed[f"{each}_on_property"] for each in untouched] == [[513], [513]]


@pytest.mark.parametrize(
    "offer",
    [
        RemoteOffer(LARGE, "", Money(3333, "GBP"), 5),
        RemoteOffer("", "HER-L", Money(3333, "GBP"), 5),
        RemoteOffer("", "", Money(3333, "GBP"), 5, {"Colour": "Blue", "Size": '16" x 20"'}),
    ],
)
def test_an_offer_finds_its_product_by_its_name_its_sku_or_its_options(offer: RemoteOffer) -> None:
    changed = stock.with_offers(sent(), [offer])
    assert [product["offerings"][0]["price"] for product in changed["products"]] == [19.5, 33.33]
    assert [product["sku"] for product in changed["products"]] == ["HER-S", "HER-L"]
    assert quantities(changed) == [4, 5]


def test_an_offer_that_fits_no_product_or_two_is_refused() -> None:
    twice = sent()
    twice["products"][1]["sku"] = "HER-S"
    for body, offer in ((sent(), RemoteOffer("", "NEW")), (twice, RemoteOffer("", "HER-S"))):
        with pytest.raises(Refused, match="add it on Etsy"):
            stock.with_offers(body, [offer])


def test_the_only_offer_of_a_listing_without_variations_is_its_only_product() -> None:
    body = stock.as_sent({"products": [{"sku": "", "offerings": [price_of(100, 100)]}]})
    changed = stock.with_offers(body, [RemoteOffer("", "A-1", Money(250, "GBP"), None)], ready=5)
    assert changed["products"][0]["sku"] == "A-1"
    assert changed["products"][0]["offerings"] == [
        {"price": 2.5, "quantity": 999, "is_enabled": True, "readiness_state_id": 5}
    ]
    assert [changed[name] for name in stock.ON] == [[], [], [], []]


def price_of(amount: Any, divisor: Any) -> dict[str, Any]:
    return {"quantity": 1, "is_enabled": True, "price": {"amount": amount, "divisor": divisor, "currency_code": "GBP"}}


@pytest.mark.parametrize(
    ("amount", "divisor", "price"), [(1999, 100, 19.99), (1500, 1, 1500.0), (19999, 1000, 19.999), (7, 100, 0.07)]
)
def test_prices_are_sent_in_major_units_without_noise(amount: int, divisor: int, price: float) -> None:
    body = stock.as_sent({"products": [{"offerings": [price_of(amount, divisor)]}]})
    assert body["products"][0]["offerings"][0]["price"] == price


@pytest.mark.parametrize("price", [(None, 100), (5, 0), (5, None)])
def test_a_product_without_a_price_is_never_written_back(price: tuple[Any, Any]) -> None:
    with pytest.raises(Refused, match="without a price"):
        stock.as_sent({"products": [{"offerings": [price_of(*price)]}]})


def test_an_inventory_is_built_with_every_combination() -> None:
    offers = [
        RemoteOffer("", "S-OAK", Money(1000, "GBP"), 2, {"Size": "S", "Frame": "Oak"}),
        RemoteOffer("", "L-ASH", Money(2000, "GBP"), 1, {"Size": "L", "Frame": "Ash"}),
    ]
    body = stock.built(offers, 77)
    rows = [
        (*(each["values"][0] for each in row["property_values"]), row["sku"], *row["offerings"][0].values())
        for row in body["products"]
    ]
    assert rows == [
        ("S", "Oak", "S-OAK", 10.0, 2, True, 77),
        ("S", "Ash", "", 20.0, 0, False, 77),
        ("L", "Oak", "", 20.0, 0, False, 77),
        ("L", "Ash", "L-ASH", 20.0, 1, True, 77),
    ]
    assert (body["price_on_property"], body["quantity_on_property"]) == ([513, 514], [513, 514])
    assert stock.variations(body) == 2


@given(
    st.dictionaries(st.sampled_from([SMALL, LARGE]), st.integers(0, 2000)),
    st.none() | st.just(0),
)
def test_whatever_is_set_every_product_price_and_sku_is_still_there(levels: dict[str, int], others: int | None) -> None:
    before, after = sent(), stock.with_levels(sent(), levels, others=others)
    for left, right in zip(before["products"], after["products"], strict=True):
        assert (left["sku"], left["property_values"]) == (right["sku"], right["property_values"])
        assert left["offerings"][0]["price"] == right["offerings"][0]["price"]
        assert 0 <= right["offerings"][0]["quantity"] <= 999
    assert before == sent()
