"""The catalogue as a file: taking it along, and taking a file in after seeing what it would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from instica.core import ids
from instica.core.clock import now
from instica.core.errors import NotFound, Problem
from instica.inventory.models import Sheet
from instica.inventory.sheets import reading, taking, writing
from instica.people.models import Organization
from instica.web.account import who
from instica.web.door import act, form, page

KEPT = dt.timedelta(days=1)


@form
def files(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Downloads, and a file to take in."""
    trouble = ""
    if request.method == "POST":
        try:
            return redirect("web:sheet", _kept(request, organization).public_id)
        except Problem as problem:
            trouble = problem.detail
    context = {"trouble": trouble, "most": reading.MOST_ROWS, "size": reading.LARGEST // 1024 // 1024}
    return render(request, "web/files.html", context, status=400 if trouble else 200)


def _kept(request: HttpRequest, organization: Organization) -> Sheet:
    """The file, readable and kept for a day."""
    file = request.FILES.get("file")
    text = reading.decoded(file.read(reading.LARGEST + 1) if file else b"")
    reading.read(text)
    Sheet.objects.filter(organization=organization, created__lt=now() - KEPT).delete()
    name = (file.name or "")[:200] if file else ""
    return Sheet.objects.create(organization=organization, actor=who(request).public_id, name=name, text=text)


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """What taking the file in would do."""
    sheet = get(organization, uid)
    report = taking.trial(organization=organization, file=reading.read(sheet.text), actor=sheet.actor)
    return render(request, "web/sheet.html", {"sheet": sheet, "report": report, "shown": taking.MOST_SHOWN})


@act
def take(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Take it in."""
    sheet = get(organization, uid)
    file = reading.read(sheet.text)
    done = taking.take(organization=organization, file=file, actor=who(request).public_id)
    sheet.delete()
    messages.success(
        request,
        f"Taken in: {done.items_created} new items, {done.items_changed} changed,"
        f" {done.products_created} new products, {done.products_changed} changed, {done.unchanged} lines as they were.",
    )
    return reverse("web:inventory")


@page
def catalogue(request: HttpRequest, organization: Organization) -> HttpResponseBase:
    """The whole catalogue."""
    return download(writing.catalogue(organization, "csv"), "catalogue")


@page
def moves(request: HttpRequest, organization: Organization) -> HttpResponseBase:
    """The whole ledger."""
    return download(writing.moves(organization, "csv"), "ledger")


def download(lines: Iterator[str], name: str) -> StreamingHttpResponse:
    """A CSV file that spreadsheets know to be UTF-8."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    whole = chain([writing.BOM], lines)
    return StreamingHttpResponse(whole, content_type="text/csv; charset=utf-8", headers=headers)


def get(organization: Organization, public_id: str) -> Sheet:
    """That file. Raises ``NotFound``."""
    uid = ids.read(Sheet.prefix, public_id)
    sheet = Sheet.objects.filter(organization=organization, pk=uid).first() if uid else None
    if sheet is None:
        raise NotFound("There is no such file; it is kept for a day.")
    return sheet
