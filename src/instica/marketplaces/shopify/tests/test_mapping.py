"""Products and orders out of Shopify's JSON, our drafts into it: exact values, and nothing raises."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from instica.core.money import Money
from instica.kit.errors import Refused
from instica.kit.types import Draft, RemoteListing, RemoteOffer
from instica.marketplaces.shopify import drafting, mapping, ordering

SHOP = "sandbox.myshopify.com"
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read(row: dict[str, Any], currency: str = "USD") -> RemoteListing:
    found = mapping.from_json(row, currency, SHOP)
    assert found
    return found


def codes(row: dict[str, Any], currency: str = "USD") -> list[str]:
    return [fault.code for fault in read(row, currency).faults]


def test_a_product_is_read_whole(product_json: dict[str, Any]) -> None:
    assert read(product_json) == RemoteListing(
        id="8312400110000",
        title="Trumpet in Smoke, Jazz Poster, A3",
        seen="live",
        offers=(
            RemoteOffer("44120050000001", "", Money(2900, "USD"), 3, {"Frame": "Black"}),
            RemoteOffer("44120050000002", "GSP-0008-O", Money(3500, "USD"), 0, {"Frame": "Oak"}, "5099902154725"),
        ),
        url="https://greenstreet-prints.example/products/trumpet-in-smoke",
        status="ACTIVE",
        description="<p>Printed on 230 g cotton paper.</p><script>alert(1)</script>",
        images=("https://cdn.shopify.com/s/files/1/a.jpg?v=1",),
        listed_at=dt.datetime(2026, 8, 2, 8, 30, tzinfo=dt.UTC),
        details={
            "handle": "trumpet-in-smoke",
            "vendor": "Greenstreet Prints",
            "product_type": "Art print",
            "tags": "A3, jazz, wall art",
        },
    )


@pytest.mark.parametrize(
    ("status", "published", "seen", "shown"),
    [
        ("ACTIVE", "2026-08-02T08:30:00Z", "live", "ACTIVE"),
        ("UNLISTED", "2026-08-02T08:30:00Z", "live", "UNLISTED"),
        ("ACTIVE", None, "hidden", "UNPUBLISHED"),
        ("DRAFT", "2026-08-02T08:30:00Z", "hidden", "DRAFT"),
        ("ARCHIVED", "2026-08-02T08:30:00Z", "ended", "ARCHIVED"),
        ("SOMETHING_NEW", "2026-08-02T08:30:00Z", "hidden", "SOMETHING_NEW"),
    ],
)
def test_a_status_is_not_a_publication(
    product_json: dict[str, Any], status: str, published: str | None, seen: str, shown: str
) -> None:
    found = read(product_json | {"status": status, "publishedAt": published})
    assert (found.seen, found.status) == (seen, shown)


def with_first(row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The product with its second variant alone, changed."""
    variant = row["variants"]["nodes"][1] | changes
    return row | {"variants": {"nodes": [variant]}}


def test_nothing_left_is_sold_out_unless_shopify_sells_on(product_json: dict[str, Any]) -> None:
    assert read(with_first(product_json, sellableOnlineQuantity=0)).seen == "sold_out"
    beyond = read(with_first(product_json, sellableOnlineQuantity=-2, inventoryPolicy="CONTINUE"))
    assert (beyond.seen, beyond.offers[0].quantity) == ("live", 0)


def test_what_is_not_counted_is_unlimited(product_json: dict[str, Any]) -> None:
    found = read(with_first(product_json, inventoryItem={"id": "x", "tracked": False}, sellableOnlineQuantity=0))
    assert (found.seen, found.offers[0].quantity) == ("live", None)


def test_the_variant_that_every_product_has_says_nothing(product_json: dict[str, Any]) -> None:
    chosen = [{"name": "Title", "value": "Default Title"}]
    assert read(with_first(product_json, selectedOptions=chosen)).offers[0].options == {}
    assert read(with_first(product_json, selectedOptions=[{"name": "Title", "value": "Big"}])).offers[0].options == {
        "Title": "Big"
    }


def test_what_cannot_be_taken_in_says_why(product_json: dict[str, Any]) -> None:
    assert codes(product_json | {"title": "  "}) == ["missing_title"]
    assert codes(with_first(product_json, price="0.00")) == ["invalid_price"]
    assert codes(with_first(product_json, price=None)) == ["invalid_price"]
    assert codes(product_json, "XTS") == ["unknown_currency"]
    assert codes(product_json | {"isGiftCard": True}) == ["unsupported_category"]
    assert codes(with_first(product_json, requiresComponents=True)) == ["unsupported_category"]
    assert codes(product_json | {"variants": None}) == ["marketplace_error"]


