"""When a rule turns for one customer by time alone: candidate days, evaluated by the compiler."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from segments.explain_facts import Look, OneScope, Question, look, truths_on
from segments.explain_history import history_of, is_anniversary, named_segments, restless
from segments.models import Segment
from segments.rules.errors import RuleError
from segments.rules.explain import Path, judge, leaves_of
from segments.rules.explain_days import anniversary_days, behaviour_days, leaf_days
from segments.rules.explain_known import History, Untold
from segments.rules.fields import Catalogue
from segments.rules.parse import parse
from segments.rules.tree import Behaviour, Group, Leaf, Logic, Node

MOST_CELLS = 1_500  # leaves × days evaluated: about 100 ms
FIRST_DAYS = 6  # most rules turn on one of the first


@dataclass
class Future:
    """`turns_on`: the first day the rule is known to turn. `unsure`: why it may be earlier.

    `looked_until` is set when there were more days than are looked at.
    """

    turns_on: date | None = None
    unsure: list[str] = field(default_factory=list)
    looked_until: date | None = None
    leaves: dict[Path, date] = field(default_factory=dict)
    untold: dict[Path, str] = field(default_factory=dict)


def future_of(
    tree: Group, leaves: Mapping[Path, Question], seen: Look, catalogue: Catalogue, scope: OneScope
) -> Future:
    """Return when `tree`, and each leaf, turns as days go by and nothing else happens."""
    grown = _grown(tree, catalogue, scope)
    asked = dict(leaves_of(grown.tree))
    if set(asked) - set(leaves):
        found = look(asked, catalogue, scope)  # what segments in segments ask
        assert found is not None
        seen = Look(seen.row, {**found.holds, **seen.holds}, {**found.values, **seen.values})
    history = history_of(scope.customer_id, asked.values(), seen, catalogue, scope.clock)
    history = replace(history, restless=grown.restless)
    days, untold = _days(asked, seen, history, catalogue, scope)
    future = Future(untold=untold)
    truths: dict[Path, bool | None] = {path: seen.holds[path] for path in asked}
    truths |= dict.fromkeys(untold)
    now = judge(tree, seen.holds)
    _note_unsure(future, grown.tree, truths, now, scope)
    _sweep(future, grown.tree, truths, days, now, asked, catalogue, scope)
    future.leaves = {path: day for path, day in future.leaves.items() if path in leaves}
    return future


def _note_unsure(
    future: Future,
    tree: Node,
    truths: Mapping[Path, bool | None],
    now: bool | None,
    scope: OneScope,
) -> None:
    if judge(tree, truths) is None:
        future.unsure = sorted(set(future.untold.values()))
    elif judge(tree, truths) is not now:
        # A segment that it reads stands otherwise than its own rule: the next night mends it.
        future.turns_on = scope.clock.today + timedelta(days=1)


def _sweep(
    future: Future,
    tree: Node,
    truths: dict[Path, bool | None],
    days: Mapping[Path, set[date]],
    now: bool | None,
    asked: Mapping[Path, Question],
    catalogue: Catalogue,
    scope: OneScope,
) -> None:
    moving = {path: asked[path] for path, found in days.items() if found}
    ordered = sorted(set().union(*days.values()))
    most = max(MOST_CELLS // max(len(moving), 1), FIRST_DAYS)
    if len(ordered) > most:
        future.looked_until = ordered[most - 1]
    start, size, first = 0, FIRST_DAYS, dict(truths)
    while start < min(len(ordered), most) and future.turns_on is None:
        chunk = ordered[start : min(start + size, most)]
        for day, found in zip(chunk, truths_on(chunk, moving, catalogue, scope), strict=True):
            truths |= found
            for path in [path for path, holds in found.items() if holds is not first[path]]:
                future.leaves.setdefault(path, day)
            _note(future, day, judge(tree, truths), now)
        start, size = start + size, size * 3
    if future.turns_on is not None:
        future.looked_until = None


def _note(future: Future, day: date, answer: bool | None, now: bool | None) -> None:
    if answer is None and not future.unsure:
        future.unsure = sorted(set(future.untold.values()))
    if answer is not None and answer is not now and future.turns_on is None:
        future.turns_on = day


def _days(
    asked: Mapping[Path, Question],
    seen: Look,
    history: History,
    catalogue: Catalogue,
    scope: OneScope,
) -> tuple[dict[Path, set[date]], dict[Path, str]]:
    days: dict[Path, set[date]] = {}
    untold: dict[Path, str] = {}
    for path, leaf in asked.items():
        try:
            days[path] = _days_of(leaf, seen.values[path], history, catalogue, scope)
        except Untold as reason:
            untold[path] = str(reason)
    last = max(set().union(*days.values()), default=scope.clock.today)
    for path, leaf in asked.items():
        if isinstance(leaf, Leaf) and is_anniversary(leaf, catalogue):
            days[path] = anniversary_days(leaf, seen.values[path], until=last, clock=scope.clock)
    return days, untold


def _days_of(
    leaf: Question, value: object, history: History, catalogue: Catalogue, scope: OneScope
) -> set[date]:
    if isinstance(leaf, Behaviour):
        source = catalogue.source(leaf.did)
        assert source is not None
        return behaviour_days(leaf, source, history, scope.clock)
    found = catalogue.field(leaf.field)
    assert found is not None
    return leaf_days(leaf, found, value, history, scope.clock)


@dataclass(frozen=True)
class _Grown:
    tree: Node
    restless: frozenset[int]


def _grown(tree: Node, catalogue: Catalogue, scope: OneScope) -> _Grown:
    """Return `tree` with each live rule segment that it reads replaced by that segment's rule."""
    leaves = [leaf for _, leaf in leaves_of(tree)]
    if not any(named_segments(leaf, catalogue) for leaf in leaves):
        return _Grown(tree, frozenset())
    rows = {row.pk: row for row in Segment.objects.defer("description")}
    live: dict[int, Node] = {}
    for pk, row in rows.items():
        if row.kind == Segment.Kind.RULES and row.state == Segment.State.ACTIVE:
            try:
                live[pk] = parse(row.rules, catalogue)
            except RuleError:
                continue  # frozen as it is
    return _Grown(_replaced(tree, catalogue, live, depth=0), restless(rows.values()))


def _replaced(node: Node, catalogue: Catalogue, live: Mapping[int, Node], depth: int) -> Node:
    if isinstance(node, Group):
        rules = tuple(_replaced(rule, catalogue, live, depth) for rule in node.rules)
        return replace(node, rules=rules)
    if not isinstance(node, Leaf) or node.operator not in ("in", "not_in") or node.disabled:
        return node
    named = named_segments(node, catalogue)
    grows = [pk for pk in named if pk in live]
    if not grows or depth > 5:
        return node
    parts = [_replaced(live[pk], catalogue, live, depth + 1) for pk in grows]
    rest = tuple(pk for pk in named if pk not in live)
    if rest:
        parts.append(replace(node, operator="in", value=rest))
    logic = Logic.OR if node.operator == "in" else Logic.NONE
    return Group(logic, tuple(parts), disabled=node.disabled)
