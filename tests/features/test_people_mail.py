"""How mail leaves, what the log keeps of secret links, and the pictures people uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from structlog.testing import capture_logs

from instica.people import logos
from instica.people.models import User
from instica.project import logs
from instica.project.mail import LogBackend, delivery
from tests import builders
from tests.api.test_organization import picture


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "ssl", "tls"),
    [
        ("smtp://ada:p%40ss@mail.example:587", "mail.example", 587, "ada", "p@ss", False, True),
        ("smtp://mail.example", "mail.example", 587, "", "", False, True),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, "", "", False, False),
        ("smtps://ada:x@mail.example", "mail.example", 465, "ada", "x", True, False),
    ],
)
def test_a_mail_server_by_its_address(
    url: str, host: str, port: int, user: str, password: str, ssl: bool, tls: bool
) -> None:
    assert delivery(url) == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": host,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": user,
        "EMAIL_HOST_PASSWORD": password,
        "EMAIL_USE_SSL": ssl,
        "EMAIL_USE_TLS": tls,
        "EMAIL_TIMEOUT": 20,
    }


@pytest.mark.parametrize("url", ["mail.example:587", "http://mail.example", "smtp://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="INSTICA_EMAIL_URL"):
        delivery(url)


def test_without_a_server_the_mail_is_in_the_log() -> None:
    assert delivery("") == {"EMAIL_BACKEND": "instica.project.mail.LogBackend"}
    with capture_logs() as lines:
        assert LogBackend().send_messages([EmailMessage("Hello", "A link", to=["ada@example.com"])]) == 1
    assert lines[0]["to"] == ["ada@example.com"]
    assert (lines[0]["subject"], lines[0]["body"]) == ("Hello", "A link")


@pytest.mark.parametrize(
    ("request_line", "logged"),
    [
        ("GET /invitations/abc-DEF/", "GET /invitations/••••••/"),
        ("POST /invitations/abc/accept/", "POST /invitations/••••••/accept/"),
        ("GET /accounts/password/reset/key/1-x-y/", "GET /accounts/password/reset/key/••••••/"),
        ("GET /accounts/confirm-email/MQ:x:y/", "GET /accounts/confirm-email/••••••/"),
        ("POST /organization/invitations/", "POST /organization/invitations/"),
        ("GET /api/v1/organization/org_1/invitations/i1/", "GET /api/v1/organization/org_1/invitations/i1/"),
        ("GET /accounts/x/login/callback/?code=c", "GET /accounts/x/login/callback/"),
    ],
)
def test_secret_links_are_not_logged(request_line: str, logged: str) -> None:
    assert logs.without_queries(None, "", {"request": request_line}) == {"request": logged}


def test_a_logo_is_served_and_nothing_beside_it(person: User) -> None:
    house = logos.change(organization=builders.house(person), by=person, content=picture())
    response = Client().get(house.logo.url)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]
    Path(settings.MEDIA_ROOT, "logos", "secret.txt").write_text("secret")
    for name in ("secret.txt", "..%2f..%2fsecret.key", "0" * 32 + ".png", f"{Path(house.logo.path).name}.txt"):
        assert Client().get(f"/media/logos/{name}").status_code == 404
