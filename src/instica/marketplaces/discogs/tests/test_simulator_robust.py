"""Whatever is sent to the simulator, it answers: never an exception, never a 5xx of its own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instica.marketplaces.discogs.tests.visiting import FIRST, OWNER, RELEASE, Visit, visit

PATHS = (
    "/marketplace/listings",
    f"/marketplace/listings/{FIRST}",
    "/marketplace/orders/7203114-1",
    "/marketplace/orders/7203114-1/messages",
    "/oauth/request_token",
    "/oauth/access_token",
    "/oauth/authorize",
    "/inventory/upload/add",
)
READS = (
    "/users/{}/inventory",
    "/releases/{}",
    "/masters/{}",
    "/masters/{}/versions",
    "/marketplace/listings/{}",
    "/marketplace/orders/{}",
    "/marketplace/stats/{}",
    "/marketplace/fee/{}",
    "/marketplace/price_suggestions/{}",
    "/inventory/export/{}",
    "/inventory/upload/{}",
    "/sell/item/{}",
    "/images/x/{}",
)
QUERIES = ("page", "per_page", "sort", "status", "q", "created_after", "curr_abbr", "token", "key", "barcode", "year")
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["9" * 5000, "²", "auto", "nan"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
FIELDS = (
    "release_id condition price status sleeve_condition comments allow_offers external_id location weight"
    " format_quantity shipping tracking message"
).split()
SHOP: list[Visit] = []


def shop() -> Visit:
    """One shop for all examples, with an order."""
    if not SHOP:
        SHOP.append(visit(30))
        SHOP[0].control("buy", {"listing_id": FIRST + 7})
    return SHOP[0]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=5))
def test_any_body_is_answered(path: str, extra: dict[str, Any]) -> None:
    """Also beside fields that are good."""
    body = json.dumps({"release_id": RELEASE, "condition": "Mint (M)", "price": 5, **extra})
    answer = shop().post(path, OWNER, content=body.encode("utf-8", "replace"))
    assert answer.status_code < 500


@given(
    st.sampled_from(READS),
    st.text(min_size=1, max_size=30),
    st.dictionaries(st.sampled_from(QUERIES), st.text(), max_size=3),
)
def test_any_question_is_answered(path: str, part: str, params: dict[str, str]) -> None:
    """With any id and any filter."""
    asked = {name: value.encode("utf-8", "replace").decode() for name, value in params.items()}
    for name in (part, "9" * 5000, "²", "greenstreet_records"):
        answer = shop().get(path.format(quote(name.encode("utf-8", "replace"), safe="")), OWNER, params=asked)
        assert answer.status_code < 500
