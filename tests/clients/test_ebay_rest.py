"""ebay_rest authorises, reads, lists, withdraws and ships by REST at the simulator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from ebay_rest import API, Error, token
from ebay_rest.api import commerce_identity, sell_fulfillment, sell_inventory

from tests.clients.ebay import FIRST, RU_NAME, Served, served

SCOPE = "https://api.ebay.com/oauth/api_scope"
SCOPES = [SCOPE, *(f"{SCOPE}/{each}" for each in ("sell.inventory", "sell.account", "sell.fulfillment"))]
SCOPES.append(f"{SCOPE}/commerce.identity.readonly")
APP = ("sandbox", "sandbox-secret")
POLICIES = {"fulfillmentPolicyId": "6196932000", "paymentPolicyId": "6196944000", "returnPolicyId": "6196947000"}
JSON = "application/json"


@pytest.fixture(scope="module")
def shop() -> Iterator[Served]:
    """One served shop for all tests of this client."""
    with served() as found:
        yield found


@pytest.fixture
def client(shop: Served, monkeypatch: pytest.MonkeyPatch) -> API:
    """The client, authorised by the consent page, with nothing changed but the hosts."""
    shop.control("reset", seed=3, listings=60, odd=False)
    for api in (commerce_identity, sell_fulfillment, sell_inventory):
        there = api.Configuration()
        there.host = f"{shop.url}{{basePath}}"
        monkeypatch.setattr(api.Configuration, "_default", there)
    monkeypatch.setattr(token._OAuth2Api, "_get_endpoint", lambda self: f"{shop.url}/identity/v1/oauth2/token")
    oauth = token._OAuth2Api(False, *APP, RU_NAME)
    held = oauth.exchange_code_for_access_token(shop.consent(oauth.generate_user_authorization_url(SCOPES)))
    assert held.error is None
    application = {"app_id": APP[0], "cert_id": APP[1], "dev_id": "", "redirect_uri": RU_NAME}
    until = (dt.datetime.now(dt.UTC) + dt.timedelta(days=500)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    user = {"email_or_username": "-", "password": "-", "scopes": SCOPES}
    user |= {"refresh_token": held.refresh_token, "refresh_token_expiry": until}
    header = {"accept_language": "en-US", "content_language": "en-US", "country": "US", "currency": "USD"}
    return API(application=application, user=user, header={**header, "marketplace_id": "EBAY_US"})


def records(pages: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows among what it yields."""
    return [row["record"] for row in pages if "record" in row]


def test_it_knows_who_connected(client: API) -> None:
    assert client.commerce_identity_get_user()["username"] == "greenstreet-records"


def test_it_reads_the_shop(client: API) -> None:
    rows = records(client.sell_inventory_get_inventory_items())
    (offer,) = records(client.sell_inventory_get_offers(sku=rows[0]["sku"]))
    assert (offer["status"], offer["pricing_summary"]["price"]["currency"]) == ("PUBLISHED", "USD")


def test_a_listing_lives_and_dies(client: API, shop: Served) -> None:
    product = {"title": "Can - Soon Over Babaluma", "description": "Plays well.", "aspects": {"Artist": ["Can"]}}
    product["imageUrls"] = ["https://i.ebayimg.com/images/g/REST/s-l1600.jpg"]
    stock = {"shipToLocationAvailability": {"quantity": 1}}
    item = {"availability": stock, "condition": "USED_EXCELLENT", "product": product}
    client.sell_inventory_create_or_replace_inventory_item(item, "en-US", JSON, "REST-1")
    offer = {
        "sku": "REST-1",
        "marketplaceId": "EBAY_US",
        "format": "FIXED_PRICE",
        "availableQuantity": 1,
        "categoryId": "176985",
        "listingPolicies": POLICIES,
        "merchantLocationKey": "greenstreet-pdx",
        "pricingSummary": {"price": {"value": "19.50", "currency": "USD"}},
    }
    number = client.sell_inventory_create_offer(offer, "en-US", JSON)["offer_id"]
    with pytest.raises(Error) as refusal:
        client.sell_inventory_create_offer(offer, "en-US", JSON)
    assert "25002" in refusal.value.detail
    listing = client.sell_inventory_publish_offer(number)["listing_id"]
    assert client.sell_inventory_get_offer(number)["listing"]["listing_status"] == "ACTIVE"
    dearer = {"requests": [{"sku": "REST-1", "offers": [{"offerId": number, "availableQuantity": 1}]}]}
    dearer["requests"][0]["offers"][0]["price"] = {"value": "21.00", "currency": "USD"}  # type: ignore[index]
    client.sell_inventory_bulk_update_price_quantity(dearer, JSON)
    row = next(row for row in shop.told("listings")["listings"] if str(row["listing_id"]) == listing)
    assert (row["price"], row["status"]) == ("21.00", "Active")
    assert client.sell_inventory_withdraw_offer(number)["listing_id"] == listing
    assert client.sell_inventory_get_offer(number)["status"] == "UNPUBLISHED"


def test_an_order_is_read_and_shipped(client: API, shop: Served) -> None:
    number = shop.control("buy", listing_id=FIRST, quantity=1)["order_id"]
    (order,) = records(client.sell_fulfillment_get_orders())
    assert (order["order_id"], order["line_items"][0]["legacy_item_id"]) == (number, str(FIRST))
    parcel = {"trackingNumber": "RR123", "shippingCarrierCode": "USPS", "lineItems": []}
    client.sell_fulfillment_create_shipping_fulfillment(parcel, JSON, number)
    shipped = client.sell_fulfillment_get_order(number)
    assert shipped["order_fulfillment_status"] == "FULFILLED"
