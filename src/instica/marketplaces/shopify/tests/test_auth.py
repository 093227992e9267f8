"""Connecting: the shop's domain, the signed callback, tokens that expire and are renewed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
import time_machine
from tests.conformance.consent import agree, refuse
from tests.conformance.place import Place, connected
from tests.kit_session import app_for

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.errors import Denied, NotGenuine, Refused, SignInAgain, TryLater
from instica.kit.types import Grant, Redirect
from instica.kit.wire import mounted
from instica.marketplaces.shopify import MARKETPLACE
from instica.marketplaces.shopify.auth import ShopifyAuth, domain, hexadecimal, is_signed, whose
from instica.marketplaces.shopify.simulator import ShopifySimulator

ORIGIN = "http://127.0.0.1:8104"
APP = app_for("shopify", ORIGIN)
AUTH = ShopifyAuth()
SOME = "shop=some-shop.myshopify.com"
HOST = "YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvZGVtby1zaG9w"


@pytest.mark.parametrize(
    "text",
    [
        "sandbox",
        " Sandbox ",
        "sandbox.myshopify.com",
        "https://SANDBOX.myshopify.com/",
        "https://sandbox.myshopify.com/admin/products?x=1",
        "https://admin.shopify.com/store/sandbox/orders",
        "admin.shopify.com/store/sandbox",
    ],
)
def test_a_shop_may_be_named_in_many_ways(text: str) -> None:
    assert domain(text) == "sandbox.myshopify.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-shop",
        "shop.example",
        "shop.myshopify.com.evil.example",
        "evil.example/shop.myshopify.com",
        "shop.myshopify.com@evil.example",
        "https://user@shop.myshopify.com",
        "a.b",
        "shop_1",
        "shöp",
        "admin.shopify.com/settings",
        "x" * 64,
        "//",
        "[::1",
    ],
)
def test_what_is_no_shop_of_shopify_is_refused_and_nobody_is_sent_there(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        AUTH.begin(APP, {"shop": text})
    assert [complaint.field for complaint in refusal.value.complaints] == ["shop"]


def test_the_consent_page_is_the_shops_own() -> None:
    start = AUTH.begin(replace(APP, origin=""), {"shop": "sandbox"})
    assert isinstance(start, Redirect)
    assert start.url.startswith("https://sandbox.myshopify.com/admin/oauth/authorize?client_id=sandbox&scope=")
    assert start.kept.keys() == {"shop", "state"}
    assert len(start.kept["state"]) == 32


def test_nobody_is_sent_away_without_an_app_of_ours() -> None:
    with pytest.raises(Refused, match="no app at Shopify"):
        AUTH.begin(replace(APP, client_id=""), {"shop": "sandbox"})


@pytest.mark.parametrize(
    ("secret", "message", "signature"),
    [
        (
            "hush",
            f"code=0907a61c0c8d55e99db179b68161bc00&{SOME}&state=0.6784241404160823&timestamp=1337178173",
            "700e2dadb827fcc8609e9d5ce208b2e9cdaab9df07390d2cbca10d7c328fc4bf",
        ),
        (
            "shpss_demo_secret",
            f"code=abc123&host={HOST}&shop=demo-shop.myshopify.com&state=nonce-42&timestamp=1795426200",
            "1f73a7cf52b4b51257c03e3c3b674fbbe4fd1b575a23a6f0bf5d41475d5740ac",
        ),
    ],
)
def test_signatures_are_the_published_ones(secret: str, message: str, signature: str) -> None:
    assert hexadecimal(Secret(secret), message) == signature
    shuffled = "&".join(reversed(message.split("&")))
    assert is_signed(Secret(secret), f"hmac={signature}&{shuffled}")
    assert not is_signed(Secret(secret), f"hmac={signature}&{shuffled}x")
    assert not is_signed(Secret("other"), f"hmac={signature}&{shuffled}")
    assert not is_signed(Secret(secret), shuffled)


def test_a_signature_holds_whether_padding_is_escaped_or_not() -> None:
    plain = "code=1&host=YWRtaW4=&shop=a.myshopify.com"
    signature = hexadecimal(Secret("s"), plain)
    assert is_signed(Secret("s"), f"{plain}&hmac={signature}")
    escaped = hexadecimal(Secret("s"), "code=1&host=YWRtaW4%3D&shop=a.myshopify.com")
    assert is_signed(Secret("s"), f"{plain}&hmac={escaped}")


@pytest.fixture
def simulator() -> ShopifySimulator:
    return ShopifySimulator(ORIGIN, listings=20)


def began(simulator: ShopifySimulator) -> tuple[Redirect, str]:
    """A consent that was given, and the query it came back with."""
    with mounted(ORIGIN, simulator):
        start = AUTH.begin(APP, {"shop": "sandbox"})
    assert isinstance(start, Redirect)
    return start, agree(simulator, start.url, APP.redirect_uri)


def finish(simulator: ShopifySimulator, start: Redirect, query: str) -> Grant:
    with mounted(ORIGIN, simulator):
        return AUTH.finish(APP, start.kept, query)


def test_a_connected_shop_has_a_name_scopes_and_an_hour(simulator: ShopifySimulator) -> None:
    grant = finish(simulator, *began(simulator))
    assert grant.account
    assert (grant.account.remote_id, grant.account.name, grant.account.currency) == (
        *("sandbox.myshopify.com", "Greenstreet Prints", "USD"),
    )
    assert {"read_products", "write_products", "read_all_orders"} <= set(grant.scopes)
    assert grant.secrets.keys() == {"access_token", "refresh_token"}
    assert grant.expires_at
    assert dt.timedelta(minutes=59) < grant.expires_at - clock.now() <= dt.timedelta(hours=1)
    assert grant.details == {"shop": "sandbox.myshopify.com"}


def signed(query: dict[str, str]) -> str:
    """A query signed as Shopify would sign it."""
    plain = {name: value for name, value in query.items() if name != "hmac"}
    message = urlencode(sorted(plain.items()))
    return urlencode({**plain, "hmac": hexadecimal(APP.client_secret, message)})


@pytest.mark.parametrize(
    "forged",
    [
        lambda given: urlencode({**given, "shop": "other.myshopify.com"}),
        lambda given: signed({**given, "shop": "other.myshopify.com"}),
        lambda given: signed({**given, "shop": "sandbox.myshopify.com.evil.example"}),
        lambda given: signed({**given, "state": "another"}),
        lambda given: urlencode({**given, "code": "another"}),
        lambda given: urlencode({**given, "hmac": "0" * 64}),
        lambda given: signed({**given, "timestamp": str(int(given["timestamp"]) - 301)}),
        lambda given: signed({**given, "timestamp": "soon"}),
        lambda given: f"{urlencode(given)}&shop=sandbox.myshopify.com",
        lambda given: signed({**given, "code": "never-given"}),
    ],
)
def test_a_forged_callback_is_refused_and_no_token_taken(simulator: ShopifySimulator, forged: object) -> None:
    start, query = began(simulator)
    before = len(simulator.site.grants)
    with pytest.raises(NotGenuine):
        finish(simulator, start, forged(dict(parse_qsl(query))))  # type: ignore[operator]
    assert len(simulator.site.grants) == before


def test_a_code_is_good_once(simulator: ShopifySimulator) -> None:
    start, query = began(simulator)
    finish(simulator, start, query)
    with pytest.raises(NotGenuine):
        finish(simulator, start, query)


def test_a_no_is_a_no(simulator: ShopifySimulator) -> None:
    with mounted(ORIGIN, simulator):
        start = AUTH.begin(APP, {"shop": "sandbox"})
    assert isinstance(start, Redirect)
    query = refuse(simulator, start.url, APP.redirect_uri)
    with pytest.raises(Denied):
        finish(simulator, start, query)
    with pytest.raises(Denied):
        finish(simulator, start, urlencode({"error": "access_denied", "state": start.kept["state"]}))
    with pytest.raises(NotGenuine):
        finish(simulator, start, urlencode({"error": "access_denied", "state": "another"}))


def test_a_narrower_grant_is_kept_as_it_is_and_still_reads(tmp_path: Path) -> None:
    simulator = ShopifySimulator(ORIGIN, listings=20)
    simulator.switches.set({"granted": "read_products"})
    grant = finish(simulator, *began(simulator))
    assert grant.scopes == ("read_products",)


def test_an_old_token_that_never_expires_is_taken_as_one(simulator: ShopifySimulator) -> None:
    simulator.switches.set({"expiring": False})
    grant = finish(simulator, *began(simulator))
    assert (grant.expires_at, set(grant.secrets)) == (None, {"access_token"})
    with pytest.raises(SignInAgain):
        AUTH.refresh(APP, grant)


def test_a_refresh_brings_a_new_pair_and_ends_the_old_one_once_it_is_used(simulator: ShopifySimulator) -> None:
    old = finish(simulator, *began(simulator))
    with mounted(ORIGIN, simulator):
        fresh = AUTH.refresh(APP, old)
        again = AUTH.refresh(APP, old)
        assert again.secrets["refresh_token"] != old.secrets["refresh_token"]
        works(simulator, again)
        with pytest.raises(SignInAgain):
            AUTH.refresh(APP, old)
        with pytest.raises(SignInAgain):
            AUTH.refresh(APP, fresh)
    assert again.scopes == old.scopes


def works(simulator: ShopifySimulator, grant: Grant) -> None:
    """Use a token once."""
    assert whose(APP, "sandbox.myshopify.com", grant).remote_id == "sandbox.myshopify.com"


def test_a_lost_refresh_can_simply_be_asked_for_again(simulator: ShopifySimulator) -> None:
    old = finish(simulator, *began(simulator))
    simulator.faults.add([{"match": "POST /admin/oauth/access_token", "times": 2, "do": "lost"}])
    with mounted(ORIGIN, simulator):
        with pytest.raises(TryLater):
            AUTH.refresh(APP, old)
        works(simulator, AUTH.refresh(APP, old))


def test_an_expired_token_is_renewed_by_the_session(tmp_path: Path) -> None:
    with connected(MARKETPLACE, tmp_path) as place, time_machine.travel(clock.now() + dt.timedelta(hours=2)):
        place.session.fresh = AUTH.refresh(place.session.app, place.session.current)
        assert place.connector.shop().name == "Greenstreet Prints"
        assert place.session.rejections == 1


def test_leaving_ends_every_token(place: Place) -> None:
    AUTH.revoke(place.session.app, place.session.current)
    with pytest.raises(SignInAgain):
        place.connector.shop()
    AUTH.revoke(place.session.app, place.session.current)
    AUTH.revoke(place.session.app, Grant({"access_token": Secret("x")}))
