"""What a call costs in points, by the rules that reproduce most of what was observed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_leaf_type,
)

FREE = {"MoneyV2", "MoneyBag", "MailingAddress", "PageInfo", "Count"}
MUTATION, COUNT = 10, 10
PER_VARIANT, PER_FILE = 0.2, 1.9


class Costs:
    """Adds up one operation; ``variables`` size its lists."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables

    def of(self, operation: OperationDefinitionNode, data: Any = None) -> int:
        """What is asked for; with ``data``, what it really took."""
        root = self.schema.get_root_type(operation.operation)
        change = operation.operation == OperationType.MUTATION
        total = 0.0
        for node in self._fields(operation.selection_set):
            found = _at(data, node)
            total += MUTATION + self._payload(root, node, found) if change else self._one(root, node, found, root=True)
        return max(1, math.ceil(total)) if total else 1

    def _payload(self, root: GraphQLNamedType | None, node: FieldNode, data: Any) -> float:
        """A payload's direct objects are free; what hangs below them is not. Big inputs cost by the piece."""
        payload = self._type(root, node)
        total = self._inputs(node)
        for field in self._fields(node.selection_set):
            inner = self._type(payload, field)
            if inner is not None and field.name.value != "userErrors" and not is_leaf_type(inner):
                total += self._many(inner, field.selection_set, _at(data, field))
        return total

    def _inputs(self, node: FieldNode) -> float:
        given = self.variables.get("input") if node.name.value == "productSet" else None
        if not isinstance(given, dict):
            return 0
        return PER_VARIANT * len(given.get("variants") or ()) + PER_FILE * len(given.get("files") or ())

    def _one(self, parent: GraphQLNamedType | None, node: FieldNode, data: Any, *, root: bool = False) -> float:
        inner = self._type(parent, node)
        if inner is None or is_leaf_type(inner):
            return 0
        if inner.name == "Count" and root:
            return COUNT
        if inner.name.endswith("Connection"):
            return self._connection(inner, node, data)
        below = self._many(inner, node.selection_set, data)
        if root and node.name.value == "nodes":
            return len(self.variables.get("ids") or ()) * (1 + below)
        return below if inner.name in FREE else 1 + below

    def _connection(self, inner: GraphQLNamedType, node: FieldNode, data: Any) -> float:
        each = 0.0
        rows: list[Any] = []
        for field in self._fields(node.selection_set):
            kind = self._type(inner, field)
            if field.name.value == "nodes" and kind:
                each += 1 + self._many(kind, field.selection_set, None)
                rows = _at(data, field) or rows
            elif field.name.value == "edges" and kind:
                for edge in self._fields(field.selection_set):
                    if edge.name.value == "node":
                        each += 1 + self._many(self._type(kind, edge), edge.selection_set, None)
                rows = _at(data, field) or rows
        size = self._size(node) if data is None else len(rows)
        return 2 + (_mult(size) * each if size else 0)

    def _many(self, parent: GraphQLNamedType | None, selection: SelectionSetNode | None, data: Any) -> float:
        found = data[0] if isinstance(data, list) and data else data
        return sum(self._one(kind, node, _at(found, node)) for kind, node in self._typed(parent, selection))

    def _typed(
        self, parent: GraphQLNamedType | None, selection: SelectionSetNode | None
    ) -> Iterator[tuple[GraphQLNamedType | None, FieldNode]]:
        for node in selection.selections if selection else ():
            if isinstance(node, FieldNode):
                yield parent, node
            elif isinstance(node, InlineFragmentNode):
                kind = self.schema.type_map.get(node.type_condition.name.value) if node.type_condition else parent
                yield from self._typed(kind, node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and (fragment := self.fragments.get(node.name.value)):
                kind = self.schema.type_map.get(fragment.type_condition.name.value)
                yield from self._typed(kind, fragment.selection_set)

    def _fields(self, selection: SelectionSetNode | None) -> Iterator[FieldNode]:
        return (node for _, node in self._typed(None, selection))

    def _type(self, parent: GraphQLNamedType | None, node: FieldNode) -> GraphQLNamedType | None:
        fields = getattr(parent, "fields", {})
        field = fields.get(node.name.value)
        return get_named_type(field.type) if field else None

    def _size(self, node: FieldNode) -> int:
        for argument in node.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return int(value.value)
                if isinstance(value, VariableNode):
                    given = self.variables.get(value.name.value)
                    return given if isinstance(given, int) else 1
        return 1


def _mult(size: int) -> int:
    return max(1, math.floor(2 * math.log(size))) if size > 0 else 0


def _at(data: Any, node: FieldNode) -> Any:
    name = node.alias.value if node.alias else node.name.value
    return data.get(name) if isinstance(data, dict) else None
