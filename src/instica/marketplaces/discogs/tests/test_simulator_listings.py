"""One listing at the simulator: creating, editing, deleting, and every odd rule of the site."""

from __future__ import annotations

from typing import Any

import pytest

from instica.marketplaces.discogs.tests.visiting import APP, FIRST, NOBODY, ORIGIN, RELEASE, STRANGER, said, visit

GONE = (404, "Item not found. It may have been deleted.")
NOT_YOURS = (403, "You don't have permission to access this resource.")
SIGN_IN = (401, "You must authenticate to access this resource.")


def path(listing_id: int) -> str:
    """Where a listing lives."""
    return f"/marketplace/listings/{listing_id}"


def test_what_is_left_out_gets_its_default() -> None:
    """And the answer holds the id and the address alone."""
    shop = visit()
    body = {"release_id": RELEASE, "condition": "Mint (M)", "price": 20}
    answer = shop.post("/marketplace/listings", json=body)
    made = answer.json()["listing_id"]
    assert (answer.status_code, answer.json()) == (201, {"listing_id": made, "resource_url": f"{ORIGIN}{path(made)}"})
    row = shop.listing(made)
    seen = {name: row[name] for name in ("status", "sleeve_condition", "comments", "external_id", "allow_offers")}
    assert seen == {
        "status": "For Sale",
        "sleeve_condition": "Not Graded",
        "comments": "",
        "external_id": "",
        "allow_offers": False,
    }
    assert (row["weight"], row["estimated_weight"], row["format_quantity"]) == (230.0, 230, 1)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"release_id": 1}, (422, "Invalid release_id: release not found.")),
        ({"release_id": 0}, (422, "Invalid release_id: release not found.")),
        ({"release_id": -1}, (422, "Invalid release_id: release not found.")),
        ({"price": 0}, (422, "Invalid price: expected float.")),
        ({"price": "free"}, (422, "Invalid price: expected float.")),
        ({"format_quantity": -1}, (400, "Format quantity cannot be negative")),
        ({"status": "Sold"}, (422, "Invalid status: expected one of For Sale, Draft.")),
    ],
)
def test_a_creation_is_refused(fields: dict[str, Any], refused: tuple[int, str]) -> None:
    """In the site's words, and nothing is there afterwards."""
    shop = visit(5)
    body = {"release_id": RELEASE, "condition": "Mint (M)", "price": 20.0, "status": "For Sale", **fields}
    assert said(shop.post("/marketplace/listings", json=body)) == refused
    assert len(shop.told("listings")["listings"]) == 5


def test_a_condition_is_spelled_exactly() -> None:
    """The list is in the message."""
    status, text = said(
        visit().post("/marketplace/listings", json={"release_id": RELEASE, "condition": "VG+", "price": 2})
    )
    assert (status, text[:43]) == (422, "Invalid condition: expected one of Mint (M)")


@pytest.mark.parametrize(
    ("sent", "field", "kept"),
    [
        ({"price": -12.5}, "price", {"currency": "USD", "value": 12.5}),
        ({"weight": 0}, "weight", 230.0),
        ({"weight": -5}, "weight", 230.0),
        ({"weight": "auto"}, "weight", 230.0),
        ({"weight": 300}, "weight", 300.0),
        ({"format_quantity": 0}, "format_quantity", 1),
        ({"format_quantity": "auto"}, "format_quantity", 1),
        ({"format_quantity": 3}, "format_quantity", 3),
    ],
)
def test_a_creation_is_bent(sent: dict[str, Any], field: str, kept: Any) -> None:
    """Silently."""
    shop = visit()
    assert shop.listing(shop.new(**sent))[field] == kept


@pytest.mark.parametrize(
    ("sent", "field", "kept"),
    [
        ({"comments": ""}, "comments", ""),
        ({"comments": None}, "comments", "as new"),
        ({"external_id": ""}, "external_id", ""),
        ({"location": ""}, "location", ""),
        ({"weight": 0}, "weight", 400.0),
        ({"weight": -1}, "weight", 230.0),
        ({"format_quantity": 0}, "format_quantity", 1),
        ({"price": -9}, "price", {"currency": "USD", "value": 9.0}),
        ({"release_id": 0}, "external_id", "X-1"),
        ({"release_id": -1}, "external_id", "X-1"),
        ({"status": "Draft"}, "status", "Draft"),
    ],
)
def test_an_edit_changes_what_was_sent(sent: dict[str, Any], field: str, kept: Any) -> None:
    """Nulls keep, empty strings clear, zeros have their own ways."""
    shop = visit()
    made = shop.new(comments="as new", external_id="X-1", location="A1", weight=400, format_quantity=2)
    before = shop.listing(made)
    answer = shop.post(path(made), json=sent)
    after = shop.listing(made)
    assert (answer.status_code, answer.content) == (204, b"")
    assert after[field] == kept
    unchanged = set(before) - {field, "original_price"}
    assert {name: before[name] for name in unchanged} == {name: after[name] for name in unchanged}


