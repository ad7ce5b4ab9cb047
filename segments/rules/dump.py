"""From a tree back to the canonical JSON that is saved."""

from typing import Any

from segments.rules.behaviour import measured_field, window_field
from segments.rules.fields import Catalogue, Field
from segments.rules.kinds.number import NUMBER
from segments.rules.measures import MEASURES
from segments.rules.parse import VERSION
from segments.rules.shapes import SHAPES
from segments.rules.tree import Behaviour, Group, Leaf, Node


def dump(tree: Group, catalogue: Catalogue) -> dict[str, Any]:
    """Return the canonical form: `parse(dump(tree)) == tree`."""
    return {"v": VERSION, **dump_node(tree, catalogue.field, catalogue)}


def dump_node(node: Node, find: Any, catalogue: Catalogue) -> dict[str, Any]:
    """Return one node as JSON; `find` gives the fields that its leaves name."""
    marks: dict[str, Any] = {"id": node.id} if node.id else {}
    if node.disabled:
        marks["disabled"] = True
    if isinstance(node, Group):
        rules = [dump_node(rule, find, catalogue) for rule in node.rules]
        return {"logic": node.logic.value, "rules": rules, **marks}
    if isinstance(node, Leaf):
        return _leaf(node, find(node.field)) | marks
    return _behaviour(node, catalogue) | marks


def _leaf(leaf: Leaf, field: Field) -> dict[str, Any]:
    operator = field.kind.operators[leaf.operator]
    found: dict[str, Any] = {"field": leaf.field, "operator": leaf.operator}
    if operator.takes != "none":
        found["value"] = SHAPES[operator.takes].dump(field, leaf.value)
    if leaf.excludes_unknown:
        found["unknown"] = "exclude"
    return found


def _behaviour(leaf: Behaviour, catalogue: Catalogue) -> dict[str, Any]:
    source = catalogue.source(leaf.did)
    assert source is not None  # parse refused an unknown one
    found: dict[str, Any] = {"did": leaf.did}
    if leaf.where is not None:
        found["where"] = dump_node(leaf.where, source.fields.get, catalogue)
    if leaf.window is not None:
        field = window_field(source)
        shape = SHAPES[field.kind.operators[leaf.window.operator].takes]
        found["window"] = {leaf.window.operator: shape.dump(field, leaf.window.value)}
    measure, of = MEASURES[leaf.measure], source.fields.get(leaf.measure_field)
    found["measure"] = f"{leaf.measure}:{leaf.measure_field}" if of else leaf.measure
    shape = SHAPES[NUMBER.operators[leaf.operator].takes]
    found |= {
        "operator": leaf.operator,
        "value": shape.dump(measured_field(measure, of), leaf.value),
    }
    return found | ({"orders": "all"} if leaf.all_orders else {})
