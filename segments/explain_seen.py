"""What each leaf of a rule saw at one customer, ready to be told."""

from collections.abc import Mapping
from typing import Any

from segments.explain_facts import Look, OneScope, Question, cut_offs
from segments.explain_future import Future
from segments.explain_history import named_segments
from segments.models import Membership, MembershipChange
from segments.rules.explain import Path, Seen
from segments.rules.fields import Catalogue
from segments.rules.measures import MEASURES
from segments.rules.tree import Behaviour, Leaf
from segments.written import written_by


def seen_by(
    leaves: Mapping[Path, Question],
    found: Look,
    future: Future,
    catalogue: Catalogue,
    scope: OneScope,
) -> dict[Path, Seen]:
    """Return what each leaf saw: value, truth, the share's bound, the day it turns."""
    bounds = cut_offs(leaves, catalogue, scope)
    told = _segments(leaves, catalogue, scope) | _written(leaves, found, scope)
    return {
        path: Seen(
            value=told.get(path, _plain(leaf, found.values[path], scope)),
            holds=found.holds[path],
            cut_off=bounds.get(path),
            changes_on=future.leaves.get(path),
            untold=future.untold.get(path, ""),
        )
        for path, leaf in leaves.items()
    }


def _plain(leaf: Question, value: Any, scope: OneScope) -> Any:
    """Return a behaviour's value as it is compared: nothing counts 0, a day is an age."""
    if not isinstance(leaf, Behaviour):
        return value
    measure = MEASURES[leaf.measure]
    if value is None:
        return measure.empty
    return (scope.clock.today - value).days if measure.is_age else value


def _written(leaves: Mapping[Path, Question], found: Look, scope: OneScope) -> dict[Path, Any]:
    """Return the words that are compared folded, as the customer's own facts write them."""
    fields = {path: leaf.field for path, leaf in leaves.items() if isinstance(leaf, Leaf)}
    values = {field: found.values[path] for path, field in fields.items()}
    written = written_by(scope.customer_id, values)
    return {path: written[field] for path, field in fields.items() if field in written}


def _segments(
    leaves: Mapping[Path, Question], catalogue: Catalogue, scope: OneScope
) -> dict[Path, Any]:
    """Return, for each question about segments, which they are in, or when they moved."""
    named = {path: named_segments(leaf, catalogue) for path, leaf in leaves.items()}
    named = {path: segments for path, segments in named.items() if segments}
    if not named:
        return {}
    mine = Membership.objects.filter(customer_id=scope.customer_id)
    member = set(mine.values_list("segment_id", flat=True))
    moves = list(
        MembershipChange.objects.filter(
            customer_id=scope.customer_id, at__lte=scope.clock.as_of
        ).values_list("segment_id", "entered", "at")
    )
    told: dict[Path, Any] = {}
    for path, segments in named.items():
        leaf = leaves[path]
        if leaf.operator in ("in", "not_in", "was_in"):
            told[path] = [pk for pk in segments if pk in member]
        else:
            entered = leaf.operator == "entered"
            told[path] = [
                at.astimezone(scope.clock.zone).date()
                for pk, came, at in moves
                if pk in segments and came is entered
            ]
    return told
