"""Connecting: OAuth 2 with PKCE through the consent page; forgeries, denials, rotating tokens."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.conformance.consent import agree, refuse
from tests.conformance.place import Place
from tests.kit_session import app_for

from instica.core.secrets import Secret
from instica.kit.errors import Denied, NotGenuine, Refused, SignInAgain, TryLater
from instica.kit.types import App, Grant, Redirect, Ref
from instica.kit.wire import mounted
from instica.marketplaces.etsy.auth import EtsyAuth, challenge
from instica.marketplaces.etsy.client import site
from instica.marketplaces.etsy.words import SCOPES

ORIGIN = "http://127.0.0.1:8103"
AUTH = EtsyAuth()


def begun(app: App) -> Redirect:
    start = AUTH.begin(app, {})
    assert isinstance(start, Redirect)
    return start


def granted(place: Place) -> Grant:
    app = place.session.app
    start = begun(app)
    return AUTH.finish(app, start.kept, agree(place.simulator, start.url, app.redirect_uri))


def test_the_person_is_sent_to_etsy_with_a_challenge_of_this_try(place: Place) -> None:
    first, second = begun(place.session.app), begun(place.session.app)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(first.url).query).items()}
    assert first.url.startswith(f"{ORIGIN}/oauth/connect?")
    assert asked.keys() == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
    }
    assert (asked["client_id"], asked["code_challenge_method"]) == ("sandbox", "S256")
    assert asked["code_challenge"] == challenge(first.kept["verifier"])
    assert 43 <= len(first.kept["verifier"]) <= 128
    assert first.kept["verifier"] not in first.url
    assert first.kept["state"] != second.kept["state"]


def test_the_challenge_is_that_of_rfc_7636() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_without_an_origin_the_person_is_sent_to_www() -> None:
    app = App("etsy", "http://localhost:8000/")
    assert site(app).url("/oauth/connect", "www") == "https://www.etsy.com/oauth/connect"
    assert site(app).url("/v3/public/oauth/token") == "https://api.etsy.com/v3/public/oauth/token"


def test_the_grant_says_whose_shop_it_is_and_what_it_allows(place: Place) -> None:
    grant = granted(place)
    assert grant.account
    assert (grant.account.remote_id, grant.account.username, grant.account.currency) == (
        *("21540033", "GreenStreetPrints", "USD"),
    )
    assert (grant.scopes, grant.details) == (SCOPES, {"user_id": "48210077"})
    assert grant.expires_at
    assert grant.secrets["access_token"].reveal().startswith("48210077.")
    assert grant.secrets["access_token"].reveal() not in repr(grant)


@pytest.mark.parametrize("how", ["list", "object", "text", "none"])
def test_scopes_are_understood_in_whatever_form_etsy_tells_them(place: Place, how: str) -> None:
    place.sandbox("switches", {"scopes_answer": how})
    assert granted(place).scopes == SCOPES


def test_a_narrower_grant_is_known_as_such_and_what_it_allows_works(place: Place) -> None:
    app = place.session.app
    start = begun(app)
    narrow = start.url.replace("transactions_w", "").replace("listings_w", "").replace("listings_d", "")
    grant = AUTH.finish(app, start.kept, agree(place.simulator, narrow, app.redirect_uri))
    assert grant.scopes == ("shops_r", "listings_r", "transactions_r")
    place.session.current = grant
    listing = place.on_sale()
    with pytest.raises(Refused, match="insufficient_scope"):
        place.connector.withdraw(Ref(listing.id))
    assert place.session.rejections == 0
    assert place.connector.listing(Ref(listing.id)) == listing


@pytest.mark.parametrize("status", [401, 403])
def test_a_grant_that_is_too_narrow_is_not_a_dead_one(place: Place, status: int) -> None:
    place.sandbox("switches", {"scope_status": status})
    test_a_narrower_grant_is_known_as_such_and_what_it_allows_works(place)


def test_a_denial_is_a_denial(place: Place) -> None:
    start = begun(place.session.app)
    with pytest.raises(Denied, match="denied"):
        AUTH.finish(place.session.app, start.kept, refuse(place.simulator, start.url, place.session.app.redirect_uri))


@pytest.mark.parametrize("query", ["", "code=x", "code=x&state=other", "error=access_denied&state=other", "%ff=%00"])
def test_an_answer_to_another_request_is_not_genuine(place: Place, query: str) -> None:
    start, before = begun(place.session.app), len(place.requests())
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, query)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, {}, f"{query}&state=")
    assert len(place.requests()) == before


def test_a_callback_works_once_and_only_with_its_verifier(place: Place) -> None:
    app = place.session.app
    start = begun(app)
    query = agree(place.simulator, start.url, app.redirect_uri)
    with pytest.raises(NotGenuine):
        AUTH.finish(app, {**start.kept, "verifier": "x" * 43}, query)
    with pytest.raises(NotGenuine):
        AUTH.finish(app, start.kept, query)
    again = agree(place.simulator, start.url, app.redirect_uri)
    assert AUTH.finish(app, start.kept, again).account
    with pytest.raises(NotGenuine):
        AUTH.finish(app, start.kept, again)


def test_an_account_without_a_shop_is_refused(place: Place) -> None:
    place.fault("GET /v3/application/users/me", "status:404")
    with pytest.raises(Refused, match="has no shop"):
        granted(place)


def test_a_lost_answer_while_connecting_asks_to_connect_again(place: Place) -> None:
    place.fault("POST /v3/public/oauth/token", "lost")
    with pytest.raises(TryLater):
        granted(place)


def test_wrong_app_credentials_are_named_as_such(place: Place) -> None:
    app = replace(place.session.app, client_secret=Secret("wrong"))
    start = begun(app)
    with pytest.raises(Refused, match="incorrect shared secret"):
        AUTH.finish(app, start.kept, agree(place.simulator, start.url, app.redirect_uri))


def test_a_refresh_brings_a_new_pair_and_spends_the_old_one(place: Place) -> None:
    first = granted(place)
    second = AUTH.refresh(place.session.app, first)
    assert second.scopes == first.scopes
    for name in ("access_token", "refresh_token"):
        assert second.secrets[name].reveal() != first.secrets[name].reveal()
    with pytest.raises(SignInAgain):
        AUTH.refresh(place.session.app, first)
    assert AUTH.refresh(place.session.app, second).secrets


def test_an_expired_access_token_is_renewed_once_and_the_call_goes_on(place: Place) -> None:
    place.sandbox("clock", {"advance": 3601})
    assert place.connector.shop().username == "GreenStreetPrints"
    assert place.session.rejections == 1


def test_a_refresh_token_ends_after_ninety_days(place: Place) -> None:
    grant = granted(place)
    place.sandbox("clock", {"advance": 91 * 24 * 3600})
    with pytest.raises(SignInAgain):
        AUTH.refresh(place.session.app, grant)


@pytest.mark.parametrize("fault", ["status:500", "html:502", "drop"])
def test_a_hiccup_of_the_token_endpoint_costs_nothing(place: Place, fault: str) -> None:
    grant = granted(place)
    place.fault("POST /v3/public/oauth/token", fault)
    with pytest.raises(TryLater):
        AUTH.refresh(place.session.app, grant)
    assert AUTH.refresh(place.session.app, grant).secrets


def test_a_lost_answer_to_a_refresh_strands_the_grant_and_a_new_consent_mends_it(place: Place) -> None:
    grant = granted(place)
    place.fault("POST /v3/public/oauth/token", "lost")
    with pytest.raises(TryLater):
        AUTH.refresh(place.session.app, grant)
    with pytest.raises(SignInAgain):
        AUTH.refresh(place.session.app, grant)
    assert granted(place).account == grant.account


@pytest.mark.parametrize("wrong", ["wrong", "48210077.wrong"])
def test_a_token_that_is_none_is_a_dead_grant(place: Place, wrong: str) -> None:
    place.session.current = Grant({"access_token": Secret(wrong), "refresh_token": Secret(wrong)})
    with mounted(ORIGIN, place.simulator), pytest.raises(SignInAgain):
        place.connector.shop()
    assert place.session.rejections == 1


def test_a_grant_without_a_refresh_token_asks_to_sign_in() -> None:
    with pytest.raises(SignInAgain):
        AUTH.refresh(app_for("etsy", ORIGIN), Grant({}))
