"""The browser extension: pairing, its shops and what it sees there, and the listings its seller makes by hand."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from pydantic_core import to_json
from rest_framework.request import Request

from instica.api.bodies import Nothing
from instica.api.document import Query, paging
from instica.api.endpoint import Call, Endpoint, operation
from instica.api.limits import address
from instica.api.paging import paged
from instica.api.v1 import extension_shapes as shapes
from instica.api.v1 import import_shapes
from instica.api.v1.import_shapes import JobShape
from instica.connections import claiming
from instica.connections import queries as connections
from instica.connections.models import Connection
from instica.core.errors import NotFound
from instica.imports import deliveries, prepared, progress, queries, sights
from instica.imports.models import Job
from instica.inventory import queries as inventory
from instica.kit.browser import line
from instica.marketplaces import every, get
from instica.people import pairing

SCOPE, TAG = "extension", "extension"
TRIES_A_MINUTE = 10
LARGEST_PAGE = 2_000_000
SIZE = 25
SLUGS = tuple(slug for slug, manifest in every().items() if manifest.connection == "extension")


class Pair(Endpoint):
    """A code becomes a key."""

    @operation(
        "extension_pair",
        "Pair a browser extension",
        tag=TAG,
        answer=shapes.PairedShape,
        status=201,
        body=shapes.PairBody,
        public=True,
        description="The code is shown in Instica, works once and for ten minutes; ten tries a minute an address.",
    )
    def post(self, call: Call) -> object:
        """The key has the scope `extension` and is given only here."""
        body = call.read(shapes.PairBody)
        name = line(body.name, 60) or "Browser extension"
        version = line(body.version, 15)
        token, plain = pairing.redeem(code=body.code, name=f"{name} {version}".strip())
        return {"token": plain, "organization": shapes.owner(token.organization), "hub": shapes.hub()}

    def check_throttles(self, request: Request) -> None:
        """A few tries a minute from one address: a code must not be guessed."""
        self.spend("pairing", f"pairing:{address(request._request)}", TRIES_A_MINUTE)


class Extension(Endpoint):
    """Where the extension begins."""

    @operation("extension_read", "Read what the extension works on", scope=SCOPE, tag=TAG, answer=shapes.ExtensionShape)
    def get(self, call: Call) -> object:
        """Its organization, its shops with the import that waits for pages, and where it can read."""
        own = connections.by_extension(call.organization)
        return {
            "organization": shapes.owner(call.organization),
            "connections": [shapes.shop(shop, deliveries.reading(shop)) for shop in own],
            "platforms": shapes.places(),
        }


class Shops(Endpoint):
    """Its shops."""

    @operation(
        "extension_claim",
        "Connect the account seen on a page",
        scope=SCOPE,
        tag=TAG,
        answer=shapes.StudioShape,
        status=201,
        also=200,
        body=shapes.ClaimBody,
        refuses=[402, 409],
        description="201 when it is made, 200 with the one there is.",
    )
    def post(self, call: Call) -> object:
        """The connection of that account."""
        body = call.read(shapes.ClaimBody)
        if get(body.platform) is None:
            raise NotFound("There is no such platform.")
        shop, made = claiming.claim(
            organization=call.organization, user=call.user, marketplace=body.platform, account=body.account
        )
        return answered(shapes.shop(shop, deliveries.reading(shop)), new=made)


class Reading(Endpoint):
    """Reading one of them."""

    @operation(
        "extension_begin_import",
        "Begin an import that waits for pages",
        scope=SCOPE,
        tag=TAG,
        starts_import=True,
        answer=JobShape,
        status=201,
        also=200,
        body=Nothing,
        refuses=[402],
        description="201 with a new import, 200 with the one that waits for pages already.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Its pages go to `marketplace/import/jobs/{uid}/pages/`."""
        shop = shop_of(call, uid)
        call.read(Nothing)
        job, new = deliveries.begin(organization=call.organization, connection=shop, user=call.user)
        return answered(import_shapes.job(job), new=new)


