"""A passkey in a real browser: added behind the password, then signing in without one."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from instica.people.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "correct horse battery"
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", "ada@example.com")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/inventory/")


def add_passkey(page: Page) -> None:
    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    expect(page.get_by_text("The passkey is added.")).to_be_visible()


def test_a_passkey_is_added_and_signs_in(browser: Browser, live_server: LiveServer, person: User) -> None:
    cache.clear()
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    authenticator = context.new_cdp_session(page)
    authenticator.send("WebAuthn.enable")
    authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page)
    add_passkey(page)
    assert Authenticator.objects.filter(user=person, type="webauthn").count() == 1
    context.clear_cookies()
    page.goto("/account/")
    assert "/accounts/login/" in page.url
    page.click("#passkey_login")
    page.wait_for_url("**/account/")
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_visible()
    context.close()
