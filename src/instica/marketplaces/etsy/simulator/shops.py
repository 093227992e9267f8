"""The shop and what its listings choose from: sections, profiles, policies, the taxonomy. Who one is."""

from __future__ import annotations

from typing import Any

from instica.kit.simulation import Response, Routes
from instica.marketplaces.etsy.simulator import words
from instica.marketplaces.etsy.simulator.answers import Call, error, found, number, rows
from instica.marketplaces.etsy.simulator.gate import needs, own_shop, seller
from instica.marketplaces.etsy.simulator.seed import (
    FIRST_SECTION,
    FRAME,
    READY,
    RETURNS,
    SHIPPING,
    SIZE,
    TAXONOMY,
    TO_ORDER,
    sections,
)
from instica.marketplaces.etsy.simulator.site import Shop, Site
from instica.marketplaces.etsy.simulator.words import ACTIVE

ROUTES = Routes()
APP = "/v3/application"
CREATED = 1_434_000_000
TREE = ((66, "Art & Collectibles", 0), (1, "Prints", 66), (TAXONOMY, "Digital Prints", 1), (2081, "Giclée", 1))
RECORDS = ((1062, "Books, Movies & Music", 0), (344, "Music", 1062), (1139, "Vinyl", 344))


@ROUTES("GET", f"{APP}/openapi-ping")
def ping(site: Site, call: Call) -> Response:
    """Are you there?"""
    return found({"application_id": next(iter(site.apps.values())).number})


@ROUTES("POST", f"{APP}/scopes")
def scopes(site: Site, call: Call) -> Response:
    """What a token may do."""
    held = site.access.get(str(call.body().get("token", "")))
    if held is None:
        raise error(401, "invalid_token", error_description="access token is invalid or revoked")
    shapes: dict[str, Any] = {
        "list": {"scopes": list(held.scopes)},
        "object": dict.fromkeys(held.scopes, True),
        "text": {"scope": " ".join(held.scopes)},
        "none": {},
    }
    return found(shapes[site.switches["scopes_answer"]])


@ROUTES("GET", f"{APP}/users/me")
@needs("shops_r")
def me(site: Site, call: Call) -> Response:
    """Who the token belongs to."""
    user = call.caller.user
    shop = site.shop_of(user.user_id) if user else None
    if user is None or shop is None:
        raise error(404, f"Could not find a shop for user with user_id = {user.user_id if user else 0}.")
    return found({"user_id": user.user_id, "shop_id": shop.owner.shop_id})


@ROUTES("GET", f"{APP}/users/{{user_id}}")
@needs("email_r")
def user(site: Site, call: Call, user_id: str) -> Response:
    """A person, oneself only."""
    who = seller(number(user_id))
    if who is None or call.caller.user is None or who.user_id != call.caller.user.user_id:
        raise error(404, words.NOTHING_HERE)
    first, _, last = who.name.partition(" ")
    mail = f"shop@{who.login}.example"
    person = {"user_id": who.user_id, "primary_email": mail, "first_name": first, "last_name": last}
    return found({**person, "image_url_75x75": None})


@ROUTES("GET", f"{APP}/users/{{user_id}}/shops")
def shop_of(site: Site, call: Call, user_id: str) -> Response:
    """The shop of a person."""
    shop = site.shop_of(number(user_id))
    if shop is None:
        raise error(404, f"Could not find a shop for user with user_id = {user_id}")
    return found(shape(call, shop))


@ROUTES("GET", f"{APP}/shops/{{shop_id}}")
def shop(site: Site, call: Call, shop_id: str) -> Response:
    """A shop."""
    return found(shape(call, the_shop(site, shop_id)))


def the_shop(site: Site, shop_id: str) -> Shop:
    """A shop anybody may look at."""
    one = site.shops.get(number(shop_id))
    if one is None:
        raise error(404, words.NOTHING_HERE)
    return one


def shape(call: Call, one: Shop) -> dict[str, Any]:
    """A shop as the API shows it."""
    who = one.owner
    texts = "title announcement vacation_message sale_message digital_sale_message policy_welcome policy_payment"
    more = "policy_shipping policy_refunds policy_additional policy_seller_info policy_privacy vacation_autoreply"
    return {
        "shop_id": who.shop_id,
        "user_id": who.user_id,
        "shop_name": who.shop_name,
        "create_date": CREATED,
        "created_timestamp": CREATED,
        **dict.fromkeys(f"{texts} {more} image_url_760x100 icon_url_fullxfull".split()),
        "title": who.name,
        "currency_code": who.currency,
        "is_vacation": False,
        "update_date": CREATED,
        "updated_timestamp": CREATED,
        "listing_active_count": one.inventory.count(ACTIVE),
        "digital_listing_count": 0,
        "login_name": who.login,
        "accepts_custom_requests": False,
        "policy_update_date": CREATED,
        **dict.fromkeys(("policy_has_private_receipt_info", "has_unstructured_policies"), False),
        "url": f"{call.origin}/shop/{who.shop_name}",
        "num_favorers": 1204,
        "languages": ["en-US"],
        **dict.fromkeys(("is_using_structured_policies", "has_onboarded_structured_policies"), True),
        "include_dispute_form_link": False,
        **dict.fromkeys(("is_direct_checkout_onboarded", "is_etsy_payments_onboarded", "is_calculated_eligible"), True),
        "is_opted_in_to_buyer_promise": False,
        "is_shop_us_based": who.country == "US",
        "transaction_sold_count": 3180,
        "shipping_from_country_iso": who.country,
        "shop_location_country_iso": who.country,
        "review_count": 911,
        "review_average": 4.9,
    }


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/sections")
def shelves(site: Site, call: Call, shop_id: str) -> Response:
    """The sections of a shop."""
    one = the_shop(site, shop_id)
    titles = sections() if one is site.owner else ()
    return rows([_section(one, place, title) for place, title in enumerate(titles)])


