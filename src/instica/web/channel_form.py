"""The form that lists an item in one shop or changes its page there: price, words, the marketplace's own fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse

from instica.catalog.models import Kind
from instica.connections import queries as connections
from instica.connections.credentials import manifest_of
from instica.connections.models import Connection
from instica.connections.talk import connector_for
from instica.core.errors import Fault, Invalid, NotFound, Problem
from instica.core.money import Money, NotMoney, two_places
from instica.inventory import queries as inventory
from instica.inventory.models import Item
from instica.kit.errors import RemoteFailure
from instica.listings import desks, drafts, prerequisites, preview, services
from instica.listings.facts import Facts, facts
from instica.listings.models import Desk
from instica.people.models import Organization
from instica.web import channel_fields, lacking
from instica.web.channels import by
from instica.web.door import form

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: the price as such and as money, and the words of this page."""

    amount: str
    price: Money | None
    overrides: dict[str, Any]


@form
def one(request: HttpRequest, organization: Organization, uid: str, shop: str) -> HttpResponse:
    """GET draws it, POST lists; what is wrong is said in the form, with everything typed still there."""
    item, connection = inventory.get(organization, uid), connections.get(organization, shop)
    if manifest_of(connection.marketplace).connection == "extension":
        if item.product.type == Kind.DIGITAL:
            return redirect(f"{reverse('web:item', args=[uid])}#by-hand")
        return render(request, "web/channel_by_hand.html", _by_hand(item, connection))
    if request.method != "POST":
        return render(request, "web/channel_form.html", shown(item, connection, None, ()))
    try:
        wish = typed(request, item, connection)
        ready(item, connection, wish)
    except Problem as problem:
        context = shown(item, connection, read(request, connection), problem.faults or [Fault(problem.detail)])
        return render(request, "web/channel_form.html", context | {"problem": problem}, status=problem.status)
    services.list_item(
        item=item, connection=connection, price=wish.price, overrides=wish.overrides or None, by=by(request)
    )
    messages.success(request, f"{item.title}: on its way to {manifest_of(connection.marketplace).name}.")
    return HttpResponseRedirect(reverse("web:item", args=[item.public_id]))


@form
def cost(request: HttpRequest, organization: Organization, uid: str, shop: str) -> HttpResponse:
    """What it would cost with what is typed so far, asked of the marketplace."""
    item, connection = inventory.get(organization, uid), connections.get(organization, shop)
    context: dict[str, Any] = {"slug": connection.marketplace}
    try:
        wish = typed(request, item, connection)
        made = prerequisites.ready(item, connection, wish.price, wish.overrides or None, candidates=False)
        connector = connector_for(connection, "stock")
        context["quote"] = connector.quote(made.draft) if connector.can("quote") else None
    except Problem as problem:
        context["why"] = problem.detail
    except RemoteFailure as failure:
        context["why"] = str(failure)
    return render(request, "web/channel_cost.html", context)


@form
def categories(request: HttpRequest, organization: Organization, uid: str, shop: str, field: str) -> HttpResponse:
    """Choose a category by name: the field anew, with what was found."""
    item, connection = inventory.get(organization, uid), connections.get(organization, shop)
    about = facts(connection.marketplace)
    if not about.fields.get(field, {}).get("x-search"):
        raise NotFound("There is no such field.")
    said, trouble = request.POST.get(f"find-{field}", "").strip()[:LONGEST_SEARCH], ""
    try:
        found = desks.look_for(connection=connection, field=field, said=said) if said else []
    except RemoteFailure as failure:
        found, trouble = [], str(failure)
    desk = desks.of(connection)
    own = (read(request, connection).overrides.get("fields") or {}).get(field)
    known = channel_fields.Known(_usual(about, desk), desk.choices, {})
    context = {
        "item": item,
        "shop": connection,
        "field": channel_fields.one(field, about.fields[field], found[0][0] if found else own, known),
        "said": said,
        "found": found,
        "trouble": trouble,
    }
    return render(request, "web/channel_category.html", context)


