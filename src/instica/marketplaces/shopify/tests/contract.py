"""Shopify's own schema as the judge of what we send and of what the simulator answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from tests.contracts.exchange import Exchange

from instica.marketplaces.shopify.operations import OPERATIONS, snake

DOCUMENT = "admin_2026-10.graphql"
GRAPHQL = "/admin/api/2026-10/graphql.json"
TOKEN, TOKEN_PATH = "accessToken", "/admin/oauth/access_token"
UPLOAD, UPLOAD_PATH = "stagedUpload", re.compile(r"/staged/\d+/files/\w+/[\w.]+\Z")
FILE, FILE_PATH = "bulkOperationFile", re.compile(r"/[\w-]+/bulk-operation-outputs/\w+\Z")
GRANTS = (
    {"client_id", "client_secret", "code", "expiring"},
    {"client_id", "client_secret", "grant_type", "refresh_token"},
)
PAIR = {"access_token", "scope", "expires_in", "refresh_token", "refresh_token_expires_in"}
STATUSES = frozenset(
    {200, 303, 400, 401, 402, 403, 404, 405, 406, 409, 414, 415, 422, 423, 429, 430, 500, 502, 503, 504}
)
CODES = frozenset(
    "THROTTLED MAX_COST_EXCEEDED ACCESS_DENIED INTERNAL_SERVER_ERROR SHOP_INACTIVE RESOURCE_NOT_FOUND BAD_REQUEST"
    " INVALID_VARIABLE INVALID_FIELD_ARGUMENTS MAX_INPUT_SIZE_EXCEEDED".split()
)
IDEMPOTENT = re.compile(r"idempoten", re.I)
MONEY = re.compile(r"-?\d+(\.\d+)?")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
GID = re.compile(r"gid://shopify/\w+/[\w.?=&-]+")
SCALARS = {
    "ID": lambda value: isinstance(value, str) and bool(GID.fullmatch(value)),
    "Money": lambda value: isinstance(value, str) and bool(MONEY.fullmatch(value)),
    "Decimal": lambda value: isinstance(value, str) and bool(MONEY.fullmatch(value)),
    "DateTime": lambda value: isinstance(value, str) and bool(TIME.fullmatch(value)),
    "UnsignedInt64": lambda value: isinstance(value, str) and value.isdigit(),
    "URL": lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
    "Int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
}


@cache
def official(path: Path) -> GraphQLSchema:
    """The schema of 2026-10, built once."""
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


@dataclass
class ShopifyContract:
    """The schema, the three doors that are not GraphQL, and what was parsed already."""

    folder: Path
    parsed: dict[str, DocumentNode] = field(default_factory=dict)

    @cached_property
    def schema(self) -> GraphQLSchema:
        """Shopify's."""
        return official(self.folder / DOCUMENT)

    def operations(self) -> Mapping[str, str]:
        """Every document we can send, by its name and with the scope it takes; a token, and a bulk file."""
        return {TOKEN: "", FILE: "", UPLOAD: ""} | {each.title: each.scope for each in OPERATIONS.values()}

    def operation(self, exchange: Exchange) -> str:
        """Which one this is."""
        if exchange.path == TOKEN_PATH:
            return TOKEN
        if FILE_PATH.match(exchange.path):
            return FILE
        if UPLOAD_PATH.match(exchange.path):
            return UPLOAD
        if exchange.path != GRAPHQL:
            raise LookupError(f"Shopify has no such path: {exchange.path}")
        name = str(json.loads(exchange.body).get("operationName"))
        if snake(name) not in OPERATIONS:
            raise LookupError(f"not a document of ours: {name}")
        return name

    def check_request(self, exchange: Exchange) -> None:
        """Method, headers, query and body."""
        name = self.operation(exchange)
        if name in (FILE, UPLOAD):
            assert exchange.method == ("GET" if name == FILE else "PUT"), "a file is read, or put"
            assert "x-shopify-access-token" not in exchange.headers, "our token has no business with a signed link"
            return
        assert (exchange.method, exchange.query) == ("POST", ""), "POST without a query"
        kind = exchange.headers.get("content-type", "").partition(";")[0]
        if name == TOKEN:
            assert kind == "application/x-www-form-urlencoded", f"content type {kind}"
            sent = dict(parse_qsl(exchange.body.decode()))
            assert sent.keys() in GRANTS, f"not a way to ask for a token: {sorted(sent)}"
            return
        assert kind == "application/json", f"content type {kind}"
        assert exchange.headers.get("x-shopify-access-token"), "without a token"
        self._check_document(json.loads(exchange.body))

    def _check_document(self, sent: Mapping[str, Any]) -> None:
        assert sent.keys() == {"query", "variables", "operationName"}, f"body {sorted(sent)}"
        document = self.document(sent["query"])
        operation = operation_in(document)
        read = get_variable_values(self.schema, operation.variable_definitions or (), sent["variables"])
        assert not isinstance(read, list), f"variables: {[error.message for error in read]}"
        for field_name, node, kind in roots(self.schema, operation):
            self._check_root(field_name, node, kind)
        check_rows(sent["variables"])
        if "query" in sent["variables"] and "bulkOperationRunQuery" in sent["query"]:
            self.document(sent["variables"]["query"])

    def _check_root(self, name: str, node: FieldNode, described: str) -> None:
        needs = bool(IDEMPOTENT.search(described)) and name.startswith("inventory")
        has = any(directive.name.value == "idempotent" for directive in node.directives or ())
        assert has or not needs or name == "inventoryItemUpdate", f"{name} needs @idempotent"

    def document(self, text: str) -> DocumentNode:
        """A document that fits the schema."""
        if text not in self.parsed:
            try:
                document = parse(text)
            except GraphQLError as error:
                raise AssertionError(error.message) from None
            problems = [error.message for error in validate(self.schema, document)]
            assert not problems, f"document: {problems[:5]}"
            self.parsed[text] = document
        return self.parsed[text]

    def check_answer(self, exchange: Exchange) -> None:
        """Successes in the shape that was asked for; errors as documented; web pages are the edge's."""
        assert exchange.status in STATUSES, f"status {exchange.status}"
        if "html" in exchange.answer_headers.get("content-type", ""):
            return
        name = self.operation(exchange)
        if exchange.status != 200:
            if name not in (FILE, UPLOAD):
                said = json.loads(exchange.answer)
                assert said.get("errors") or said.get("error"), f"not an error of Shopify's: {exchange.answer[:200]!r}"
            return
        if name == TOKEN:
            pair = json.loads(exchange.answer)
            assert pair.keys() <= PAIR, f"not a pair: {sorted(pair)}"
        elif name not in (FILE, UPLOAD):
            self._check_data(json.loads(exchange.body)["query"], json.loads(exchange.answer))
            assert exchange.answer_headers.get("x-shopify-api-version"), "without the version"

    def _check_data(self, query: str, said: Mapping[str, Any]) -> None:
        for error in said.get("errors") or ():
            assert error["extensions"]["code"] in CODES, f"code {error['extensions']}"
        assert said.get("errors") or "data" in said, "neither data nor errors"
        if said.get("data") is None:
            return
        document = self.document(query)
        operation = operation_in(document)
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        root = self.schema.get_root_type(operation.operation)
        assert root
        shape = Shape(self.schema, fragments, tolerant=bool(said.get("errors")))
        shape.check_object(root, operation.selection_set, said["data"], operation_name(operation))


