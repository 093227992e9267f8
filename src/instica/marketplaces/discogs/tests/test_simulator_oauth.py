"""OAuth 1.0a at the simulator: every step, and every way it is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from oauthlib import oauth1  # type: ignore[import-untyped]

from instica.marketplaces.discogs.tests.visiting import NOBODY, OWNER, Visit, said, visit

CALLBACK = "http://localhost:8000/back/?keep=1"


def header(secret: str, signature: str | None = None, **fields: str) -> dict[str, str]:
    """An OAuth header signed by PLAINTEXT."""
    given = {
        "oauth_consumer_key": "sandbox",
        "oauth_nonce": "n1",
        "oauth_timestamp": "1790000000",
        "oauth_signature_method": "PLAINTEXT",
        "oauth_signature": signature or f"sandbox-secret&{secret}",
        **fields,
    }
    return {"Authorization": "OAuth " + ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in given.items())}


def pair(answer: httpx2.Response) -> tuple[str, str]:
    """Token and secret of a form-encoded answer."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-www-form-urlencoded"
    fields = parse_qs(answer.text)
    return fields["oauth_token"][0], fields["oauth_token_secret"][0]


def asked(shop: Visit, callback: str = CALLBACK) -> tuple[str, str]:
    """A request token."""
    return pair(shop.get("/oauth/request_token", header("", oauth_callback=callback)))


def decided(shop: Visit, token: str, decision: str = "allow") -> httpx2.Response:
    """The person decides on the page."""
    return shop.post("/oauth/authorize", NOBODY, data={"oauth_token": token, "decision": decision})


def connected(shop: Visit) -> tuple[str, str]:
    """An access token, all the way."""
    token, secret = asked(shop)
    back = parse_qs(urlsplit(decided(shop, token).headers["location"]).query)
    fields = header(secret, oauth_token=token, oauth_verifier=back["oauth_verifier"][0])
    return pair(shop.post("/oauth/access_token", fields))


def test_the_whole_way_by_plaintext() -> None:
    """Ask, consent, exchange, act."""
    shop = visit()
    token, secret = asked(shop)
    page = shop.get("/oauth/authorize", NOBODY, params={"oauth_token": token})
    assert "Instica wants to use your Discogs account" in page.text
    assert "greenstreet_records" in page.text
    gone = decided(shop, token)
    back = parse_qs(urlsplit(gone.headers["location"]).query)
    assert gone.status_code == 302
    assert gone.headers["location"].startswith("http://localhost:8000/back/?keep=1&oauth_token=")
    assert back["oauth_token"] == [token]
    held, held_secret = pair(
        shop.post("/oauth/access_token", header(secret, oauth_token=token, oauth_verifier=back["oauth_verifier"][0]))
    )
    identity = shop.get("/oauth/identity", header(held_secret, oauth_token=held)).json()
    assert identity == {
        "id": 7203114,
        "username": "greenstreet_records",
        "resource_url": "http://discogs.test/users/greenstreet_records",
        "consumer_name": "Instica",
    }


def test_a_plaintext_signature_is_taken_raw_and_escaped() -> None:
    """``&`` as it is, or as ``%26`` before the header's own escaping."""
    shop = visit()
    raw = header("").copy()
    raw["Authorization"] = raw["Authorization"].replace("%26", "&")
    assert shop.get("/oauth/request_token", raw).status_code == 200
    assert shop.get("/oauth/request_token", header("")).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hmac_covers_form_parameters(method: str) -> None:
    """A form body is part of what is signed; changing it breaks the signature."""
    shop = visit()
    signer = oauth1.Client("sandbox", client_secret="sandbox-secret")
    body = "oauth_callback=http%3A%2F%2Flocalhost%2Fb&x=%C3%A9+1" if method == "POST" else None
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    url = "http://discogs.test/oauth/request_token?b=2&a=%201"
    _, headers, signed = signer.sign(url, method, body, kind)
    assert shop.call(method, url, headers, content=signed).status_code == 200
    changed = shop.call(method, f"{url}&c=3", headers, content=signed)
    assert (changed.status_code, changed.text) == (401, "Invalid consumer.")


def test_hmac_signs_api_calls() -> None:
    """With the access token's secret."""
    shop = visit()
    token, secret = connected(shop)
    signer = oauth1.Client("sandbox", "sandbox-secret", token, secret)
    url = "http://discogs.test/users/greenstreet_records/inventory?per_page=1&sort=listed"
    _, headers, _ = signer.sign(url)
    assert shop.get(url, headers).status_code == 200
    assert said(shop.get(f"{url}&page=2", headers)) == (
        401,
        "Invalid consumer token. Please register an app before making requests.",
    )


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"oauth_consumer_key": "unknown"}, 401, "Invalid consumer."),
        ({"oauth_consumer_key": ""}, 401, "Parameter not found: oauth_consumer_key"),
        ({"oauth_signature": "wrong&"}, 401, "Invalid consumer."),
        ({"oauth_signature_method": "RSA-SHA1"}, 401, "Invalid consumer."),
        ({"oauth_nonce": "n" * 65}, 400, "This URL is an OAuth endpoint"),
        ({"oauth_timestamp": "1790000000000"}, 400, "This URL is an OAuth endpoint"),
    ],
)
def test_a_bad_request_for_a_token_is_refused(fields: dict[str, str], status: int, text: str) -> None:
    """In plain text, and nothing is issued."""
    shop = visit()
    answer = shop.get("/oauth/request_token", header("", **fields))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/plain; charset=utf-8")
    assert answer.text.startswith(text)
    assert shop.simulator.site.asked == {}


