"""eBay's REST calls, one method each, in eBay's words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from instica.kit.addresses import Site
from instica.kit.answers import Answer, Dialect, Effect
from instica.kit.errors import Complaint, Gone, Refused, TryLater, Unsure
from instica.kit.http import Call, Http, Query
from instica.kit.ports import Budget, Session
from instica.kit.types import App, Grant
from instica.marketplaces.ebay.words import Market

HOSTS = {
    "api": "https://api.ebay.com",
    "apiz": "https://apiz.ebay.com",
    "auth": "https://auth.ebay.com",
    "www": "https://www.ebay.com",
}
SCOPE = "https://api.ebay.com/oauth/api_scope"
INVENTORY, FULFILLMENT, ACCOUNT = "/sell/inventory/v1", "/sell/fulfillment/v1", "/sell/account/v1"
TAXONOMY, METADATA, IDENTITY = "/commerce/taxonomy/v1", "/sell/metadata/v1", "/commerce/identity/v1"
PER_PAGE = 200
AT_ONCE = 25
IDENTITY_OF_OFFER = frozenset({"sku", "marketplaceId", "format"})
MISSING = frozenset({"25702", "25710", "25713", "32100"})
JSON = {"Accept": "application/json"}


def site(app: App) -> Site:
    """Where eBay is, for this installation."""
    return Site("eBay", HOSTS, app.origin)


def sign(app: App, grant: Grant | None, method: str, url: str) -> Mapping[str, str]:
    """The header that proves who calls."""
    return {"Authorization": f"Bearer {grant.secrets['access_token'].reveal()}"} if grant else {}


def learn(answer: Answer, budget: Budget) -> None:
    """eBay's answers do not say what is left."""


