"""ebaysdk reads, lists, revises and ends by Trading at the simulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ebaysdk.exception import ConnectionError as Refusal
from ebaysdk.trading import Connection

from tests.clients.ebay import FIRST, Served, served


@pytest.fixture(scope="module")
def shop() -> Iterator[Served]:
    """One served shop for all tests of this client."""
    with served() as found:
        yield found


def pointed(shop: Served, token: str) -> Connection:
    """The client with a token; it insists on names for the app that eBay does not look at beside one."""
    names = {"appid": "sandbox", "devid": "-", "certid": "-"}
    made = Connection(domain=shop.place, iaf_token=token, config_file=None, siteid="0", **names)
    made.config.set("https", False, force=True)
    return made


@pytest.fixture
def client(shop: Served) -> Connection:
    """The client, with nothing changed but the host."""
    shop.control("reset", seed=3, listings=60, odd=False)
    return pointed(shop, "sandbox-token")


def record(**more: Any) -> dict[str, Any]:
    """A record to list."""
    specifics = [{"Name": "Artist", "Value": "Can"}, {"Name": "Record Grading", "Value": "Very Good Plus (VG+)"}]
    profiles = {
        "SellerShippingProfile": {"ShippingProfileID": "6196932000"},
        "SellerPaymentProfile": {"PaymentProfileID": "6196944000"},
        "SellerReturnProfile": {"ReturnProfileID": "6196947000"},
    }
    item = {
        "Title": "Can - Ege Bamyasi",
        "Description": "<![CDATA[<p>Plays well.</p>]]>",
        "PrimaryCategory": {"CategoryID": "176985"},
        "StartPrice": "24.5",
        "ConditionID": "3000",
        "Country": "US",
        "Currency": "USD",
        "ListingDuration": "GTC",
        "ListingType": "FixedPriceItem",
        "Quantity": "2",
        "SKU": "SDK-1",
        "PictureDetails": {"PictureURL": ["https://i.ebayimg.com/images/g/SDK/s-l1600.jpg"]},
        "ItemSpecifics": {"NameValueList": specifics},
        "SellerProfiles": profiles,
    }
    return {"Item": item | more}


def test_it_walks_what_is_on_sale(client: Connection) -> None:
    paging = {"EntriesPerPage": 25, "PageNumber": 3}
    answer = client.execute("GetMyeBaySelling", {"ActiveList": {"Include": True, "Pagination": paging}}).reply
    assert (answer.Ack, answer.ActiveList.PaginationResult.TotalNumberOfEntries) == ("Success", "60")
    assert len(answer.ActiveList.ItemArray.Item) == 10


def test_a_listing_lives_and_dies(client: Connection) -> None:
    number = client.execute("AddFixedPriceItem", record()).reply.ItemID
    stock = {"InventoryStatus": {"ItemID": number, "Quantity": 1, "StartPrice": 22}}
    client.execute("ReviseInventoryStatus", stock)
    client.execute("ReviseFixedPriceItem", {"Item": {"ItemID": number, "Title": "Can - Ege Bamyasi LP"}})
    asked = {"ItemID": number, "DetailLevel": "ReturnAll", "IncludeItemSpecifics": True}
    seen = client.execute("GetItem", asked).reply.Item
    assert (seen.Title, seen.Quantity, seen.StartPrice.value, seen.SKU) == (
        "Can - Ege Bamyasi LP",
        "1",
        "22.0",
        "SDK-1",
    )
    assert seen.ItemSpecifics.NameValueList[1].Value == "Very Good Plus (VG+)"
    client.execute("EndFixedPriceItem", {"ItemID": number, "EndingReason": "NotAvailable"})
    assert client.execute("GetItem", {"ItemID": number}).reply.Item.SellingStatus.ListingStatus == "Ended"
    with pytest.raises(Refusal, match="already been closed"):
        client.execute("EndFixedPriceItem", {"ItemID": number, "EndingReason": "NotAvailable"})
    again = client.execute("RelistFixedPriceItem", {"Item": {"ItemID": number}}).reply.ItemID
    assert again != number


def test_a_refusal_is_in_their_words(client: Connection) -> None:
    with pytest.raises(Refusal, match="The category is not valid"):
        client.execute("AddFixedPriceItem", record(PrimaryCategory={"CategoryID": "1"}))
    assert client.execute("VerifyAddFixedPriceItem", record()).reply.Fees.Fee[3].Name == "ListingFee"


def test_the_same_mark_lists_once(client: Connection) -> None:
    mark = "0123456789ABCDEF0123456789ABCDEF"
    number = client.execute("AddFixedPriceItem", record(UUID=mark)).reply.ItemID
    with pytest.raises(Refusal, match=f"item ID={number}"):
        client.execute("AddFixedPriceItem", record(UUID=mark))


def test_orders_are_read_and_shipped(client: Connection, shop: Served) -> None:
    number = shop.control("buy", listing_id=FIRST, quantity=1)["order_id"]
    found = client.execute("GetOrders", {"NumberOfDays": 1}).reply.OrderArray.Order
    order = found[0] if isinstance(found, list) else found
    assert (order.OrderID, order.TransactionArray.Transaction[0].Item.ItemID) == (number, str(FIRST))
    parcel = {"ShipmentTrackingNumber": "RR123", "ShippingCarrierUsed": "USPS"}
    client.execute(
        "CompleteSale", {"OrderID": number, "Shipped": True, "Shipment": {"ShipmentTrackingDetails": parcel}}
    )
    assert shop.told("orders")["orders"][-1]["status"] == "FULFILLED"


def test_a_dead_token_is_refused(shop: Served) -> None:
    with pytest.raises(Refusal, match="Invalid IAF token"):
        pointed(shop, "nobody").execute("GetUser", {})
