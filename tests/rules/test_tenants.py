"""Another organization's object is a 404 and stays as it is: every route × id of the URL map, pages and API alike.

A new route with an id fails here until it has its line in ``KINDS``.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests import builders
from tests.api.calling import Api, api_for
from tests.features import hooking
from tests.features.pretend import order

from instica.connections.models import Connection
from instica.core.clock import now
from instica.imports.models import Job, Prepared, Row
from instica.inventory.models import Edit, Image, Sheet
from instica.listings.models import Bulk, Offer
from instica.orders import services as orders
from instica.orders.models import Errand, Order
from instica.people.models import Address, Invitation, Membership, User
from instica.web.posted import above

# What each placeholder of a route names. "" is no object of a tenant: a platform, a kind of problem, a secret link;
# ``studio`` and ``reading`` are a shop that the browser extension reads, and an import of it.
KINDS: dict[str, tuple[str, ...]] = {
    "api/v1/problems/<slug:slug>/": ("",),
    "api/v1/platforms/<str:slug>/": ("",),
    "api/v1/<path:path>": ("",),
    "api/v1/products/<str:uid>/": ("product",),
    "api/v1/inventory/bulk/edit/<str:uid>/undo/": ("edit",),
    "api/v1/inventory/<str:uid>/": ("item",),
    "api/v1/inventory/<str:uid>/stock/": ("item",),
    "api/v1/inventory/<str:uid>/listings/": ("item",),
    "api/v1/inventory/<str:uid>/platforms/<str:slug>/list/": ("item", ""),
    "api/v1/inventory/<str:uid>/platforms/<str:slug>/delist/": ("item", ""),
    "api/v1/inventory/<str:uid>/platforms/<str:slug>/quote/": ("item", ""),
    "api/v1/inventory/<str:uid>/relist/": ("item",),
    "api/v1/inventory/bulk/<str:uid>/": ("bulk",),
    "api/v1/listings/<str:uid>/": ("listing",),
    "api/v1/listings/<str:uid>/decide/": ("listing",),
    "api/v1/marketplace/accounts/<str:uid>/listing-defaults/": ("connection",),
    "api/v1/orders/<str:uid>/": ("order",),
    "api/v1/orders/<str:uid>/ship/": ("order",),
    "api/v1/orders/<str:uid>/cancel/": ("order",),
    "api/v1/orders/<str:uid>/choices/": ("order",),
    "api/v1/orders/<str:uid>/relist/": ("order",),
    "api/v1/orders/<str:uid>/actions/": ("order",),
    "api/v1/orders/<str:uid>/actions/<str:action_uid>/retry/": ("order", "errand"),
    "api/v1/inventory/<str:uid>/assets/": ("item",),
    "api/v1/inventory/<str:uid>/assets/order/": ("item",),
    "api/v1/inventory/<str:uid>/assets/<str:asset_uid>/": ("item", "asset"),
    "api/v1/marketplace/<str:platform>/import/": ("",),
    "api/v1/marketplace/accounts/<str:uid>/": ("connection",),
    "api/v1/marketplace/accounts/<str:uid>/test/": ("connection",),
    "api/v1/marketplace/accounts/<str:uid>/pause/": ("connection",),
    "api/v1/marketplace/accounts/<str:uid>/drift-policy/": ("connection",),
    "api/v1/marketplace/accounts/<str:uid>/allow-ends/": ("connection",),
    "api/v1/drift/<str:uid>/": ("listing",),
    "api/v1/marketplace/accounts/<str:uid>/resume/": ("connection",),
    "api/v1/marketplace/accounts/<str:uid>/confirm/": ("connection",),
    "api/v1/marketplace/accounts/<str:uid>/compare/": ("connection",),
    "api/v1/marketplace/import/jobs/<str:uid>/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/issues/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/items/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/items/<str:item_uid>/": ("job", "row"),
    "api/v1/marketplace/import/jobs/<str:uid>/items/<str:item_uid>/resolve/": ("job", "row"),
    "api/v1/marketplace/import/jobs/<str:uid>/pages/": ("reading",),
    "api/v1/marketplace/import/jobs/<str:uid>/plan/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/follows/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/retry-failed/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/skip-all-conflicts/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/resolve-all/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/cancel/": ("job",),
    "api/v1/marketplace/import/jobs/<str:uid>/undo/": ("job",),
    "api/v1/inventory/<str:uid>/platforms/<str:slug>/prepare/": ("item", ""),
    "api/v1/extension/connections/<str:uid>/jobs/": ("studio",),
    "api/v1/extension/connections/<str:uid>/state/": ("studio",),
    "api/v1/extension/prepared/<str:uid>/image/": ("prepared",),
    "api/v1/extension/prepared/<str:uid>/link/": ("prepared",),
    "api/v1/organization/<str:uid>/": ("organization",),
    "api/v1/organization/<str:uid>/team/": ("organization",),
    "api/v1/organization/<str:uid>/team/<str:member_uid>/": ("organization", "member"),
    "api/v1/organization/<str:uid>/team/<str:member_uid>/transfer/": ("organization", "member"),
    "api/v1/organization/<str:uid>/invitations/": ("organization",),
    "api/v1/organization/<str:uid>/invitations/<str:invitation_uid>/": ("organization", "invitation"),
    "api/v1/organization/<str:uid>/invitations/<str:invitation_uid>/resend/": ("organization", "invitation"),
    "api/v1/organization/<str:uid>/addresses/": ("organization",),
    "api/v1/organization/<str:uid>/addresses/<str:address_uid>/": ("organization", "address"),
    "api/v1/api-keys/<int:pk>/": ("key",),
    "api/v1/api-keys/<int:pk>/rotate/": ("key",),
    "api/v1/webhooks/endpoints/<str:uid>/": ("endpoint",),
    "api/v1/webhooks/endpoints/<str:uid>/rotate/": ("endpoint",),
    "api/v1/webhooks/endpoints/<str:uid>/test/": ("endpoint",),
    "api/v1/webhooks/endpoints/<str:uid>/replay/": ("endpoint",),
    "api/v1/webhooks/endpoints/<str:uid>/deliveries/": ("endpoint",),
    "api/v1/webhooks/endpoints/<str:uid>/deliveries/<str:delivery_uid>/": ("endpoint", "delivery"),
    "api/v1/webhooks/endpoints/<str:uid>/deliveries/<str:delivery_uid>/replay/": ("endpoint", "delivery"),
    "webhooks/<slug:marketplace>/": ("",),
    "marketplaces/icons/<slug:slug>.svg": ("",),
    "marketplaces/<str:uid>/test/": ("connection",),
    "sync/<str:uid>/compare/": ("connection",),
    "sync/<str:uid>/pause/": ("connection",),
    "sync/<str:uid>/allow/": ("connection",),
    "sync/drift/<str:uid>/": ("listing",),
    "sync/<str:uid>/resume/": ("connection",),
    "sync/<str:uid>/confirm/": ("connection",),
    "marketplaces/<str:uid>/disconnect/": ("connection",),
    "imports/<str:uid>/": ("job",),
    "imports/<str:uid>/progress/": ("job",),
    "imports/<str:uid>/preview/": ("job",),
    "imports/<str:uid>/start/": ("job",),
    "imports/<str:uid>/cancel/": ("job",),
    "imports/<str:uid>/undo/": ("job",),
    "imports/<str:uid>/retry/": ("job",),
    "imports/<str:uid>/skip-all/": ("job",),
    "imports/<str:uid>/resolve-all/": ("job",),
    "imports/<str:uid>/rows/<str:row>/": ("job", "row"),
    "imports/<str:uid>/rows/<str:row>/link/": ("job", "row"),
    "inventory/bulk/<str:uid>/": ("bulk",),
    "inventory/bulk/<str:uid>/progress/": ("bulk",),
    "inventory/<str:uid>/": ("item",),
    "inventory/<str:uid>/channels/": ("item",),
    "inventory/<str:uid>/channels/delist/": ("item",),
    "inventory/<str:uid>/channels/relist/": ("item",),
    "inventory/<str:uid>/channels/<str:shop>/": ("item", "connection"),
    "inventory/<str:uid>/channels/<str:shop>/cost/": ("item", "connection"),
    "inventory/<str:uid>/channels/<str:shop>/categories/<slug:field>/": ("item", "connection", ""),
    "listings/<str:uid>/decide/": ("listing",),
    "inventory/<str:uid>/prepare/<slug:slug>/": ("item", ""),
    "extension/browsers/<int:number>/unpair/": ("key",),
    "extension/<str:name>": ("",),
    "inventory/edit/<str:uid>/": ("edit",),
    "inventory/edit/<str:uid>/undo/": ("edit",),
    "inventory/files/<str:uid>/": ("sheet",),
    "inventory/files/<str:uid>/take/": ("sheet",),
    "inventory/<str:uid>/save/": ("item",),
    "inventory/<str:uid>/stock/": ("item",),
    "inventory/<str:uid>/remove/": ("item",),
    "inventory/<str:uid>/photos/": ("item",),
    "inventory/<str:uid>/photos/order/": ("item",),
    "inventory/<str:uid>/photos/<str:asset>/": ("item", "asset"),
    "products/<str:uid>/": ("product",),
    "products/<str:uid>/save/": ("product",),
    "products/<str:uid>/remove/": ("product",),
    "accounts/<slug:slug>/login/": ("",),
    "accounts/<slug:slug>/login/callback/": ("",),
    "account/sessions/<int:pk>/end/": ("session",),
    "account/keys/<int:number>/rotate/": ("key",),
    "account/keys/<int:number>/delete/": ("key",),
    "organization/choose/<str:uid>/": ("organization",),
    "organization/addresses/<str:uid>/": ("address",),
    "organization/addresses/<str:uid>/primary/": ("address",),
    "organization/addresses/<str:uid>/remove/": ("address",),
    "organization/webhooks/<str:uid>/": ("endpoint",),
    "organization/webhooks/<str:uid>/save/": ("endpoint",),
    "organization/webhooks/<str:uid>/rotate/": ("endpoint",),
    "organization/webhooks/<str:uid>/test/": ("endpoint",),
    "organization/webhooks/<str:uid>/stand/": ("endpoint",),
    "organization/webhooks/<str:uid>/replay/": ("endpoint",),
    "organization/webhooks/<str:uid>/remove/": ("endpoint",),
    "organization/webhooks/<str:uid>/<str:delivery>/": ("endpoint", "delivery"),
    "organization/webhooks/<str:uid>/<str:delivery>/replay/": ("endpoint", "delivery"),
    "organization/team/<str:uid>/role/": ("member",),
    "organization/team/<str:uid>/remove/": ("member",),
    "organization/team/<str:uid>/transfer/": ("member",),
    "organization/invitations/<str:uid>/resend/": ("invitation",),
    "organization/invitations/<str:uid>/cancel/": ("invitation",),
    "organization/invitations/<str:uid>/accept/": ("invitation",),
    "orders/<str:uid>/": ("order",),
    "orders/<str:uid>/slip/": ("order",),
    "orders/<str:uid>/ship/": ("order",),
    "orders/<str:uid>/cancel/": ("order",),
    "orders/<str:uid>/relist/": ("order",),
    "orders/<str:uid>/again/<str:errand>/": ("order", "errand"),
    "media/logos/<str:name>": ("",),
    "media/photos/<path:name>": ("",),
    "invitations/<str:link>/": ("",),
    "invitations/<str:link>/accept/": ("",),
}
PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
OURS = (
    "usersessions",
    "people",
    "notices",
    "connections",
    "catalog",
    "inventory",
    "listings",
    "orders",
    "imports",
    "sync",
    "work",
)
COUNTED = {"people.Usage"}


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every address of ours that holds a placeholder."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        elif isinstance(entry, URLPattern) and "<" in route and entry.callback.__module__.startswith("instica."):
            yield route


ROUTES = sorted(set(routes(get_resolver())))
OWNED = [route for route in ROUTES if any(KINDS.get(route, ()))]


def world(owner: User) -> dict[str, Any]:
    """One of everything an organization has, by kind."""
    house = builders.house(owner)
    item = builders.item(house)
    shop = Connection.objects.create(
        organization=house, marketplace="discogs", remote_id=str(owner.uid), username="shop", connected_by=owner
    )
    studio = Connection.objects.create(
        organization=house, marketplace="redbubble", remote_id=owner.email, username="artist", connected_by=owner
    )
    reading = Job.objects.create(organization=house, connection=studio, marketplace="redbubble")
    prepared = Prepared.objects.create(organization=house, item=item, marketplace="redbubble", title="Moth")
    job = Job.objects.create(organization=house, connection=shop, marketplace="discogs", fetched=True, found=1)
    row = Row.objects.create(job=job, position=0, remote_id="1", action="conflict", conflict_type="duplicate_sku")
    helper = User.objects.create_user(username=f"helper-{owner.email}", email=f"helper-{owner.email}")
    member = Membership.objects.create(organization=house, user=helper)
    invitation = Invitation.objects.create(
        organization=house,
        email="new@example.com",
        role="member",
        digest=str(owner.uid),
        expires=now() + dt.timedelta(1),
    )
    address = Address.objects.create(
        organization=house, full_name="A", line1="B", city="C", postal_code="1", country="US", is_primary=True
    )
    session = UserSession.objects.create(
        user=owner, session_key=f"session of {owner.email}"[:40], ip="192.0.2.1", user_agent="Firefox"
    )
    things = {"product": item.product, "item": item, "connection": shop, "job": job, "row": row}
    things |= {"studio": studio, "reading": reading, "prepared": prepared}
    things |= {"asset": Image.objects.create(organization=house, item=item, url="https://img.example/1.jpg")}
    things |= {"edit": Edit.objects.create(organization=house)}
    things |= {"sheet": Sheet.objects.create(organization=house, text="title\nA\n")}
    things |= {"organization": house, "member": member, "invitation": invitation, "address": address}
    unlinked = builders.offer(item, shop, remote_id="77")
    things["bulk"] = Bulk.objects.create(organization=house, wanted="live")
    Offer.objects.filter(pk=unlinked.pk).update(item=None)
    things["listing"] = unlinked.listing
    orders.take_in(connection=shop, orders=[order("1", "77")])
    things["endpoint"], _ = hooking.endpoint(owner, "https://example.com/hooks")
    told = hooking.happened(owner)
    assert told
    things["delivery"] = told.deliveries.get()
    sold = Order.objects.get(connection=shop)
    things |= {
        "order": sold,
        "errand": Errand.objects.create(organization=house, order=sold, kind="ship", state="stuck"),
    }
    return {kind: thing.public_id for kind, thing in things.items()} | {
        "key": api_for(owner).row.id,
        "session": session.pk,
        "offer": unlinked.pk,
        "": "redbubble",
    }


def strange_ways(route: str, mine: dict[str, Any], theirs: dict[str, Any]) -> Iterator[str]:
    """The route with somebody else's id in any of its places, the others being one's own."""
    kinds = KINDS[route]
    for choice in itertools.product(*((mine, theirs) if kind else (mine,) for kind in kinds)):
        if choice != (mine,) * len(kinds):
            values = iter(str(owner[kind]) for owner, kind in zip(choice, kinds, strict=True))
            yield "/" + PLACEHOLDER.sub(lambda _: next(values), route)  # noqa: B023  # used at once


def everything() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables that are about somebody."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
        if model._meta.app_label in OURS and model._meta.label not in COUNTED
    }


@pytest.fixture
def worlds(person: User, stranger: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ada's things and Mallory's."""
    return world(person), world(stranger)