def test_one_bad_price_among_several_is_that_variants_alone(product_json: dict[str, Any]) -> None:
    product_json["variants"]["nodes"][1]["price"] = "0.00"
    found = read(product_json)
    assert (found.faults, found.offers[0].price, found.offers[1].price) == ((), None, Money(3500, "USD"))


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [("USD", "29.00", 2900), ("EUR", "29.5", 2950), ("GBP", "0.99", 99), ("JPY", "2150", 2150), ("CHF", "7.00", 700)],
)
def test_prices_in_five_currencies(product_json: dict[str, Any], currency: str, text: str, minor: int) -> None:
    assert read(with_first(product_json, price=text), currency).offers[0].price == Money(minor, currency)


def test_a_product_with_every_optional_field_missing_is_read() -> None:
    found = read({"id": "gid://shopify/Product/7"})
    assert (found.id, found.title, found.seen, found.offers) == ("7", "", "hidden", ())
    assert found.url == "https://sandbox.myshopify.com/products/7"
    assert mapping.from_json({"title": "no id"}, "USD", SHOP) is None


@given(JSON, JSON, JSON)
def test_whatever_is_sent_nothing_raises(one: Any, two: Any, three: Any) -> None:
    row = {"id": "gid://shopify/Product/7", "title": one, "variants": {"nodes": [two, {"id": "a/1", "price": one}]}}
    mapping.from_json({**row, "media": three, "tags": two, "publishedAt": one, "status": three}, "USD", SHOP)
    order = {
        "id": "gid://shopify/Order/7",
        "createdAt": "2026-11-01T10:00:00Z",
        "lineItems": {"nodes": [one, {"id": "a/1"}]},
    }
    ordering.from_json({**order, "refunds": two, "transactions": three, "shippingAddress": one}, SHOP)


def test_an_order_is_read_whole(order_json: dict[str, Any]) -> None:
    order = ordering.from_json(order_json, SHOP)
    assert order
    assert (order.id, order.name, order.state) == ("5910220100000", "#1001", "paid")
    assert order.status == "PAID, PARTIALLY_FULFILLED"
    assert order.placed_at == dt.datetime(2026, 11, 1, 10, 0, 5, tzinfo=dt.UTC)
    assert order.updated_at == dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
    assert (order.total, order.shipping, order.processing_fee) == (
        *(Money(6295, "USD"), Money(495, "USD"), Money(213, "USD")),
    )
    assert (order.buyer, order.buyer_name) == ("71204401001", "Ines Okafor")
    assert order.address == {
        "full_name": "Ines Okafor",
        "line1": "14 Larch Row",
        "city": "Chicago",
        "state": "IL",
        "postal_code": "60699",
        "country": "US",
    }
    assert (order.carrier, order.tracking_number, order.choices) == ("USPS", "94001", ())
    assert order.url == "https://admin.shopify.com/store/sandbox/orders/5910220100000"


def test_what_was_refunded_and_not_put_back_still_counts(order_json: dict[str, Any]) -> None:
    """Three ordered, one put back, one refunded as lost, one kept: two are gone from the shelf."""
    order = ordering.from_json(order_json, SHOP)
    assert order
    first, custom = order.lines
    assert (first.listing, first.offer, first.quantity, first.price) == (
        *("8312400110000", "44120050000001", 2, Money(2900, "USD")),
    )
    assert first.title == "Trumpet in Smoke, Jazz Poster, A3 - Black"
    assert (custom.listing, custom.offer, custom.quantity) == ("", "", 1)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"cancelledAt": "2026-11-03T10:00:00Z", "cancelReason": "CUSTOMER"}, "cancelled"),
        ({"displayFulfillmentStatus": "FULFILLED"}, "shipped"),
        ({"displayFulfillmentStatus": "FULFILLED", "closed": True}, "completed"),
        ({"displayFinancialStatus": "PENDING"}, "open"),
        ({"displayFinancialStatus": None}, "open"),
        ({"displayFinancialStatus": "REFUNDED"}, "completed"),
        ({"displayFulfillmentStatus": "FULFILLMENT_NOT_REQUIRED"}, "paid"),
    ],
)
def test_an_order_stands_as_its_two_statuses_say(
    order_json: dict[str, Any], changes: dict[str, Any], state: str
) -> None:
    order = ordering.from_json(order_json | changes, SHOP)
    assert order
    assert order.state == state
    if state == "cancelled":
        assert (order.status.split(",")[0], order.lines[0].quantity) == ("CANCELLED CUSTOMER", 3)


