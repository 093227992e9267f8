"""Every failure is a problem document with the right status, whoever noticed it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings

from instica.api import problem_types
from tests.api.calling import Api, is_problem


def test_an_unknown_path_is_a_problem(api: Api) -> None:
    body = is_problem(api.get("nothing/here/"), 404, "", "There is nothing at this address.")
    assert body["instance"] == "/api/v1/nothing/here/"
    assert body["type"] == f"{settings.SITE_URL}/api/v1/problems/not-found/"


def test_a_path_outside_the_version_is_a_problem(api: Api) -> None:
    is_problem(api.get("/api/v2/"), 404)


def test_a_missing_slash_is_named(api: Api) -> None:
    is_problem(api.get("platforms"), 404, "", "There is nothing here; paths end with a slash.")


def test_without_a_key(api: Api) -> None:
    api.token = ""
    response = api.get("platforms/")
    is_problem(response, 401, "", "Send an API key as a Bearer token or as X-API-Key.")
    assert response["WWW-Authenticate"] == 'Bearer realm="Instica API"'


def test_the_wrong_method(api: Api) -> None:
    response = api.post("platforms/", {})
    is_problem(response, 405, "", 'Method "POST" not allowed.')
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE"])
def test_only_used_methods_are_allowed(api: Api, method: str) -> None:
    is_problem(api.call(method, "platforms/"), 405)


def test_an_answer_the_api_does_not_speak(api: Api) -> None:
    is_problem(api.get("platforms/", Accept="text/html"), 406)


@pytest.mark.parametrize("slug", sorted(problem_types.BY_SLUG))
def test_every_type_resolves_to_its_page(api: Api, slug: str) -> None:
    page = api.client.get(f"/api/v1/problems/{slug}/")
    assert page.status_code == 200
    assert problem_types.BY_SLUG[slug].title in page.content.decode()


def test_an_unknown_problem_page(api: Api) -> None:
    is_problem(api.client.get("/api/v1/problems/none/"), 404)


def test_a_crash_shows_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from instica.api.v1 import platforms

    def crash(*_: Any) -> None:
        raise RuntimeError("the secret is swordfish")

    monkeypatch.setattr(platforms, "brief", crash)
    response = api.get("platforms/")
    body = is_problem(response, 500)
    assert "swordfish" not in response.content.decode()
    assert re.fullmatch(r"req_[0-9a-z]{26}", body["request_id"])


def test_a_given_request_id_is_kept(api: Api) -> None:
    assert api.get("platforms/", X_Request_ID="mine-1")["X-Request-ID"] == "mine-1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "a\tb", "<script>"])
def test_a_harmful_request_id_is_replaced(api: Api, given: str) -> None:
    assert api.get("platforms/", X_Request_ID=given)["X-Request-ID"].startswith("req_")