def _section(one: Shop, place: int, title: str) -> dict[str, Any]:
    number_of = FIRST_SECTION + place * 3
    section = {"shop_section_id": number_of, "title": title, "rank": place + 1, "user_id": one.owner.user_id}
    return {**section, "active_listing_count": len(in_section(one, number_of))}


def in_section(one: Shop, section: int) -> list[int]:
    """Places of the active listings of a section, the newest first."""
    return one.inventory.newest(ACTIVE, section, lambda place: one.inventory.at(place).section == section)


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/shipping-profiles")
@needs("shops_r")
def shipping(site: Site, call: Call, shop_id: str) -> Response:
    """The shipping profiles."""
    one = own_shop(site, call, number(shop_id))
    profile = {
        "shipping_profile_id": SHIPPING,
        "title": "Tube, tracked",
        "user_id": one.owner.user_id,
        "origin_country_iso": one.owner.country,
        "is_deleted": False,
        "shipping_profile_destinations": [],
        "shipping_profile_upgrades": [],
        "origin_postal_code": "97201",
        "profile_type": "manual",
        "domestic_handling_fee": 0,
        "international_handling_fee": 0,
    }
    return rows([profile])


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/policies/return")
def returns(site: Site, call: Call, shop_id: str) -> Response:
    """The return policies."""
    one = the_shop(site, shop_id)
    policy = {"return_policy_id": RETURNS, "shop_id": one.owner.shop_id, "return_deadline": 30}
    return rows([{**policy, "accepts_returns": True, "accepts_exchanges": True}])


@ROUTES("GET", f"{APP}/shops/{{shop_id}}/readiness-state-definitions")
@needs("shops_r")
def readiness(site: Site, call: Call, shop_id: str) -> Response:
    """The processing profiles."""
    one = own_shop(site, call, number(shop_id))
    return rows([_profile(one, READY, "ready_to_ship", 1, 3), _profile(one, TO_ORDER, "made_to_order", 5, 10)])


def _profile(one: Shop, ident: int, state: str, least: int, most: int) -> dict[str, Any]:
    days = {"min_processing_days": least, "max_processing_days": most}
    label = {"processing_days_display_label": f"{least} - {most} days"}
    return {"shop_id": one.owner.shop_id, "readiness_state_id": ident, "readiness_state": state, **days, **label}


@ROUTES("GET", f"{APP}/seller-taxonomy/nodes")
def taxonomy(site: Site, call: Call) -> Response:
    """The whole tree, as far as a print and record shop needs it."""
    return rows([_node(TREE, TREE[0], ()), _node(RECORDS, RECORDS[0], ())])


def _node(tree: tuple[tuple[int, str, int], ...], row: tuple[int, str, int], above: tuple[int, ...]) -> dict[str, Any]:
    path = (*above, row[0])
    children = [_node(tree, each, path) for each in tree if each[2] == row[0]]
    node = {"id": row[0], "level": len(above) + 1, "name": row[1], "parent_id": row[2] or None}
    return {**node, "children": children, "full_path_taxonomy_ids": list(path)}


@ROUTES("GET", f"{APP}/seller-taxonomy/nodes/{{taxonomy_id}}/properties")
def properties(site: Site, call: Call, taxonomy_id: str) -> Response:
    """What can vary there: the two slots that can be named freely."""
    if number(taxonomy_id) not in {each[0] for each in (*TREE, *RECORDS)}:
        raise error(404, words.NOTHING_HERE)
    slots = ((SIZE, "Custom Property"), (FRAME, "Custom Property 2"))
    return rows([_property(ident, name) for ident, name in slots])


def _property(ident: int, name: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"property_id": ident, "name": name, "display_name": name, "scales": []}
    flags = {"is_required": False, "supports_attributes": False, "supports_variations": True, "is_multivalued": False}
    return {**shown, **flags, "max_values_allowed": None, "possible_values": [], "selected_values": []}
