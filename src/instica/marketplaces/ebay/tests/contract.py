"""eBay's own contracts: OpenAPI documents for REST, the list of types for Trading, the token endpoint in words."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema
import yaml
from tests.contracts.exchange import Contract, Exchange

from instica.marketplaces.ebay.auth import SCOPES
from instica.marketplaces.ebay.tests.trading_contract import TradingContract

DOCUMENTS = {
    "/sell/inventory/v1": "sell_inventory_v1_oas3.json",
    "/sell/fulfillment/v1": "sell_fulfillment_v1_oas3.json",
    "/sell/account/v1": "sell_account_v1_oas3.json",
    "/sell/metadata/v1": "sell_metadata_v1_oas3.json",
    "/commerce/taxonomy/v1": "commerce_taxonomy_v1_oas3.yml",
    "/commerce/identity/v1": "commerce_identity_v1_oas3.json",
    "/commerce/notification/v1": "commerce_notification_v1_oas3.json",
}
SENT = """
GET /sell/inventory/v1/inventory_item
GET /sell/inventory/v1/inventory_item/{sku}
PUT /sell/inventory/v1/inventory_item/{sku}
POST /sell/inventory/v1/bulk_create_or_replace_inventory_item
POST /sell/inventory/v1/bulk_update_price_quantity
POST /sell/inventory/v1/bulk_create_offer
POST /sell/inventory/v1/bulk_publish_offer
GET /sell/inventory/v1/offer
POST /sell/inventory/v1/offer
GET /sell/inventory/v1/offer/{offerId}
PUT /sell/inventory/v1/offer/{offerId}
POST /sell/inventory/v1/offer/{offerId}/publish
POST /sell/inventory/v1/offer/{offerId}/withdraw
POST /sell/inventory/v1/offer/publish_by_inventory_item_group
GET /sell/inventory/v1/location
GET /sell/fulfillment/v1/order
GET /sell/fulfillment/v1/order/{orderId}
GET /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment
POST /sell/fulfillment/v1/order/{orderId}/shipping_fulfillment
GET /sell/account/v1/fulfillment_policy
GET /sell/account/v1/payment_policy
GET /sell/account/v1/return_policy
GET /sell/metadata/v1/marketplace/{marketplace_id}/get_item_condition_policies
GET /commerce/taxonomy/v1/get_default_category_tree_id
GET /commerce/taxonomy/v1/category_tree/{category_tree_id}/get_item_aspects_for_category
GET /commerce/taxonomy/v1/category_tree/{category_tree_id}/get_category_suggestions
GET /commerce/identity/v1/user/
GET /commerce/notification/v1/config
PUT /commerce/notification/v1/config
GET /commerce/notification/v1/public_key/{public_key_id}
GET /commerce/notification/v1/topic/{topic_id}
GET /commerce/notification/v1/destination
POST /commerce/notification/v1/destination
GET /commerce/notification/v1/subscription
POST /commerce/notification/v1/subscription
DELETE /commerce/notification/v1/subscription/{subscription_id}
POST /commerce/notification/v1/subscription/{subscription_id}/enable
""".strip().splitlines()
TOKEN = "/identity/v1/oauth2/token"
GRANTS = {
    "client_credentials": {"grant_type", "scope"},
    "authorization_code": {"grant_type", "code", "redirect_uri"},
    "refresh_token": {"grant_type", "refresh_token"},
}
EVERYWHERE = {"401", "403", "429"}
# The contract says that aspects are a string; its own samples and every answer show an object of lists.
ASPECTS = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


class EbayContract:
    """``contract(folder)``: the documents in ``folder`` (``…/specs/ebay``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trading = TradingContract(json.loads((folder / "trading_1423_types.json").read_text(encoding="utf-8")))
        self.validators: dict[tuple[str, str], Any] = {}

    @cached_property
    def documents(self) -> dict[str, dict[str, Any]]:
        """The OpenAPI documents by where their API lives."""
        return {base: load(self.folder / name) for base, name in DOCUMENTS.items()}

    def operations(self) -> Mapping[str, str]:
        """Every operation and the scope of ours that it needs."""
        rest = {name: self._scope(name) for name in SENT}
        tokens = {f"POST {TOKEN}#{kind}": "" for kind in GRANTS}
        return {**rest, **tokens, **dict.fromkeys(self.trading.operations(), "")}

    def _scope(self, name: str) -> str:
        wanted = next(iter(self._described(name)["security"][0].values()))
        return next(scope for scope in sorted(SCOPES, key=len, reverse=True) if scope in wanted)

    def operation(self, exchange: Exchange) -> str:
        """Which operation a request is."""
        if exchange.path == TOKEN:
            return f"{exchange.method} {TOKEN}#{dict(parse_qsl(exchange.body.decode())).get('grant_type')}"
        if exchange.path == self.trading.path:
            return self.trading.operation(exchange)
        plain = f"{exchange.method} {exchange.path}"
        for name in sorted(SENT, key=lambda each: each.count("{")):
            if pattern(name).fullmatch(plain):
                return name
        raise LookupError(plain)

    def _described(self, name: str) -> dict[str, Any]:
        method, _, path = name.partition(" ")
        base = next(base for base in DOCUMENTS if path.startswith(f"{base}/"))
        found: dict[str, Any] = self.documents[base]["paths"][path.removeprefix(base)][method.lower()]
        return found

    def check_request(self, exchange: Exchange) -> None:
        """Path, query, headers and body."""
        name = self.operation(exchange)
        if exchange.path == TOKEN:
            return check_token_request(exchange)
        if exchange.path == self.trading.path:
            return self.trading.check_request(exchange)
        assert exchange.headers.get("authorization", "").startswith("Bearer "), f"{name}: no bearer token"
        described = self._described(name)
        self._check_parameters(name, described, exchange)
        content = described.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            said = json.loads(exchange.body)
            self._validate(name, "request", said, content["application/json"]["schema"], strict=True)
        elif exchange.body:
            assert json.loads(exchange.body) == {}, f"{name}: a body where none is described"
        return None

    def _check_parameters(self, name: str, described: dict[str, Any], exchange: Exchange) -> None:
        rows = described.get("parameters", [])
        query = dict(parse_qsl(exchange.query, keep_blank_values=True))
        known = {row["name"] for row in rows if row["in"] == "query"}
        assert query.keys() <= known, f"{name}: unknown query parameters {sorted(query.keys() - known)}"
        for row in rows:
            if row["in"] == "query" and row.get("required"):
                assert query.get(row["name"]), f"{name}: the query lacks {row['name']}"
            if row["in"] == "header" and row.get("required"):
                assert exchange.headers.get(row["name"].lower()), f"{name}: the header {row['name']} is missing"

    def check_answer(self, exchange: Exchange) -> None:
        """A documented status, and a body as described."""
        name, status = self.operation(exchange), str(exchange.status)
        if is_outage(exchange):
            return None
        if exchange.path == TOKEN:
            return check_token_answer(exchange)
        if exchange.path == self.trading.path:
            return self.trading.check_answer(exchange)
        responses = self._described(name)["responses"]
        assert status in {*responses, *EVERYWHERE}, f"{name}: status {status} is not documented"
        if exchange.status >= 400:
            return check_error(name, exchange)
        described = responses[status].get("content", {}).get("application/json")
        if status == "207" and described is None:
            described = responses["200"]["content"]["application/json"]
        if exchange.answer:
            assert described, f"{name}: a body where status {status} has none"
            self._validate(name, f"answer {status}", json.loads(exchange.answer), described["schema"], strict=False)
        return None

    def _validate(self, name: str, side: str, data: Any, schema: dict[str, Any], *, strict: bool) -> None:
        key = (name, side)
        if key not in self.validators:
            base = next(base for base in DOCUMENTS if f" {base}/" in name)
            parts = copy.deepcopy(self.documents[base]["components"]["schemas"])
            if strict:
                parts = {title: closed(part) for title, part in parts.items()}
            body = {**schema, "components": {"schemas": parts}}
            self.validators[key] = jsonschema.Draft202012Validator(body)
        wrong = next(self.validators[key].iter_errors(data), None)
        place = "/".join(map(str, wrong.absolute_path)) if wrong else ""
        assert wrong is None, f"{name}, {side}, at {place or 'the top'}: {wrong.message[:300]}"


def load(path: Path) -> dict[str, Any]:
    """A document, with its one known mistake mended."""
    text = path.read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)
    for part in document["components"]["schemas"].values():
        if part.get("properties", {}).get("aspects", {}).get("type") == "string":
            part["properties"]["aspects"] = ASPECTS
    return document


