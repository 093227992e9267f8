"""The inventory as a CSV file, made as a job."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from instica.kit.simulation import Response, Routes, json_response
from instica.marketplaces.discogs.simulator import words
from instica.marketplaces.discogs.simulator.answers import Call, found, message, page
from instica.marketplaces.discogs.simulator.catalogue import Catalogue
from instica.marketplaces.discogs.simulator.jobs import Job
from instica.marketplaces.discogs.simulator.site import PACIFIC, Shop, Site
from instica.marketplaces.discogs.simulator.store import Listing, Snapshot

ROUTES = Routes()
HEADER = (
    "listing_id,artist,title,label,catno,format,release_id,status,price,listed,comments,media_condition,"
    "sleeve_condition,accept_offer,external_id,weight,format_quantity,location,quantity"
).split(",")
USUAL = (words.FOR_SALE, words.DRAFT)
MORE = (*USUAL, words.EXPIRED, words.SOLD, words.SUSPENDED, words.VIOLATION)
BATCH = 400


@ROUTES("POST", "/inventory/export")
def ask(site: Site, call: Call) -> Response:
    """Begin an export; its id is only in the Location header."""
    shop = _shop(site, call)
    if shop.exports.running():
        raise message(409, "An inventory export is already in progress.")
    now = site.clock.now()
    filename = f"{shop.user.username}-inventory-{site.pacific(now):%Y%m%d-%H%M}.csv"
    job = shop.exports.add(filename, now, site.switches["export_polls"])
    if not job.polls:
        _finish(site, shop, job)
    return json_response(200, {}, ("Location", f"{call.origin}/inventory/export/{job.id}"))


@ROUTES("GET", "/inventory/export")
def recent(site: Site, call: Call) -> Response:
    """All exports, the newest first."""
    jobs = _shop(site, call).exports.newest_first()
    return page(call, "items", len(jobs), lambda start, stop: [_shown(site, call, job) for job in jobs[start:stop]])


@ROUTES("GET", "/inventory/export/{job_id}")
def one(site: Site, call: Call, job_id: str) -> Response:
    """How far an export is. Each look brings a slow one nearer to its end."""
    shop, job = _job(site, call, job_id)
    if job.running:
        job.polls -= 1
        if job.polls <= 0:
            _finish(site, shop, job)
    changed = (job.finished or job.created).replace(microsecond=0)
    since = call.request.headers.get("if-modified-since", "")
    if since and not job.running and _moment(since) >= changed:
        return Response(304)
    return found(200, _shown(site, call, job)).with_headers(("Last-Modified", format_datetime(changed, usegmt=True)))


@ROUTES("GET", "/inventory/export/{job_id}/download")
def download(site: Site, call: Call, job_id: str) -> Response:
    """The file itself: CSV, or a ZIP that holds it."""
    _, job = _job(site, call, job_id)
    if job.status != "success":
        raise message(404, words.NOT_FOUND)
    lines = _lines(site.catalogue, job.content, bad_quote=site.switches["export_bad_quote"])
    if site.switches["export_zip"]:
        name = job.filename.removesuffix(".csv") + ".zip"
        return Response(200, _zipped(job.filename, lines), _headers("application/zip", name))
    return Response(200, lines, _headers("text/csv; charset=utf-8", job.filename))


def _headers(kind: str, filename: str) -> list[tuple[str, str]]:
    return [("Content-Type", kind), ("Content-Disposition", f"attachment; filename={filename}")]


def _shop(site: Site, call: Call) -> Shop:
    shop = site.shops.get(call.signed_in().username)
    if shop is None:
        raise message(403, words.NOT_YOURS)
    return shop


def _job(site: Site, call: Call, job_id: str) -> tuple[Shop, Job]:
    shop = _shop(site, call)
    job = shop.exports.get(job_id)
    if job is None:
        raise message(404, words.NOT_FOUND)
    return shop, job


def _finish(site: Site, shop: Shop, job: Job) -> None:
    job.status = site.switches["export_outcome"]
    job.finished = site.clock.now()
    job.content = shop.inventory.snapshot(), MORE if site.switches["export_everything"] else USUAL


def _shown(site: Site, call: Call, job: Job) -> dict[str, Any]:
    url = f"{call.origin}/inventory/export/{job.id}"
    return {
        "id": job.id,
        "status": job.status or site.switches["export_running"],
        "created_ts": site.wall(job.created),
        "finished_ts": site.wall(job.finished) if job.finished else None,
        "url": url,
        "download_url": f"{url}/download",
        "filename": job.filename,
    }


def _moment(text: str) -> dt.datetime:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)


def _lines(catalogue: Catalogue, content: tuple[Snapshot, tuple[str, ...]], *, bad_quote: bool) -> Iterator[bytes]:
    """The file in pieces; ``bad_quote`` leaves a quotation mark open in the middle of it."""
    snapshot, statuses = content
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for count, listing in enumerate(snapshot.rows(statuses), start=1):
        writer.writerow(_cells(catalogue, listing))
        if bad_quote and count == 5:
            out.write('1,"An artist,an open quote\r\n')
        if not count % BATCH:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _cells(catalogue: Catalogue, row: Listing) -> tuple[Any, ...]:
    release = catalogue.get(row.release_id)
    if release is None:
        raise LookupError(row.release_id)
    return (
        row.id,
        release.artist,
        release.title,
        release.label,
        release.catno,
        release.format,
        row.release_id,
        row.status,
        "" if row.cents is None else row.cents / 100,
        dt.datetime.fromtimestamp(row.posted, PACIFIC).strftime("%Y-%m-%d %H:%M:%S"),
        row.comments,
        row.condition,
        row.sleeve_condition,
        "Y" if row.allow_offers else "N",
        row.external_id,
        row.weight or release.weight,
        row.format_quantity,
        row.location,
        1,
    )


def _zipped(filename: str, lines: Iterator[bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(filename, "w") as file:
        for part in lines:
            file.write(part)
    return out.getvalue()
