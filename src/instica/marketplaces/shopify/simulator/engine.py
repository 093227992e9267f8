"""Answers GraphQL: parse, check, count the cost, do it, and say what it cost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    execute,
    parse,
    print_ast,
    validate,
)
from graphql.execution.values import get_variable_values

from instica.marketplaces.shopify.simulator import complaints
from instica.marketplaces.shopify.simulator.bucket import SINGLE_QUERY
from instica.marketplaces.shopify.simulator.cost import Costs
from instica.marketplaces.shopify.simulator.nodes import kind_of
from instica.marketplaces.shopify.simulator.schema_file import schema
from instica.marketplaces.shopify.simulator.tables import TABLES, needs
from instica.marketplaces.shopify.simulator.visit import Visit, access_denied, complaint

LIMITS = "https://shopify.dev/api/usage/limits#rate-limits"
Json = dict[str, Any]


def run(visit: Visit, asked: Mapping[str, Any]) -> Json:
    """The answer to ``{"query", "variables", "operationName"}``."""
    try:
        document = parse(str(asked.get("query") or ""))
    except GraphQLError as error:
        return {"errors": [complaints.syntax(error)]}
    operation = chosen(document, asked.get("operationName"))
    if operation is None:
        return {"errors": [{"message": "No operation named " + json.dumps(asked.get("operationName"))}]}
    if errors := validate(schema(), document):
        return {"errors": [complaints.document(error, operation) for error in errors]}
    given = asked.get("variables")
    variables = given if isinstance(given, dict) else {}
    read = get_variable_values(schema(), operation.variable_definitions or (), variables)
    if isinstance(read, list):
        types = {each.variable.name.value: print_ast(each.type) for each in operation.variable_definitions or ()}
        return {"errors": [complaints.variable(read[0], types, variables)]}
    return _priced(visit, document, operation, variables)


def _priced(visit: Visit, document: DocumentNode, operation: OperationDefinitionNode, variables: Json) -> Json:
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    costs = Costs(schema(), fragments, variables)
    asked = costs.of(operation)
    site = visit.site
    if asked > SINGLE_QUERY:
        message = f"Query cost is {asked}, which exceeds the single query max cost limit ({SINGLE_QUERY})."
        more = {"cost": asked, "maxCost": SINGLE_QUERY, "documentation": LIMITS}
        return {"errors": [{"message": message, "extensions": {"code": "MAX_COST_EXCEEDED", **more}}]}
    now = site.clock.now().timestamp()
    if site.limits and not site.bucket.take(asked, now):
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}
        return {"errors": [error], "extensions": {"cost": _cost(visit, asked, None)}}
    done = _done(visit, document, operation, variables)
    spent = min(asked, costs.of(operation, done.get("data"))) if done.get("data") else min(asked, 10)
    if site.limits:
        site.bucket.give_back(asked - spent)
    done["extensions"] = {"cost": _cost(visit, asked, spent)}
    if visit.remarks:
        done["extensions"]["search"] = visit.remarks
    return done


def _done(visit: Visit, document: DocumentNode, operation: OperationDefinitionNode, variables: Json) -> Json:
    visit.variables = variables
    result = execute(
        schema(),
        document,
        context_value=visit,
        variable_values=variables,
        operation_name=operation.name.value if operation.name else None,
        field_resolver=resolved,
        type_resolver=lambda value, info, kind: kind_of(value),
    )
    if not isinstance(result, ExecutionResult):
        raise TypeError("Nothing here is asynchronous")
    errors = [_error(error) for error in result.errors or ()]
    done: Json = {"data": result.data}
    if errors:
        done["errors"] = errors
    return done


def _error(error: GraphQLError) -> Json:
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        raise error.original_error
    return dict(error.formatted)


def resolved(value: Any, info: GraphQLResolveInfo[Visit], **args: Any) -> Any:
    """A field's value out of the tables; a plain dictionary answers for itself."""
    visit: Visit = info.context
    kind, name = info.parent_type.name, info.field_name
    scopes = needs(kind, name)
    if not visit.may(scopes):
        raise access_denied(name, scopes)
    if kind == "Mutation":
        key = _key(visit, info)
        return TABLES[kind][name](visit, {**args, "@key": key})
    if kind == "QueryRoot":
        return TABLES[kind][name](visit, args)
    found = TABLES.get(kind, {}).get(name)
    if found is None:
        return value.get(name) if isinstance(value, dict) else getattr(value, name)
    return found(visit, value, args)


def _key(visit: Visit, info: GraphQLResolveInfo[Visit]) -> str | None:
    """The idempotency key of a mutation; ``None`` when it has none."""
    for directive in info.field_nodes[0].directives or ():
        if directive.name.value != "idempotent" or not directive.arguments:
            continue
        value = directive.arguments[0].value
        given = visit.variables.get(value.name.value) if isinstance(value, VariableNode) else _literal(value)
        if not str(given or "").strip():
            raise complaint("The idempotency key cannot be blank.", "BAD_REQUEST")
        return str(given)
    return None


def _literal(value: ValueNode) -> str:
    return value.value if isinstance(value, StringValueNode) else ""


def _cost(visit: Visit, asked: int, spent: int | None) -> Json:
    return {
        "requestedQueryCost": asked,
        "actualQueryCost": spent,
        "throttleStatus": visit.site.bucket.as_json(),
    }


def chosen(document: DocumentNode, name: Any) -> OperationDefinitionNode | None:
    """The operation that is meant."""
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name:
        return next((each for each in operations if each.name and each.name.value == name), None)
    return operations[0] if operations else None


def named(query: str, operation_name: Any = None) -> str:
    """What a call is for: the first field at its root. Mutations are told from queries by their names."""
    try:
        operation = chosen(parse(query), operation_name)
    except GraphQLError:
        return ""
    field = operation.selection_set.selections[0] if operation else None
    return field.name.value if field is not None and hasattr(field, "name") else ""
