"""Calls the API the way a program does, and reads what it answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from instica.people.models import ApiToken, Organization, User
from instica.people.tokens import issue
from tests import builders


@dataclass
class Api:
    """A key and the client that sends it."""

    token: str
    organization: Organization
    row: ApiToken
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a request; keyword ``if_match`` becomes the header If-Match. Paths are below /api/v1/."""
        named = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, str | bytes) else b"" if body is None else json.dumps(body)
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return self.client.generic(method, address, data, content_type="application/json", headers=named)

    def get(self, path: str, **headers: str) -> Any:
        """Read."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Act."""
        return self.call("POST", path, body, **headers)


def api_for(user: User, scopes: Sequence[str] = ("*",)) -> Api:
    """A fresh key of the organization the person owns."""
    organization = builders.house(user)
    row, token = issue(user=user, organization=organization, name="test", scopes=scopes)
    return Api(token, organization, row)


def is_problem(response: Any, status: int, code: str | None = None, detail: str | None = None) -> dict[str, Any]:
    """The problem document of a refusal, checked to be a whole one."""
    body: dict[str, Any] = response.json()
    assert response.status_code == status, body
    assert response["Content-Type"] == "application/problem+json"
    assert list(body)[:6] == ["type", "title", "status", "detail", "instance", "request_id"]
    assert body["status"] == status
    assert body["detail"]
    assert body["request_id"] == response["X-Request-ID"]
    if code is not None:
        assert body.get("error_code", "") == code
    if detail is not None:
        assert body["detail"] == detail
    return body
