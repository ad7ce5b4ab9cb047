"""Answering a GraphQL call as Shopify does: read, checked, charged, carried out."""

import re
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    parse,
    validate,
)
from graphql.execution import get_variable_values

from integrations.sandbox.shopify.call import Call
from integrations.sandbox.shopify.cost import MOST, Bucket, Costing, asked_rows, told_rows
from integrations.sandbox.shopify.refusals import LIMITS
from integrations.sandbox.shopify.schema import SCHEMA

Made = dict[str, Any]
_UNKNOWN = re.compile(r"Cannot query field '(\w+)' on type '(\w+)'")
_DOCUMENTS: dict[str, DocumentNode] = {}


@dataclass
class Answer:
    """An HTTP answer: status, body as JSON, more headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def answer(call: Call, asked: Made, bucket: Bucket) -> Answer:
    """Answer one call; `asked`: query, variables, operationName as they were posted."""
    try:
        document = _read(str(asked.get("query") or ""))
    except GraphQLSyntaxError as error:
        return _faults({"message": error.message, "extensions": {"code": "PARSE_ERROR"}})
    faults = validate(SCHEMA, document)
    if faults:
        return _faults(*[_told_fault(fault) for fault in faults])
    operation = _operation(document, asked.get("operationName"))
    if operation is None:
        return _faults({"message": "An operation name is required"})
    variables = asked.get("variables") or {}
    problems = _problems(operation, variables)
    if problems:
        return _faults(problems)
    return _charged(call, document, operation, variables, bucket)


def _read(query: str) -> DocumentNode:
    if query not in _DOCUMENTS:
        if len(_DOCUMENTS) > 200:
            _DOCUMENTS.clear()
        _DOCUMENTS[query] = parse(query, max_tokens=10_000)
    return _DOCUMENTS[query]


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    found = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if name is None:
        return found[0] if len(found) == 1 else None
    return next((each for each in found if each.name and each.name.value == name), None)


def _problems(operation: OperationDefinitionNode, variables: Made) -> Made | None:
    values = get_variable_values(SCHEMA, list(operation.variable_definitions or ()), variables)
    if not isinstance(values, list):
        return None
    problems = [{"path": [], "explanation": error.message} for error in values]
    words = values[0].message
    return {
        "message": words,
        "extensions": {"code": "INVALID_VARIABLE", "value": None, "problems": problems},
    }


def _charged(
    call: Call,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Made,
    bucket: Bucket,
) -> Answer:
    fragments = {
        each.name.value: each
        for each in document.definitions
        if isinstance(each, FragmentDefinitionNode)
    }
    root = "Mutation" if operation.operation.value == "mutation" else "QueryRoot"
    asked = asked_rows(variables)
    requested = Costing(SCHEMA, fragments, variables, asked).of(operation.selection_set, root)
    if requested > MOST:
        return _faults(_too_dear(requested))
    if not bucket.take(requested, now=call.shop.clock.now()):
        return throttled(requested, bucket)
    result = execute_sync(
        SCHEMA,
        document,
        context_value=call,
        variable_values=variables,
        operation_name=operation.name.value if operation.name else None,
    )
    told = told_rows(asked)
    actual = Costing(SCHEMA, fragments, variables, told).of(
        operation.selection_set, root, result.data or {}
    )
    actual = min(actual, requested)
    bucket.give_back(requested - actual)
    cost = {"requestedQueryCost": requested, "actualQueryCost": actual}
    return _carried_out(call, result, cost | {"throttleStatus": bucket.told()})


def _carried_out(call: Call, result: ExecutionResult, cost: Made) -> Answer:
    body: Made = {"data": result.data, "extensions": {"cost": cost}}
    if call.warnings:
        body["extensions"]["search"] = call.warnings
    if result.errors:
        body["errors"] = [_told_error(error) for error in result.errors]
    return Answer(body)


def throttled(requested: int, bucket: Bucket) -> Answer:
    """Return what a call gets whose points are not there: HTTP 200 and no data."""
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS}}
    cost = {
        "requestedQueryCost": requested,
        "actualQueryCost": None,
        "throttleStatus": bucket.told(),
    }
    return Answer({"errors": [error], "extensions": {"cost": cost}})


def _too_dear(requested: int) -> Made:
    words = f"Query cost is {requested}, which exceeds the single query max cost limit ({MOST})."
    return {
        "message": words,
        "extensions": {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MOST},
    }


def _faults(*errors: Made) -> Answer:
    return Answer({"errors": list(errors)})


def _places(error: GraphQLError) -> Made:
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    return {"locations": places} if places else {}


def _told_fault(error: GraphQLError) -> Made:
    """Return an error of validation with Shopify's words and code where they are known."""
    unknown = _UNKNOWN.match(error.message)
    if unknown:
        field, kind = unknown.groups()
        words = f"Field '{field}' doesn't exist on type '{kind}'"
        facts = {"code": "undefinedField", "typeName": kind, "fieldName": field}
    elif "is required, but it was not provided" in error.message:
        words, facts = error.message, {"code": "missingRequiredArguments"}
    elif "Unknown argument" in error.message:
        words, facts = error.message, {"code": "argumentNotAccepted"}
    else:
        words, facts = error.message, {"code": "argumentLiteralsIncompatible"}
    return {"message": words, **_places(error), "extensions": facts}


def _told_error(error: GraphQLError) -> Made:
    told = {"message": error.message, **_places(error), "path": error.path}
    return told | ({"extensions": error.extensions} if error.extensions else {})
