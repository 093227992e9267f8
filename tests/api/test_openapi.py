"""The OpenAPI document: valid, whole, with an example for every answer, browsable without the network."""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern
from drf_spectacular.validation import validate_schema
from pydantic import BaseModel

from instica.api import problem_types, v1
from instica.api.endpoint import Endpoint
from instica.api.v1 import urls
from instica.api.v1.documentation import document
from instica.people.tokens import SCOPES
from tests.api.calling import is_problem

METHODS = ("get", "post", "patch", "delete", "put")
PUBLIC = ("post /api/v1/extension/pair/",)
PLAIN = ("schema/", "docs/", "problems/", "problems/<slug:slug>/", "", "<path:path>")


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """The document."""
    return document()


def operations(written: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation and where it stands."""
    for path, item in written["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", item[method]


def addresses() -> dict[str, type[Endpoint]]:
    """The endpoints of the URL map by path as the document writes it."""
    found = {}
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        route = str(pattern.pattern)
        if route not in PLAIN:
            found["/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)] = pattern.callback.view_class  # type: ignore[attr-defined]
    return found


def test_it_is_valid(written: dict[str, Any]) -> None:
    assert written["openapi"] == "3.1.1"
    validate_schema(written)  # type: ignore[no-untyped-call]


def test_every_route_is_documented(written: dict[str, Any]) -> None:
    assert sorted(written["paths"]) == sorted(addresses())
    for path, view in addresses().items():
        offered = {method for method in METHODS if hasattr(view, method)}
        assert offered == set(written["paths"][path]) & set(METHODS)
        for method in offered:
            about = getattr(view, method).operation
            assert about.scope == "" or about.scope in SCOPES


def test_every_operation_says_everything(written: dict[str, Any]) -> None:
    names = Counter(about["operationId"] for _, about in operations(written))
    assert [name for name, count in names.items() if count > 1] == []
    for where, about in operations(written):
        assert about["summary"], where
        assert {"400", "401", "403", "404", "406", "429", "500"} <= set(about["responses"]), where
        if "requestBody" in about:
            assert {"413", "415"} <= set(about["responses"]), where
        assert about.get("security") == ([{"bearer": []}, {"apiKey": []}] if where not in PUBLIC else None), where


def test_every_answer_has_an_example(written: dict[str, Any]) -> None:
    for where, about in operations(written):
        for status, answer in about["responses"].items():
            if status in ("204", "304"):
                assert "content" not in answer, where
            elif status[0] == "2":
                assert [
                    each["example"] for each in answer["content"].values() if each["example"] in ({}, None)
                ] == [], where
            else:
                assert answer == {"$ref": f"#/components/responses/Problem{status}"}
    for status, answer in written["components"]["responses"].items():
        assert f"Problem{answer['content']['application/problem+json']['example']['status']}" == status


def test_no_two_shapes_share_a_name() -> None:
    shapes: Counter[str] = Counter()
    for module in iter_modules(v1.__path__):
        members = vars(import_module(f"{v1.__name__}.{module.name}")).values()
        own = [each for each in members if inspect.isclass(each) and issubclass(each, BaseModel)]
        shapes.update(each.__name__ for each in own if each.__module__ == f"{v1.__name__}.{module.name}")
    assert [name for name, count in shapes.items() if count > 1] == []


def test_problem_types_are_what_they_say() -> None:
    assert all(kind.status == status for status, kind in problem_types.PLAIN.items())
    count = len(problem_types.PLAIN) + len(problem_types.NAMED)
    assert len(problem_types.BY_SLUG) == count


@pytest.mark.django_db
def test_it_is_served_as_json_and_yaml(written: dict[str, Any]) -> None:
    answer = Client().get("/api/v1/schema/")
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json; charset=utf-8"
    assert answer.json()["paths"].keys() == written["paths"].keys()
    assert Client().get("/api/v1/schema/?format=yaml").content.startswith(b"openapi: 3.1.1\n")


@pytest.mark.django_db
def test_the_reference_needs_nothing_from_elsewhere() -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    linked = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert linked
    assert [address for address in linked if not re.match(r"/(?!/)|#", address)] == []
    assert "<script>" not in page
    assert "swagger" not in page
    assert "style=" not in page
    for address in {each for each in linked if each.startswith(("/static/", "/api/"))}:
        answer = Client().get(address)
        assert answer.status_code == 200, address
        answer.close()


@pytest.mark.django_db
def test_the_reference_shows_every_operation_with_what_it_takes_and_answers(written: dict[str, Any]) -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    shown = re.findall(r'operation__method--\w+">(\w+)</span> <code class="operation__path">([^<]+)</code>', page)
    every = [(method.upper(), path) for path, methods in written["paths"].items() for method in methods]
    assert sorted(shown) == sorted(every)
    start = page.partition('id="import_start"')[2].partition("</details>")[0]
    words = " ".join(unescape(re.sub(r"<[^>]+>", " ", start)).split())
    assert "job_uid required string" in words
    assert "skip_conflicts boolean Skip what is in conflict instead of leaving it to be decided." in words
    assert "Body Name Type Meaning job_uid" in words
    assert '"job_uid": "job_01h455vb4pex5vsknk084sn02q"' in words
    assert '202 { "completed_at"' in words or '202 { "id"' in words
    assert "412\xa0" in unescape(start)


@pytest.mark.django_db
def test_the_address_above_all_leads_to_the_reference() -> None:
    assert Client().get("/api/v1/").headers["Location"] == "/api/v1/docs/"
    is_problem(Client().post("/api/v1/"), 404)


@pytest.mark.django_db
def test_writing_to_the_documentation() -> None:
    is_problem(Client().post("/api/v1/docs/"), 405)
