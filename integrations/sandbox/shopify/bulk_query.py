"""The query inside a bulk operation: what of it is refused, and how its rows are written.

A bulk operation reads whole lists, so it is not carried out field by field like other queries: its
selection becomes a function from an object to a line once, which then writes millions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)
from graphql.execution.values import get_argument_values

from integrations.sandbox.shopify.bulk_shape import (
    CHILDREN,
    WORDS,
    BulkRefusedError,
    Read,
    Shape,
    definition,
    is_list,
    need,
    reading,
    type_of,
)
from integrations.sandbox.shopify.schema import SCHEMA

if TYPE_CHECKING:
    from integrations.sandbox.shopify.call import Call

Made = dict[str, Any]
MOST_CONNECTIONS, DEEPEST = 5, 2
ROOTS = ("customers", "orders")


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
        lists = [node for node in fields if type_of("QueryRoot", node).endswith("Connection")]
        if not lists:
            raise BulkRefusedError(WORDS["none"])
        root = lists[0]
        if len(fields) > 1 or root.name.value not in ROOTS:
            raise BulkRefusedError(WORDS["root"])
        shape = self.connection("QueryRoot", root, depth=1)
        arguments = get_argument_values(definition("QueryRoot", root), root)
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
        kind = type_of(parent, node)
        parts = {part.name.value: part for part in self.fields(node.selection_set)}
        if "nodes" in parts or "edges" not in parts:
            raise BulkRefusedError(WORDS["nodes"])
        edge = type_of(kind, parts["edges"])
        inner = {part.name.value: part for part in self.fields(parts["edges"].selection_set)}
        if "node" not in inner:
            raise BulkRefusedError(WORDS["nodes"])
        row = type_of(edge, inner["node"])
        return self.shape(row, inner["node"].selection_set, depth=depth)

    def shape(self, kind: str, selected: SelectionSetNode | None, *, depth: int) -> Shape:
        made = Shape(kind)
        need(made, kind)
        for node in self.fields(selected):
            name = (node.alias or node.name).value
            if type_of(kind, node).endswith("Connection"):
                child = self.connection(kind, node, depth=depth + 1)
                made.children.append((CHILDREN[kind, node.name.value], child))
            else:
                made.values.append((name, self.value(kind, node, made)))
        if made.children and "id" not in dict(made.values):
            raise BulkRefusedError(WORDS["id"])
        return made

    def value(self, parent: str, node: FieldNode, owner: Shape) -> Read:
        """Return what reads one field with everything selected below it."""
        read = reading(parent, node)
        if node.selection_set is None:
            return read
        kind = type_of(parent, node)
        need(owner, kind)
        inner = []
        for part in self.fields(node.selection_set):
            if type_of(kind, part).endswith("Connection"):
                raise BulkRefusedError(WORDS["list" if is_list(parent, node) else "deep"])
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
