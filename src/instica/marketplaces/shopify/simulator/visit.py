"""One GraphQL call on its way: who asks, what they may, and what is remarked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError

from instica.marketplaces.shopify.simulator.site import Grant, Site

DOCS = "https://shopify.dev/api/usage/access-scopes"


@dataclass(slots=True)
class Visit:
    """``origin`` is how the caller addressed us; ``remarks`` are the warnings about search strings."""

    site: Site
    grant: Grant
    origin: str
    variables: dict[str, Any] = field(default_factory=dict)
    remarks: list[dict[str, Any]] = field(default_factory=list)

    def may(self, scopes: tuple[str, ...]) -> bool:
        """Whether the grant holds one of the scopes; nothing needed is always allowed."""
        return not scopes or bool(self.site.scopes_of(self.grant) & set(scopes))


def complaint(message: str, code: str, **more: Any) -> GraphQLError:
    """An error at the top of the answer."""
    return GraphQLError(message, extensions={"code": code, **more})


def access_denied(field_name: str, scopes: tuple[str, ...]) -> GraphQLError:
    """Status 200 all the same; the field is null."""
    required = " or ".join(f"`{scope}`" for scope in scopes) + " access scope."
    message = f"Access denied for {field_name} field. Required access: {required}"
    return complaint(message, "ACCESS_DENIED", documentation=DOCS, requiredAccess=required)


def user_error(message: str, *field_path: str, code: str | None = None) -> dict[str, Any]:
    """One complaint of a mutation's payload; without a path it belongs to no field."""
    return {"field": list(field_path) or None, "message": message, "code": code}