def ready(item: Item, connection: Connection, wish: Wish) -> None:
    """Everything listing asks for. Raises ``Problem``."""
    prerequisites.organization_may_list(item.organization)
    prerequisites.shop(item.organization, connection.marketplace, connection.public_id)
    prerequisites.ready(item, connection, wish.price, wish.overrides or None, candidates=False)


def read(request: HttpRequest, connection: Connection) -> Wish:
    """What was typed, unjudged."""
    about = facts(connection.marketplace)
    words = {name: request.POST[name].strip() for name in ("title", "description") if name in request.POST}
    fields = channel_fields.typed(about.schema, request.POST)
    return Wish(request.POST.get("price", "").strip(), None, words | ({"fields": fields} if fields else {}))


def typed(request: HttpRequest, item: Item, connection: Connection) -> Wish:
    """What was typed. Raises ``Problem`` for a price that is none."""
    wish = read(request, connection)
    if not wish.amount:
        return wish
    currency = connection.currency or item.currency
    try:
        price = Money.parse(wish.amount.replace(",", "."), currency)
    except NotMoney:
        price = None
    if price is None or price.minor <= 0:
        detail = f"Write an amount above zero in {currency}, such as 34.99."
        raise Invalid(detail, code="validation_error", faults=[Fault(detail, "#/price")])
    return Wish(wish.amount, price, wish.overrides)


def shown(item: Item, connection: Connection, wish: Wish | None, faults: Sequence[Fault]) -> dict[str, Any]:
    """What the form needs."""
    about, row = facts(connection.marketplace), preview.row(item, connection, None, None)
    page, draft = row.listing, drafts.of(row).draft
    desk, trouble = _desk(connection)
    wrong = {fault.pointer: fault.detail for fault in faults}
    lacks = prerequisites.lacking(item, connection)
    needed, usual = {fault.pointer for fault in lacks}, _usual(about, desk)
    own = wish.overrides if wish else page.overrides or {}
    price = draft.offers[0].price if draft.offers else None
    return {
        "item": item,
        "shop": connection,
        "page": page if page.remote_id else None,
        "about": about,
        "fee": None if page.seen == "live" else _fee(about),
        "amount": wish.amount if wish else two_places(price.minor, price.currency) if price else "",
        "currency": connection.currency or item.currency,
        "own": own,
        "draft": draft,
        "wrong": {pointer.removeprefix("#/"): detail for pointer, detail in wrong.items()},
        "general": _general(faults, lacks),
        "lacks": lacking.elsewhere(item, connection, lacks),
        "needed": {pointer.removeprefix("#/") for pointer in needed},
        "trouble": trouble,
        "fields": channel_fields.drawn(
            about.schema, own.get("fields") or {}, channel_fields.Known(usual, desk.choices, wrong, needed)
        ),
    }


def _general(faults: Sequence[Fault], lacks: Sequence[Fault]) -> list[str]:
    """What has no field of its own in the form, and is not said above it anyway."""
    known = {part for lack in lacks for part in (lack.pointer, lack.detail)}
    left = (fault for fault in faults if not known & {fault.pointer, fault.detail})
    return [fault.detail for fault in left if not lacking.in_the_form(fault.pointer)]


def _usual(about: Facts, desk: Desk) -> dict[str, Any]:
    usual = {name: each["default"] for name, each in about.fields.items() if "default" in each}
    return usual | drafts.picks(about, desk)


def _desk(connection: Connection) -> tuple[Desk, str]:
    """The shop's choices; without them where the shop does not answer now."""
    try:
        return desks.read(connection), ""
    except RemoteFailure as failure:
        return desks.of(connection), str(failure)


def _fee(about: Facts) -> dict[str, str] | None:
    fee: dict[str, str] | None = about.schema.get("x-fee")
    return fee


def _by_hand(item: Item, connection: Connection) -> dict[str, Any]:
    problem = prerequisites.by_hand(item, manifest_of(connection.marketplace))
    return {"item": item, "shop": connection, "page": problem.extra["page"], "copy": problem.extra["copy"]}