def test_every_route_with_an_id_has_its_case() -> None:
    assert [route for route in ROUTES if route not in KINDS] == []
    assert [route for route in KINDS if route not in ROUTES] == []


@pytest.mark.parametrize("route", [route for route in OWNED if route.startswith("api/")])
def test_the_api_answers_404(route: str, worlds: tuple[dict[str, Any], dict[str, Any]], stranger: User) -> None:
    theirs, mine = worlds
    mallory = api_for(stranger)
    before = everything()
    answers = {}
    for path, method in itertools.product(strange_ways(route, mine, theirs), ("GET", "POST", "PATCH", "DELETE")):
        answer = mallory.call(method, path, {} if method in ("POST", "PATCH") else None)
        if answer.status_code != 405:
            answers[method, path] = answer.status_code
    assert set(answers.values()) == {404}, answers
    assert everything() == before


@pytest.mark.parametrize("route", [route for route in OWNED if not route.startswith("api/")])
def test_the_pages_answer_404(route: str, worlds: tuple[dict[str, Any], dict[str, Any]], stranger: User) -> None:
    theirs, mine = worlds
    client = Client(raise_request_exception=False)
    client.force_login(stranger)
    client.get("/inventory/")
    before = everything()
    answers = {}
    for path, method in itertools.product(strange_ways(route, mine, theirs), ("get", "post")):
        answer = getattr(client, method)(path)
        leads_above = method == "get" and answer.headers.get("Location") == above(path)
        if answer.status_code != 405 and not leads_above:
            answers[method, path] = answer.status_code
    assert set(answers.values()) == {404}, answers
    assert everything() == before


