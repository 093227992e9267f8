"""Adding a thing by hand: scan or type, choose what it is, say how it is; then the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from instica.catalog import queries as catalog
from instica.catalog.models import Product
from instica.connections.photos import is_known
from instica.core.errors import Problem
from instica.inventory import adding, photos, searching
from instica.inventory.models import Item
from instica.kit.types import CatalogMatch
from instica.people import preferences
from instica.people.models import Organization
from instica.web.account import tried, who
from instica.web.door import form, page
from instica.web.inventory_forms import AddForm, WhatForm

LONGEST = 200
KEPT = ("currency", "location", "condition_container")
"""What the next thing most likely has too."""


@page
def search(request: HttpRequest, organization: Organization) -> HttpResponse:
    """What it could be. Where there is one answer only, straight on to how it is."""
    typed = " ".join(request.GET.get("q", "").split())[:LONGEST]
    question = searching.asked(typed)
    ours = searching.ours(organization, question)
    matches, trouble = _matches(organization, question) if question else ((), "")
    if len(matches) + len(ours) == 1 and not trouble:
        chosen = {"release": matches[0].release} if matches else {"product": ours[0].public_id}
        return redirect(f"{reverse('web:add_details')}?{urlencode({**chosen, 'q': typed})}")
    databases = " and ".join(place.name for place in searching.databases())
    context = {
        "databases": databases,
        "typed": typed,
        "asked": bool(question),
        "ours": ours,
        "matches": matches,
        "trouble": trouble,
    }
    return render(request, "web/add.html", context)


@form
def details(request: HttpRequest, organization: Organization) -> HttpResponse:
    """How it is: grade, price, pieces, photos; and what it is, where nobody knew."""
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET
    product = catalog.get(organization, asked["product"]) if asked.get("product") else None
    how = AddForm(request.POST) if sent else AddForm(initial=_likely(request))
    what = WhatForm(request.POST, prefix="what") if sent else WhatForm(prefix="what")
    trouble = ""
    if not sent and not product:
        found, trouble = _entry(organization, asked.get("release", ""))
        typed = {} if found else _typed(asked.get("q", ""))
        what = WhatForm(prefix="what", initial=found or typed)
    elif sent and all([how.is_valid(), product or what.is_valid()]):
        return _added(request, organization, product, what, how)
    context = {"product": product, "what": what, "how": how, "trouble": trouble, "most_images": photos.MOST}
    return _page(request, context, 400 if sent else 200)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "web/add_details.html", context, status=status)


def _added(
    request: HttpRequest, organization: Organization, product: Product | None, what: WhatForm, how: AddForm
) -> HttpResponse:
    made: list[Item] = []
    values = how.values()

    def make() -> None:
        fields = product or _fields(what)
        made.append(
            adding.create(organization=organization, product=fields, values=values, actor=who(request).public_id)
        )

    if not tried(how, make):
        return _page(request, {"product": product, "what": what, "how": how, "most_images": photos.MOST}, 400)
    request.session["adding"] = {name: how.cleaned_data[name] for name in KEPT}
    trouble = _photographed(made[0], request.FILES.getlist("photos"))
    if trouble:
        messages.warning(request, f"{made[0].title[:80]} was added, but not all photos: {trouble}")
        return redirect("web:item", made[0].public_id)
    messages.success(request, f"{made[0].title[:80]} was added. Next?")
    return redirect("web:add")


def _fields(what: WhatForm) -> dict[str, Any]:
    fields = what.changes()
    if not is_known(fields["image"]):
        fields["image"] = ""
    return fields


def _photographed(item: Item, files: Sequence[Any]) -> str:
    """Take the pictures in; why one could not be."""
    for file in files:
        try:
            photos.add(item=item, data=file.read(photos.LARGEST + 1))
        except Problem as problem:
            return problem.faults[0].detail if problem.faults else problem.detail
    return ""


def _matches(organization: Organization, question: dict[str, str]) -> tuple[Sequence[CatalogMatch], str]:
    try:
        return searching.search(organization, question), ""
    except Problem as problem:
        return (), problem.detail


def _entry(organization: Organization, release: str) -> tuple[dict[str, Any], str]:
    """What the database says of it; why not."""
    if not release:
        return {}, ""
    try:
        return searching.values(searching.entry(organization, release)), ""
    except Problem as problem:
        return {}, problem.detail


def _typed(text: str) -> dict[str, str]:
    """What a person typed that nobody knew, where it belongs."""
    question = searching.asked(text[:LONGEST])
    question.pop("catalog_number", None)
    return question


def _likely(request: HttpRequest) -> dict[str, Any]:
    """What the last one had."""
    kept = request.session.get("adding", {})
    currency = preferences.read(who(request))["currency_display"]
    return {"currency": currency, "quantity": 1, **{name: kept[name] for name in KEPT if name in kept}}
