"""How the browser extension's own things look: its organization, its shops, what it reports, prepared listings."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from instica import __version__
from instica.api.bodies import Body
from instica.api.paging import Page
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection
from instica.imports import progress
from instica.imports.models import Job, Prepared
from instica.kit.contract import Marketplace
from instica.marketplaces import every
from instica.people.models import Organization

MOST_ROWS = 1_000
State = Literal["reading", "paused", "signed_out", "challenge", "page_changed", "asleep", "offline", "finished"]


class PairBody(Body):
    """A code read off the screen, and what to call this browser."""

    code: str = Field(max_length=40, examples=["ABCD-EFGH"])
    name: str = Field("", max_length=80, examples=["Chromium on Linux"])
    version: str = Field("", max_length=40, examples=["1.0.0"])


class OwnerShape(BaseModel):
    """The organization."""

    uid: str
    name: str


class HubShape(BaseModel):
    """This installation."""

    name: str
    version: str


class PairedShape(BaseModel):
    """The key, given only this once."""

    token: str
    organization: OwnerShape
    hub: HubShape


class ReadingShape(BaseModel):
    """The import that waits for pages."""

    id: str
    status: str
    total_listings_found: int


class StudioShape(BaseModel):
    """A shop that the extension reads."""

    uid: str
    platform: str
    account: str
    job: ReadingShape | None


class PlaceShape(BaseModel):
    """A marketplace that the extension reads."""

    slug: str
    name: str
    url: str
    note: str = Field(description="What a seller must know first; often empty.")


class ExtensionShape(BaseModel):
    """Everything the extension needs to begin."""

    model_config = ConfigDict(title="Extension")

    organization: OwnerShape
    connections: list[StudioShape]
    platforms: list[PlaceShape]


class ClaimBody(Body):
    """The account seen on the marketplace's page."""

    platform: str = Field(max_length=40, examples=["redbubble"])
    account: str = Field(min_length=1, max_length=100, pattern=r"^[^\s<>\x00-\x1f]+( ?[^\s<>\x00-\x1f]+)*$")


class PageBody(Body):
    """A page of a shop as the extension read it."""

    page_key: str = Field(min_length=1, max_length=200, description="The same page has the same key.")
    pack: str = Field(max_length=60, examples=["redbubble/3"], description="Which selectors read it.")
    account: str = Field(max_length=120, description="Whose page it is, as seen on it.")
    rows: list[Any] = Field(max_length=MOST_ROWS, description="Designs; what cannot be read is kept as a failed row.")
    last: bool = Field(False, description="Whether the shop is read with it.")
    expected: int | None = Field(None, ge=0, le=10_000_000, description="How many designs the site says there are.")


class ReceiptShape(BaseModel):
    """What became of a page."""

    accepted: int = Field(description="Rows of it that can be taken in.")
    received: int = Field(description="Rows of all pages so far.")
    duplicate: bool = Field(description="Whether it came before; then nothing changed.")
    status: str = Field(description="The import's status.")


class StateBody(Body):
    """What the extension met."""

    state: State
    pack: str = Field("", max_length=60)
    field: str = Field("", max_length=100)
    detail: str = Field("", max_length=300)
    account: str = Field("", max_length=120)
    seen: int | None = Field(None, ge=0, le=10_000_000)
    expected: int | None = Field(None, ge=0, le=10_000_000)


class PreparedShape(BaseModel):
    """A design made ready for a form that its seller fills."""

    model_config = ConfigDict(title="PreparedListing")

    uid: str
    inventory_item_uid: str
    platform: str
    title: str
    description: str
    tags: list[str]
    image_url: str
    upload_url: str = Field(description="The form to open there.")
    problems: list[str] = Field(description="What was cut, and what the seller must know.")


class PreparedPage(Page[PreparedShape]):
    """A page of prepared listings."""


class LinkBody(Body):
    """The page that the seller made there."""

    listing_id: str = Field(min_length=1, max_length=100)
    url: str = Field(max_length=900)
    title: str = Field("", max_length=1_000)
    connection: str = Field("", max_length=40, description="Which of the shops there; the newest unless told.")


class LinkedShape(BaseModel):
    """It is linked."""

    status: str = Field(json_schema_extra={"enum": ["linked"]})


def owner(organization: Organization) -> dict[str, str]:
    """The organization."""
    return {"uid": organization.public_id, "name": organization.display_name}


def hub() -> dict[str, str]:
    """This installation."""
    return {"name": settings.CONFIG.app_name, "version": __version__}


def shop(connection: Connection, job: Job | None) -> dict[str, Any]:
    """A shop and the import that waits for its pages."""
    return {
        "uid": connection.public_id,
        "platform": connection.marketplace,
        "account": connection.username,
        "job": reading(job) if job else None,
    }


def reading(job: Job) -> dict[str, Any]:
    """How far it is."""
    return {"id": job.public_id, "status": progress.status(job), "total_listings_found": job.found}


def places() -> list[dict[str, str]]:
    """The marketplaces that the extension reads."""
    return [place(manifest) for manifest in every().values() if manifest.connection == "extension"]


def place(manifest: Marketplace) -> dict[str, str]:
    """One of them."""
    note = manifest.manual.notice if manifest.manual else ""
    return {"slug": manifest.slug, "name": manifest.name, "url": manifest.url, "note": note}


def prepared(row: Prepared) -> dict[str, Any]:
    """A prepared listing."""
    by_hand = manifest_of(row.marketplace).manual
    return {
        "uid": row.public_id,
        "inventory_item_uid": row.item.public_id,
        "platform": row.marketplace,
        "title": row.title,
        "description": row.description,
        "tags": row.tags,
        "image_url": f"/api/v1/extension/prepared/{row.public_id}/image/",
        "upload_url": by_hand.page if by_hand else "",
        "problems": row.notes,
    }
