"""Bulk operations: a query over the whole shop, answered as a file of one JSON object a line."""

from __future__ import annotations

import json
import tempfile
import weakref
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLNamedType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values

from instica.marketplaces.shopify.simulator.ledger import BulkJob
from instica.marketplaces.shopify.simulator.nodes import KINDS
from instica.marketplaces.shopify.simulator.paging import EVERYTHING
from instica.marketplaces.shopify.simulator.schema_file import schema
from instica.marketplaces.shopify.simulator.visit import Visit

if TYPE_CHECKING:
    from instica.marketplaces.shopify.simulator.site import Site

MOST_CONNECTIONS, DEEPEST, LONGEST_QUERY = 5, 2, 65_535
CHUNK = 64 * 1024
PIECE = 200_000
Lines = Iterator[tuple[bool, bytes]]
Plan = list[tuple[str, Callable[[Any], Any]]]


class NotForBulk(Exception):
    """A query that cannot run in bulk; the message says why."""


def checked(text: str) -> OperationDefinitionNode:
    """The operation, if it can run in bulk. Raises ``NotForBulk``."""
    if len(text.encode()) > LONGEST_QUERY:
        raise NotForBulk("The query is too long.")
    try:
        document = parse(text)
    except GraphQLError as error:
        raise NotForBulk(f"Invalid bulk query: {error.message}") from None
    if errors := validate(schema(), document):
        raise NotForBulk(f"Invalid bulk query: {errors[0].message}")
    operation = document.definitions[0]
    if not isinstance(operation, OperationDefinitionNode) or operation.operation.value != "query":
        raise NotForBulk("Invalid bulk query: it must be a query.")
    count, depth = _connections(schema().query_type, operation.selection_set, 0)
    if count == 0:
        raise NotForBulk("Bulk queries must contain at least one connection.")
    if count > MOST_CONNECTIONS:
        raise NotForBulk(f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections.")
    if depth > DEEPEST + 1:
        raise NotForBulk(f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}.")
    return operation


def _connections(parent: GraphQLNamedType | None, selection: SelectionSetNode | None, depth: int) -> tuple[int, int]:
    """How many connections, and how deep they are nested."""
    count, deepest = 0, depth
    for kind, node in _nodes(parent, selection):
        inner = _type(kind, node)
        step = 1 if inner is not None and inner.name.endswith("Connection") else 0
        below, deep = _connections(inner, node.selection_set, depth + step)
        count, deepest = count + step + below, max(deepest, deep)
    return count, deepest


def run(visit: Visit, job: BulkJob) -> bool:
    """Write a piece of the file, noting what is in it; whether that was the end."""
    if job.file is None:
        job.file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the job
        weakref.finalize(job, job.file.close)
        job.lines = _ordered(visit, _lines(visit, job, checked(job.query)))
    for _, (_, line) in zip(range(PIECE), job.lines, strict=False):
        job.file.write(line)
    following = next(job.lines, None)
    if following is not None:
        job.file.write(following[1])
        return False
    job.size = job.file.tell()
    if visit.site.switches["bulk_cut"]:
        job.file.truncate(job.size // 2)
    return True


def _ordered(visit: Visit, lines: Lines) -> Lines:
    order = visit.site.switches["bulk_order"]
    if order == "apart":
        return _apart(lines)
    return iter(sorted(lines, key=lambda line: line[0])) if order == "before" else lines


def _apart(lines: Lines) -> Lines:
    """All roots first, then all children."""
    children: list[tuple[bool, bytes]] = []
    for root, line in lines:
        if root:
            yield root, line
        else:
            children.append((root, line))
    yield from children


def _lines(visit: Visit, job: BulkJob, operation: OperationDefinitionNode) -> Lines:
    from instica.marketplaces.shopify.simulator.tables import bulk_rows

    for kind, node in _nodes(schema().query_type, operation.selection_set):
        inner = _type(kind, node)
        if inner is None or not inner.name.endswith("Connection"):
            continue
        field = getattr(kind, "fields", {})[node.name.value]
        rows = bulk_rows(visit, node.name.value, get_argument_values(field, node, None))
        plan, children = _compiled(visit, *_node_selection(inner, node))
        for row in rows:
            job.roots += 1
            yield from ((parent == "", line) for parent, line in _row(job, row, plan, children, ""))


def _row(job: BulkJob, row: Any, plan: Plan, children: list[Any], parent: str) -> Iterator[tuple[str, bytes]]:
    shown = {name: get(row) for name, get in plan}
    if parent:
        shown["__parentId"] = parent
    job.objects += 1
    yield parent, json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    for rows_of, inner_plan, inner_children in children:
        for child in rows_of(row):
            yield from _row(job, child, inner_plan, inner_children, str(shown.get("id", "")))


def _compiled(visit: Visit, kind: GraphQLNamedType, selection: SelectionSetNode | None) -> tuple[Plan, list[Any]]:
    """How to show an object of that kind, and the lists below it that become lines of their own."""
    plan: Plan = []
    children: list[Any] = []
    for parent, node in _nodes(kind, selection):
        inner = _type(parent, node)
        name = node.alias.value if node.alias else node.name.value
        if node.name.value == "__typename":
            plan.append((name, _typename(kind)))
            continue
        get = _getter(visit, parent, node)
        if inner is not None and inner.name.endswith("Connection"):
            inner_plan, inner_children = _compiled(visit, *_node_selection(inner, node))
            children.append((lambda row, get=get: get(row)["nodes"], inner_plan, inner_children))
        elif node.selection_set and inner is not None:
            below, _ = _compiled(visit, inner, node.selection_set)
            plan.append((name, _object(get, below)))
        else:
            plan.append((name, get))
    return plan, children


def _typename(kind: GraphQLNamedType) -> Callable[[Any], Any]:
    return lambda row: KINDS.get(type(row), kind.name)


def _object(get: Callable[[Any], Any], below: Plan) -> Callable[[Any], Any]:
    def show(row: Any) -> Any:
        found = get(row)
        if isinstance(found, list):
            return [{name: inner(each) for name, inner in below} for each in found]
        return None if found is None else {name: inner(found) for name, inner in below}

    return show


def _getter(visit: Visit, parent: GraphQLNamedType | None, node: FieldNode) -> Callable[[Any], Any]:
    from instica.marketplaces.shopify.simulator.tables import TABLES

    kind, name = (parent.name if parent else ""), node.name.value
    if kind == "Media":
        kind = "MediaImage"
    field = getattr(parent, "fields", {})[name]
    args = get_argument_values(field, node, None)
    if get_named_type(field.type).name.endswith("Connection"):
        args = {**args, EVERYTHING: True}
    found = TABLES.get(kind, {}).get(name)
    if found is None:
        return lambda row: row.get(name) if isinstance(row, dict) else getattr(row, name)
    return lambda row: found(visit, row, args)


def _node_selection(connection: GraphQLNamedType, node: FieldNode) -> tuple[GraphQLNamedType, SelectionSetNode | None]:
    """What is asked of each node, by way of ``nodes`` or ``edges``."""
    for kind, field in _nodes(connection, node.selection_set):
        inner = _type(kind, field)
        if inner is not None and field.name.value == "nodes":
            return inner, field.selection_set
        if inner is not None and field.name.value == "edges":
            for edge_kind, edge in _nodes(inner, field.selection_set):
                found = _type(edge_kind, edge)
                if found is not None and edge.name.value == "node":
                    return found, edge.selection_set
    raise NotForBulk("Invalid bulk query: a connection needs edges { node } or nodes.")


def _nodes(
    parent: GraphQLNamedType | None, selection: SelectionSetNode | None
) -> Iterator[tuple[GraphQLNamedType | None, FieldNode]]:
    for node in selection.selections if selection else ():
        if isinstance(node, FieldNode):
            yield parent, node
        elif isinstance(node, InlineFragmentNode):
            kind = schema().type_map[node.type_condition.name.value] if node.type_condition else parent
            yield from _nodes(kind, node.selection_set)


def _type(parent: GraphQLNamedType | None, node: FieldNode) -> GraphQLNamedType | None:
    field = getattr(parent, "fields", {}).get(node.name.value)
    return get_named_type(field.type) if field else None


def looked_at(visit: Visit, job: BulkJob) -> BulkJob:
    """It moves on each time somebody asks."""
    site: Site = visit.site
    if job.status not in ("CREATED", "RUNNING"):
        return job
    job.looks += 1
    if job.looks <= site.switches["bulk_polls"]:
        job.status = "RUNNING"
        return job
    outcome = site.switches["bulk_outcome"]
    if outcome == "COMPLETED" and not run(visit, job):
        job.status = "RUNNING"
        return job
    job.status, job.completed = outcome, site.now
    if outcome == "FAILED":
        job.error = "INTERNAL_SERVER_ERROR"
    return job


def content(job: BulkJob) -> Iterator[bytes]:
    """The file, piece by piece."""
    if job.file is None:
        return
    job.file.seek(0)
    while chunk := job.file.read(CHUNK):
        yield chunk
