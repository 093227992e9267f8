"""The API about itself: its OpenAPI document, the browsable reference, and a page for every kind of problem."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from pydantic_core import to_json

from instica.api.problem_types import BY_SLUG
from instica.api.problems import respond
from instica.api.v1.reference import Operation, groups


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document of everything below /api/v1/."""
    generator: Any = SchemaGenerator
    found: dict[str, Any] = generator().get_schema(request=None, public=True)
    return found


def as_yaml() -> bytes:
    """The document as the repository keeps it."""
    renderer: Any = OpenApiYamlRenderer()
    text: bytes = renderer.render(document(), renderer_context={})
    return text


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The document: JSON, or YAML by ``?format=yaml``."""
    if request.GET.get("format") == "yaml":
        return HttpResponse(as_yaml(), content_type="application/vnd.oai.openapi; charset=utf-8")
    return HttpResponse(to_json(document()), content_type="application/vnd.oai.openapi+json; charset=utf-8")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The reference, made here from the document."""
    context = {"title": "Reference", "groups": described(), "hub": request.build_absolute_uri("/").rstrip("/")}
    return render(request, "api/docs.html", context)


@cache
def described() -> list[tuple[str, list[Operation]]]:
    """The operations by tag; they are the same as long as the program runs."""
    return groups(document())


@csrf_exempt
def root(request: HttpRequest) -> HttpResponse:
    """The address above all others leads to the reference."""
    return redirect("api:docs") if request.method in ("GET", "HEAD") else nothing(request)


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """All kinds of problems."""
    kinds = sorted(BY_SLUG.values(), key=lambda kind: (kind.status, kind.slug))
    return render(request, "api/problems.html", {"title": "Problems", "kinds": kinds})


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of problem."""
    if slug not in BY_SLUG:
        return respond(request, 404, "There is no such kind of problem.")
    return render(request, "api/problem.html", {"title": BY_SLUG[slug].title, "kind": BY_SLUG[slug]})


@csrf_exempt
def nothing(request: HttpRequest, path: str = "") -> HttpResponse:
    """Whatever is not an address of the API."""
    known = path.endswith("/") or not path
    detail = "There is nothing at this address." if known else "There is nothing here; paths end with a slash."
    return respond(request, 404, detail)
