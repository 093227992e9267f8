"""Who may do what, for every operation of the API: no key is 401, a scope or a role too low is 403."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver
from tests import builders
from tests.api.calling import Api, api_for, is_problem

from instica.api.permissions import Operation
from instica.people.models import Membership, Role, User
from instica.people.tokens import issue

METHODS = ("get", "post", "patch", "delete")
PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def operations(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, str, Operation]]:
    """Every operation below /api/v1/: its route, its method, and what it demands."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from operations(entry, route)
            continue
        view: Any = getattr(entry.callback, "cls", None)
        for method in METHODS:
            about = getattr(getattr(view, method, None), "operation", None)
            if about is not None:
                yield route, method, about


EVERY = [(route, method, about) for route, method, about in operations(get_resolver()) if not about.public]
SCOPED = [one for one in EVERY if one[2].scope]
RANKED = [one for one in EVERY if one[2].role != Role.MEMBER]


def named(operation: tuple[str, str, Operation]) -> str:
    """How a case is called."""
    return f"{operation[1]} {operation[0]}"


def path(route: str, organization: str) -> str:
    """An address of the route; where it names an organization, that one."""
    first = organization if "organization/<" in route else "1"
    values = iter((first, "1", "1"))
    return "/" + PLACEHOLDER.sub(lambda _: next(values), route)


def test_there_are_operations_of_every_sort() -> None:
    assert (len(EVERY) > 40, len(SCOPED) > 35, len(RANKED) > 5) == (True, True, True)


@pytest.mark.parametrize("operation", EVERY, ids=named)
def test_without_a_key_nothing_is_answered(db: None, operation: tuple[str, str, Operation]) -> None:
    route, method, _ = operation
    nobody = Api("", None, None, Client(raise_request_exception=False))  # type: ignore[arg-type]  # nobody has no key
    is_problem(nobody.call(method.upper(), path(route, "org_1")), 401)


@pytest.mark.parametrize("operation", SCOPED, ids=named)
def test_a_key_without_the_scope_is_refused(person: User, operation: tuple[str, str, Operation]) -> None:
    route, method, about = operation
    other = "listings" if about.scope != "listings" else "keys"
    api = api_for(person, [other])
    is_problem(api.call(method.upper(), path(route, api.organization.public_id)), 403)


@pytest.mark.parametrize("operation", RANKED, ids=named)
def test_a_member_may_not_do_what_asks_for_more(person: User, operation: tuple[str, str, Operation]) -> None:
    route, method, _ = operation
    house = builders.house(person)
    member = User.objects.create_user(username="mel", email="mel@example.com", password="correct horse battery")
    Membership.objects.create(organization=house, user=member, role=Role.MEMBER)
    row, token = issue(user=member, organization=house, name="mel")
    is_problem(Api(token, house, row).call(method.upper(), path(route, house.public_id)), 403)
