"""The simulator's door: keys, tokens, scopes, consent, limits."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from instica.marketplaces.etsy.auth import challenge
from instica.marketplaces.etsy.tests.visiting import APP, KEY, NOBODY, OWNER, SHOP, STRANGER, said, visit

VERIFIER = "v" * 43
ASKED = {
    "response_type": "code",
    "client_id": "sandbox",
    "redirect_uri": "http://localhost/back/",
    "scope": "shops_r listings_r",
    "state": "s-1",
    "code_challenge": challenge(VERIFIER),
    "code_challenge_method": "S256",
}
TOKEN = "/v3/public/oauth/token"


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        (NOBODY, "Invalid API key: should be in the format 'keystring:shared_secret'."),
        ({"x-api-key": "sandbox"}, "Shared secret is required in x-api-key header."),
        (
            {"x-api-key": "sandbox:wrong"},
            "API key not found or not active, or incorrect shared secret for API key.",
        ),
        (
            {"x-api-key": "other:sandbox-secret"},
            "API key not found or not active, or incorrect shared secret for API key.",
        ),
    ],
)
def test_the_key_is_asked_for_before_anything_else(headers: dict[str, str], text: str) -> None:
    shop = visit()
    token = {"Authorization": OWNER["Authorization"]}
    for path in ("/openapi-ping", "/users/me", "/nothing"):
        assert said(shop.get(path, {**headers, **token})) == (403, text)


def test_a_token_names_its_user_and_lives_an_hour() -> None:
    shop = visit()
    assert said(shop.get("/users/me", {**KEY, "Authorization": "Bearer token"})) == (
        *(403, "No user was provided as part of the bearer token."),
    )
    assert said(shop.get("/users/me", KEY))[0] == 401
    assert said(shop.get("/users/me", {**KEY, "Authorization": "Bearer 48210077.no"})) == (401, "invalid_token")
    assert shop.get("/users/me", STRANGER).json() == {"user_id": 51200412, "shop_id": 22770019}
    assert said(shop.get(f"{SHOP}/listings", STRANGER)) == (403, "User does not own Shop 21540033")


def test_what_is_public_needs_the_key_only() -> None:
    shop = visit()
    assert shop.get("/openapi-ping", KEY).json() == {"application_id": 104220317}
    assert shop.get("/shops/21540033", KEY).json()["shop_name"] == "GreenStreetPrints"
    hidden = next(row["listing_id"] for row in shop.told("listings")["listings"] if row["status"] == "draft")
    assert shop.get(f"/listings/{hidden}", KEY).status_code == 404
    assert shop.get(f"/listings/{hidden}").status_code == 200
    assert shop.get(f"/listings/batch?listing_ids={hidden}", STRANGER).json() == {"count": 0, "results": []}


def test_a_consent_is_exchanged_once_by_whoever_holds_its_verifier() -> None:
    shop = visit()
    gone = shop.client.post("/oauth/connect", data={**ASKED, "decision": "allow"})
    back = {name: values[0] for name, values in parse_qs(urlsplit(gone.headers["location"]).query).items()}
    assert back["state"] == "s-1"
    sent = {"grant_type": "authorization_code", "client_id": "sandbox", "code": back["code"]}
    whole = {**sent, "redirect_uri": ASKED["redirect_uri"], "code_verifier": VERIFIER}
    for wrong in ({"code_verifier": "w" * 43}, {"redirect_uri": "http://localhost/back"}, {"client_id": "other"}):
        again = shop.client.post("/oauth/connect", data={**ASKED, "decision": "allow"}).headers["location"]
        code = parse_qs(urlsplit(again).query)["code"][0]
        assert shop.client.post(TOKEN, data={**whole, "code": code, **wrong}).status_code in (400, 401)
    pair = shop.client.post(TOKEN, json=whole).json()
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 3600)
    assert pair["access_token"].startswith("48210077.")
    assert said(shop.client.post(TOKEN, data=whole)) == (400, "invalid_grant")
    narrow = {**KEY, "Authorization": f"Bearer {pair['access_token']}"}
    assert shop.get(f"{SHOP}/listings", narrow).status_code == 200
    assert said(shop.get(f"{SHOP}/receipts", narrow)) == (403, "insufficient_scope")
    shop.control("clock", {"advance": 3600})
    answer = shop.get(f"{SHOP}/listings", narrow)
    assert answer.json() == {"error": "invalid_token", "error_description": "access token is expired"}


@pytest.mark.parametrize("wrong", [{"redirect_uri": ""}, {"client_id": "nobody"}])
def test_an_unknown_address_is_never_redirected_to(wrong: dict[str, str]) -> None:
    answer = visit().client.get("/oauth/connect", params={**ASKED, **wrong})
    assert (answer.status_code, "location" in answer.headers) == (400, False)


def test_a_registered_address_must_fit_to_the_letter() -> None:
    shop = visit()
    shop.control("apps", {"key": "k", "secret": "s", "redirects": ["https://app.example/back"]})
    for address, status in (("https://app.example/back", 200), ("https://app.example/back/", 400)):
        asked = {**ASKED, "client_id": "k", "redirect_uri": address}
        assert shop.client.get("/oauth/connect", params=asked).status_code == status


@pytest.mark.parametrize("wrong", [{"code_challenge_method": "plain"}, {"scope": "billing_r"}, {"state": ""}])
def test_a_bad_request_goes_back_with_its_error(wrong: dict[str, str]) -> None:
    answer = visit().client.get("/oauth/connect", params={**ASKED, **wrong})
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["location"]).query)["error"] == ["invalid_request"]


def test_the_consent_page_says_who_is_asked_and_for_what() -> None:
    page = visit().client.get("/oauth/connect", params={**ASKED, "state": '"><script>'})
    assert "Green Street Prints" in page.text
    assert "see all your listings" in page.text
    assert "<script>" not in page.text


def test_the_second_and_the_day_are_counted_and_told() -> None:
    shop = visit(limits=True)
    answers = [shop.get("/openapi-ping", KEY) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert said(answers[5]) == (429, "Exceeded per second rate limit")
    assert [answer.headers["x-remaining-this-second"] for answer in answers[:5]] == ["4", "3", "2", "1", "0"]
    assert answers[4].headers["x-remaining-today"] == "4995"
    shop.control("limits", {"second": 100, "day": 6})
    assert shop.get("/openapi-ping", KEY).status_code == 200
    last = shop.get("/openapi-ping", KEY)
    assert (said(last), last.headers["retry-after"]) == ((429, "Exceeded daily rate limit"), "86400")


def test_without_limits_nothing_is_refused() -> None:
    shop = visit()
    assert {shop.get("/openapi-ping", KEY).status_code for _ in range(50)} == {200}


def test_an_unknown_path_is_said_to_be_one() -> None:
    shop = visit()
    assert shop.get("/nothing").status_code == 404
    answer = shop.call("DELETE", f"{APP}/users/me")
    assert (answer.status_code, answer.text) == (405, "Method Not Allowed")
