"""Etsy's own OpenAPI document as the judge of what we send and of what the simulator answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from tests.contracts.exchange import Exchange

from instica.marketplaces.etsy.tests.openapi import Schema, as_json_schema, shut

DOCUMENT = "etsy-openapi-v3.2026-09-08.json"
TOKEN, TOKEN_PATH = "oauthToken", "/v3/public/oauth/token"
SENT = """getMe getShop getListingsByShop getListingsByShopSectionId getListingsByListingIds getListing
    getListingsInventoryByListingIds getListingImages getListingInventory createDraftListing updateListing
    updateListingInventory uploadListingImage getShopReceipts getShopReceipt createReceiptShipment getShopSections
    getShopShippingProfiles getShopReturnPolicies getShopReadinessStateDefinitions getSellerTaxonomyNodes
    tokenScopes""".split()
ANYWHERE = frozenset({401, 403, 404, 405, 429, 500, 502, 503, 504})
"""What live Etsy, its edge and its limits answer to any call, whether the document names it or not."""
KEY, BEARER = re.compile(r"[^:\s]+:[^:\s]+"), re.compile(r"Bearer \d+\.\S+")
GRANTS = {
    "authorization_code": {"grant_type", "client_id", "redirect_uri", "code", "code_verifier"},
    "refresh_token": {"grant_type", "client_id", "refresh_token"},
}
PAIR = {"access_token", "token_type", "expires_in", "refresh_token"}


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    name: str
    method: str
    path: re.Pattern[str]
    spec: Mapping[str, Any]

    @cached_property
    def scopes(self) -> tuple[str, ...]:
        """What it needs."""
        return tuple(name for each in self.spec.get("security", ()) for name in each.get("oauth2", ()))

    @cached_property
    def query(self) -> dict[str, Mapping[str, Any]]:
        """Its query parameters."""
        return {each["name"]: each for each in self.spec.get("parameters", ()) if each["in"] == "query"}


@dataclass
class EtsyContract:
    """The document, its operations found by method and path, its schemas compiled once."""

    document: Mapping[str, Any]
    compiled: dict[tuple[str, str], Draft202012Validator] = field(default_factory=dict)

    @cached_property
    def known(self) -> dict[str, Operation]:
        """Every operation by its name."""
        found = {}
        for path, methods in self.document["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", r"[^/]+", path) + r"\Z")
            for method, spec in methods.items():
                found[spec["operationId"]] = Operation(spec["operationId"], method.upper(), pattern, spec)
        return found

    def operations(self) -> Mapping[str, str]:
        """What our client sends, with the scope each needs."""
        return {TOKEN: ""} | {name: " ".join(self.known[name].scopes) for name in SENT}

    def operation(self, exchange: Exchange) -> str:
        """Which one this is: the path without parameters wins."""
        if (exchange.method, exchange.path) == ("POST", TOKEN_PATH):
            return TOKEN
        known = [each for each in self.known.values() if each.method == exchange.method]
        fits = [each for each in known if each.path.match(exchange.path)]
        if not fits:
            raise LookupError("the document has no such operation")
        return min(fits, key=lambda each: each.path.pattern.count("[^/]+")).name

    def check_request(self, exchange: Exchange) -> None:
        """Path, query, headers and body."""
        assert KEY.fullmatch(exchange.headers.get("x-api-key", "")), "x-api-key is not keystring:shared_secret"
        name = self.operation(exchange)
        if name == TOKEN:
            sent = dict(parse_qsl(exchange.body.decode()))
            assert sent.keys() == GRANTS.get(sent.get("grant_type", ""), {""}), f"not a grant: {sorted(sent)}"
            return
        operation = self.known[name]
        numbers = re.findall(r"/(?:shops|listings|receipts|nodes|users)/([^/]+)", exchange.path)
        odd = [part for part in numbers if not part.isdigit() and part not in ("batch", "me", "active")]
        assert not odd, f"not a number in the path: {odd}"
        if operation.scopes:
            assert BEARER.fullmatch(exchange.headers.get("authorization", "")), "no token that names its user"
        self._check_query(operation, parse_qsl(exchange.query, keep_blank_values=True))
        self._check_body(operation, exchange)

    def _check_query(self, operation: Operation, sent: list[tuple[str, str]]) -> None:
        names = [name for name, _ in sent]
        lacking = [name for name, each in operation.query.items() if each.get("required") and name not in names]
        assert not lacking, f"lacks {lacking}"
        for name, text in sent:
            assert name in operation.query, f"unknown query parameter {name}"
            self._check(f"{operation.name}?{name}", operation.query[name]["schema"], typed(operation.query[name], text))

    def _check_body(self, operation: Operation, exchange: Exchange) -> None:
        body = operation.spec.get("requestBody")
        if body is None:
            assert not exchange.body, "a body where none belongs"
            return
        kind = exchange.headers.get("content-type", "")
        wanted = kind.partition(";")[0]
        assert wanted in body["content"], f"content type {wanted}"
        schema = body["content"][wanted]["schema"]
        self._check(operation.name, schema, decoded(schema, kind, exchange.body))

    def check_answer(self, exchange: Exchange) -> None:
        """Successes as documented; errors in their envelope."""
        if "html" in exchange.answer_headers.get("content-type", ""):
            return
        name = self.operation(exchange)
        if exchange.status >= 400:
            documented = set() if name == TOKEN else {int(each) for each in self.known[name].spec["responses"]}
            assert exchange.status in documented | ANYWHERE | ({400} if name == TOKEN else set()), exchange.status
            assert is_error(exchange), f"not an error of Etsy's: {exchange.answer[:200]!r}"
            return
        if name == TOKEN:
            pair = json.loads(exchange.answer)
            assert pair.keys() == PAIR, f"not a pair: {sorted(pair)}"
            return
        answer = self.known[name].spec["responses"].get(str(exchange.status))
        assert answer, f"status {exchange.status} is not documented"
        if content := answer.get("content"):
            schema = next(iter(content.values()))["schema"]
            self._check(f"{name} {exchange.status}", schema, thinned(json.loads(exchange.answer)))

    def _check(self, name: str, schema: Mapping[str, Any], value: Any) -> None:
        key = (name, "")
        if key not in self.compiled:
            root = {**as_json_schema(schema), "components": self.components}
            self.compiled[key] = Draft202012Validator(shut(root))
        problems = [f"{error.json_path}: {error.message[:200]}" for error in self.compiled[key].iter_errors(value)]
        assert not problems, f"{name}: {'; '.join(problems[:5])}"

    @cached_property
    def components(self) -> Schema:
        """All schemas, with what live Etsy is known to answer beside them."""
        schemas = self.document["components"]["schemas"]
        found = {name: shut(as_json_schema(schema)) for name, schema in schemas.items()}
        found["ShopReceipt"]["properties"]["status"].pop("enum")
        for name in ("ShopListing", "ShopListingWithAssociations"):
            found[name]["properties"]["state"]["enum"] += ["edit", "removed"]
        return {"schemas": found}


def thinned(said: Any) -> Any:
    """A long list with its first ten rows and every tenth further one: all come out of the same code."""
    rows = said.get("results") if isinstance(said, dict) else None
    return {**said, "results": [*rows[:10], *rows[10::10]]} if isinstance(rows, list) else said


def typed(parameter: Mapping[str, Any], text: str) -> Any:
    """A query parameter or form field as the type its schema names; lists by commas, as Etsy documents them."""
    schema = parameter.get("schema", parameter)
    kind = schema.get("type")
    if kind == "array":
        return [typed(schema["items"], part) for part in text.split(",")] if text else []
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if kind == "integer":
        return int(text) if re.fullmatch(r"-?\d+", text) else text
    if kind == "number":
        return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text
    return text


def decoded(schema: Mapping[str, Any], kind: str, body: bytes) -> Any:
    """A body as the object it stands for."""
    if kind.startswith("application/json"):
        return json.loads(body)
    if kind.startswith("multipart"):
        message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body, policy=HTTP)
        parts = [(part.get_param("name", header="content-disposition"), part) for part in message.iter_parts()]
        pairs = [(str(name), text_of(part)) for name, part in parts]
    else:
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
    return {name: typed(schema["properties"].get(name, {}), text) for name, text in pairs}


def text_of(part: Any) -> str:
    """A part's content; a file stands for itself."""
    content = part.get_payload(decode=True)
    assert content, "an empty part"
    return "(binary)" if part.get_filename() else str(content.decode())


def is_error(exchange: Exchange) -> bool:
    """The documented envelope, or the list of problems that live listing writes answer."""
    if not exchange.answer_headers.get("content-type", "").startswith("application/json"):
        return True
    said = json.loads(exchange.answer)
    if isinstance(said, list):
        return all({"path", "type", "message"} <= set(each) for each in said)
    return isinstance(said, dict) and isinstance(said.get("error"), str)


def contract(specs: Path) -> EtsyContract:
    """The contract in that folder."""
    return EtsyContract(json.loads((specs / "etsy" / DOCUMENT).read_text(encoding="utf-8")))
