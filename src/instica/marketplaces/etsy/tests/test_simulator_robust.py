"""Whatever is sent, the simulator answers as a marketplace would: never with a failure of its own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instica.marketplaces.etsy.tests.visiting import FIRST, SHOP, visit

PATHS = (
    f"/listings/{FIRST}",
    f"/listings/{FIRST}/inventory",
    f"/listings/{FIRST}/images",
    "/listings/batch",
    "/listings/batch/inventory",
    "/users/me",
    "/users/x",
    "/scopes",
    f"{SHOP}/listings",
    f"{SHOP}/listings/{FIRST}",
    f"{SHOP}/listings/{FIRST}/images",
    f"{SHOP}/receipts",
    f"{SHOP}/receipts/1/tracking",
    f"{SHOP}/shop-sections/listings",
    "/v3/public/oauth/token",
)
NAMES = "listing_ids includes limit offset state min_created sort_on shop_section_ids max_variations_supported".split()
FIELDS = "title price quantity tags products state image_ids type when_made grant_type client_id image rank".split()
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.just(str(FIRST))
)
VALUES = ODD | st.lists(ODD, max_size=3) | st.dictionaries(st.sampled_from(["sku", "offerings"]), ODD, max_size=2)


@settings(deadline=None)
@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    st.sampled_from(PATHS),
    st.dictionaries(st.sampled_from(NAMES), st.text(max_size=12), max_size=3),
    st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=4),
    st.booleans(),
)
def test_every_call_has_an_answer(method: str, path: str, query: dict[str, str], body: Any, form: bool) -> None:
    sent = {"data": {name: str(value) for name, value in body.items()}} if form else {"json": body}
    answer = visit(10).call(method, path, params=query, **(sent if method != "GET" else {}))
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b""),
        ("multipart/form-data; boundary=x", b"--x\r\n"),
        ("multipart/form-data", b"nothing"),
        ("text/plain", b"hello"),
        ("application/x-www-form-urlencoded", b"%ff=%00&title"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused(kind: str, content: bytes) -> None:
    shop = visit(10)
    for method, path in (("POST", f"{SHOP}/listings"), ("POST", f"{SHOP}/listings/{FIRST}/images")):
        answer = shop.call(method, path, content=content, headers={"Content-Type": kind})
        assert answer.status_code == 400
