"""What the pages say before a shop is connected: who can, by which way, and what is asked."""

from __future__ import annotations

import pytest
from django.test import Client

from instica.people.models import User
from tests.shops import Shops


@pytest.fixture
def ada(client: Client, person: User) -> Client:
    """Signed in."""
    client.force_login(person)
    return client


def words(page: bytes, slug: str) -> str:
    """One platform's card."""
    return page.decode().partition(f'id="{slug}"')[2].partition("</section>")[0]


def test_only_a_secret_stands_in_for_consent(ada: Client, shop: Shops) -> None:
    for slug in ("discogs", "shopify"):
        shop.open(slug, listings=1)
    page = ada.get("/marketplaces/").content
    assert "Use a personal token" in words(page, "discogs")
    assert "Use a personal token" not in words(page, "shopify")


def test_a_platform_nobody_set_up_says_what_is_needed(ada: Client) -> None:
    page = ada.get("/marketplaces/").content
    assert "INSTICA_SHOPIFY_CLIENT_ID" in words(page, "shopify")
    assert "You need not wait" not in ada.get("/accounts/shopify/login/").content.decode()
    assert "You need not wait" in ada.get("/accounts/discogs/login/").content.decode()


def test_shopify_asks_for_the_shop_unless_it_is_told(ada: Client, shop: Shops) -> None:
    shop.open("shopify", listings=1)
    asked = ada.get("/accounts/shopify/login/")
    assert (asked.status_code, "Your Shopify shop" in asked.content.decode()) == (200, True)
    told = ada.get("/accounts/shopify/login/?shop=sandbox")
    assert told.status_code == 302
    assert told["Location"].startswith("https://shopify.sandbox/")
