"""What a rule stands on: so that a change touches only the segments it can change."""

from dataclasses import dataclass

from segments.rules.fields import Catalogue, Field
from segments.rules.kinds.dates import is_relative
from segments.rules.kinds.segment import SEGMENT
from segments.rules.tree import Behaviour, Group, Leaf, Node, is_evaluated, walk


@dataclass(frozen=True)
class Dependencies:
    """Fields, facts that make it stale, segments it reads, whether time alone changes it."""

    fields: frozenset[str]
    sources: frozenset[str]
    facts: frozenset[str]
    segments: frozenset[int]
    is_temporal: bool
    uses_sensitive: bool
    needs_base: bool  # a share of the base: anybody's change can change everybody's answer


SHARES = ("top_percent", "bottom_percent", "top_n")


def dependencies(tree: Group, catalogue: Catalogue) -> Dependencies:
    """Collect what the evaluated nodes of `tree` read."""
    nodes = [node for node in _evaluated(tree) if not isinstance(node, Group)]
    leaves = [node for node in nodes if isinstance(node, Leaf)]
    found = [(leaf, catalogue.field(leaf.field)) for leaf in leaves]
    fields = [(leaf, field) for leaf, field in found if field is not None]
    behaviours = [node for node in nodes if isinstance(node, Behaviour)]
    sources = [source for node in behaviours if (source := catalogue.source(node.did))]
    return Dependencies(
        fields=frozenset(field.key for _, field in fields),
        sources=frozenset(source.key for source in sources),
        facts=frozenset().union(*(entry.facts for _, entry in fields))
        | frozenset().union(*(source.facts for source in sources)),
        segments=frozenset(
            segment
            for leaf, field in fields
            if field.kind is SEGMENT
            for segment in _segments(leaf)
        ),
        is_temporal=any(_is_temporal_leaf(leaf, field) for leaf, field in fields)
        or any(_is_temporal_behaviour(node) for node in behaviours),
        uses_sensitive=any(field.is_sensitive for _, field in fields),
        needs_base=any(leaf.operator in SHARES for leaf in leaves),
    )


def _evaluated(node: Node) -> list[Node]:
    if not is_evaluated(node):
        return []
    below = node.rules if isinstance(node, Group) else ()
    return [node, *(found for rule in below for found in _evaluated(rule))]


def _segments(leaf: Leaf) -> tuple[int, ...]:
    value = leaf.value
    nested = leaf.operator in ("entered", "left", "was_in")
    return tuple(value[0]) if nested else tuple(value)


def _is_temporal_leaf(leaf: Leaf, field: Field) -> bool:
    operator = field.kind.operators[leaf.operator]
    return (
        operator.is_temporal
        or field.is_temporal
        or is_relative(leaf.value)
        or leaf.value in ("this_month", "next_month")
    )


def _is_temporal_behaviour(leaf: Behaviour) -> bool:
    if leaf.measure.startswith("days_since"):
        return True
    if leaf.window is not None and (
        leaf.window.operator != "between" or is_relative(leaf.window.value)
    ):
        return True
    where = leaf.where
    return where is not None and any(
        isinstance(node, Leaf) and is_relative(node.value) for node in walk(where)
    )
