"""The installation's own credentials with each marketplace, from ``INSTICA_<SLUG>_*``."""

from __future__ import annotations

import os

from django.conf import settings

from instica import __version__, marketplaces
from instica.connections.budgets import SharedBudget
from instica.core.errors import NotFound
from instica.core.secrets import Secret
from instica.kit.contract import Marketplace
from instica.kit.types import App


def app_for(slug: str) -> App:
    """Who we are with that marketplace. Raises ``NotFound`` for an unknown one."""
    manifest = manifest_of(slug)
    given = {each.name: value for each in manifest.credentials if (value := variable(slug, each.name))}
    return App(
        slug=slug,
        redirect_uri=f"{settings.SITE_URL}/accounts/{slug}/login/callback/",
        client_id=given.pop("client_id", ""),
        client_secret=Secret(given.pop("client_secret", "")),
        extra={name: Secret(value) for name, value in given.items()},
        origin=variable(slug, "origin"),
        agent=agent(),
        budget=SharedBudget(manifest),
    )


def agent() -> str:
    """How this installation names itself to marketplaces, and where its operator is found."""
    return f"{settings.CONFIG.app_name}/{__version__} +{settings.CONFIG.contact or settings.SITE_URL}"


def manifest_of(slug: str) -> Marketplace:
    """The manifest of that marketplace. Raises ``NotFound``."""
    manifest = marketplaces.get(slug)
    if manifest is None:
        raise NotFound("There is no such platform.")
    return manifest


def is_configured(slug: str) -> bool:
    """Whether the operator gave every credential this marketplace needs."""
    manifest = manifest_of(slug)
    return all(variable(slug, each.name) for each in manifest.credentials if each.required)


def variable(slug: str, name: str) -> str:
    """The value of ``INSTICA_<SLUG>_<NAME>``."""
    return os.environ.get(f"INSTICA_{slug.upper()}_{name.upper()}", "").strip()
