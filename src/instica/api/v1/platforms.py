"""The marketplaces: what each is and what can be done there."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from instica.api.endpoint import Call, Endpoint, operation
from instica.connections.credentials import is_configured
from instica.core import ids
from instica.core.errors import NotFound
from instica.kit.contract import Connector, Marketplace
from instica.marketplaces import every, get

CAPABILITIES = tuple(
    "listings orders publish revise withdraw set_levels ship cancel quote search watch read_page".split()
)
EXAMPLE: dict[str, Any] = {
    "uid": ids.stable("plt", "discogs"),
    "name": "Discogs",
    "slug": "discogs",
    "url": "https://discogs.com",
    "is_selling_active": True,
    "connection_url": "/accounts/discogs/login/",
}


class PlatformShape(BaseModel):
    """A marketplace, as everyone sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    uid: str
    name: str
    slug: str
    url: str
    is_selling_active: bool = Field(description="Whether this installation can list there by itself.")
    connection_url: str = Field(description="Where a shop there is connected, on this site.")


class PlatformList(RootModel[list[PlatformShape]]):
    """All marketplaces."""


class PlatformDetail(PlatformShape):
    """A marketplace and what can be done there."""

    connection: str = Field(description="`oauth`, or `extension` for what the browser extension reads.")
    capabilities: list[str]
    notices: list[str] = Field(description="What its terms want shown beside its data.")
    fresh_for_seconds: int | None = Field(description="How old its data may be when shown.")


def capabilities(marketplace: Marketplace) -> list[str]:
    """What its connector can do."""
    if not marketplace.connector:
        return []
    connector: type[Connector] = marketplace.load("connector")
    return [name for name in CAPABILITIES if connector.can(name)]


def sells(marketplace: Marketplace) -> bool:
    """Whether this installation can list there by itself: it knows how, and has credentials (D33)."""
    if marketplace.connection != "oauth" or "publish" not in capabilities(marketplace):
        return False
    return is_configured(marketplace.slug)


def brief(marketplace: Marketplace) -> dict[str, Any]:
    """The six documented keys."""
    return {
        "uid": ids.stable("plt", marketplace.slug),
        "name": marketplace.name,
        "slug": marketplace.slug,
        "url": marketplace.url,
        "is_selling_active": sells(marketplace),
        "connection_url": f"/accounts/{marketplace.slug}/login/",
    }


class Platforms(Endpoint):
    """All of them."""

    @operation("platforms_list", "List the marketplaces", answer=PlatformList)
    def get(self, call: Call) -> object:
        """A bare array, in a fixed order."""
        return [brief(marketplace) for marketplace in every().values()]


class Platform(Endpoint):
    """One of them."""

    @operation("platforms_read", "Read a marketplace and what can be done there", answer=PlatformDetail)
    def get(self, call: Call, slug: str) -> object:
        """With its capabilities."""
        marketplace = get(slug)
        if marketplace is None:
            raise NotFound("There is no such platform.")
        fresh = marketplace.fresh_for
        return brief(marketplace) | {
            "connection": marketplace.connection,
            "capabilities": capabilities(marketplace),
            "notices": list(marketplace.notices),
            "fresh_for_seconds": int(fresh.total_seconds()) if fresh else None,
        }
