"""What a query costs, by a formula fitted to real answers, and the bucket it is taken from.

A connection costs 2 + max(1, ⌊2 ln rows⌋) × (1 + cost of a row); an object 1, a mutation 10, a
count 10, a value nothing. Four of five real answers come out exactly; the others come close.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import floor, log
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
)

Made = dict[str, Any]
FREE = {
    "MoneyBag",
    "MoneyV2",
    "MailingAddress",
    "CustomerEmailMarketingConsentState",
    "CustomerSmsMarketingConsentState",
    "PageInfo",
    "Count",
    "UserError",
}
MOST = 1_000  # points of one query
COUNT, MUTATION, CONNECTION = 10, 10, 2


def _named(kind: Any) -> Any:
    """Return the type inside lists and non-nulls; its fields are looked at by name."""
    return get_named_type(kind)


@dataclass(frozen=True)
class Costing:
    """Works out costs for one document; `rows`: how many a connection is reckoned with."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    variables: Made
    rows: Callable[[FieldNode, Made | None], int]

    def of(self, selected: SelectionSetNode, parent: str, told: Made | None = None) -> int:
        """Return the cost of a selection; `told`: what was answered, for the actual cost."""
        total = 0
        for field, kind in self._fields(selected, parent):
            part = told.get((field.alias or field.name).value) if told else None
            total += self._of_field(field, kind, part)
        return total

    def _of_field(self, field: FieldNode, parent: str, told: Any) -> int:
        definition = getattr(self.schema.type_map[parent], "fields", {}).get(field.name.value)
        if definition is None:
            return 0
        kind = _named(definition.type)
        if kind.name == "Count":
            return COUNT
        if not is_composite_type(kind) or field.selection_set is None:
            return 0
        first = told[0] if isinstance(told, list) and told else told
        inside = first if isinstance(first, dict) else None
        if kind.name.endswith("Connection"):
            return self._of_connection(field, kind, told if isinstance(told, dict) else None)
        own = 0 if kind.name in FREE else MUTATION if parent == "Mutation" else 1
        return own + self.of(field.selection_set, kind.name, inside)

    def _of_connection(self, field: FieldNode, kind: GraphQLNamedType, told: Made | None) -> int:
        size = self.rows(field, told)
        inside, fields = 0, getattr(kind, "fields", {})
        for part, _ in self._fields(field.selection_set, kind.name):
            if part.selection_set is None or part.name.value not in ("nodes", "edges"):
                continue
            node = _named(fields[part.name.value].type)
            if part.name.value == "nodes":
                inside = max(inside, self.of(part.selection_set, node.name))
                continue
            for leaf, _ in self._fields(part.selection_set, node.name):
                if leaf.name.value == "node" and leaf.selection_set:
                    row = _named(node.fields["node"].type)
                    inside = max(inside, self.of(leaf.selection_set, row.name))
        return CONNECTION + max(1, floor(2 * log(size)) if size > 1 else 1) * (1 + inside)

    def _fields(
        self, selected: SelectionSetNode | None, parent: str
    ) -> Iterator[tuple[FieldNode, str]]:
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node, parent
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                kind = condition.name.value if condition else parent
                yield from self._fields(node.selection_set, kind)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                kind = fragment.type_condition.name.value
                yield from self._fields(fragment.selection_set, kind)


def asked_rows(variables: Made) -> Callable[[FieldNode, Made | None], int]:
    """Return how many rows a connection was asked for: `first` or `last`, else a full page."""

    def rows(field: FieldNode, _told: Made | None) -> int:
        for argument in field.arguments or ():
            if argument.name.value not in ("first", "last"):
                continue
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                value = variables.get(argument.value.name.value)
                if isinstance(value, int):
                    return value
        return 250

    return rows


def told_rows(asked: Callable[[FieldNode, Made | None], int]) -> Callable[..., int]:
    """Return how many rows a connection did answer; what is not known counts as asked."""

    def rows(field: FieldNode, told: Made | None) -> int:
        if told is None:
            return asked(field, told)
        return len(told.get("nodes") or told.get("edges") or ())

    return rows


class Bucket:
    """The points one app has at one shop: they come back by the second, up to a bound."""

    def __init__(self, *, size: float = 2_000.0, restore: float = 100.0) -> None:
        self.size, self.restore = size, restore
        self.points, self.at = size, 0.0

    def fill(self, now: float) -> None:
        """Put in what has come back since the last look."""
        if self.at:
            self.points = min(self.size, self.points + max(0.0, now - self.at) * self.restore)
        self.at = now

    def take(self, points: float, *, now: float) -> bool:
        """Take points if there are so many; return whether there were."""
        self.fill(now)
        if points > self.points:
            return False
        self.points -= points
        return True

    def give_back(self, points: float) -> None:
        """Put back what a query was charged and did not cost."""
        self.points = min(self.size, self.points + points)

    def told(self) -> Made:
        """Return the state of the bucket as an answer tells it."""
        return {
            "maximumAvailable": self.size,
            "currentlyAvailable": int(self.points),
            "restoreRate": self.restore,
        }
