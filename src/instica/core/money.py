"""Money: a whole number of minor units and the currency it is in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF", "TWD", "UGX", "XAF", "XOF", "XPF"})
CURRENCIES = frozenset(
    "AED ARS AUD BGN BRL CAD CHF CLP CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR ISK JPY KRW"
    " MXN MYR NOK NZD PEN PHP PLN QAR RON SAR SEK SGD THB TRY TWD UAH UGX USD UYU VND XAF XOF XPF ZAR".split()
)
LARGEST = Decimal("100000000")


class NotMoney(ValueError):
    """The text is not an amount, or the currency is not one we know."""


@dataclass(frozen=True, slots=True)
class Money:
    """``Money(3499, "USD")`` is 34.99 US dollars; ``Money(500, "JPY")`` is 500 yen."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, amount: str | int | float | Decimal, currency: str) -> Money:
        """Read an amount in major units. Floats are read by their shortest decimal form.

        Raises ``NotMoney`` for anything that is not a finite amount below 100 million or an unknown currency.
        """
        if currency not in CURRENCIES:
            raise NotMoney(f"Unknown currency: {currency!r}")
        try:
            value = Decimal(str(amount).strip())
        except InvalidOperation as error:
            raise NotMoney(f"Not an amount: {amount!r}") from error
        if not value.is_finite() or value.copy_abs() >= LARGEST:
            raise NotMoney(f"Not an amount: {amount!r}")
        scaled = value.scaleb(digits(currency))
        return cls(int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def __str__(self) -> str:
        return two_places(self.minor, self.currency)


def digits(currency: str) -> int:
    """How many digits follow the point in that currency."""
    return 0 if currency in WITHOUT_CENTS else 2


def two_places(minor: int, currency: str) -> str:
    """The API's decimal string: always two places, whatever the currency."""
    return f"{Decimal(minor).scaleb(-digits(currency)):.2f}"
