"""What is connected."""

from __future__ import annotations

from django.db.models import QuerySet

from instica.connections.models import Connection, State
from instica.core import ids
from instica.core.errors import NotFound
from instica.kit.contract import Marketplace
from instica.marketplaces import every as every_manifest
from instica.people.models import Organization


def every(organization: Organization) -> QuerySet[Connection]:
    """All shops of an organization, disconnected ones too, the newest first."""
    return Connection.objects.filter(organization=organization).order_by("-connected_at", "-uid")


def live(organization: Organization) -> QuerySet[Connection]:
    """The shops that are connected, or were until their sign-in expired."""
    return every(organization).exclude(state=State.REVOKED)


def get(organization: Organization, public_id: str) -> Connection:
    """One shop. Raises ``NotFound``."""
    uid = ids.read(Connection.prefix, public_id)
    connection = every(organization).filter(uid=uid).first() if uid else None
    if connection is None:
        raise NotFound("There is no such seller account.")
    return connection


def none_there(manifest: Marketplace) -> str:
    """Why there is no shop to work with on that marketplace, and what to do."""
    if manifest.connection == "extension":
        return f"Pair the browser extension and open your {manifest.name} shop in it first."
    if not manifest.auth:
        return f"{manifest.name} cannot be connected in this version."
    article = "an" if manifest.name[:1].lower() in "aeiou" else "a"
    return f"Connect {article} {manifest.name} shop first."


def by_extension(organization: Organization) -> QuerySet[Connection]:
    """The shops that the browser extension reads."""
    slugs = [manifest.slug for manifest in every_manifest().values() if manifest.connection == "extension"]
    return live(organization).filter(marketplace__in=slugs)


def newest_valid(organization: Organization, marketplace: str) -> Connection | None:
    """The most recently connected shop there that works."""
    return every(organization).filter(marketplace=marketplace, state=State.CONNECTED).first()