@dataclass
class Shape:
    """Data against the schema: every field asked for and no other, of its kind. ``tolerant``: nulls beside errors."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    tolerant: bool

    def check_object(self, kind: Any, selection: SelectionSetNode | None, value: Any, path: str) -> None:
        """An object and everything in it."""
        assert isinstance(value, dict), f"{path}: not an object"
        asked = list(self._fields(kind, selection, value))
        names = {alias for alias, _, _ in asked}
        assert names >= value.keys(), f"{path}: not asked for: {sorted(value.keys() - names)}"
        for alias, parent, node in asked:
            if node.name.value == "__typename":
                continue
            assert alias in value, f"{path}: lacks {alias}"
            found = parent.fields[node.name.value].type
            self._check(found, node.selection_set, value[alias], f"{path}.{alias}")

    def _check(self, kind: GraphQLOutputType, selection: SelectionSetNode | None, value: Any, path: str) -> None:
        if value is None:
            assert self.tolerant or not is_non_null_type(kind), f"{path}: null"
            return
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if is_list_type(inner) and isinstance(inner, GraphQLList):
            assert isinstance(value, list), f"{path}: not a list"
            for place, row in enumerate(thinned(value)):
                self._check(inner.of_type, selection, row, f"{path}.{place}")
            return
        named = get_named_type(inner)
        if is_leaf_type(named):
            self._check_leaf(named, value, path)
        else:
            self.check_object(named, selection, value, path)

    def _check_leaf(self, named: Any, value: Any, path: str) -> None:
        if isinstance(named, GraphQLEnumType):
            assert value in named.values, f"{path}: {value!r} is no {named.name}"
            return
        fits = SCALARS.get(named.name)
        assert fits is None or fits(value), f"{path}: {value!r} is no {named.name}"

    def _fields(
        self, kind: Any, selection: SelectionSetNode | None, value: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any, FieldNode]]:
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                alias = node.alias.value if node.alias else node.name.value
                if not (is_abstract_type(kind) and alias not in value):
                    yield alias, kind, node
            elif isinstance(node, InlineFragmentNode):
                yield from self._narrowed(kind, node.type_condition, node.selection_set, value)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                yield from self._narrowed(kind, fragment.type_condition, fragment.selection_set, value)

    def _narrowed(
        self, kind: Any, condition: Any, selection: SelectionSetNode, value: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any, FieldNode]]:
        """A fragment on a concrete type applies where its fields are there; the answer does not name its type."""
        wanted = self.schema.type_map[condition.name.value] if condition else kind
        rows = list(self._fields(wanted, selection, value))
        if wanted is kind or all(alias in value for alias, _, _ in rows):
            yield from rows


def operation_in(document: DocumentNode) -> OperationDefinitionNode:
    """The one operation of a document."""
    (found,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return found


def operation_name(operation: OperationDefinitionNode) -> str:
    """What it is called."""
    return operation.name.value if operation.name else ""


def roots(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Iterator[tuple[str, FieldNode, str]]:
    """The fields at the root with what the schema says about them."""
    root = schema.get_root_type(operation.operation)
    assert root
    for node in operation.selection_set.selections:
        if isinstance(node, FieldNode):
            yield node.name.value, node, root.fields[node.name.value].description or ""


def check_rows(variables: Mapping[str, Any]) -> None:
    """What the schema cannot say: a row of stock names what it changes from, and at most 250 go at once."""
    given = variables.get("input")
    rows = given.get("quantities") if isinstance(given, dict) else None
    if rows is not None:
        assert 0 < len(rows) <= 250, f"{len(rows)} rows"
        assert all("changeFromQuantity" in row for row in rows), "a row without changeFromQuantity"
        pairs = {(row["inventoryItemId"], row["locationId"]) for row in rows}
        assert len(pairs) == len(rows), "an item and a place twice"


def thinned(rows: list[Any]) -> list[Any]:
    """A long list with its first ten rows and every tenth further one: all come out of the same code."""
    return [*rows[:10], *rows[10::10]]


def contract(specs: Path) -> ShopifyContract:
    """The contract in the folder of all specifications."""
    return ShopifyContract(specs / "shopify")