# Ids that stand in no path: how the API and the pages are given one (the first), what they answer to a stranger's.
BODIES = [
    ("marketplace/import/start/", {"job_uid": "job"}, 404),
    ("marketplace/import/preview/", {"job_uid": "job"}, 404),
    ("marketplace/import/jobs/create/", {"seller_account_uid": "connection", "marketplace": ""}, 400),
]
ELSEWHERE = [
    ("get", "/accounts/discogs/login/", {"reconnect": "connection"}, 404),
    ("post", "/accounts/discogs/login/", {"reconnect": "connection"}, 404),
    ("get", "/inventory/add/details/", {"product": "product"}, 404),
    ("post", "/inventory/add/details/", {"product": "product"}, 404),
    ("post", "/inventory/edit/", {"item": "item"}, 200),
    ("post", "/imports/new/", {"connection": "connection"}, 404),
    ("post", "/sold/link/", {"offer": "offer", "item": "item"}, 404),
    ("post", "/sold/link/", {"item": "item", "offer": "offer"}, 302),
    ("post", "/sold/create/", {"offer": "offer"}, 404),
]


@pytest.mark.parametrize(("path", "fields", "status"), BODIES)
def test_ids_in_bodies(
    path: str, fields: dict[str, str], status: int, worlds: tuple[dict[str, Any], dict[str, Any]], stranger: User
) -> None:
    theirs, mine = worlds
    mallory: Api = api_for(stranger)
    before = everything()
    own = {field: mine[kind] if kind else "discogs" for field, kind in fields.items()}
    first = next(iter(fields))
    for uid in (theirs[fields[first]], f"{own[first][:-10]}0123456789", "unknown"):
        assert mallory.post(path, own | {first: uid}).status_code == status
    assert everything() == before
    assert mallory.post(path, own).status_code not in (400, 404), "one's own is found, so that the field is read"


