"""The query inside a bulk operation: what of it is refused, and how its rows are written.

A bulk operation reads whole lists, so it is not carried out field by field like other queries: its
selection becomes a function from an object to a line once, which then writes millions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_list_type,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values

from integrations.sandbox.shopify.fields import FIELDS, orders_of
from integrations.sandbox.shopify.schema import SCHEMA, SCOPES

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
Read = Callable[["Call", Made], Any]
MOST_CONNECTIONS, DEEPEST = 5, 2
ROOTS = ("customers", "orders")
# Lists within a row, whole and unpaged.
CHILDREN: dict[tuple[str, str], Read] = {
    ("Customer", "orders"): orders_of,
    ("Order", "lineItems"): lambda _call, order: order["_lines"],
}
WORDS = {
    "syntax": "Invalid bulk query: {}",
    "kind": "Invalid bulk query: only queries are supported.",
    "none": "Bulk queries must contain at least one connection.",
    "many": "Bulk queries cannot contain more than 5 connections.",
    "deep": "Bulk queries cannot contain connections with a nesting depth greater than 2.",
    "node": "Bulk queries cannot contain a top level `node` field.",
    "nodes": "The `nodes` field is not supported in bulk queries; select `edges` and `node`.",
    "list": "Queries that contain a connection field within a list field are not currently"
    " supported.",
    "id": "The parent 'node' field for a nested connection must select the 'id' field without an"
    " alias and must be of type ID, SafeString, or String.",
    "root": "The sandbox reads `customers` and `orders` in bulk; no other list.",
}


class BulkRefusedError(ValueError):
    """A query that no bulk operation is made of; its text is the user error."""


@dataclass
class Shape:
    """How objects of a type become lines: their values, and lists with lines of their own."""

    kind: str
    values: list[tuple[str, Read]] = field(default_factory=list)
    children: list[tuple[Read, "Shape"]] = field(default_factory=list)
    scopes: set[str] = field(default_factory=set)

    def write(self, call: "Call", row: Made) -> Made:
        """Return the line of one object."""
        return {name: read(call, row) for name, read in self.values}

    def all_scopes(self) -> set[str]:
        """Return every scope the query needs."""
        return self.scopes.union(*(shape.all_scopes() for _, shape in self.children))


@dataclass
class BulkQuery:
    """A query that may run: the list it reads and the shape of its rows."""

    root: str
    arguments: Made
    shape: Shape


def read_bulk_query(text: str) -> BulkQuery:
    """Return a query ready to run; raises BulkRefusedError in the API's manner."""
    try:
        document = parse(text, max_tokens=10_000)
    except GraphQLError as error:
        raise BulkRefusedError(WORDS["syntax"].format(error.message)) from None
    first, *others = document.definitions
    if not isinstance(first, OperationDefinitionNode) or first.operation.value != "query":
        raise BulkRefusedError(WORDS["kind"])
    faults = validate(SCHEMA, document)
    if faults:
        raise BulkRefusedError(WORDS["syntax"].format(faults[0].message))
    fragments = {o.name.value: o for o in others if isinstance(o, FragmentDefinitionNode)}
    return _Reader(fragments).read(first)


