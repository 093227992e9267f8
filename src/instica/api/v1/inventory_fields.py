"""What a caller may send of an item, and what it means for the row."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from instica.api.bodies import Body
from instica.api.v1.inventory_shapes import ItemShape, prices
from instica.api.v1.products_fields import ProductNew
from instica.core.errors import Fault, Invalid
from instica.core.money import Money, NotMoney
from instica.inventory.models import Item
from instica.inventory.stock import LARGEST, LONGEST_NOTE

Grade = Literal["mint", "near_mint", "vg_plus", "vg", "g_plus", "g", "f", "p"]
Container = Literal["mint", "near_mint", "vg_plus", "vg", "g_plus", "g", "f", "p", "generic", "not_graded", "no_cover"]
Code = Literal["draft", "received", "ready-to-sell", "listed", "sold", "shipped", "returned", "archived"]
Amount = Annotated[str, Field(pattern=r"^\d{1,8}(\.\d{1,2})?$", examples=["34.99"])]
COLUMNS = {
    "manual_sku": "sku",
    "manual_description": "description",
    "price_item": "price",
    "expected_sale_price": "price_expected",
}
POINTERS = {column: name for name, column in COLUMNS.items()}
MONEY = ("price_item", "price_shipping", "expected_sale_price")


class ItemChange(Body):
    """Only what is sent changes; what an answer also holds may be sent back and changes nothing.

    Amounts are in `currency`; the same in `_usd` fields are for items in US dollars.
    """

    passed_over: ClassVar[frozenset[str]] = frozenset(ItemShape.model_fields)

    name: Annotated[str, Field(max_length=500)] | None = None
    condition_item: Grade | None = None
    condition_container: Container | None = None
    status: Code = Field("ready-to-sell", description="`listed` and `sold` follow from listings and sales.")
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    price_item: Amount | None = None
    price_shipping: Amount | None = None
    expected_sale_price: Amount | None = None
    price_item_usd: Amount | None = None
    price_shipping_usd: Amount | None = None
    expected_sale_price_usd: Amount | None = None
    manual_sku: Annotated[str, Field(max_length=200)] | None = None
    manual_description: Annotated[str, Field(max_length=50_000)] | None = None
    barcode: Annotated[str, Field(max_length=40)] | None = None
    barcode_type: Annotated[str, Field(max_length=20)] | None = None
    location: Annotated[str, Field(max_length=200)] | None = None
    quantity: Annotated[int, Field(ge=0, le=LARGEST)] | None = Field(
        None, description="Sets the stock by a move of the ledger; null is made to order. Leave it out to keep it."
    )
    reason: Annotated[str, Field(max_length=LONGEST_NOTE)] = Field("", description="Why the quantity is another.")


class ItemNew(ItemChange):
    """An item of a product you have, or of a new one."""

    product_uid: str | None = Field(None, description="The product it is of.")
    product: ProductNew | None = Field(None, description="Or the new product it is of.")
    quantity: Annotated[int, Field(ge=0, le=LARGEST)] | None = Field(
        1, description="Its first stock; null is made to order."
    )


def values(body: ItemChange, item: Item | None = None) -> dict[str, Any]:
    """The columns that were sent; of an item we have, what it says already is left out."""
    sent: dict[str, Any] = {}
    for name in body.model_fields_set - {"reason", "product", "product_uid"}:
        if name.removesuffix("_usd") not in MONEY:
            value = getattr(body, name)
            sent[COLUMNS.get(name, name)] = "" if value is None and name not in ("name", "quantity") else value
    currency = str(sent.get("currency") or (item.currency if item else "USD"))
    for name in MONEY:
        amounts = _amounts(body, name, item, currency)
        if amounts:
            sent[COLUMNS.get(name, name)] = _minor(name, amounts, currency)
    return sent


def _amounts(body: ItemChange, name: str, item: Item | None, currency: str) -> dict[str, str | None]:
    """The amount under its names, as far as it was sent; of two the one that the item does not say already."""
    known = prices(item)[name] if item and item.currency == currency else None
    held = {name: known, f"{name}_usd": known if currency == "USD" else None}
    sent = {each: getattr(body, each) for each in held if each in body.model_fields_set}
    if item is None or item.currency != currency:
        return {each: value for each, value in sent.items() if value is not None or not each.endswith("_usd")}
    both = len(sent) > 1
    return {each: value for each, value in sent.items() if not both or value != held[each]}


def _minor(name: str, amounts: dict[str, str | None], currency: str) -> int | None:
    if len(set(amounts.values())) > 1:
        detail = f"{name} and {name}_usd say different amounts."
        raise Invalid(detail, code="validation_error", faults=[Fault(detail, f"#/{each}") for each in amounts])
    if currency != "USD" and f"{name}_usd" in amounts:
        detail = f"The item is in {currency}: send {name}."
        raise Invalid(detail, code="validation_error", faults=[Fault(detail, f"#/{name}_usd")])
    amount = next(iter(amounts.values()))
    if amount is None:
        return 0 if name == "price_shipping" else None
    try:
        return Money.parse(amount, currency).minor
    except NotMoney as error:
        pointer = "#/currency" if "currency" in str(error) else f"#/{name}"
        raise Invalid(str(error), code="validation_error", faults=[Fault(f"{error}.", pointer)]) from error