@pytest.mark.parametrize(("method", "path", "fields", "status"), ELSEWHERE)
def test_ids_beside_the_path_of_a_page(
    method: str,
    path: str,
    fields: dict[str, str],
    status: int,
    worlds: tuple[dict[str, Any], dict[str, Any]],
    stranger: User,
) -> None:
    theirs, mine = worlds
    client = Client(raise_request_exception=False)
    client.force_login(stranger)
    client.get("/inventory/")
    before = everything()
    own = {field: mine[kind] for field, kind in fields.items()}
    first = next(iter(fields))
    assert getattr(client, method)(path, own | {first: theirs[fields[first]]}).status_code == status
    assert everything() == before
    assert getattr(client, method)(path, own).status_code != 404, "one's own is found, so that the field is read"


@pytest.mark.parametrize("route", ["api", "page"])
@pytest.mark.parametrize("resolution", ["link_existing", "overwrite"])
def test_linking_to_anothers_item(
    route: str, resolution: str, worlds: tuple[dict[str, Any], dict[str, Any]], stranger: User
) -> None:
    theirs, mine = worlds
    mallory, client = api_for(stranger), Client()
    client.force_login(stranger)
    client.get("/inventory/")
    before = everything()
    if route == "api":
        path = f"marketplace/import/jobs/{mine['job']}/items/{mine['row']}/resolve/"
        body = {"resolution": resolution, "inventory_item_uid": theirs["item"]}
        assert mallory.post(path, body).status_code == 400
    else:
        path = f"/imports/{mine['job']}/rows/{mine['row']}/"
        client.post(path, {"resolution": resolution, "item": theirs["item"]})
        client.post(f"{path}link/", {"link_to": theirs["item"]})
    assert everything() == before


