"""One change of many chosen items: say what, see what it would do, do it, undo it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from instica.core import ids
from instica.inventory import bulk, grades, queries
from instica.inventory.bulk import MOST, Line
from instica.inventory.models import Item, Status
from instica.people.models import Organization
from instica.web.account import who
from instica.web.door import act, form
from instica.web.inventory_forms import BulkForm
from instica.web.templatetags.web import money

STATUSES = dict(Status.choices)
NAMES = {
    "price": "Price",
    "status": "Status",
    "condition_item": "Grade",
    "condition_container": "Sleeve",
    "location": "Location",
    "tags": "Tags",
}


@form
def edit(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The form, then the preview, then the deed: each sends the chosen items along."""
    chosen = chosen_of(request, organization)
    if request.method != "POST" or not chosen:
        messages.warning(request, "Choose items first.")
        return redirect("web:inventory")
    stage = request.POST.get("stage", "")
    filled = BulkForm(request.POST) if stage else BulkForm()
    context: dict[str, Any] = {"form": filled, "chosen": [ids.show(Item.prefix, uid) for uid in chosen], "most": MOST}
    if stage and filled.is_valid():
        if stage == "apply":
            return _done(request, organization, chosen, filled)
        lines = bulk.preview(organization=organization, uids=chosen, wanted=filled.wanted())
        context |= {"lines": [(line, list(differences(line))) for line in lines], "counts": counted(lines)}
    return render(request, "web/bulk_edit.html", context, status=400 if filled.errors else 200)


def chosen_of(request: HttpRequest, organization: Organization) -> list[uuid.UUID]:
    """The ticked items; or all that match the search the page showed."""
    if "all_matching" in request.POST:
        search = request.POST.get("search", "")[:200]
        statuses = [word for word in request.POST.getlist("in_status") if word in Status.values]
        found = queries.items(organization, search=search, statuses=statuses)
        return list(found.values_list("pk", flat=True)[:MOST])
    uids = (ids.read(Item.prefix, text) for text in request.POST.getlist("item")[:MOST])
    return [uid for uid in uids if uid]


def _done(
    request: HttpRequest, organization: Organization, chosen: Sequence[uuid.UUID], filled: BulkForm
) -> HttpResponse:
    actor = who(request).public_id
    done = bulk.apply(organization=organization, uids=chosen, wanted=filled.wanted(), actor=actor)
    words = [line.word for line in done.lines]
    said = f"{words.count('changed')} changed, {words.count('unchanged')} were so already."
    if refused := words.count("refused"):
        said += f" {refused} could not be changed."
    messages.success(request, said)
    if done.edit is None:
        return redirect("web:inventory")
    return redirect("web:bulk_edited", done.edit.public_id)


@form
def edited(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """What was changed, and undoing it."""
    change = bulk.get(organization, uid)
    keys = [uuid.UUID(key) for key in change.after]
    items = queries.with_product().filter(organization=organization, pk__in=keys).order_by("uid")
    lines = [Line(item, change.before[str(item.pk)], change.after[str(item.pk)]) for item in items]
    context = {"change": change, "lines": [(line, list(differences(line))) for line in lines]}
    return render(request, "web/bulk_edited.html", context)


@act
def undo(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Put back what it changed."""
    restored, kept = bulk.undo(edit=bulk.get(organization, uid))
    said = f"{restored} put back."
    messages.success(request, f"{said} {kept} kept, since they were changed again." if kept else said)
    return reverse("web:inventory")


def differences(line: Line) -> Iterator[tuple[str, str, str]]:
    """Each field that differs: its name, before, after, as people read them."""
    for name, after in line.after.items():
        before, now = (told(name, value, line.item) for value in (line.before[name], after))
        yield NAMES.get(name, name), before, now


def told(name: str, value: Any, item: Item) -> str:
    """A value in words."""
    if name == "price":
        return str(money(value, item.currency))
    if name == "tags":
        return ", ".join(value) or "none"
    if name == "status":
        return str(STATUSES.get(value, value))
    return (grades.display(value) if name.startswith("condition") else str(value)) or "none"


def counted(lines: Sequence[Line]) -> dict[str, int]:
    """How many of each sort."""
    words = [line.word for line in lines]
    return {word: words.count(word) for word in ("changed", "unchanged", "refused")}
