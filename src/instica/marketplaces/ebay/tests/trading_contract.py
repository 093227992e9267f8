"""Trading against the list of its types: every element known, where it may stand, as often as it may, of its kind."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from tests.contracts.exchange import Exchange

from instica.marketplaces.ebay import TRADING

NAMESPACE = "{urn:ebay:apis:eBLBaseComponents}"
KINDS = {
    "int": r"-?\d+",
    "float": r"-?\d+(\.\d+)?",
    "bool": r"true|false",
    "DateTime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
    "DateInterval": r"P.*",
}
HEADERS = ("x-ebay-api-call-name", "x-ebay-api-siteid", "x-ebay-api-compatibility-level", "x-ebay-api-iaf-token")
# Ids that the list calls numbers; eBay's own are longer than any number type and are told as text.
TEXTUAL = {"PaymentProfileID", "ReturnProfileID", "ShippingProfileID"}


class TradingContract:
    """The types, and the calls we send."""

    path = "/ws/api.dll"

    def __init__(self, described: dict[str, Any]) -> None:
        self.types: dict[str, list[dict[str, Any]]] = described["types"]
        self.enums: dict[str, Any] = described["enums"]

    def operations(self) -> list[str]:
        """The calls we send."""
        return [f"POST {self.path}#{name}" for name in TRADING]

    def operation(self, exchange: Exchange) -> str:
        """Which of them this is."""
        name = f"POST {self.path}#{exchange.headers.get(HEADERS[0], '')}"
        if name not in self.operations():
            raise LookupError(name)
        return name

    def check_request(self, exchange: Exchange) -> None:
        """Headers, root, and every element."""
        call = exchange.headers[HEADERS[0]]
        assert exchange.headers["content-type"].startswith("text/xml"), f"{call}: {exchange.headers['content-type']}"
        for name in HEADERS:
            assert exchange.headers.get(name), f"{call}: the header {name} is missing"
        root = fromstring(exchange.body)
        assert root.tag == f"{NAMESPACE}{call}Request", f"{call}: the root is {root.tag}"
        self._check(root, f"{call}RequestType", "AbstractRequestType", call)

    def check_answer(self, exchange: Exchange) -> None:
        """200 whatever came of it, the root, and every element."""
        call = exchange.headers[HEADERS[0]]
        assert exchange.status == 200, f"{call}: status {exchange.status}"
        root = fromstring(exchange.answer)
        assert root.tag == f"{NAMESPACE}{call}Response", f"{call}: the root is {root.tag}"
        self._check(root, f"{call}ResponseType", "AbstractResponseType", call)
        ack = root.findtext(f"{NAMESPACE}Ack")
        assert (ack == "Failure") == (root.find(f"{NAMESPACE}Errors") is not None), f"{call}: Ack {ack}"

    def _check(self, node: Element, kind: str, base: str, where: str) -> None:
        rows = [*self.types[kind], *(self.types[base] if base else [])]
        known = {row["name"]: row for row in rows if row.get("name") and not row.get("attribute")}
        attributes = {row["name"] for row in rows if row.get("attribute")}
        assert set(node.attrib) <= attributes, f"{where}: unknown attributes {sorted(node.attrib)}"
        seen: Counter[str] = Counter()
        for child in node:
            name = child.tag.removeprefix(NAMESPACE)
            assert name in known, f"{where}: {kind} has no {name}"
            seen[name] += 1
            field = known[name]
            assert seen[name] == 1 or (field.get("list") and field.get("repeat") != "wrapped"), (
                f"{where}: {name} repeats"
            )
            self._value(child, field, f"{where}/{name}")

    def _value(self, node: Element, field: dict[str, Any], where: str) -> None:
        if field.get("repeat") == "wrapped":
            for entry in node:
                assert entry.tag == f"{NAMESPACE}{field['entry']}", f"{where}: {entry.tag} instead of {field['entry']}"
                self._one(entry, field, f"{where}/{field['entry']}")
        else:
            self._one(node, field, where)

    def _one(self, node: Element, field: dict[str, Any], where: str) -> None:
        kind = field["type"]
        if kind in self.types and len(node):
            self._check(node, kind, "", where)
            return
        text = (node.text or "").strip()
        if kind in self.types:
            plain = [row for row in self.types[kind] if not row.get("name")]
            assert plain or not text, f"{where}: text where elements belong"
            attributes = {row["name"] for row in self.types[kind] if row.get("attribute")}
            assert set(node.attrib) <= attributes, f"{where}: unknown attributes"
            kind = plain[0]["type"] if plain else "string"
        assert len(node) == 0, f"{where}: elements where text belongs"
        if kind in KINDS and field["name"] not in TEXTUAL:
            assert re.fullmatch(KINDS[kind], text), f"{where}: {text!r} is no {kind}"
        if field.get("enum") in self.enums:
            members = self.enums[field["enum"]]
            assert text in members, f"{where}: {text!r} is not in {field['enum']}"
