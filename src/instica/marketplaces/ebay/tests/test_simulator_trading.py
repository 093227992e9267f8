"""The simulated Trading API: 200 whatever came of it, caps and windows, limits by call name, and its refusals."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from instica.core import clock
from instica.marketplaces.ebay.simulator.trading import reading
from instica.marketplaces.ebay.tests.visiting import FIRST, failure, visit

ITEM = """<Item><Title>Can - Landed</Title><Description>Plays well.</Description>
<PrimaryCategory><CategoryID>176985</CategoryID></PrimaryCategory><StartPrice currencyID="USD">18.5</StartPrice>
<ConditionID>3000</ConditionID><Currency>USD</Currency><ListingDuration>GTC</ListingDuration><Quantity>2</Quantity>
<SKU>T-1</SKU><PictureDetails><PictureURL>https://i.ebayimg.com/a.jpg</PictureURL></PictureDetails>
<SellerProfiles><SellerShippingProfile><ShippingProfileID>6196932000</ShippingProfileID></SellerShippingProfile>
<SellerReturnProfile><ReturnProfileID>6196947000</ReturnProfileID></SellerReturnProfile>
<SellerPaymentProfile><PaymentProfileID>6196944000</PaymentProfileID></SellerPaymentProfile></SellerProfiles>
</Item>"""


def stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def paged(page: int, size: int = 10) -> str:
    paging = f"<Pagination><EntriesPerPage>{size}</EntriesPerPage><PageNumber>{page}</PageNumber></Pagination>"
    return f"<ActiveList><Include>true</Include>{paging}</ActiveList>"


def ids(root: object) -> list[str]:
    return [node.text for node in root.findall(".//ItemArray/Item/ItemID")]  # type: ignore[attr-defined]


def test_beyond_the_last_page_the_list_repeats_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LAST_PAGE", 2)
    here = visit(listings=50)
    second, third = (here.trading("GetMyeBaySelling", paged(page)) for page in (2, 3))
    assert ids(second) == ids(third)
    assert second.findtext("ActiveList/PaginationResult/TotalNumberOfEntries") == "50"


def test_a_row_of_the_list_has_no_details() -> None:
    row = visit(listings=30).trading("GetMyeBaySelling", paged(1, 1)).find(".//Item")
    assert row is not None
    missing = ("Description", "ItemSpecifics", "ConditionID", "PictureDetails/PictureURL")
    assert [row.find(path) for path in missing] == [None] * 4
    assert row.findtext("QuantityAvailable") == "1"


@pytest.mark.parametrize(
    ("call", "inside", "code"),
    [
        ("GetMyeBaySelling", paged(1, 201), "37"),
        ("GetItem", "<ItemID>1</ItemID>", "17"),
        ("GetItem", "", "17"),
        ("Nonsense", "", "2"),
        ("EndFixedPriceItem", f"<ItemID>{FIRST}</ItemID>", "37"),
        ("EndFixedPriceItem", f"<ItemID>{FIRST}</ItemID><EndingReason>Because</EndingReason>", "37"),
        ("ReviseInventoryStatus", "", "21916608"),
        ("AddFixedPriceItem", "", "37"),
        ("AddFixedPriceItem", ITEM.replace("18.5", "0"), "73"),
        ("AddFixedPriceItem", ITEM.replace("176985", "1"), "87"),
        ("AddFixedPriceItem", ITEM.replace("3000", "4000"), "21916884"),
        ("AddFixedPriceItem", ITEM.replace('currencyID="USD"', 'currencyID="GBP"'), "21917150"),
        ("AddFixedPriceItem", ITEM.replace("https://", "http://"), "21917020"),
        ("AddFixedPriceItem", ITEM.replace("6196932000", "1"), "21919456"),
        ("RelistFixedPriceItem", f"<Item><ItemID>{FIRST}</ItemID></Item>", "19"),
    ],
)
def test_refusals_are_told_inside_a_200(call: str, inside: str, code: str) -> None:
    here = visit(odd=False)
    here.simulator.site.shelf.change(here.simulator.site.shelf.at(0), model="trading", offer="")
    before = here.told("listings")
    assert failure(here.trading(call, inside)) == ("Failure", code)
    assert here.told("listings") == before


def test_every_reason_is_told_at_once() -> None:
    root = visit().trading("AddFixedPriceItem", ITEM.replace("18.5", "0").replace("176985", "1"))
    assert [node.text for node in root.findall("Errors/ErrorCode")] == ["87", "73"]


@pytest.mark.parametrize(("token", "code"), [("", "931"), ("nobody", "21916984")])
def test_tokens_that_are_none(token: str, code: str) -> None:
    assert failure(visit().trading("GetUser", token=token)) == ("Failure", code)


def test_what_is_no_xml_is_told() -> None:
    here = visit()
    headers = {"X-EBAY-API-CALL-NAME": "GetUser", "X-EBAY-API-IAF-TOKEN": "sandbox-token"}
    answer = here.client.post("/ws/api.dll", content=b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', headers=headers)
    assert (answer.status_code, b"<ErrorCode>5</ErrorCode>" in answer.content) == (200, True)


@pytest.mark.parametrize(("days", "code"), [(119, None), (120, "36"), (-1, "37")])
def test_a_window_of_the_seller_list_is_less_than_120_days(days: int, code: str | None) -> None:
    start = clock.now()
    window = f"<EndTimeFrom>{stamp(start)}</EndTimeFrom><EndTimeTo>{stamp(start + dt.timedelta(days=days))}</EndTimeTo>"
    paging = "<Pagination><EntriesPerPage>200</EntriesPerPage><PageNumber>1</PageNumber></Pagination>"
    root = visit(listings=30).trading("GetSellerList", f"{window}{paging}")
    assert failure(root) == ("Failure" if code else "Success", code)
    assert code or len(ids(root)) == 30


def test_events_reach_two_days() -> None:
    here = visit(listings=30)
    since = clock.now() - dt.timedelta(minutes=1)
    here.control("end", {"listing_id": FIRST})
    root = here.trading("GetSellerEvents", f"<ModTimeFrom>{stamp(since)}</ModTimeFrom>")
    assert ids(root) == [str(FIRST)]
    assert root.findtext(".//ListingStatus") == "Ended"
    long_ago = f"<ModTimeFrom>{stamp(since - dt.timedelta(hours=49))}</ModTimeFrom>"
    assert failure(here.trading("GetSellerEvents", long_ago)) == ("Failure", "36")


def test_a_listing_is_renewed_every_month_under_its_number() -> None:
    here = visit(listings=30)
    asked = f"<ItemID>{FIRST}</ItemID>"
    first = here.trading("GetItem", asked).findtext("Item/ListingDetails/EndTime") or ""
    here.control("clock", {"advance": 31 * 86_400})
    second = here.trading("GetItem", asked).findtext("Item/ListingDetails/EndTime") or ""
    assert dt.datetime.fromisoformat(second) - dt.datetime.fromisoformat(first) >= dt.timedelta(days=30)


def test_four_are_set_or_none() -> None:
    here = visit(listings=0)
    first, second = (here.trading("AddFixedPriceItem", ITEM).findtext("ItemID") for _ in range(2))
    here.control("end", {"listing_id": int(second or 0)})
    rows = "".join(
        f"<InventoryStatus><ItemID>{number}</ItemID><Quantity>7</Quantity></InventoryStatus>"
        for number in (first, second)
    )
    assert failure(here.trading("ReviseInventoryStatus", rows)) == ("Failure", "291")
    assert here.listing(first)["quantity"] == 2


def test_nothing_left_is_refused_without_that_preference() -> None:
    here = visit(listings=0)
    here.control("switches", {"out_of_stock_control": False})
    number = here.trading("AddFixedPriceItem", ITEM).findtext("ItemID")
    row = f"<InventoryStatus><ItemID>{number}</ItemID><Quantity>0</Quantity></InventoryStatus>"
    assert failure(here.trading("ReviseInventoryStatus", row)) == ("Failure", "515")
    assert here.listing(number)["quantity"] == 2


def test_the_same_mark_is_refused_and_names_the_first() -> None:
    here = visit(listings=0)
    marked = ITEM.replace("<Title>", f"<UUID>{'A' * 32}</UUID><Title>")
    number = here.trading("AddFixedPriceItem", marked).findtext("ItemID")
    again = here.trading("AddFixedPriceItem", marked)
    assert failure(again) == ("Failure", "488")
    assert str(number) in (again.findtext("Errors/LongMessage") or "")
    assert len(here.told("listings")["listings"]) == 1


def test_what_the_inventory_api_owns_can_be_read_and_ended_but_not_revised() -> None:
    here = visit(listings=0)
    here.item("A")
    offer = here.offer("A").json()["offerId"]
    number = here.publish(offer).json()["listingId"]
    revised = here.trading("ReviseFixedPriceItem", f"<Item><ItemID>{number}</ItemID><Title>x</Title></Item>")
    assert failure(revised) == ("Failure", "21919474")
    assert here.trading("GetItem", f"<ItemID>{number}</ItemID>").findtext("Item/Title") == "Can - Future Days"
    ended = here.trading("EndFixedPriceItem", f"<ItemID>{number}</ItemID><EndingReason>NotAvailable</EndingReason>")
    assert failure(ended) == ("Success", None)
    assert here.get(f"/sell/inventory/v1/offer/{offer}").json()["status"] == "UNPUBLISHED"


def test_each_call_has_five_thousand_a_day() -> None:
    here = visit(listings=30, limits=True)
    limits, day = here.simulator.site.limits, int(clock.now().timestamp()) // 86_400
    limits.calls[("GetItem/86400", day)] = 5_000
    assert failure(here.trading("GetItem", f"<ItemID>{FIRST}</ItemID>")) == ("Failure", "518")
    assert failure(here.trading("GetUser")) == ("Success", None)
    here.control("clock", {"advance": 86_400})
    assert failure(here.trading("GetItem", f"<ItemID>{FIRST}</ItemID>")) == ("Success", None)


def test_bursts_are_short() -> None:
    here = visit(listings=30, limits=True)
    with time_machine.travel(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC), tick=False) as now:
        answers = [failure(here.trading("GetMyeBaySelling", paged(1, 1)))[1] for _ in range(301)]
        assert (answers.count(None), answers[-1]) == (300, "518")
        now.shift(15)
        assert failure(here.trading("GetMyeBaySelling", paged(1, 1))) == ("Success", None)


def test_the_active_list_may_lag() -> None:
    here = visit(listings=30)
    here.control("end", {"listing_id": FIRST})
    here.control("switches", {"stale_active_list": 1})
    assert str(FIRST) in ids(here.trading("GetMyeBaySelling", paged(1, 200)))


def test_several_are_ended_each_by_itself() -> None:
    here = visit(listings=30)
    rows = "".join(
        f"<EndItemRequestContainer><MessageID>{n}</MessageID><ItemID>{number}</ItemID>"
        "<EndingReason>NotAvailable</EndingReason></EndItemRequestContainer>"
        for n, number in enumerate((FIRST, 1))
    )
    root = here.trading("EndItems", rows)
    assert [node.findtext("Errors/ErrorCode") for node in root.findall("EndItemResponseContainer")] == [None, "17"]
    assert here.listing(FIRST)["status"] == "Ended"
