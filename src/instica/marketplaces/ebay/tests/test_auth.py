"""Connecting: RuName, state, codes that live five minutes once, a refresh token that stays, forgeries and denials."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from tests.conformance.consent import agree, refuse
from tests.conformance.place import Place

from instica.core import clock
from instica.core.secrets import Secret
from instica.kit.errors import Denied, NotGenuine, Refused, SignInAgain, TryLater
from instica.kit.types import App, Grant, Redirect
from instica.marketplaces.ebay.apptoken import TOKENS
from instica.marketplaces.ebay.auth import SCOPES, EbayAuth

AUTH = EbayAuth()
RU_NAME = "Instica-Instica-SBX-1a2b3c4d5-6e7f8a9b"
GATED = ("sell.listing", "sell.cancellation", "sell.return", "sell.inquiry")


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def begun(place: Place) -> tuple[Redirect, str]:
    """A consent page, and the query that comes back from it."""
    start = AUTH.begin(place.session.app, {})
    return start, agree(place.simulator, start.url, place.session.app.redirect_uri)


def test_in_production_the_person_is_sent_to_ebay_with_the_ru_name() -> None:
    app = App("ebay", "https://hub.example/x", "app-id", extra={"ru_name": Secret("Acme-Acme-PRD-1")})
    start = AUTH.begin(app, {})
    asked = query(start.url)
    assert start.url.startswith("https://auth.ebay.com/oauth2/authorize?")
    assert (asked["redirect_uri"], asked["response_type"], asked["client_id"]) == ("Acme-Acme-PRD-1", "code", "app-id")
    assert asked["scope"].split() == list(SCOPES)
    assert len(asked["state"]) >= 32


def test_no_gated_scope_is_asked_for() -> None:
    assert [scope for scope in SCOPES for name in GATED if scope.endswith(name)] == []


def test_without_a_ru_name_nobody_is_sent_anywhere() -> None:
    with pytest.raises(Refused, match="INSTICA_EBAY_RU_NAME"):
        AUTH.begin(App("ebay", "https://hub.example/x", "app-id"), {})


def test_the_ru_name_leads_back_to_the_accepted_address(place: Place) -> None:
    app = replace(place.session.app, extra={"ru_name": Secret(RU_NAME)})
    start = AUTH.begin(app, {})
    grant = AUTH.finish(app, start.kept, agree(place.simulator, start.url, app.redirect_uri))
    assert grant.account
    assert (grant.account.remote_id, grant.account.username) == ("Gst7kQ2xR0u", "greenstreet-records")
    assert (grant.account.currency, grant.account.country) == ("USD", "US")
    assert (grant.details, grant.scopes) == ({"marketplace": "EBAY_US"}, SCOPES)
    assert grant.expires_at
    assert dt.timedelta(minutes=119) < grant.expires_at - clock.now() <= dt.timedelta(hours=2)


def test_a_code_with_signs_in_it_is_encoded_once(place: Place) -> None:
    _, back = begun(place)
    assert "%5E1.1%23i" in back
    assert query(f"?{back}")["code"].startswith("v^1.1#i")


def test_a_denial_is_a_denial(place: Place) -> None:
    start = AUTH.begin(place.session.app, {})
    back = refuse(place.simulator, start.url, place.session.app.redirect_uri)
    with pytest.raises(Denied):
        AUTH.finish(place.session.app, start.kept, back)


@pytest.mark.parametrize("forged", ["", "state=wrong&code=x", "code=x", "state=&code=x"])
def test_an_answer_to_another_question_is_not_genuine(place: Place, forged: str) -> None:
    start, back = begun(place)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, forged)
    assert AUTH.finish(place.session.app, start.kept, back).account


def test_nothing_kept_is_nothing_begun(place: Place) -> None:
    _, back = begun(place)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, {}, back)


def test_a_code_works_once(place: Place) -> None:
    start, back = begun(place)
    AUTH.finish(place.session.app, start.kept, back)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, back)


def test_a_code_is_over_after_five_minutes(place: Place) -> None:
    start, back = begun(place)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=6)), pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, back)


def test_an_answer_lost_in_the_exchange_asks_to_connect_again(place: Place) -> None:
    start, back = begun(place)
    place.fault("POST /identity/*", "lost")
    with pytest.raises(TryLater):
        AUTH.finish(place.session.app, start.kept, back)


def test_an_invalid_scope_is_told(place: Place) -> None:
    start = AUTH.begin(place.session.app, {})
    back = urlencode({"error": "invalid_scope", "state": start.kept["state"]})
    with pytest.raises(Refused) as refusal:
        AUTH.finish(place.session.app, start.kept, back)
    assert refusal.value.complaints[0].code == "invalid_scope"


def test_refreshing_brings_a_new_access_token_and_keeps_the_refresh_token(place: Place) -> None:
    held = place.session.current
    fresh = AUTH.refresh(place.session.app, held)
    assert fresh.secrets["access_token"] != held.secrets["access_token"]
    assert fresh.secrets["refresh_token"] == held.secrets["refresh_token"]
    assert (fresh.scopes, fresh.details, fresh.account) == (held.scopes, held.details, held.account)
    place.session.current = fresh
    assert place.connector.shop().username == "greenstreet-records"


def test_an_access_token_that_is_over_is_refreshed_within_a_call(place: Place) -> None:
    held = place.session.current
    with time_machine.travel(clock.now() + dt.timedelta(hours=3)):
        place.session.fresh = AUTH.refresh(place.session.app, held)
        assert place.connector.shop().username == "greenstreet-records"
    assert place.session.rejections == 1


def test_a_grant_taken_back_cannot_be_refreshed(place: Place) -> None:
    place.sandbox("revoke", {})
    with pytest.raises(SignInAgain):
        AUTH.refresh(place.session.app, place.session.current)


def test_a_grant_of_eighteen_months_ago_is_over(place: Place) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=560)), pytest.raises(SignInAgain):
        AUTH.refresh(place.session.app, place.session.current)


def test_without_a_refresh_token_one_must_connect_again() -> None:
    with pytest.raises(SignInAgain):
        AUTH.refresh(App("ebay", ""), Grant({"access_token": Secret("x")}))


def test_a_wrong_secret_of_the_installation_is_no_dead_grant(place: Place) -> None:
    app = replace(place.session.app, client_secret=Secret("wrong"))
    with pytest.raises(Refused, match="client authentication failed"):
        AUTH.refresh(app, place.session.current)


def test_the_installations_own_token_is_minted_once(place: Place) -> None:
    before = len(place.requests())
    first = TOKENS.grant(place.session.app)
    assert TOKENS.grant(place.session.app) == first
    assert len(place.requests()) - before == 1
    with time_machine.travel(clock.now() + dt.timedelta(hours=2)):
        assert TOKENS.grant(place.session.app) != first
