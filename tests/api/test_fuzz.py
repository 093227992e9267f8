"""Whatever is sent, the API neither breaks nor answers outside its own document."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx2
import pytest
import requests
import schemathesis
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as depth
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from instica.api.v1.documentation import document
from instica.imports.models import Row
from instica.people.models import User
from tests.api.calling import api_for
from tests.rules.test_tenants import world

# An example is a whole request of one of many operations, so that each tries fewer than other properties do.
EXAMPLES = 300 if depth.get_current_profile_name() == "deep" else 5
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Which of our things a placeholder may name, so that the fuzz also gets past "not found".
NAMED = {
    "/products/": "product",
    "/inventory/": "item",
    "/accounts/": "connection",
    "/jobs/": "job",
    "/organization/": "organization",
    "/webhooks/": "endpoint",
}
INNER = {
    "item_uid": "row",
    "asset_uid": "asset",
    "member_uid": "member",
    "invitation_uid": "invitation",
    "address_uid": "address",
    "delivery_uid": "delivery",
    "pk": "key",
}

SCHEMA = schemathesis.openapi.from_dict(document())


@pytest.fixture
def things(person: User, settings: Any) -> dict[str, Any]:
    """One of everything, a key for it, and no limit."""
    settings.THROTTLE_PER_MINUTE = settings.IMPORTS_PER_MINUTE = 10**9
    found = world(person)
    found_there = {"page": {"seen": "live"}, "offer": {}, "print": ""}
    Row.objects.update(status="conflict", data=found_there, evidence={}, conflict_details="SKU is taken")
    return found | {"token": api_for(person).token}


def aim(case: schemathesis.Case, things: dict[str, Any]) -> None:
    """Half of the time the ids are real ones."""
    for name, value in dict(case.path_parameters or {}).items():
        kind = INNER.get(name) or next((kind for part, kind in NAMED.items() if part in case.path), "")
        if kind and len(str(value)) % 2 == 0:
            case.path_parameters[name] = things[kind]


def send(case: schemathesis.Case, token: str) -> httpx2.Response:
    """The case through the whole application in this process."""
    parts = case.as_transport_kwargs(base_url="http://testserver", headers={"X-API-Key": token})
    known = ("method", "url", "headers", "json", "data", "params", "cookies", "files")
    sent = requests.Request(**{name: parts[name] for name in known if name in parts}).prepare()
    assert sent.url
    assert sent.method
    body = sent.body if isinstance(sent.body, bytes) else (sent.body or "").encode()
    headers = {
        name: value if isinstance(value, str) else value.decode("latin-1") for name, value in sent.headers.items()
    }
    kind = headers.pop("Content-Type", "")
    client = Client(raise_request_exception=False)
    answer = client.generic(sent.method, sent.url.removeprefix("http://testserver"), body, kind, headers=headers)
    request = httpx2.Request(sent.method, sent.url)
    return httpx2.Response(answer.status_code, headers=[*answer.items()], content=answer.getvalue(), request=request)


@SCHEMA.parametrize()
@depth(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), derandomize=EXAMPLES < 100)
def test_no_answer_outside_the_document(case: schemathesis.Case, things: dict[str, Any]) -> None:
    aim(case, things)
    answer = send(case, things["token"])
    answer.elapsed = dt.timedelta()
    case.validate_response(answer, checks=CHECKS)