class SeenThere(Endpoint):
    """What it sees there."""

    @operation(
        "extension_report",
        "Report what the extension meets",
        scope=SCOPE,
        tag=TAG,
        answer=None,
        status=204,
        body=shapes.StateBody,
        description="Shown on the Marketplaces page and on the import, in plain words.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Kept as the last sight of the shop."""
        shop = shop_of(call, uid)
        body = call.read(shapes.StateBody)
        seen = sights.Seen(
            state=body.state,
            pack=line(body.pack, 60),
            field=line(body.field, 100),
            detail=line(body.detail, 300),
            account=line(body.account, 120),
            seen=body.seen,
            expected=body.expected,
        )
        sights.note(connection=shop, seen=seen, browser=call.caller.token.name)
        return None


class Pages(Endpoint):
    """Pages of an import."""

    @operation(
        "import_pages",
        "Deliver a page that the extension read",
        scope=SCOPE,
        tag="import",
        answer=shapes.ReceiptShape,
        status=202,
        also=200,
        body=shapes.PageBody,
        refuses=[409, 422],
        largest=LARGEST_PAGE,
        description="202 when it is kept for taking in; 200 when the same page came before, and nothing changed.",
    )
    def post(self, call: Call, uid: str) -> object:
        """Once by `page_key`; rows that cannot be read become failed rows with their reason."""
        job = job_of(call, uid)
        body = call.read(shapes.PageBody)
        sheet = deliveries.Sheet(body.page_key, body.pack, body.account, body.rows, body.last, body.expected)
        receipt = deliveries.deliver(job=job, sheet=sheet)
        job.refresh_from_db()
        told = {"accepted": receipt.accepted, "received": receipt.received, "duplicate": receipt.duplicate}
        status = HTTPStatus.OK if receipt.duplicate else HTTPStatus.ACCEPTED
        return sent(told | {"status": progress.status(job)}, status)


class PreparedListings(Endpoint):
    """What is prepared."""

    @operation(
        "extension_prepared",
        "List the designs prepared for a form",
        scope=SCOPE,
        tag=TAG,
        answer=shapes.PreparedPage,
        query=[Query("platform", "Only those for that marketplace.", choices=SLUGS), *paging(SIZE)],
    )
    def get(self, call: Call) -> object:
        """Those that are not linked yet, the newest first."""
        found = prepared.waiting(call.organization, call.word("platform", SLUGS))

        def rows(start: int, stop: int) -> list[object]:
            return [shapes.prepared(row) for row in found[start:stop]]

        return paged(call.request, found.count(), rows, default=SIZE)


class PreparedImage(Endpoint):
    """Its picture."""

    @operation(
        "extension_prepared_image",
        "Read the picture of a prepared design",
        scope=SCOPE,
        tag=TAG,
        answer=None,
        media=["image/jpeg"],
    )
    def get(self, call: Call, uid: str) -> object:
        """Our own copy, a JPEG; 404 while there is none."""
        image = prepared.picture(prepared.get(call.organization, uid).item)
        if image is None:
            raise NotFound(prepared.NO_PICTURE, code="no_picture")
        response = HttpResponse((settings.MEDIA_ROOT / image.file).read_bytes(), content_type="image/jpeg")
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


class LinkPrepared(Endpoint):
    """The seller listed it there."""

    @operation(
        "extension_link",
        "Link the listing that a prepared design became",
        scope=SCOPE,
        tag=TAG,
        answer=shapes.LinkedShape,
        body=shapes.LinkBody,
        refuses=[409],
    )
    def post(self, call: Call, uid: str) -> object:
        """The listing stands at its item from now on, as an imported one does."""
        row = prepared.get(call.organization, uid)
        body = call.read(shapes.LinkBody)
        shop = shop_of(call, body.connection) if body.connection else None
        if shop and shop.marketplace != row.marketplace:
            raise NotFound("There is no such shop of the extension there.")
        page = prepared.Page(body.listing_id, body.url, body.title)
        prepared.link(prepared=row, page=page, connection=shop)
        return {"status": "linked"}


class PrepareItem(Endpoint):
    """Making a design ready."""

    @operation(
        "inventory_prepare",
        "Prepare a design for a marketplace's own form",
        scope="listings",
        tag="inventory",
        answer=shapes.PreparedShape,
        status=201,
        also=200,
        body=Nothing,
        description="For marketplaces without an interface: texts cut to the site's limits, saying what was cut. "
        "201 when it is new, 200 when it was prepared before and is made anew.",
    )
    def post(self, call: Call, uid: str, slug: str) -> object:
        """The extension fills the form with it; the seller submits."""
        item = inventory.get(call.organization, uid)
        if get(slug) is None:
            raise NotFound("There is no such platform.")
        call.read(Nothing)
        row, new = prepared.prepare(item=item, marketplace=slug)
        return answered(shapes.prepared(row), new=new)


def shop_of(call: Call, uid: str) -> Connection:
    """A shop of the organization that the extension reads. Raises ``NotFound`` for any other."""
    shop = connections.get(call.organization, uid)
    if shop.marketplace not in SLUGS:
        raise NotFound("There is no such shop of the extension.")
    return shop


def job_of(call: Call, uid: str) -> Job:
    """An import of such a shop. Raises ``NotFound`` for any other."""
    job = queries.job(call.organization, uid)
    if job.marketplace not in SLUGS:
        raise NotFound("There is no such import of the extension.")
    return job


def answered(document: dict[str, Any], *, new: bool) -> HttpResponse:
    """201 for what is new, 200 for what was there."""
    return sent(document, HTTPStatus.CREATED if new else HTTPStatus.OK)


def sent(document: dict[str, Any], status: int) -> HttpResponse:
    """As JSON."""
    return HttpResponse(to_json(document), status=status, content_type="application/json")
