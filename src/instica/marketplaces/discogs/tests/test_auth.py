"""Connecting: OAuth 1.0a through the consent page, or a personal token; forgeries and denials."""

from __future__ import annotations

import pytest
from tests.conformance.consent import agree, refuse
from tests.conformance.place import Place
from tests.kit_session import app_for

from instica.core.secrets import Secret
from instica.kit.errors import Denied, NotGenuine, Refused, SignInAgain, TryLater
from instica.kit.types import App, Grant, Redirect
from instica.marketplaces.discogs.auth import DiscogsAuth
from instica.marketplaces.discogs.client import site

ORIGIN = "http://127.0.0.1:8101"
AUTH = DiscogsAuth()


def begun(app: App) -> Redirect:
    start = AUTH.begin(app, {"token": ""})
    assert isinstance(start, Redirect)
    return start


def test_a_personal_token_is_a_grant_at_once(place: Place) -> None:
    grant = AUTH.begin(place.session.app, {"token": " sandbox-token "})
    assert isinstance(grant, Grant)
    assert grant.account
    assert (grant.account.username, grant.account.currency) == ("greenstreet_records", "USD")
    assert grant.secrets["token"].reveal() == "sandbox-token"
    assert "sandbox-token" not in repr(grant)


@pytest.mark.parametrize("token", ["wrong-token", "x", "a b c d e f g h", "token\r\nX-Evil: 1", "é" * 20, "a" * 500])
def test_a_wrong_token_is_refused_by_its_field_and_never_repeated_back(place: Place, token: str) -> None:
    with pytest.raises(Refused) as refusal:
        AUTH.begin(place.session.app, {"token": token})
    assert [complaint.field for complaint in refusal.value.complaints] == ["token"]
    assert str(refusal.value) == "Discogs does not know this token"


def test_the_consent_page_leads_to_a_grant_that_works(place: Place) -> None:
    start = begun(place.session.app)
    assert start.url.startswith(f"{ORIGIN}/oauth/authorize?oauth_token=")
    grant = AUTH.finish(
        place.session.app, start.kept, agree(place.simulator, start.url, place.session.app.redirect_uri)
    )
    place.session.current = grant
    assert place.connector.shop().username == "greenstreet_records"
    assert grant.expires_at is None


def test_without_an_origin_the_person_is_sent_to_www() -> None:
    app = App("discogs", "http://localhost:8000/")
    assert site(app).url("/oauth/authorize", "www") == "https://www.discogs.com/oauth/authorize"
    assert site(app).url("/oauth/identity") == "https://api.discogs.com/oauth/identity"


@pytest.mark.parametrize("how", ["denied", "problem"])
def test_a_denial_is_a_denial(place: Place, how: str) -> None:
    place.sandbox("switches", {"denial": how})
    start = begun(place.session.app)
    with pytest.raises(Denied):
        AUTH.finish(place.session.app, start.kept, refuse(place.simulator, start.url, place.session.app.redirect_uri))


@pytest.mark.parametrize(
    "query", ["", "oauth_token=other&oauth_verifier=x", "oauth_verifier=x", "denied=other", "%ff=%00"]
)
def test_an_answer_to_another_request_is_not_genuine(place: Place, query: str) -> None:
    start, before = begun(place.session.app), len(place.requests())
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, query)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, {}, query)
    assert len(place.requests()) == before


def test_a_forged_verifier_gives_nothing(place: Place) -> None:
    start = begun(place.session.app)
    agree(place.simulator, start.url, place.session.app.redirect_uri)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, f"oauth_token={start.kept['oauth_token']}&oauth_verifier=guess")


def test_a_callback_works_once(place: Place) -> None:
    start = begun(place.session.app)
    query = agree(place.simulator, start.url, place.session.app.redirect_uri)
    AUTH.finish(place.session.app, start.kept, query)
    with pytest.raises(NotGenuine):
        AUTH.finish(place.session.app, start.kept, query)


def test_a_request_older_than_a_quarter_of_an_hour_is_over(place: Place) -> None:
    start = begun(place.session.app)
    query = agree(place.simulator, start.url, place.session.app.redirect_uri)
    place.sandbox("clock", {"advance": 16 * 60})
    with pytest.raises(NotGenuine, match="15 minutes"):
        AUTH.finish(place.session.app, start.kept, query)


def test_a_lost_answer_while_connecting_asks_to_connect_again(place: Place) -> None:
    start = begun(place.session.app)
    query = agree(place.simulator, start.url, place.session.app.redirect_uri)
    place.fault("POST /oauth/access_token", "lost")
    with pytest.raises(TryLater):
        AUTH.finish(place.session.app, start.kept, query)


def test_wrong_app_credentials_are_named_as_such(place: Place) -> None:
    app = App("discogs", "http://localhost:8000/", "nobody", Secret("wrong-secret"), origin=ORIGIN)
    with pytest.raises(Refused, match="consumer key"):
        AUTH.begin(app, {})


def test_there_is_nothing_to_refresh() -> None:
    with pytest.raises(SignInAgain):
        AUTH.refresh(app_for("discogs", ORIGIN), Grant({}))


def test_a_suspended_account_connects_with_a_warning(place: Place) -> None:
    place.sandbox("switches", {"account_suspended": True})
    assert place.connector.shop().warnings == ("Discogs has suspended this account's marketplace",)