def test_an_unsigned_request_is_refused() -> None:
    """Nothing OAuth about it."""
    answer = visit().get("/oauth/request_token", NOBODY)
    assert (answer.status_code, answer.text[:30]) == (400, "This URL is an OAuth endpoint,")


def test_a_request_token_lives_15_minutes() -> None:
    """Before consent and after it."""
    shop = visit()
    token, secret = asked(shop)
    verifier = parse_qs(urlsplit(decided(shop, token).headers["location"]).query)["oauth_verifier"][0]
    other, _ = asked(shop)
    shop.control("clock", {"advance": 901})
    assert (
        shop.post("/oauth/access_token", header(secret, oauth_token=token, oauth_verifier=verifier)).status_code == 400
    )
    assert "expired" in decided(shop, other).text
    assert shop.simulator.site.access == {}


def test_a_verifier_is_needed_and_works_once() -> None:
    """A guess gives nothing; nor does the second use."""
    shop = visit()
    token, secret = asked(shop)
    verifier = parse_qs(urlsplit(decided(shop, token).headers["location"]).query)["oauth_verifier"][0]
    good = header(secret, oauth_token=token, oauth_verifier=verifier)
    assert (
        shop.post("/oauth/access_token", header(secret, oauth_token=token, oauth_verifier="guess")).status_code == 400
    )
    assert shop.post("/oauth/access_token", good).status_code == 200
    assert shop.post("/oauth/access_token", good).status_code == 400
    assert len(shop.simulator.site.access) == 1


@pytest.mark.parametrize(("how", "sent"), [("denied", "denied"), ("problem", "oauth_problem")])
def test_denial_goes_back_without_a_verifier(how: str, sent: str) -> None:
    """In the way the switch says; allowing afterwards is too late."""
    shop = visit()
    shop.control("switches", {"denial": how})
    token, _ = asked(shop)
    back = parse_qs(urlsplit(decided(shop, token, "deny").headers["location"]).query)
    assert sent in back
    assert "oauth_verifier" not in back
    assert decided(shop, token).status_code == 400


def test_denial_may_end_on_a_page() -> None:
    """Nobody goes back."""
    shop = visit()
    shop.control("switches", {"denial": "page"})
    answer = decided(shop, asked(shop)[0], "deny")
    assert (answer.status_code, "Access denied" in answer.text) == (200, True)


def test_without_a_callback_a_code_is_shown() -> None:
    """To be typed into the app."""
    shop = visit()
    token, _ = asked(shop, "oob")
    shown = decided(shop, token)
    verifier = shop.simulator.site.asked[token].verifier
    assert len(verifier) == 10
    assert (shown.status_code, f"<code>{verifier}</code>" in shown.text) == (200, True)


def test_a_registered_callback_must_match() -> None:
    """An app that registered one can be sent nowhere else."""
    shop = visit()
    shop.control("apps", {"key": "k", "secret": "s", "callback": "https://a.test/back"})
    fields = {"oauth_consumer_key": "k", "oauth_signature": "s&"}
    assert shop.get("/oauth/request_token", header("", oauth_callback="https://b.test", **fields)).status_code == 400
    good = shop.get("/oauth/request_token", header("", oauth_callback="https://a.test/back", **fields))
    assert good.status_code == 200


def test_a_careless_nonce_passes_identity_only() -> None:
    """Too long a nonce, or milliseconds: 403 everywhere else."""
    shop = visit()
    token, secret = connected(shop)
    for careless in ({"oauth_nonce": "n" * 65}, {"oauth_timestamp": "1790000000000"}):
        signed = header(secret, oauth_token=token, **careless)
        assert shop.get("/oauth/identity", signed).status_code == 200
        assert said(shop.get("/marketplace/orders", signed)) == (
            403,
            "You don't have permission to access this resource.",
        )


def test_a_replayed_nonce_is_refused_when_switched() -> None:
    """Off by default, since nobody knows."""
    shop = visit()
    token, secret = connected(shop)
    signed = header(secret, oauth_token=token)
    assert [shop.get("/marketplace/orders", signed).status_code for _ in range(2)] == [200, 200]
    shop.control("switches", {"nonce_replay": "refuse"})
    assert [shop.get("/marketplace/orders", signed).status_code for _ in range(2)] == [200, 403]


def test_revoking_ends_grants_and_a_reset_keeps_them() -> None:
    """An installed app stays installed until it is thrown out."""
    shop = visit()
    token, secret = connected(shop)
    signed = header(secret, oauth_token=token)
    shop.control("reset", {"listings": 5})
    assert shop.get("/oauth/identity", signed).status_code == 200
    shop.control("revoke")
    assert shop.get("/oauth/identity", signed).status_code == 401
    assert shop.get("/oauth/identity", OWNER).status_code == 401


def test_somebody_else_can_consent() -> None:
    """Whoever is signed in on the site."""
    shop = visit()
    shop.control("sign-in", {"username": "northside_vinyl"})
    token, secret = connected(shop)
    assert shop.get("/oauth/identity", header(secret, oauth_token=token)).json()["username"] == "northside_vinyl"


def test_a_token_works_for_its_own_app_alone() -> None:
    """Even where two apps have the same secret."""
    shop = visit()
    token, secret = connected(shop)
    shop.control("apps", {"key": "other", "secret": "sandbox-secret"})
    assert shop.get("/oauth/identity", header(secret, oauth_token=token)).status_code == 200
    foreign = header(secret, oauth_token=token, oauth_consumer_key="other")
    assert shop.get("/oauth/identity", foreign).status_code == 401
