"""An item's page: what it is, its photos, its stock with every move, and changing all of that."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from instica.core import ids
from instica.core.errors import Invalid, Stale
from instica.imports.models import Row
from instica.inventory import editing, ledger, photos, queries
from instica.inventory.models import Image, Item
from instica.listings import counting
from instica.orders import removing
from instica.people.models import Organization, User
from instica.web import channels, prepared
from instica.web.account import tried, who
from instica.web.door import act, form, page
from instica.web.inventory import offers_of
from instica.web.inventory_forms import REASONS, ItemForm, StockForm

MOVES = 50


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Everything about an item."""
    return shown(request, queries.get(organization, uid))


def shown(request: HttpRequest, item: Item, status: int = 200, **more: Any) -> HttpResponse:
    """The whole page; a form that was refused takes the place of the usual."""
    moves = list(ledger.of_item(item)[: MOVES + 1])
    offers = offers_of([item.pk])[item.pk]
    context = channels.about(item) | {
        "images": queries.images([item])[item.pk],
        "most_images": photos.MOST,
        "by_hand": prepared.places(item, offers),
        "subjects": [item, *(offer.listing for offer in offers)],
        "moves": moves[:MOVES],
        "more_moves": len(moves) > MOVES,
        "names": names(move.actor for move in moves),
        "origin": Row.objects.filter(item=item.pk, job__organization=item.organization_id).select_related("job").last(),
        "form": ItemForm.of(item),
        "stock_form": StockForm(initial={"how": "count", "pieces": item.quantity}),
        "reasons": REASONS,
        **more,
    }
    return render(request, "web/item.html", context, status=status)


def names(actors: Any) -> dict[str, str]:
    """Whose ids those are."""
    uids = {actor: uid for actor in actors if (uid := ids.read(User.prefix, actor))}
    users = {user.pk: user.first_name or user.email for user in User.objects.filter(pk__in=uids.values())}
    return {actor: users[uid] for actor, uid in uids.items() if uid in users}


@form
def save(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Change its fields, unless somebody else did since the page was opened."""
    item = queries.get(organization, uid)
    if request.method != "POST":
        return redirect("web:item", uid)
    data = request.POST.copy()
    filled = ItemForm(data)
    filled.offer(item.status)

    def change() -> None:
        editing.edit(
            item=item,
            changes=filled.changes(),
            actor=who(request).public_id,
            check=unless_stale(filled.cleaned_data["version"]),
        )

    if filled.is_valid() and tried(filled, change):
        messages.success(request, "Saved.")
        return redirect("web:item", uid)
    data["version"] = str(queries.get(organization, uid).version)
    return shown(request, item, 400, form=filled)


def unless_stale(version: int) -> Any:
    """The condition that the item is as the person saw it."""

    def check(row: Item) -> None:
        if row.version != version:
            raise Stale("Somebody changed this item after you opened the page. Save again to put yours in its place.")

    return check


@form
def change_stock(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """Count, add, take away, or make it to order."""
    item = queries.get(organization, uid)
    if request.method != "POST":
        return redirect("web:item", uid)
    filled = StockForm(request.POST)
    stood: list[int | None] = []

    def look(row: Item) -> None:
        stood.append(row.quantity)

    def change() -> None:
        how, pieces = filled.cleaned_data["how"], filled.cleaned_data["pieces"] or 0
        why = {"note": filled.cleaned_data["note"], "actor": who(request).public_id, "check": look}
        if how in ("count", "order"):
            row = counting.count(item=item, quantity=pieces if how == "count" else None, **why)
        else:
            row = counting.adjust(item=item, delta=pieces if how == "add" else -pieces, **why)
        stood.append(row.quantity)

    if filled.is_valid() and tried(filled, change):
        messages.success(request, f"The stock was changed.{promised(filled.cleaned_data, *stood)}")
        return redirect(f"{reverse('web:item', args=[uid])}#stock")
    return shown(request, item, 400, stock_form=filled)


def promised(said: Mapping[str, Any], before: int | None, after: int | None) -> str:
    """How many of the pieces that were added went to orders at once, by the stock before and after."""
    if said["how"] not in ("add", "count") or after is None:
        return ""
    taken = (before or 0) * (said["how"] == "add") + said["pieces"] - after
    return f" {taken} of it went to orders that were short of it." if taken else ""


@act
def add_photos(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Take pictures in, one after another; the first that cannot be stops."""
    item = queries.get(organization, uid)
    files = request.FILES.getlist("photos")
    if not files:
        raise Invalid("Choose a photo first.", code="no_photo")
    for file in files:
        photos.add(item=item, data=file.read(photos.LARGEST + 1))
    return back(uid)


@act
def order_photos(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Put them in the order the page shows."""
    item = queries.get(organization, uid)
    photos.order(item=item, uids=[each for text in request.POST.getlist("photo") if (each := key(text))])
    return back(uid)


@act
def change_photo(request: HttpRequest, organization: Organization, uid: str, asset: str) -> str:
    """Move a photo one on, make it the first, say what it shows, or take it away."""
    image = photos.get(queries.get(organization, uid), asset)
    what = request.POST.get("what", "")
    if what == "remove":
        photos.remove(image=image)
    elif what == "describe":
        photos.describe(image=image, alt=request.POST.get("alt", ""))
    elif what in ("earlier", "later", "first"):
        steps = {"earlier": image.position - 1, "later": image.position + 1, "first": 0}
        photos.put(image=image, position=steps[what])
    return back(uid)


@act
def remove(request: HttpRequest, organization: Organization, uid: str) -> str:
    """Delete it; refused while it is for sale or awaited."""
    item = queries.get(organization, uid)
    removing.remove(item=item)
    messages.success(request, f"{item.title[:80]} was deleted. Its history is kept.")
    return reverse("web:inventory")


def key(text: str) -> uuid.UUID | None:
    """A photo's id."""
    return ids.read(Image.prefix, text)


def back(uid: str) -> str:
    """The photos of the item's page."""
    return f"{reverse('web:item', args=[uid])}#photos"