@pytest.mark.parametrize("key", ["", "wrong"])
@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith("api/v1/") and KINDS[route] != ("",)])
def test_without_a_key_nothing_changes(
    route: str, key: str, worlds: tuple[dict[str, Any], dict[str, Any]], person: User
) -> None:
    theirs, _ = worlds
    ada = api_for(person)
    ada.token = key
    values = iter(str(theirs[kind]) for kind in KINDS[route])
    path = "/" + PLACEHOLDER.sub(lambda _: next(values), route)
    before = everything()
    answers = {method: ada.call(method, path, {}).status_code for method in ("POST", "PATCH", "DELETE")}
    assert set(answers.values()) == {401}, answers
    assert everything() == before


@pytest.mark.parametrize("key", ["", "wrong"])
@pytest.mark.parametrize("path", [path for path, *_ in BODIES] + ["marketplace/discogs/import/", "api-keys/"])
def test_without_a_key_nothing_begins(
    path: str, key: str, worlds: tuple[dict[str, Any], dict[str, Any]], person: User
) -> None:
    theirs, _ = worlds
    ada = api_for(person)
    ada.token = key
    before = everything()
    body = {"job_uid": theirs["job"], "seller_account_uid": theirs["connection"], "marketplace": "discogs"}
    assert ada.post(path, body | {"name": "mine"}).status_code == 401
    assert everything() == before


@pytest.mark.parametrize("uid", ["job_01h455vb4pex5vsknk084sn02q", "job_unknown", "1"])
@pytest.mark.parametrize("route", [route for route in ROUTES if "/jobs/<str:uid>/" in route])
def test_a_job_nobody_has_is_not_found(
    route: str, uid: str, worlds: tuple[dict[str, Any], dict[str, Any]], person: User
) -> None:
    theirs, _ = worlds
    ada = api_for(person)
    path = "/" + route.replace("<str:uid>", uid).replace("<str:item_uid>", theirs["row"])
    before = everything()
    answers = {method: ada.call(method, path, body).status_code for method, body in (("GET", None), ("POST", {}))}
    assert set(answers.values()) <= {404, 405}, answers
    assert 404 in answers.values()
    assert everything() == before
