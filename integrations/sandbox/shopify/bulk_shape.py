"""How rows of a bulk operation become lines, and why a query cannot be run in bulk."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, get_named_type, is_list_type
from graphql.execution.values import get_argument_values

from integrations.sandbox.shopify.fields import FIELDS, orders_of
from integrations.sandbox.shopify.schema import SCHEMA, SCOPES

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
Read = Callable[["Call", Made], Any]
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


def need(shape: Shape, kind: str) -> None:
    """Note the scope that reading anything of a type takes."""
    scope = SCOPES.get(kind) or SCOPES.get(f"{kind}Connection")
    if scope:
        shape.scopes.add(scope)


def definition(parent: str, node: FieldNode) -> Any:
    """Return a field as the schema describes it."""
    if node.name.value == "__typename":
        raise BulkRefusedError(WORDS["syntax"].format("__typename"))
    return SCHEMA.type_map[parent].fields[node.name.value]  # type: ignore[attr-defined]


def type_of(parent: str, node: FieldNode) -> str:
    """Return the name of a field's type."""
    return str(get_named_type(definition(parent, node).type))


def is_list(parent: str, node: FieldNode) -> bool:
    """Tell whether a field is a list."""
    kind = definition(parent, node).type
    return is_list_type(getattr(kind, "of_type", kind)) or is_list_type(kind)


def reading(parent: str, node: FieldNode) -> Read:
    """Return what reads a field from an object, worked out or as it stands there."""
    name = node.name.value
    worked_out = FIELDS.get((parent, name))
    if worked_out is None:
        return lambda _call, row: row.get(name)
    arguments = get_argument_values(definition(parent, node), node)
    if not arguments:
        return worked_out
    return lambda call, row: worked_out(call, row, **arguments)