@pytest.mark.parametrize("sent", [{"price": 0}, {"format_quantity": -2}, {"release_id": 5}, {"condition": "Fine"}])
def test_an_edit_is_refused_whole(sent: dict[str, Any]) -> None:
    """Nothing of it is kept."""
    shop = visit()
    made = shop.new(comments="as new")
    assert shop.post(path(made), json={"comments": "changed", **sent}).status_code in {400, 422}
    assert shop.listing(made)["comments"] == "as new"


@pytest.mark.parametrize("status", ["Sold", "Suspended", "Violation"])
def test_what_is_closed_can_only_be_deleted(status: str) -> None:
    """Editing is refused with the status the switch says."""
    shop = visit()
    shop.control("edit", {"listing_id": FIRST, "status": status})
    assert shop.post(path(FIRST), json={"status": "For Sale"}).status_code == 403
    shop.control("switches", {"closed_edit": 422})
    assert shop.post(path(FIRST), json={"status": "For Sale"}).status_code == 422
    assert shop.listing(FIRST)["status"] == status
    assert shop.call("DELETE", path(FIRST)).status_code == 204


def test_the_expired_may_come_back() -> None:
    """By an edit."""
    shop = visit()
    shop.control("edit", {"listing_id": FIRST, "status": "Expired"})
    assert shop.post(path(FIRST), json={"status": "For Sale"}).status_code == 204
    assert shop.listing(FIRST)["status"] == "For Sale"


def test_the_deleted_are_gone() -> None:
    """For reading, editing and deleting again."""
    shop = visit()
    assert shop.call("DELETE", path(FIRST)).status_code == 204
    for method in ("GET", "POST", "DELETE"):
        assert said(shop.call(method, path(FIRST), json={"price": 2})) == GONE
    assert said(shop.get("/marketplace/listings/not-a-number")) == GONE


def test_others_may_not_touch_it() -> None:
    """Without a person 401, as another one 403; the listing stays as it was."""
    shop = visit()
    before = shop.listing(FIRST)
    for who, refused in ((NOBODY, SIGN_IN), (APP, SIGN_IN), (STRANGER, NOT_YOURS)):
        assert said(shop.post(path(FIRST), who, json={"price": 1})) == refused
        assert said(shop.call("DELETE", path(FIRST), who)) == refused
    assert said(shop.post("/marketplace/listings", NOBODY, json={})) == SIGN_IN
    assert shop.listing(FIRST) == before


def test_a_draft_is_its_owners_alone() -> None:
    """Nobody: 401. A stranger: 403."""
    shop = visit()
    made = shop.new(status="Draft")
    assert said(shop.get(path(made), NOBODY)) == SIGN_IN
    assert said(shop.get(path(made), STRANGER)) == NOT_YOURS


def test_a_sold_one_is_seen_or_not() -> None:
    """Nobody knows; hence a switch."""
    shop = visit()
    shop.control("buy", {"listing_id": FIRST + 7})
    assert shop.get(path(FIRST + 7), STRANGER).status_code == 200
    shop.control("switches", {"sold_visible": False})
    assert said(shop.get(path(FIRST + 7), STRANGER)) == NOT_YOURS


def test_prices_are_converted_for_the_anonymous() -> None:
    """Into dollars, or what was asked for; the original stays exact."""
    shop = visit()
    shop.control("shop", {"currency": "EUR"})
    made = shop.new(price=10)
    assert shop.listing(made)["price"] == {"currency": "EUR", "value": 10.0}
    seen = shop.get(path(made), NOBODY).json()
    assert seen["price"] == {"currency": "USD", "value": 10.8}
    assert seen["original_price"] == {"curr_abbr": "EUR", "curr_id": 3, "formatted": "€10.00", "value": 10.0}
    assert shop.get(path(made), params={"curr_abbr": "JPY"}).json()["price"]["currency"] == "JPY"
    assert seen["release"]["images"] != []


@pytest.mark.parametrize(
    ("switch", "text"),
    [
        ({"seller_settings": False}, "You must fill out your seller settings first."),
        ({"account_suspended": True}, "Your seller account is suspended."),
    ],
)
def test_a_seller_who_may_not_sell(switch: dict[str, bool], text: str) -> None:
    """Is told why."""
    shop = visit()
    shop.control("switches", switch)
    assert said(shop.post("/marketplace/listings", json={"release_id": RELEASE})) == (403, text)


def test_a_blocked_release_cannot_be_listed() -> None:
    """With the status the switch says."""
    shop = visit()
    shop.control("block", {"release_id": RELEASE})
    shop.control("switches", {"blocked_release": 422})
    body = {"release_id": RELEASE, "condition": "Mint (M)", "price": 2.0}
    assert said(shop.post("/marketplace/listings", json=body))[0] == 422
    assert shop.get(f"/releases/{RELEASE}").json()["blocked_from_sale"] is True


@pytest.mark.parametrize("content", [b"{", b"[]", b'"x"'])
def test_a_body_that_is_no_object_is_refused(content: bytes) -> None:
    """400, and nothing is made."""
    shop = visit(5)
    assert shop.post("/marketplace/listings", content=content).status_code == 400
    assert len(shop.told("listings")["listings"]) == 5


def test_nobody_can_ask_who_sells_a_release() -> None:
    """405, naming what is allowed."""
    answer = visit().get("/marketplace/listings", params={"release_id": RELEASE})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
