"""Bulk changes by CSV: add, change, delete, each as a job."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from email.parser import BytesParser
from typing import Any

from instica.kit.simulation import Refusal, Response, Routes, json_response
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call, found, message, number, page
from instica.marketplaces.discogs.simulator.jobs import Job
from instica.marketplaces.discogs.simulator.listings import creation, edition
from instica.marketplaces.discogs.simulator.orders import own_shop
from instica.marketplaces.discogs.simulator.site import Shop, Site

ROUTES = Routes()
REQUIRED = {"add": ("release_id", "price", "media_condition"), "change": ("listing_id",), "delete": ("listing_id",)}
RENAMED = {"media_condition": "condition", "accept_offer": "allow_offers"}
COLUMNS = (
    "release_id price media_condition sleeve_condition comments accept_offer location external_id weight"
    " format_quantity"
).split()
LOST = "ERROR: Uploaded file no longer exists."


class Skipped(Exception):
    """A row that cannot be done, and why."""


@ROUTES("POST", "/inventory/upload/{kind}")
def upload(site: Site, call: Call, kind: str) -> Response:
    """Take a file; its job's id is only in the Location header."""
    if kind not in REQUIRED:
        raise message(404, words.NOT_FOUND)
    shop = own_shop(site, call)
    filename, content = _file(call)
    if shop.uploads.running():
        raise message(409, "An inventory upload is already in progress.")
    job = shop.uploads.add(filename, site.clock.now(), site.switches["upload_polls"])
    job.type, job.content = kind, content
    if not job.polls:
        _work(site, shop, job)
    return json_response(200, {}, ("Location", f"{call.origin}/inventory/upload/{job.id}"))


@ROUTES("GET", "/inventory/upload")
def recent(site: Site, call: Call) -> Response:
    """All uploads, the newest first."""
    jobs = own_shop(site, call).uploads.newest_first()
    return page(call, "items", len(jobs), lambda start, stop: [_shown(site, job) for job in jobs[start:stop]])


@ROUTES("GET", "/inventory/upload/{job_id}")
def one(site: Site, call: Call, job_id: str) -> Response:
    """How far an upload is. Each look brings a slow one nearer to its end."""
    shop = own_shop(site, call)
    job = shop.uploads.get(job_id)
    if job is None:
        raise message(404, words.NOT_FOUND)
    if job.running:
        job.polls -= 1
        if job.polls <= 0:
            _work(site, shop, job)
    return found(200, _shown(site, job))


def _shown(site: Site, job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "type": job.type,
        "status": job.status or "in progress",
        "results": job.results,
        "filename": job.filename,
        "created_ts": site.wall(job.created),
        "finished_ts": site.wall(job.finished) if job.finished else None,
    }


def _file(call: Call) -> tuple[str, bytes]:
    kind = call.request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        raise message(415, "Expected a CSV file in the field upload.")
    whole = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.request.body)
    for part in whole.walk():
        if part.get_param("name", header="content-disposition") == "upload":
            content = part.get_payload(decode=True)
            filename = part.get_filename() or ""
            if not filename.lower().endswith(".csv") and part.get_content_type() != "text/csv":
                raise message(415, "Expected a CSV file in the field upload.")
            return filename, content if isinstance(content, bytes) else b""
    raise message(422, "Expected a CSV file in the field upload.")


def _work(site: Site, shop: Shop, job: Job) -> None:
    """Do the rows one by one; what cannot be done is skipped and said."""
    text = job.content.decode("utf-8-sig", "replace")
    if not text.strip():
        job.status, job.results = "failed", LOST
        return
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in REQUIRED[job.type] if name not in (reader.fieldnames or ())]
    rows = list(reader)
    job.finished = site.clock.now()
    if missing:
        job.status, job.results = "failed", f"ERROR: Missing required column: {', '.join(missing)}."
        return
    job.status = "success"
    said, done = [f"CSV file contains {len(rows)} records."], 0
    for line, row in enumerate(rows, start=2):
        try:
            VERBS[job.type](site, shop, row)
            done += 1
        except Skipped as why:
            said.append(f"Skipped row {line} because ERROR: {why}")
    job.results = "<p>".join([*said, f"Processed {done} records."])


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {RENAMED.get(name, name): row[name] for name in COLUMNS if row.get(name) not in {None, ""}}


def _add(site: Site, shop: Shop, row: dict[str, Any]) -> None:
    named = str(row.get("release_id") or "")
    if site.catalogue.get(number(named)) is None:
        raise Skipped(f"release_id {named} does not exist")
    fields = _checked(lambda: creation(site, {**_fields(row), "status": words.FOR_SALE}))
    shop.inventory.add(posted=int(site.clock.now().timestamp()), **fields)


def _change(site: Site, shop: Shop, row: dict[str, Any]) -> None:
    listing = _listing(shop, row)
    if listing.status not in words.EDITABLE:
        raise Skipped(f"{listing.id} is {listing.status} and cannot be edited")
    fields = {name: value for name, value in _fields(row).items() if name != "release_id"}
    changes = _checked(lambda: edition(site, listing, {**fields, "status": words.FOR_SALE}))
    shop.inventory.change(listing, **changes)


def _delete(site: Site, shop: Shop, row: dict[str, Any]) -> None:
    shop.inventory.change(_listing(shop, row), status=words.DELETED)


def _listing(shop: Shop, row: dict[str, Any]) -> Any:
    named = str(row.get("listing_id") or "")
    listing = shop.inventory.get(number(named))
    if listing is None:
        raise Skipped(f"{named} is an invalid listing_id")
    return listing


def _checked(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except Refusal as refusal:
        body = refusal.response.body
        text = body.decode() if isinstance(body, bytes) else ""
        raise Skipped(text.partition('"message":"')[2].rpartition('"')[0]) from refusal


VERBS: dict[str, Callable[[Site, Shop, dict[str, Any]], None]] = {"add": _add, "change": _change, "delete": _delete}
