"""Addresses that only take forms: who opens one in a browser is led to the page it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponseBase]


def takes_forms(view: View) -> View:
    """POST is for the view, GET leads to the nearest page above, anything else is refused."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(above(request.path))
        return require_POST(view)(request, *args, **kwargs)

    return inner


def above(path: str) -> str:
    """The nearest address above that one; ``/`` is above all."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        break
    return path
