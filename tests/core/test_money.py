"""Money: minor units, currencies without cents, amounts that are none."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.core.money import Money, NotMoney, two_places


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("34.99", "USD", 3499),
        (0.1 + 0.2, "EUR", 30),
        ("1234", "JPY", 1234),
        ("1234.5", "JPY", 1235),
        (" 7 ", "GBP", 700),
        ("0.005", "USD", 1),
        ("-3.50", "USD", -350),
    ],
)
def test_amounts_are_read_in_minor_units(amount: str | float, currency: str, minor: int) -> None:
    assert Money.parse(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        *(("", "USD"), ("NaN", "USD"), ("Infinity", "USD"), ("1,50", "EUR"), ("100000000", "USD")),
        *(("1e999999999", "USD"), ("-1e999999999", "JPY"), ("5", "XXX"), ("5", "")),
    ],
)
def test_what_is_no_amount_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(NotMoney):
        Money.parse(amount, currency)


@given(st.integers(-(10**7), 10**7), st.sampled_from(["USD", "JPY", "EUR"]))
def test_money_reads_back_from_what_it_shows(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(str(money), currency) == money


def test_decimals_in_the_api_always_have_two_places() -> None:
    assert (two_places(500, "JPY"), two_places(3499, "USD"), two_places(0, "EUR")) == ("500.00", "34.99", "0.00")
    assert Money(500, "JPY").decimal == Decimal(500)
