"""Health pages and error pages."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.views.defaults import server_error
from pydantic import SecretStr

from instica.marketplaces import every
from instica.people.models import User


def test_alive(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready(client: Client, db: None) -> None:
    answer = client.get("/readyz")
    checks = {"database": "ok", "migrations": "ok"}
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": checks})


def test_not_ready_while_tables_are_behind(client: Client, db: None) -> None:
    cache.clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'imports'")
    answer = client.get("/readyz")
    checks = {"database": "ok", "migrations": "run `instica migrate`"}
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "checks": checks})


def test_not_ready_without_a_database(client: Client, db: None) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("password authentication failed for user secret")

    with connection.execute_wrapper(broken):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "cannot be reached", "migrations": "unknown"}
    assert b"secret" not in answer.content


def test_nothing_there(client: Client, db: None) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content


def test_something_broke() -> None:
    answer = server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert b"Something broke on our side" in answer.content


def test_every_marketplace_has_its_icon(client: Client) -> None:
    for slug in every():
        answer = client.get(f"/marketplaces/icons/{slug}.svg")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
        assert answer.content.startswith(b"<svg")
    assert client.get("/marketplaces/icons/unknown.svg").status_code == 404


def test_landing(client: Client, person: User) -> None:
    assert b"Everything you sell" in client.get("/").content
    client.force_login(person)
    assert client.get("/").headers["Location"] == "/inventory/"


def test_static_files_are_where_pages_say(client: Client, db: None) -> None:
    page = client.get("/").content.decode()
    named = {part.partition("#")[0] for part in page.split('"') if part.startswith("/static/")}
    assert len(named) > 8
    for address in named:
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.close()


def test_the_last_resort_page_names_static_files_that_exist(client: Client, db: None) -> None:
    page = server_error(RequestFactory().get("/")).content.decode()
    for address in (part for part in page.split('"') if part.startswith("/static/")):
        answer = client.get(address)
        assert answer.status_code == 200, address
        answer.close()


def test_metrics_are_for_who_holds_the_token(client: Client, db: None, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    config = settings.CONFIG.model_copy(update={"metrics_token": SecretStr("meter")})
    settings.CONFIG = config
    assert client.get("/metrics", headers={"Authorization": "Bearer metre"}).status_code == 404
    seen = client.get("/metrics", headers={"Authorization": "Bearer meter"})
    assert (seen.status_code, b"instica_tasks_waiting 0.0" in seen.content) == (200, True)


def test_the_mark_is_where_browsers_look_for_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/static/web/mark.svg")
