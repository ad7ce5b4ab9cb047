"""The nodes of a rule, frozen. `parse` makes them, everything else reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Logic(StrEnum):
    AND = "AND"
    OR = "OR"
    NONE = "NONE"


@dataclass(frozen=True)
class Leaf:
    """A question about one value: `field operator value`. The value is read already."""

    field: str
    operator: str
    value: Any = None
    excludes_unknown: bool = False  # negative operators only: the missing value does not match
    id: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class Window:
    """When the rows of a behaviour leaf happened: a date operator and its value."""

    operator: str
    value: Any


@dataclass(frozen=True)
class Behaviour:
    """A question about what a customer did: a measure over the rows that pass `where`."""

    did: str
    where: "Group | None" = None
    window: Window | None = None
    measure: str = "count"
    measure_field: str = ""
    operator: str = "gte"
    value: Any = 1
    all_orders: bool = False
    id: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class Group:
    """ALL, ANY or NONE of its members."""

    logic: Logic
    rules: tuple["Node", ...]
    id: str = ""
    disabled: bool = False


Node = Group | Leaf | Behaviour


def walk(node: Node) -> Iterator[Node]:
    """Yield `node` and everything below it, a behaviour's `where` included."""
    yield node
    below = node.rules if isinstance(node, Group) else ()
    if isinstance(node, Behaviour) and node.where is not None:
        below = (node.where,)
    for child in below:
        yield from walk(child)


def enabled(rules: tuple[Node, ...]) -> list[tuple[int, Node]]:
    """Return the members that are evaluated, each with its place.

    A group all of whose members are disabled is disabled itself.
    """
    return [(place, rule) for place, rule in enumerate(rules) if is_evaluated(rule)]


def is_evaluated(node: Node) -> bool:
    """Whether `node` takes part in the evaluation."""
    if node.disabled:
        return False
    return not isinstance(node, Group) or any(is_evaluated(rule) for rule in node.rules)
