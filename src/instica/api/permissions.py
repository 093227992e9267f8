"""Who may do what: an operation demands a caller with its scope and role; what is no operation is denied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rest_framework import exceptions
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from instica.api.authentication import Caller
from instica.api.idempotency import Keyed
from instica.core.errors import Forbidden
from instica.people.models import Role

if TYPE_CHECKING:
    from rest_framework.views import APIView


@dataclass(frozen=True, slots=True)
class Operation:
    """What an operation demands and how it answers."""

    name: str
    scope: str
    role: Role
    status: int
    keyed: Keyed
    largest: int
    public: bool
    starts_import: bool


class Allowed(BasePermission):
    """Denies what no operation allows; an operation demands a caller with its scope and role."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the caller may; raises what the answer should say."""
        method = (request.method or "").lower()
        handler = getattr(view, method, None) if method in view.http_method_names else None
        wanted: Operation | None = getattr(handler, "operation", None)
        if wanted is not None and wanted.public:
            return True
        caller = request.auth
        if not isinstance(caller, Caller):
            raise exceptions.NotAuthenticated("Send an API key as a Bearer token or as X-API-Key.")
        if wanted is None:
            return handler is None
        if not caller.may(wanted.scope, reading=method in ("get", "head")):
            lacks = f"The key lacks the scope {wanted.scope}." if wanted.scope else "The key is for its extension only."
            raise Forbidden(lacks, code="scope_missing")
        if not caller.is_at_least(wanted.role):
            raise Forbidden(f"This needs the role {wanted.role}.", code="role_too_low")
        return True
