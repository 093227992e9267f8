"""A line of the activity log in plain words: ``quantity 2 → 1 because order … was sold on Discogs``."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.db.models import OuterRef, Subquery, UUIDField
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from instica.connections import activity
from instica.connections.models import Activity
from instica.core import ids
from instica.core.ids import Public
from instica.inventory.models import Item
from instica.listings.models import Listing, Offer
from instica.orders.models import Order

register = template.Library()
LATEST = 5
MOST_CHANGES = 4
LONGEST_VALUE = 60
PAGES = {"inv": "web:item", "ord": "web:order"}
"""Where the things live that a line may name."""
UID = re.compile(r"\b([a-z]+)_[0-7][0-9a-hjkmnp-tv-z]{25}\b")
VERBS = {
    "publish": "listed",
    "show": "shown again",
    "revise": "changed",
    "set_levels": "",
    "withdraw": "ended",
    "ship": "marked as sent",
    "cancel": "order cancelled",
}
BESIDE = frozenset({"state", "listing_id"})
"""What the verb says already."""
TONES = {"done": "good", "refused": "bad", "unsure": "warn", "held": "calm"}


@register.filter
def change(row: Activity) -> str:
    """What was changed: ``quantity 2 → 1``, ``ended``, ``changed: price 12.00 → 10.00``."""
    told = [name for name, value in row.after.items() if name not in row.before or row.before[name] != value]
    shown = [name for name in told if name not in BESIDE]
    parts = [_part(row, name) for name in shown[:MOST_CHANGES]]
    if len(shown) > MOST_CHANGES:
        parts.append(f"and {len(shown) - MOST_CHANGES} more")
    return ": ".join(filter(None, (_verb(row), ", ".join(parts)))) or _part(row, "state")


def _verb(row: Activity) -> str:
    if row.action == "publish" and row.after.get("state") == "publishing":
        return "being listed"
    return VERBS.get(row.action, row.action.replace("_", " "))


def _part(row: Activity, name: str) -> str:
    if name == "exposed_ms":
        return f"on sale for {row.after[name] / 1000:.1f} s after it was sold"
    label, after = name.replace("_", " "), _value(name, row.after.get(name, ""))
    is_new = row.action == "publish" or name not in row.before
    return f"{label} {after}" if is_new else f"{label} {_value(name, row.before[name])} → {after}"


def _value(name: str, value: Any) -> str:
    if value is None or value == "":
        return "unlimited" if name == "quantity" else "none"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


@register.filter
def reason(row: Activity) -> SafeString:
    """Why, with a link where the thing it names has a page; other uids by their last letters."""
    pieces, end = [], 0
    for found in UID.finditer(row.cause):
        pieces += [format_html("{}", row.cause[end : found.start()]), _named(found[1], found[0])]
        end = found.end()
    return format_html_join("", "{}", ((piece,) for piece in (*pieces, row.cause[end:])))


def _named(kind: str, uid: str) -> SafeString:
    short = f"…{uid[-6:]}"
    if kind not in PAGES:
        return format_html('<span class="sku">{}</span>', short)
    return format_html('<a class="sku" href="{}">{}</a>', reverse(PAGES[kind], args=[uid]), short)


@register.simple_tag(takes_context=True)
def subjects(context: Context, rows: Iterable[Activity]) -> dict[str, SafeString]:
    """What the lines are about, by uid: the title of a listing or the number of an order, linked to its page."""
    told, organization = {row.subject for row in rows}, context["organization"]
    pages = [uid for name in told if (uid := ids.read(Listing.prefix, name))]
    orders = [uid for name in told if (uid := ids.read(Order.prefix, name))]
    sold = Offer.objects.filter(listing=OuterRef("pk"), item__isnull=False).order_by("uid").values("item")[:1]
    known: dict[str, SafeString] = {}
    listings = Listing.objects.filter(organization=organization, pk__in=pages).annotate(
        sold=Subquery(sold, UUIDField())
    )
    for uid, title, number, item in listings.values_list("pk", "title", "remote_id", "sold"):
        known[ids.show(Listing.prefix, uid)] = _linked(Item.prefix, item, title or number)
    for order in Order.objects.filter(organization=organization, pk__in=orders).only("name", "remote_id"):
        known[order.public_id] = _linked(Order.prefix, order.pk, f"Order {order.number}")
    return known


def _linked(kind: str, uid: uuid.UUID | None, name: str) -> SafeString:
    if uid is None:
        return format_html('<span dir="auto">{}</span>', name)
    return format_html('<a dir="auto" href="{}">{}</a>', reverse(PAGES[kind], args=[ids.show(kind, uid)]), name)


@register.filter
def called_there(names: Mapping[str, SafeString], row: Activity) -> SafeString:
    """What a line is about; by its last letters where that is gone."""
    return names.get(row.subject) or format_html('<span class="sku">…{}</span>', row.subject[-6:])


@register.filter
def outcome_tone(row: Activity) -> str:
    """The tone of what came of it."""
    return TONES[row.outcome]


@register.inclusion_tag("web/activity_recent.html", takes_context=True)
def recent_activity(context: Context, things: Public | Iterable[Public]) -> dict[str, Any]:
    """The latest lines about these things, for their own page, and the way to the rest.

    ``things`` are rows whose uid a line may have as its subject: an item's listings, or an order.
    """
    about = [things] if isinstance(things, Public) else list(things)
    organization, subjects = context["organization"], [thing.public_id for thing in about]
    wanted = activity.Wanted(subjects=subjects)
    found = list(activity.found(organization, wanted)[: LATEST + 1]) if subjects else []
    address = f"{reverse('web:activity')}?{urlencode({'subject': ' '.join(subjects)})}"
    beside = {name: context[name] for name in ("user", "organization")}
    return {"rows": found[:LATEST], "more": len(found) > LATEST, "address": address, **beside}
