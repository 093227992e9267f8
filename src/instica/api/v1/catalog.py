"""The whole catalogue as a file and back, the whole ledger as a file, and the databases of marketplaces to add from."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from pydantic import BaseModel, Field

from instica.api import bodies, uploads
from instica.api.bodies import Body, fit
from instica.api.document import Query
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.idempotency import Keyed
from instica.api.v1 import inventory_shapes
from instica.api.v1.activity import Whatever
from instica.api.v1.inventory_shapes import ProductRef
from instica.core.errors import Invalid
from instica.inventory import searching
from instica.inventory.sheets import reading, taking, writing
from instica.inventory.sheets.taking import Report
from instica.kit.types import CatalogMatch

FULL = reading.LARGEST + 100_000
FILE = Query("file", "What to write: `csv` unless told.", choices=list(writing.TYPES))


class SheetForm(Body):
    """A multipart form with one CSV file, as it was exported or with the same columns."""

    media_type: ClassVar[str] = "multipart/form-data"

    file: bytes


class SheetChange(BaseModel):
    """What a line does, or would."""

    line: int
    action: str = Field(description="`create` or `change`.")
    title: str
    columns: list[str] = Field(description="Which differ.")


class SheetFault(BaseModel):
    """What is wrong with a line."""

    line: int
    column: str | None
    detail: str


class SheetReport(BaseModel):
    """What became of the file, or would."""

    preview: bool
    rows: int
    items_created: int
    items_changed: int
    products_created: int
    products_changed: int
    unchanged: int
    skipped: int = Field(description="Lines of items that were deleted here.")
    changes: list[SheetChange] = Field(description="The first 200.")
    errors: list[SheetFault] = Field(description="The first 100; with any of them nothing is taken in.")


def download(lines: Any, name: str, kind: str) -> StreamingHttpResponse:
    """A file, streamed."""
    disposition = f'attachment; filename="{name}.{kind}"'
    return StreamingHttpResponse(
        lines, content_type=f"{writing.TYPES[kind]}; charset=utf-8", headers={"Content-Disposition": disposition}
    )


class CatalogueExport(Endpoint):
    """The whole catalogue."""

    content_negotiation_class = Whatever

    @operation(
        "catalog_export",
        "Export the catalogue",
        scope="inventory",
        answer=None,
        query=[FILE],
        media=list(writing.TYPES.values()),
    )
    def get(self, call: Call) -> HttpResponseBase:
        """Every item with its product, and the products without any, streamed; `catalog/import/` takes it back."""
        kind = call.word("file", writing.TYPES) or "csv"
        return download(writing.catalogue(call.organization, kind), "catalogue", kind)


class LedgerExport(Endpoint):
    """The whole ledger."""

    content_negotiation_class = Whatever

    @operation(
        "catalog_moves_export",
        "Export the stock ledger",
        scope="inventory",
        answer=None,
        query=[FILE],
        media=list(writing.TYPES.values()),
    )
    def get(self, call: Call) -> HttpResponseBase:
        """Every move there ever was, in the order they were made, streamed; of deleted items too."""
        kind = call.word("file", writing.TYPES) or "csv"
        return download(writing.moves(call.organization, kind), "ledger", kind)


class CatalogueImport(Endpoint):
    """Taking a file in."""

    @operation(
        "catalog_import",
        "Import a catalogue",
        scope="inventory",
        answer=SheetReport,
        body=SheetForm,
        query=[Query("preview", "true tells what it would do and writes nothing.", bool)],
        keyed=Keyed.AROUND,
        largest=FULL,
        refuses=(402,),
    )
    def post(self, call: Call) -> object:
        """What is new is made, what differs is changed, the same is not touched; a wrong line holds back all of it."""
        trial = bool(call.flag("preview"))
        actor = call.user.public_id
        file = reading.read(reading.decoded(sent(call)))
        if trial:
            return report(taking.trial(organization=call.organization, file=file, actor=actor), preview=True)
        return report(taking.take(organization=call.organization, file=file, actor=actor), preview=False)


def sent(call: Call) -> bytes:
    """The file: of a form, or the body itself as `text/csv`."""
    if uploads.is_form(call.request):
        return fit(dict(uploads.read(call.request)[1]), SheetForm).file
    if call.request.content_type == "text/csv":
        return bodies.content(call.request, FULL)
    raise Invalid("Send a form with the CSV file as `file`, or the CSV itself as text/csv.", code="not_a_sheet")


def report(done: Report, *, preview: bool) -> dict[str, Any]:
    """A report as the API shows it."""
    counts = "rows items_created items_changed products_created products_changed unchanged skipped".split()
    return {
        "preview": preview,
        **{name: getattr(done, name) for name in counts},
        "changes": [
            {"line": each.line, "action": each.action, "title": each.title, "columns": list(each.columns)}
            for each in done.changes
        ],
        "errors": [{"line": each.line, "column": each.column or None, "detail": each.detail} for each in done.wrong],
    }


class MatchShape(BaseModel):
    """An entry of a marketplace's database that a thing could be."""

    release: str = Field(description="Send it as `product.release` when you make the item.")
    title: str
    artist: str | None
    label: str | None
    catalog_number: str | None
    format: str | None
    year: int | None
    country: str | None
    barcodes: list[str]
    image: str | None


class Matches(BaseModel):
    """What a thing could be."""

    products: list[ProductRef] = Field(description="Products you have, at most 10.")
    results: list[MatchShape] = Field(description="Entries of the database, at most 50.")


def match(row: CatalogMatch) -> dict[str, Any]:
    """An entry as the API shows it."""
    names = ("release", "title", "artist", "label", "catalog_number", "format", "year", "country")
    return {
        **{name: getattr(row, name) or None for name in names},
        "title": row.title,
        "barcodes": list(row.barcodes),
        "image": row.image or None,
    }


class CatalogueSearch(Endpoint):
    """Searching for what a thing is."""

    @operation(
        "catalog_search",
        "Search what a thing is",
        scope="inventory",
        answer=Matches,
        query=[
            Query("q", "A barcode, a catalogue number, `artist - title` or a title, as a person types it."),
            *(Query(name, f"Its {name.replace('_', ' ')}.") for name in searching.NAMES),
        ],
        refuses=(422,),
        description="By barcode; else by catalogue number; else by artist and title: among your products, and in the"
        " database of a connected marketplace that has one (Discogs). Choosing is a person's.",
    )
    def get(self, call: Call) -> object:
        """Needs a connected shop there; your own products are found without."""
        asked = {name: text for name in searching.NAMES if (text := call.text(name))} or searching.asked(call.text("q"))
        if not asked:
            raise Invalid("Say barcode, catalog_number, artist or title.", code="validation_error")
        found = searching.search(call.organization, asked)
        mine = [inventory_shapes.product(row) for row in searching.ours(call.organization, asked)]
        return {"products": mine, "results": [match(row) for row in found]}