class _Reader:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self.fragments = fragments
        self.connections = 0

    def read(self, operation: OperationDefinitionNode) -> BulkQuery:
        fields = list(self.fields(operation.selection_set))
        if any(node.name.value in ("node", "nodes") for node in fields):
            raise BulkRefusedError(WORDS["node"])
        lists = [node for node in fields if _type_of("QueryRoot", node).endswith("Connection")]
        if not lists:
            raise BulkRefusedError(WORDS["none"])
        root = lists[0]
        if len(fields) > 1 or root.name.value not in ROOTS:
            raise BulkRefusedError(WORDS["root"])
        shape = self.connection("QueryRoot", root, depth=1)
        arguments = get_argument_values(_definition("QueryRoot", root), root)
        return BulkQuery(root.name.value, arguments, shape)

    def fields(self, selected: SelectionSetNode | None) -> Iterator[FieldNode]:
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self.fields(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield from self.fields(self.fragments[node.name.value].selection_set)

    def connection(self, parent: str, node: FieldNode, *, depth: int) -> Shape:
        self.connections += 1
        if self.connections > MOST_CONNECTIONS:
            raise BulkRefusedError(WORDS["many"])
        if depth > DEEPEST:
            raise BulkRefusedError(WORDS["deep"])
        kind = _type_of(parent, node)
        parts = {part.name.value: part for part in self.fields(node.selection_set)}
        if "nodes" in parts or "edges" not in parts:
            raise BulkRefusedError(WORDS["nodes"])
        edge = _type_of(kind, parts["edges"])
        inner = {part.name.value: part for part in self.fields(parts["edges"].selection_set)}
        if "node" not in inner:
            raise BulkRefusedError(WORDS["nodes"])
        row = _type_of(edge, inner["node"])
        return self.shape(row, inner["node"].selection_set, depth=depth)

    def shape(self, kind: str, selected: SelectionSetNode | None, *, depth: int) -> Shape:
        made = Shape(kind)
        _need(made, kind)
        for node in self.fields(selected):
            name = (node.alias or node.name).value
            if _type_of(kind, node).endswith("Connection"):
                child = self.connection(kind, node, depth=depth + 1)
                made.children.append((CHILDREN[kind, node.name.value], child))
            else:
                made.values.append((name, self.value(kind, node, made)))
        if made.children and "id" not in dict(made.values):
            raise BulkRefusedError(WORDS["id"])
        return made

    def value(self, parent: str, node: FieldNode, owner: Shape) -> Read:
        """Return what reads one field with everything selected below it."""
        read = _reading(parent, node)
        if node.selection_set is None:
            return read
        kind = _type_of(parent, node)
        _need(owner, kind)
        inner = []
        for part in self.fields(node.selection_set):
            if _type_of(kind, part).endswith("Connection"):
                raise BulkRefusedError(WORDS["list" if _is_list(parent, node) else "deep"])
            inner.append(((part.alias or part.name).value, self.value(kind, part, owner)))

        known: dict[str, Made] = {}  # goods and channels, which millions of lines repeat

        def told(call: "Call", row: Made) -> Any:
            found = read(call, row)
            if not found:
                return found
            if isinstance(found, list):
                return [{name: part(call, each) for name, part in inner} for each in found]
            key = found.get("_key")
            if key is None:
                return {name: part(call, found) for name, part in inner}
            if key not in known:
                known[key] = {name: part(call, found) for name, part in inner}
            return known[key]

        return told


def _need(shape: Shape, kind: str) -> None:
    scope = SCOPES.get(kind) or SCOPES.get(f"{kind}Connection")
    if scope:
        shape.scopes.add(scope)


def _definition(parent: str, node: FieldNode) -> Any:
    if node.name.value == "__typename":
        raise BulkRefusedError(WORDS["syntax"].format("__typename"))
    return SCHEMA.type_map[parent].fields[node.name.value]  # type: ignore[attr-defined]


def _type_of(parent: str, node: FieldNode) -> str:
    return str(get_named_type(_definition(parent, node).type))


def _is_list(parent: str, node: FieldNode) -> bool:
    kind = _definition(parent, node).type
    return is_list_type(getattr(kind, "of_type", kind)) or is_list_type(kind)


def _reading(parent: str, node: FieldNode) -> Read:
    """Return what reads a field from an object, worked out or as it stands there."""
    name = node.name.value
    worked_out = FIELDS.get((parent, name))
    if worked_out is None:
        return lambda _call, row: row.get(name)
    arguments = get_argument_values(_definition(parent, node), node)
    if not arguments:
        return worked_out
    return lambda call, row: worked_out(call, row, **arguments)
