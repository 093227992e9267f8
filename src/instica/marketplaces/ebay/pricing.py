"""Amounts as eBay tells them, as money; pure."""

from __future__ import annotations

from functools import lru_cache

from instica.core.money import CURRENCIES, Money, NotMoney
from instica.kit.types import Fault


@lru_cache(maxsize=4096)
def priced(amount: str, currency: str) -> tuple[Money | None, tuple[Fault, ...]]:
    """An amount above zero; else none, and why."""
    if not amount:
        return None, (Fault("invalid_price", "The listing shows no price. Set one on eBay, then retry"),)
    if currency not in CURRENCIES:
        told = currency[:40] or "none given"
        return None, (Fault("unknown_currency", f"Unknown currency: {told}. Enter this item by hand"),)
    try:
        money = Money.parse(amount, currency)
    except NotMoney:
        return None, (Fault("invalid_price", f"Not a price: {amount[:40]}. Set one on eBay, then retry"),)
    if money.minor <= 0:
        why = f"The price must be above zero: {money} {currency}. Set one on eBay, then retry"
        return None, (Fault("invalid_price", why),)
    return money, ()


def money(row: object) -> Money | None:
    """``{"value", "currency"}`` as money, zero included; ``None`` when it is not."""
    if not isinstance(row, dict):
        return None
    value, currency = row.get("value"), row.get("currency")
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) or not isinstance(currency, str):
        return None
    try:
        return Money.parse(value, currency)
    except NotMoney:
        return None