def complaints(answer: Answer) -> Sequence[Complaint]:
    """What eBay objects to: the longer sentence, the first parameter's name, and the number."""
    with suppress(ValueError, RecursionError):
        rows = json.loads(answer.body)["errors"] if answer.body else []
        return [complaint(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return []


def complaint(row: Mapping[str, Any]) -> Complaint:
    """One of them."""
    said = row.get("longMessage") or row.get("message") or "eBay gave no reason"
    rows = row.get("parameters")
    parameters = [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
    field = str(parameters[0].get("name") or "") if parameters else ""
    told = "; ".join(str(each["value"]) for each in parameters if each.get("value") and str(each["value"]) not in said)
    return Complaint(f"{said} ({told})" if told else str(said), field, str(row.get("errorId") or ""))


DIALECT = Dialect(limit="ebay.inventory", costs={"ebay.inventory": 1}, learn=learn, complaints=complaints)


def dialect(limit: str) -> Dialect:
    """The same way of speaking, counted against another limit."""
    return replace(DIALECT, limit=limit, costs={limit: 1})


class Ebay:
    """The REST APIs of eBay as one seller, on that seller's home marketplace."""

    def __init__(self, session: Session, market: Market) -> None:
        self.session = session
        self.market = market
        places = ("inventory", "fulfillment", "account", "identity", "taxonomy", "metadata")
        self.https = {
            name: Http(site(session.app), dialect(f"ebay.{name}"), sign, app=session.app, session=session)
            for name in places
        }

    def may(self, scope: str) -> bool:
        """Whether the seller granted that scope."""
        scopes = self.session.grant().scopes
        return not scopes or f"{SCOPE}/{scope}" in scopes

    def user(self) -> dict[str, Any]:
        """Who the token belongs to."""
        return self._read("identity", f"{IDENTITY}/user/", host="apiz")

    def inventory_items(self, page: int) -> dict[str, Any]:
        """A page of items; eBay's ``offset`` is the page's number, from 0."""
        return self._read("inventory", f"{INVENTORY}/inventory_item", {"limit": PER_PAGE, "offset": page})

    def inventory_item(self, sku: str) -> dict[str, Any]:
        """One item. Raises ``Gone``."""
        return self._read("inventory", f"{INVENTORY}/inventory_item/{part(sku)}")

    def put_inventory_item(self, sku: str, item: Mapping[str, object]) -> None:
        """Create or replace an item whole."""
        self._write("inventory", "PUT", f"{INVENTORY}/inventory_item/{part(sku)}", item, "set", language=True)

    def put_inventory_items(self, items: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """The same for up to 25, each with its ``sku`` and ``locale``; what came of each."""
        path = f"{INVENTORY}/bulk_create_or_replace_inventory_item"
        return self._many(path, items, "set", language=True)

    def offers(self, sku: str) -> list[dict[str, Any]]:
        """All offers of a SKU, none where eBay has none."""
        try:
            answer = self._read("inventory", f"{INVENTORY}/offer", {"sku": sku, "limit": 100})
        except Gone:
            return []
        return objects(answer.get("offers"))

    def offer(self, offer_id: str) -> dict[str, Any]:
        """One offer. Raises ``Gone``."""
        return self._read("inventory", f"{INVENTORY}/offer/{part(offer_id)}")

    def create_offer(self, offer: Mapping[str, object]) -> str:
        """Create an offer; its id, also where eBay says that it had it already."""
        try:
            answer = self._write("inventory", "POST", f"{INVENTORY}/offer", offer, "once", language=True)
        except Refused as refusal:
            if known := existing_offer(refusal):
                return known
            raise
        number = str(an_object(answer).get("offerId") or "")
        if not number:
            raise Unsure("eBay created an offer and did not say which")
        return number

    def create_offers(self, offers: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Up to 25 offers; what came of each."""
        return self._many(f"{INVENTORY}/bulk_create_offer", offers, "once", language=True)

    def put_offer(self, offer_id: str, offer: Mapping[str, object]) -> None:
        """Replace an offer whole; what it is for cannot change and is not sent."""
        body = {name: value for name, value in offer.items() if name not in IDENTITY_OF_OFFER}
        self._write("inventory", "PUT", f"{INVENTORY}/offer/{part(offer_id)}", body, "set", language=True)

    def publish_offer(self, offer_id: str) -> str:
        """Put an offer on sale; the listing's id. What is on sale already stays as it is."""
        return self._listing("publish", offer_id)

    def publish_offers(self, offer_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Up to 25 at once; what came of each."""
        return self._many(f"{INVENTORY}/bulk_publish_offer", [{"offerId": each} for each in offer_ids], "set")

    def publish_group(self, key: str) -> str:
        """Put all offers of a group on sale as one listing; its id."""
        body = {"inventoryItemGroupKey": key, "marketplaceId": self.market.id}
        path = f"{INVENTORY}/offer/publish_by_inventory_item_group"
        return str(an_object(self._write("inventory", "POST", path, body, "set")).get("listingId") or "")

    def withdraw_offer(self, offer_id: str) -> str:
        """Take an offer off sale; the id of the listing that ended."""
        return self._listing("withdraw", offer_id)

    def _listing(self, verb: str, offer_id: str) -> str:
        answer = self._write("inventory", "POST", f"{INVENTORY}/offer/{part(offer_id)}/{verb}", {}, "set")
        return str(an_object(answer).get("listingId") or "")

    def update_price_quantity(self, rows: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Quantities and prices of up to 25 SKUs; what came of each."""
        return self._many(f"{INVENTORY}/bulk_update_price_quantity", rows, "set")

    def locations(self) -> list[dict[str, Any]]:
        """Where goods are sent from."""
        answer = self._read("inventory", f"{INVENTORY}/location", {"limit": 100, "offset": 0})
        return objects(answer.get("locations"))

    def policies(self, kind: str) -> list[dict[str, Any]]:
        """The seller's policies of a kind (``fulfillment payment return``) on the home marketplace."""
        answer = self._read("account", f"{ACCOUNT}/{kind}_policy", {"marketplace_id": self.market.id})
        return objects(answer.get(f"{kind}Policies"))

    def aspects(self, category: str) -> list[dict[str, Any]]:
        """What listings of a leaf category tell about themselves."""
        path = f"{self._tree()}/get_item_aspects_for_category"
        return objects(self._read("taxonomy", path, {"category_id": category}).get("aspects"))

    def suggestions(self, wanted: str) -> list[dict[str, Any]]:
        """Leaf categories that sound like it, with what is above them."""
        path = f"{self._tree()}/get_category_suggestions"
        return objects(self._read("taxonomy", path, {"q": wanted[:350]}).get("categorySuggestions"))

    def _tree(self) -> str:
        asked = {"marketplace_id": self.market.id}
        tree = self._read("taxonomy", f"{TAXONOMY}/get_default_category_tree_id", asked).get("categoryTreeId")
        return f"{TAXONOMY}/category_tree/{part(str(tree))}"

    def conditions(self, category: str) -> list[dict[str, Any]]:
        """The conditions a category allows."""
        path = f"{METADATA}/marketplace/{self.market.id}/get_item_condition_policies"
        answer = self._read("metadata", path, {"filter": f"categoryIds:{{{category}}}"})
        rows = objects(answer.get("itemConditionPolicies"))
        return objects(rows[0].get("itemConditions")) if rows else []

    def orders(self, wanted: str, limit: int, offset: int) -> dict[str, Any]:
        """A page of orders; ``offset`` counts records here."""
        query: Query = {"filter": wanted, "limit": limit, "offset": offset}
        return self._read("fulfillment", f"{FULFILLMENT}/order", query)

    def order(self, order_id: str) -> dict[str, Any]:
        """One order. Raises ``Gone``."""
        return self._read("fulfillment", f"{FULFILLMENT}/order/{part(order_id)}")

    def shipments(self, order_id: str) -> list[dict[str, Any]]:
        """The parcels eBay knows of an order."""
        answer = self._read("fulfillment", f"{FULFILLMENT}/order/{part(order_id)}/shipping_fulfillment")
        return objects(answer.get("fulfillments"))

    def ship(self, order_id: str, parcel: Mapping[str, object]) -> None:
        """Tell of a parcel; the buyer hears of it."""
        path = f"{FULFILLMENT}/order/{part(order_id)}/shipping_fulfillment"
        self._write("fulfillment", "POST", path, parcel, "once")

    def _read(self, api: str, path: str, query: Query | None = None, host: str = "api") -> dict[str, Any]:
        http = self.https[api]
        headers = {**JSON, "Accept-Language": self.market.locale}
        call = Call("GET", http.site.url(path, host), query=query or {}, headers=headers)
        return an_object(self._sent(http, call).data)

    def _write(self, api: str, method: str, path: str, data: object, effect: Effect, *, language: bool = False) -> Any:
        http = self.https[api]
        headers = {**JSON, "Accept-Language": self.market.locale}
        if language:
            headers["Content-Language"] = self.market.locale
        call = Call(method, http.site.url(path), effect, body=json.dumps(data).encode(), headers=headers, expect="text")
        body = self._sent(http, call).body
        with suppress(ValueError, RecursionError):
            return json.loads(body) if body else {}
        return {}

    def _many(
        self, path: str, rows: Sequence[Mapping[str, object]], effect: Effect, *, language: bool = False
    ) -> list[dict[str, Any]]:
        answer = self._write("inventory", "POST", path, {"requests": list(rows)}, effect, language=language)
        return objects(an_object(answer).get("responses"))

    def _sent(self, http: Http, call: Call) -> Answer:
        """eBay files some of what is not there under 400."""
        try:
            return http.send(call)
        except Refused as refusal:
            if any(each.code in MISSING for each in refusal.complaints):
                raise Gone(str(refusal)) from None
            raise


def existing_offer(refusal: Refused) -> str:
    """The offer a SKU has already, where that is why a create was refused."""
    for each in refusal.complaints:
        if each.code == "25002" and each.field == "offerId":
            return each.message.rpartition("(")[2].rstrip(")")
    return ""


def an_object(value: Any) -> dict[str, Any]:
    """An answer that must be an object."""
    if not isinstance(value, dict):
        raise TryLater("eBay answered with something else than an object")
    return value


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, none where there is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def part(text: str) -> str:
    """A value as one segment of a path."""
    return quote(text, safe="")