def test_a_buyer_that_is_withheld_is_empty_and_the_order_stands(order_json: dict[str, Any]) -> None:
    order = ordering.from_json(order_json | {"customer": None, "shippingAddress": None}, SHOP)
    assert order
    assert (order.buyer, order.buyer_name, order.address, len(order.lines)) == ("", "", {}, 2)


def test_a_note_is_no_news_and_a_tracking_number_is(order_json: dict[str, Any]) -> None:
    def mark(**changes: Any) -> str:
        order = ordering.from_json(order_json | changes, SHOP)
        assert order
        return order.fingerprint

    assert mark() == mark(updatedAt="2026-11-05T00:00:00Z", note="hello")
    assert mark() != mark(fulfillments=[])
    assert mark() != mark(refunds=[])


def piece(**more: Any) -> RemoteOffer:
    return RemoteOffer("", **{"sku": "A", "price": Money(2150, "USD"), **more})


def test_a_draft_becomes_a_product() -> None:
    draft = Draft(
        "Kestrel",
        (piece(quantity=3, barcode="123"),),
        description="<p>New</p>",
        fields={"tags": "a, b,", "vendor": "Us", "location": "gid://shopify/Location/1"},
    )
    default = {"optionName": "Title", "name": "Default Title"}
    assert drafting.new_product(draft, "kestrel-1", "gid://shopify/Location/1") == {
        "title": "Kestrel",
        "descriptionHtml": "<p>New</p>",
        "vendor": "Us",
        "tags": ["a", "b"],
        "handle": "kestrel-1",
        "status": "ACTIVE",
        "productOptions": [{"name": "Title", "position": 1, "values": [{"name": "Default Title"}]}],
        "variants": [
            {
                "inventoryItem": {"tracked": True},
                "price": "21.50",
                "sku": "A",
                "barcode": "123",
                "optionValues": [default],
                "inventoryQuantities": [{"locationId": "gid://shopify/Location/1", "name": "available", "quantity": 3}],
            }
        ],
    }


def test_what_is_made_to_order_is_not_counted_there() -> None:
    (made,) = drafting.new_product(Draft("K", (piece(quantity=None),)), "k", "L")["variants"]
    assert (made["inventoryItem"], "inventoryQuantities" in made) == ({"tracked": False}, False)


def test_yen_are_whole() -> None:
    assert drafting.price(Money(2150, "JPY")) == "2150"
    assert drafting.price(Money(2150, "USD")) == "21.50"


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(" ", (piece(),)), "title"),
        (Draft("x" * 256, (piece(),)), "title"),
        (Draft("K", ()), "offers"),
        (Draft("K", (piece(price=None),)), "price"),
        (Draft("K", (piece(price=Money(2150, "EUR")),)), "price"),
        (Draft("K", (piece(), piece())), "options"),
        (Draft("K", (piece(options={"Size": "A"}), piece(options={"Frame": "B"}))), "options"),
        (Draft("K", (piece(options=dict.fromkeys("abcd", "1")),)), "options"),
        (Draft("K", tuple(piece(options={"N": str(n)}) for n in range(2_049))), "offers"),
        (Draft("K", (piece(quantity=50_001),)), "quantity"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_with_the_field(draft: Draft, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        drafting.checked(draft, "USD")
    assert field in [complaint.field for complaint in refusal.value.complaints]


def test_revising_names_every_variant_so_that_none_is_lost(product_json: dict[str, Any]) -> None:
    """Lists replace: what the draft does not mention is sent as it is."""
    now = read(product_json)
    draft = Draft("Trumpet", (piece(options={"Frame": "Oak"}), piece(options={"Frame": "White"}, quantity=2)))
    fields = drafting.changed_product(draft, now, "L")
    assert [(row.get("id", "")[-2:], row.get("price"), "inventoryQuantities" in row) for row in fields["variants"]] == [
        ("02", "21.50", False),
        ("", "21.50", True),
        ("01", None, False),
    ]
    assert [value["name"] for value in fields["productOptions"][0]["values"]] == ["Oak", "White", "Black"]
    assert "status" not in fields
    assert "files" not in fields


def test_a_handle_is_readable_and_nobody_elses() -> None:
    one, two = drafting.handle_for("Café & Bar!", "key-1"), drafting.handle_for("Café & Bar!", "key-2")
    assert one.startswith("caf-bar-")
    assert one != two
    assert drafting.handle_for("Café & Bar!", "key-1") == one
    assert len(drafting.handle_for("日本", "key-1")) == 12
