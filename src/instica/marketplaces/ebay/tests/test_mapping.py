"""Turning what eBay tells into listings and orders, and drafts into what eBay takes. Pure: bad rows get faults."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instica.core.money import Money
from instica.kit.types import Draft, RemoteListing, RemoteOffer
from instica.marketplaces.ebay import MARKETPLACE, mapping, ordering, specifics
from instica.marketplaces.ebay.trading import items
from instica.marketplaces.ebay.trading.xml import NotXml, parse, request
from instica.marketplaces.ebay.words import MARKETS

US = MARKETS["EBAY_US"]
FIXTURES = MARKETPLACE.folder / "fixtures"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def item(**changes: str) -> Element:
    """The item of the fixture; ``Quantity="3"`` sets an element, ``Quantity=""`` removes it."""
    node = parse((FIXTURES / "get_item.xml").read_bytes()).find("Item")
    assert node is not None
    for path, text in changes.items():
        parent, _, name = path.rpartition("__")
        place = node.find(parent.replace("__", "/")) if parent else node
        assert place is not None
        found = place.find(name)
        if found is None:
            found = Element(name)
            place.append(found)
        if text:
            found.text = text
        else:
            place.remove(found)
    return node


def read(node: Element) -> RemoteListing:
    found = items.read(node)
    assert found
    return found.listing


def order(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / "order.json").read_text())
    return found | changes


def a_draft(**changes: Any) -> Draft:
    draft = Draft(
        title="Can - Ege Bamyasi",
        offers=(RemoteOffer("", "GSE-1", Money(2450, "USD"), 2),),
        description="<p>Plays well.</p>",
        condition_item="vg_plus",
        condition_container="vg",
        images=("https://x.example/a.jpg",),
    )
    return replace(draft, **changes)


def test_an_item_is_a_listing() -> None:
    listing = read(item())
    assert (listing.id, listing.title, listing.seen, listing.status) == (
        *("256104310017", "Can - Ege Bamyasi"),
        *("live", "Active"),
    )
    assert listing.offers == (RemoteOffer("", "GSE-000001", Money(2450, "USD"), 2, barcode="075992628914"),)
    assert (listing.artist, listing.label, listing.catalog_number) == ("Can", "United Artists Records", "UAS 29 414 I")
    assert (listing.format, listing.year) == ("Record, LP", 1972)
    assert (listing.condition_item, listing.condition_container) == ("vg_plus", "vg")
    assert listing.description == "<p>Plays <b>well</b>.</p><script>alert(1)</script>"
    assert listing.images == (
        "https://i.ebayimg.com/images/g/A/s-l1600.jpg",
        "https://i.ebayimg.com/images/g/B/s-l1600.jpg",
    )
    assert listing.listed_at == dt.datetime(2026, 9, 30, 18, tzinfo=dt.UTC)
    assert listing.faults == ()


def test_quantity_counts_what_is_sold_already() -> None:
    assert read(item()).offers[0].quantity == 2
    assert read(item(QuantityAvailable="4")).offers[0].quantity == 4
    assert read(item(Quantity="3")).offers[0].quantity == 0
    assert read(item(Quantity="-7")).offers[0].quantity == 0


@pytest.mark.parametrize(
    ("changes", "seen", "status"),
    [
        ({"Quantity": "5"}, "sold_out", "OutOfStock"),
        ({"SellingStatus__ListingStatus": "Completed"}, "ended", "Completed"),
        ({"SellingStatus__ListingStatus": "Ended"}, "ended", "Ended"),
        ({"SellingStatus__ListingStatus": "Completed", "Quantity": "5"}, "sold_out", "Completed"),
        ({"SellingStatus__ListingStatus": "Custom"}, "ended", "Custom"),
        ({"ReasonHideFromSearch": "DuplicateListing"}, "hidden", "Active"),
        ({"SellingStatus__ListingStatus": ""}, "live", "Active"),
    ],
)
def test_states(changes: dict[str, str], seen: str, status: str) -> None:
    listing = read(item(**changes))
    assert (listing.seen, listing.status) == (seen, status)


def test_an_auction_has_one_piece_at_its_present_price() -> None:
    found = items.read(item(ListingType="Chinese", SellingStatus__CurrentPrice="31.0"))
    assert found
    assert found.is_auction
    assert (found.listing.offers[0].quantity, found.listing.offers[0].price) == (1, Money(3100, "USD"))
    assert found.listing.details == {"kind": "auction"}


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0.0", "invalid_price"), ("-3", "invalid_price"), ("free", "invalid_price"), ("1e40", "invalid_price")],
)
def test_a_price_that_is_none_is_a_fault(amount: str, code: str) -> None:
    listing = read(item(SellingStatus__CurrentPrice=amount))
    assert ([fault.code for fault in listing.faults], listing.offers[0].price) == ([code], None)


def test_a_missing_price_or_title_is_a_fault() -> None:
    assert [fault.code for fault in read(item(SellingStatus__CurrentPrice="", StartPrice="")).faults] == [
        "invalid_price"
    ]
    assert [fault.code for fault in read(item(Title="")).faults] == ["missing_title"]


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [
        ("USD", "24.5", 2450),
        ("GBP", "24.5", 2450),
        ("EUR", "24.5", 2450),
        ("CAD", "3.0", 300),
        ("AUD", "3", 300),
        ("JPY", "3500.0", 3500),
        ("PLN", "19.99", 1999),
    ],
)
def test_currencies(currency: str, amount: str, minor: int) -> None:
    node = item(SellingStatus__CurrentPrice=amount)
    node.find("SellingStatus/CurrentPrice").set("currencyID", currency)  # type: ignore[union-attr]
    assert read(node).offers[0].price == Money(minor, currency)


def test_an_unknown_currency_is_a_fault() -> None:
    node = item()
    node.find("SellingStatus/CurrentPrice").set("currencyID", "XXX")  # type: ignore[union-attr]
    assert [fault.code for fault in read(node).faults] == ["unknown_currency"]


def test_without_an_id_there_is_no_listing() -> None:
    assert items.read(item(ItemID="")) is None
    assert items.read(item(ItemID="12x")) is None


def test_variations_are_offers_with_their_options() -> None:
    node = item()
    rows = "".join(
        f"<Variation>{sku}<StartPrice currencyID='USD'>{price}</StartPrice><Quantity>4</Quantity><VariationSpecifics>"
        f"<NameValueList><Name>Size</Name><Value>{size}</Value></NameValueList></VariationSpecifics>"
        "<SellingStatus><QuantitySold>1</QuantitySold></SellingStatus></Variation>"
        for sku, price, size in (("<SKU>TEE-S</SKU>", "24.0", "S"), ("", "27.0", "2XL"))
    )
    node.append(parse(f"<Variations>{rows}</Variations>".encode()))
    assert read(node).offers == (
        RemoteOffer("TEE-S", "TEE-S", Money(2400, "USD"), 3, {"Size": "S"}),
        RemoteOffer("Size=2XL", "", Money(2700, "USD"), 3, {"Size": "2XL"}),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        b"<a>",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'.encode("utf-16"),
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<a>&e;</a>",
        b"<a>\x00</a>",
        b"<a>\xff</a>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    ],
)
def test_what_is_no_harmless_xml_is_refused(body: bytes) -> None:
    with pytest.raises(NotXml):
        parse(body)


def test_a_request_escapes_what_people_write() -> None:
    body = request("AddFixedPriceItem", [("Item", [("Title", "Tom & <Jerry>"), ("StartPrice", Money(1250, "USD"))])])
    assert b"<Title>Tom &amp; &lt;Jerry&gt;</Title>" in body
    assert b'<StartPrice currencyID="USD">12.50</StartPrice>' in body
    assert body.startswith(b"<?xml")


def test_a_draft_is_an_item_and_an_offer() -> None:
    chosen = {"fulfillment_policy_id": "1", "payment_policy_id": "2", "return_policy_id": "3", "location": "pdx"}
    assert mapping.to_item(a_draft(), {}) == {
        "availability": {"shipToLocationAvailability": {"quantity": 2}},
        "condition": "USED_EXCELLENT",
        "product": {
            "title": "Can - Ege Bamyasi",
            "description": "<p>Plays well.</p>",
            "imageUrls": ["https://x.example/a.jpg"],
            "aspects": {
                "Artist": ["Can"],
                "Release Title": ["Ege Bamyasi"],
                "Record Grading": ["Very Good Plus (VG+)"],
                "Sleeve Grading": ["Very Good (VG)"],
            },
        },
    }
    offer = mapping.to_offer(a_draft(), "GSE-1", US, chosen, {})
    assert offer["pricingSummary"] == {"price": {"value": "24.50", "currency": "USD"}}
    assert (offer["categoryId"], offer["includeCatalogProductDetails"]) == ("176985", False)
    assert offer["listingPolicies"] == {"fulfillmentPolicyId": "1", "paymentPolicyId": "2", "returnPolicyId": "3"}


def test_a_replacement_sends_again_what_ebay_would_forget() -> None:
    before = {
        "packageWeightAndSize": {"packageType": "LETTER"},
        "conditionDescription": "One tick.",
        "product": {
            "title": "old",
            "imageUrls": ["https://x.example/old.jpg"],
            "mpn": "X",
            "aspects": {"Genre": ["Rock"]},
        },
    }
    made = mapping.to_item(a_draft(images=()), before)
    assert (made["packageWeightAndSize"], made["conditionDescription"]) == ({"packageType": "LETTER"}, "One tick.")
    assert (made["product"]["mpn"], made["product"]["imageUrls"]) == ("X", ["https://x.example/old.jpg"])
    assert made["product"]["aspects"]["Genre"] == ["Rock"]
    kept = {"storeCategoryNames": ["/Vinyl"], "tax": {"applyTax": True}, "offerId": "9", "status": "PUBLISHED"}
    offer = mapping.to_offer(a_draft(), "GSE-1", US, {"location": "pdx"}, kept)
    assert (offer["storeCategoryNames"], offer["tax"]) == (["/Vinyl"], {"applyTax": True})
    assert {"offerId", "status"} & offer.keys() == set()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 81}, "title"),
        ({"description": "x" * 500_001}, "description"),
        ({"offers": ()}, "offers"),
        ({"offers": (RemoteOffer("", "A", None),)}, "price"),
        ({"offers": (RemoteOffer("", "A", Money(0, "USD")),)}, "price"),
        ({"offers": (RemoteOffer("", "A", Money(100, "GBP")),)}, "price"),
        ({"offers": (RemoteOffer("", "A" * 51, Money(100, "USD")),)}, "sku"),
        ({"offers": (RemoteOffer("", "A", Money(100, "USD"), None),)}, "quantity"),
        ({"images": ()}, "images"),
        ({"images": ("http://x.example/a.jpg",)}, "images"),
        ({"images": ("https://x.example/a.jpg",) * 25}, "images"),
        ({"fields": {"condition": "USED"}}, "condition"),
        ({"fields": {"aspects": {"Artist": "x" * 66}}}, "aspects"),
        ({"offers": (RemoteOffer("", "A", Money(1, "USD")), RemoteOffer("", "B", Money(1, "USD")))}, "offers"),
    ],
)
def test_what_keeps_a_draft_off_ebay_is_named(changes: dict[str, Any], field: str) -> None:
    assert [each.field for each in mapping.unfit(a_draft(**changes), US, sandbox=False)] == [field]


def test_a_draft_that_fits_has_nothing_to_say() -> None:
    assert mapping.unfit(a_draft(), US, sandbox=False) == []


def test_aspects_of_a_draft_win_over_what_the_title_says() -> None:
    wanted = specifics.wanted(
        a_draft(fields={"aspects": {"Artist": "CAN", "Genre": ["Rock", "Krautrock"], "Empty": ""}})
    )
    assert (wanted["Artist"], wanted["Genre"], wanted["Release Title"]) == (
        ["CAN"],
        ["Rock", "Krautrock"],
        ["Ege Bamyasi"],
    )
    assert "Empty" not in wanted


def test_an_order_is_read() -> None:
    read_order = ordering.from_json(order())
    assert read_order
    assert (read_order.id, read_order.state, read_order.status) == ("17-11873-45021", "paid", "PAID / NOT_STARTED")
    (line,) = read_order.lines
    assert (line.listing, line.offer, line.sku, line.quantity) == ("256104310017", "", "GSE-000001", 2)
    assert line.price == Money(2450, "USD")
    assert (read_order.total, read_order.shipping, read_order.fee) == (
        *(Money(5395, "USD"), Money(495, "USD")),
        Money(742, "USD"),
    )
    assert (read_order.buyer, read_order.buyer_name) == ("needle.drop", "Ines Okafor")
    assert read_order.address == {
        "full_name": "Ines Okafor",
        "line1": "14 Larch Row",
        "city": "Chicago",
        "state": "IL",
        "postal_code": "60699",
        "country": "US",
        "phone": "+1 555 0100",
    }


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"orderPaymentStatus": "PENDING"}, "open"),
        ({"orderPaymentStatus": "FAILED"}, "open"),
        ({"orderPaymentStatus": "FULLY_REFUNDED"}, "completed"),
        ({"orderPaymentStatus": "PARTIALLY_REFUNDED"}, "paid"),
        ({"orderPaymentStatus": "SOMETHING_NEW"}, "open"),
        ({"orderFulfillmentStatus": "FULFILLED"}, "shipped"),
        ({"orderFulfillmentStatus": "IN_PROGRESS"}, "paid"),
        ({"cancelStatus": {"cancelState": "IN_PROGRESS"}}, "paid"),
        ({"cancelStatus": {"cancelState": "CANCELED"}, "orderFulfillmentStatus": "FULFILLED"}, "cancelled"),
    ],
)
def test_order_states(changes: dict[str, Any], state: str) -> None:
    found = ordering.from_json(order(**changes))
    assert found
    assert found.state == state


def test_a_line_of_a_variation_names_it_as_the_listing_does() -> None:
    line = order()["lineItems"][0] | {"legacyVariationId": "5500", "variationAspects": [{"name": "Size", "value": "S"}]}
    found = ordering.from_json(order(lineItems=[line]))
    assert found
    assert found.lines[0].offer == "GSE-000001"
    nameless = ordering.from_json(order(lineItems=[{**line, "sku": None}]))
    assert nameless
    assert nameless.lines[0].offer == "Size=S"


def test_a_parcel_without_a_number_has_none() -> None:
    href = "https://api.ebay.com/sell/fulfillment/v1/order/1/shipping_fulfillment/"
    assert ordering.tracking_of([f"{href}9999999999"]) == ""
    assert ordering.tracking_of([f"{href}1Z999"]) == "1Z999"
    assert ordering.tracking_of(None) == ""


def test_what_a_buyer_no_longer_tells_is_no_trouble() -> None:
    bare = {name: order()[name] for name in ("orderId", "creationDate", "lineItems")}
    found = ordering.from_json(bare)
    assert found
    assert (found.address, found.buyer, found.total, found.state) == ({}, "", None, "open")


def test_an_order_without_id_or_time_is_none() -> None:
    assert ordering.from_json(order(orderId="")) is None
    assert ordering.from_json(order(creationDate="yesterday")) is None


def test_half_characters_and_nul_go_where_no_database_keeps_them() -> None:
    told = json.loads('"Ka\\ud83dte\\u0000 "')
    read = ordering.from_json(order(buyer={"username": told}))
    assert read
    assert (read.buyer, read.buyer_name.isascii()) == ("Ka?te", True)


@given(JSON)
def test_no_order_and_no_offer_breaks_the_reading(told: Any) -> None:
    row = told if isinstance(told, dict) else {"lineItems": told, "buyer": told, "pricingSummary": told}
    base = {"orderId": "1", "creationDate": "2026-11-20T09:30:00.000Z"}
    assert ordering.from_json({**row, **base})
    assert mapping.from_offer({**row, "offerId": "1", "pricingSummary": told, "listing": told}, {"product": told})
    mapping.account({"userId": "x", "registrationMarketplaceId": told, "status": told, "username": told})


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_item_breaks_the_reading(text: str, other: str) -> None:
    node = item()
    for child in node.iter():
        if not len(child) and child.tag != "ItemID":
            child.text = text if len(child.tag) % 2 else other
    assert items.read(node)