def closed(part: dict[str, Any]) -> dict[str, Any]:
    """A schema that takes nothing it does not name."""
    return {**part, "additionalProperties": False} if part.get("properties") else part


@cache
def pattern(name: str) -> re.Pattern[str]:
    """An operation's name as it matches a method and path."""
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(name)))


def is_outage(exchange: Exchange) -> bool:
    """What comes from the edge on a bad day, which no contract describes."""
    is_page = "html" in exchange.answer_headers.get("content-type", "")
    return is_page or exchange.status >= 500 or (exchange.path == TradingContract.path and exchange.status != 200)


def check_error(name: str, exchange: Exchange) -> None:
    """eBay's envelope of errors."""
    rows = json.loads(exchange.answer)["errors"]
    for row in rows:
        assert isinstance(row["errorId"], int), f"{name}: an error without its number"
        assert row["domain"], f"{name}: error {row['errorId']} without domain"
        assert row["category"] in {"REQUEST", "APPLICATION", "BUSINESS"}, f"{name}: error {row['errorId']}: category"
        assert row["message"], f"{name}: error {row['errorId']} without message"
    assert rows, f"{name}: status {exchange.status} without an error"


def check_token_request(exchange: Exchange) -> None:
    """Basic, form-encoded, and exactly the fields of its kind."""
    form = dict(parse_qsl(exchange.body.decode(), keep_blank_values=True, strict_parsing=True))
    assert exchange.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert exchange.headers["authorization"].startswith("Basic ")
    assert form.keys() == GRANTS[form["grant_type"]], f"fields {sorted(form)} for {form['grant_type']}"
    assert all(form.values())
    assert "%" not in form.get("code", "") or unquote(form["code"]) == form["code"], "the code is encoded twice"


def check_token_answer(exchange: Exchange) -> None:
    """A token that says how long it lives, or an error that has a name."""
    told = json.loads(exchange.answer)
    if exchange.status >= 400:
        assert exchange.status in (400, 401, 429)
        assert told["error"]
        return
    kind = dict(parse_qsl(exchange.body.decode()))["grant_type"]
    assert exchange.status == 200
    assert told["access_token"]
    assert told["expires_in"] == 7200
    assert told["token_type"] == ("Application Access Token" if kind == "client_credentials" else "User Access Token")
    assert ("refresh_token" in told) == (kind == "authorization_code")


def contract(specs: Path) -> Contract:
    """eBay's contracts under ``specs``."""
    return EbayContract(specs / "ebay")
