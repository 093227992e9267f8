"""What a caller may send of a product, and what it means for the row."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from instica.api.bodies import Body
from instica.api.v1.products import ProductShape
from instica.catalog.models import Artist, Label
from instica.connections.photos import is_known
from instica.core import ids
from instica.core.errors import Invalid
from instica.inventory.products import MOST_TAGS
from instica.people.models import Organization
from instica.people.validation import fault

Kinds = Literal["physical", "digital", "digital-report", "nft"]
Name = Annotated[str, Field(max_length=300)]
COLUMNS = {"marketplace_description": "description", "product_image": "image"}
POINTERS = {column: name for name, column in COLUMNS.items()}


class MakerRef(Body):
    """An artist or label: by name, or one you have by its uid."""

    uid: str | None = None
    name: Name | None = None


class ProductChange(Body):
    """Only what is sent changes; what an answer also holds may be sent back and changes nothing."""

    passed_over: ClassVar[frozenset[str]] = frozenset(ProductShape.model_fields)

    title: Annotated[str, Field(min_length=1, max_length=500)] = ""
    type: Kinds = "physical"
    artist: Name | MakerRef | None = Field(None, description="A name, or `{uid}` or `{name}`; null takes it away.")
    label: Name | MakerRef | None = Field(None, description="Like artist.")
    catalog_number: Annotated[str, Field(max_length=200)] | None = None
    release: Annotated[str, Field(max_length=60)] | None = Field(
        None, description="Its entry in a marketplace's database, such as `discogs:249504`."
    )
    barcode: Annotated[str, Field(max_length=40)] | None = None
    format: Annotated[str, Field(max_length=200)] | None = None
    year: int | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MOST_TAGS)] = []
    marketplace_description: Annotated[str, Field(max_length=50_000)] | None = None
    license_type: Annotated[str, Field(max_length=80)] | None = None
    license_notes: Annotated[str, Field(max_length=10_000)] | None = None


class ProductNew(ProductChange):
    """A product needs a title."""

    title: Annotated[str, Field(min_length=1, max_length=500)]
    product_image: Annotated[str, Field(max_length=1000)] | None = Field(
        None, description="A picture on a marketplace's host, such as that of its entry there."
    )


def values(body: ProductChange, organization: Organization) -> dict[str, Any]:
    """The columns that were sent. Raises ``Invalid`` for an artist or label nobody has."""
    sent: dict[str, Any] = {}
    for name in body.model_fields_set:
        value = getattr(body, name)
        if name in ("artist", "label"):
            value = _named(organization, name, value)
        elif name == "product_image" and value and not is_known(value):
            raise fault("A picture lies on the host of a marketplace. Upload others to the item.", name)
        sent[COLUMNS.get(name, name)] = "" if value is None and name != "year" else value
    return sent


def _named(organization: Organization, kind: str, given: str | MakerRef | None) -> str:
    if given is None or isinstance(given, str):
        return given or ""
    if given.name is not None:
        return given.name
    model: type[Artist | Label] = Artist if kind == "artist" else Label
    uid = ids.read(model.prefix, given.uid or "")
    row = model.objects.filter(organization=organization, pk=uid).first() if uid else None
    if row is None:
        raise fault(f"There is no such {kind}. Give its name.", f"{kind}/uid")
    return row.name


def renamed(problem: Invalid, names: dict[str, str]) -> Invalid:
    """The same refusal, its pointers in the API's words."""
    faults = [type(each)(each.detail, f"#/{names.get(each.pointer[2:], each.pointer[2:])}") for each in problem.faults]
    return Invalid(problem.detail, code=problem.code, faults=faults, **problem.extra)
