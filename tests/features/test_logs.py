"""What lines about refused requests tell: method and path, never what a link or a callback carries."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import StringIO
from logging.config import DictConfigurator  # type: ignore[attr-defined]
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from instica.connections import services
from instica.people.models import User
from instica.project import logs
from instica.project.urls import urlpatterns as real
from tests import builders
from tests.shops import Shops

SECRET = "5ecret-5ecret"
CALLBACK = f"/accounts/discogs/login/callback/?oauth_token={SECRET}&oauth_verifier={SECRET}"


def failing(request: HttpRequest) -> HttpResponse:
    """Nobody expected this."""
    raise RuntimeError("trouble")


urlpatterns = [path("failing/", failing), *real]


@pytest.fixture(params=["console", "json"])
def lines(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """Everything that is logged, as an installation writes it."""
    made = DictConfigurator(logs.lines(request.param, "INFO")).configure_formatter(
        logs.lines(request.param, "INFO")["formatters"]["line"]
    )
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(made)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("method", "address", "status", "told"),
    [
        ("get", CALLBACK, 403, "/accounts/discogs/login/callback/"),
        ("get", f"/invitations/{SECRET}/", 404, "/invitations/••••••/"),
        ("post", f"/invitations/{SECRET}/accept/", 403, "/invitations/••••••/accept/"),
        ("get", f"/nothing/?token={SECRET}", 404, "/nothing/"),
        ("get", f"/failing/?token={SECRET}", 500, "/failing/"),
        ("put", f"/webhooks/discogs/?key={SECRET}", 404, "/webhooks/discogs/"),
    ],
)
@override_settings(ROOT_URLCONF="tests.features.test_logs")
def test_a_refused_request(db: None, lines: StringIO, method: str, address: str, status: int, told: str) -> None:
    visitor = Client(raise_request_exception=False, enforce_csrf_checks=True)
    assert getattr(visitor, method)(address).status_code == status
    written = lines.getvalue().replace("\\u2022", "•")
    assert told in written
    assert SECRET not in written


def test_a_ticket_that_is_refused_stays_a_secret(shop: Shops, person: User, stranger: User, lines: StringIO) -> None:
    shop.open("discogs", listings=1)
    house: Any = builders.house(person)
    _, token = services.ticket(organization=house, user=person, marketplace="discogs", answers={})
    visitor = Client()
    visitor.force_login(stranger)
    assert visitor.get(f"/accounts/discogs/login/?ticket={token}").status_code == 403
    assert "/accounts/discogs/login/" in lines.getvalue()
    assert token not in lines.getvalue()
