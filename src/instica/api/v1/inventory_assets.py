"""The photos of an item: added, ordered, described, taken away (I4.7)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from instica.api import uploads
from instica.api.bodies import Body, fit
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.preconditions import IF_MATCH, tagged
from instica.api.v1 import inventory_shapes as shapes
from instica.api.v1.inventory_shapes import AssetShape, ItemShape
from instica.api.v1.inventory_writing import same, shape
from instica.core import ids
from instica.inventory import photos, queries
from instica.inventory.models import Image
from instica.people.validation import fault

FULL = photos.LARGEST + 100_000
Alt = Annotated[str, Field(max_length=photos.LONGEST_ALT, description="What it shows.")]


class AssetForm(Body):
    """A multipart form with one photo: JPEG, PNG, WebP or GIF, at most 12 MB and 40 million pixels."""

    media_type: ClassVar[str] = "multipart/form-data"

    file: bytes
    alt: Alt = ""
    is_primary: Literal["true", "false", "1", "0"] = Field("false", description="Make it the item's face.")


class AssetChange(Body):
    """Another place or description of a photo."""

    passed_over: ClassVar[frozenset[str]] = frozenset(AssetShape.model_fields)

    alt: Alt | None = None
    position: Annotated[int, Field(ge=0, le=1000)] = Field(0, description="From 0; the others close up.")
    is_primary: bool = Field(False, description="true makes it the first.")


class AssetOrder(Body):
    """All photos of the item in their new order."""

    uids: Annotated[list[str], Field(max_length=200)]


class Assets(Endpoint):
    """All photos of an item."""

    @operation(
        "inventory_assets_add",
        "Add a photo",
        scope="inventory",
        status=201,
        answer=AssetShape,
        body=AssetForm,
        headers=[IF_MATCH],
        refuses=(412,),
        largest=FULL,
    )
    def post(self, call: Call, uid: str) -> object:
        """Drawn anew as a JPEG of at most 1600 pixels a side, upright, without place, time or owner."""
        item = queries.get(call.organization, uid)
        if not uploads.is_form(call.request):
            raise fault("Send a multipart form with the photo as `file`.", "file")
        texts, files = uploads.read(call.request)
        body = fit({**texts, **files}, AssetForm)
        first = body.is_primary in ("true", "1")
        return shapes.asset(photos.add(item=item, data=body.file, alt=body.alt, first=first, check=same(call)))


class Asset(Endpoint):
    """One photo."""

    @operation(
        "inventory_assets_update",
        "Change a photo",
        scope="inventory",
        answer=AssetShape,
        body=AssetChange,
        headers=[IF_MATCH],
        refuses=(412,),
    )
    def patch(self, call: Call, uid: str, asset_uid: str) -> object:
        """Its description, its place, or that it is the first."""
        image = photos.get(queries.get(call.organization, uid), asset_uid)
        body = call.read(AssetChange)
        place = 0 if body.is_primary else body.position
        condition: dict[str, Any] = {"check": same(call)}
        if place != image.position and body.model_fields_set & {"position", "is_primary"}:
            photos.put(image=image, position=place, **condition)
            condition = {}
        if "alt" in body.model_fields_set:
            photos.describe(image=image, alt=body.alt or "", **condition)
        image.refresh_from_db()
        return shapes.asset(image)

    @operation(
        "inventory_assets_delete",
        "Take a photo away",
        scope="inventory",
        status=204,
        answer=None,
        headers=[IF_MATCH],
        refuses=(412,),
    )
    def delete(self, call: Call, uid: str, asset_uid: str) -> None:
        """The others close up."""
        photos.remove(image=photos.get(queries.get(call.organization, uid), asset_uid), check=same(call))


class Order(Endpoint):
    """The order of an item's photos."""

    @operation(
        "inventory_assets_order",
        "Order the photos",
        scope="inventory",
        answer=ItemShape,
        body=AssetOrder,
        headers=[IF_MATCH],
        refuses=(412,),
    )
    def post(self, call: Call, uid: str) -> object:
        """Every photo of the item is named once; the first is its face."""
        item = queries.get(call.organization, uid)
        uids = [ids.read(Image.prefix, each) for each in call.read(AssetOrder).uids]
        photos.order(item=item, uids=[each for each in uids if each], check=same(call))
        return tagged(shape(call, queries.get(call.organization, uid)))
