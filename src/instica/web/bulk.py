"""Many items at once, from the Inventory page: list or delist them on chosen platforms, and see how far that is."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from instica.connections import queries as connections
from instica.core import ids
from instica.core.errors import Invalid
from instica.inventory.models import Item
from instica.listings import bulk
from instica.listings.models import Bulk
from instica.marketplaces import get as manifest_of
from instica.people.models import Organization
from instica.web.channels import QUICK, by
from instica.web.door import act, page

SHOWN = 200
ORDER = {"failed": 0, "pending": 1, "success": 2}
NOTHING = "Choose items by their boxes, and at least one platform."


def platforms(organization: Organization) -> list[str]:
    """Where this organization has a shop that programs can list in."""
    slugs = {shop.marketplace for shop in connections.live(organization)}
    known = [(slug, manifest_of(slug)) for slug in sorted(slugs)]
    return [slug for slug, manifest in known if manifest and manifest.connection == "oauth"]


@act
def begin(request: HttpRequest, organization: Organization) -> str:
    """Say what is wanted of the chosen items."""
    uids = list(dict.fromkeys(request.POST.getlist("item")))[: bulk.MOST]
    slugs = [slug for slug in platforms(organization) if slug in request.POST.getlist("platform")]
    if not uids or not slugs:
        raise Invalid(NOTHING)
    wish = bulk.Wish("ended" if request.POST.get("do") == "delist" else "live")
    row = bulk.begin(organization=organization, uids=uids, platforms=slugs, wish=wish, by=by(request))
    return reverse("web:bulk", args=[row.public_id])


@page
def one(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """How far it is, pair by pair."""
    return render(request, "web/bulk_page.html", shown(bulk.get(organization, uid)))


@page
def progress(request: HttpRequest, organization: Organization, uid: str) -> HttpResponse:
    """The same without the frame, drawn anew until all is done."""
    return render(request, "web/bulk_progress.html", shown(bulk.get(organization, uid)))


def shown(row: Bulk) -> dict[str, Any]:
    """What the page needs."""
    pairs = bulk.told(row)
    counts = Counter(pair.status for pair in pairs)
    first = sorted(pairs, key=lambda pair: ORDER[pair.status])[:SHOWN]
    uids = {uid for pair in first if (uid := ids.read(Item.prefix, pair.uid))}
    items = Item.objects.filter(organization=row.organization_id, pk__in=uids)
    names = {item.public_id: item.title for item in items}
    done = len(pairs) - counts["pending"]
    return {
        "bulk": row,
        "word": bulk.word(pairs),
        "pairs": [(pair, names.get(pair.uid, "")) for pair in first],
        "counts": counts,
        "total": len(pairs),
        "done": done,
        "percent": round(100 * done / len(pairs)) if pairs else 100,
        "pace": QUICK if counts["pending"] else 0,
    }
