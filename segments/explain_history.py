"""One customer's own days: orders, refunds, events and moves, as far as a rule can meet them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Value

from commerce.models import Event, Order, Refund
from segments.audience import StoreScope
from segments.explain_facts import Look, Question
from segments.models import MembershipChange, Segment
from segments.rules.clock import Clock
from segments.rules.compile_behaviour import behaviour_rows
from segments.rules.explain_days import DAY, FEW, moves_with_time
from segments.rules.explain_known import History
from segments.rules.explain_rows import COUNTED
from segments.rules.fields import Catalogue
from segments.rules.kinds import ANNIVERSARY, SEGMENT
from segments.rules.tree import Behaviour, Leaf, walk

# An evaluation so late that every fact has happened.
END = datetime(2200, 12, 31, tzinfo=UTC)


def history_of(
    customer_id: int,
    questions: Iterable[Question],
    seen: Look,
    catalogue: Catalogue,
    clock: Clock,
) -> History:
    """Read the days that `questions` can meet: a fixed number of queries, one more a behaviour."""
    questions = list(questions)
    late = StoreScope(Clock(END, clock.zone))
    behaviours = [leaf for leaf in questions if isinstance(leaf, Behaviour)]
    rows = {leaf.did: _row_days(leaf, catalogue, late) for leaf in behaviours}
    ordered, refunded, ahead = _orders(customer_id, questions, catalogue, clock.today)
    active = _active(customer_id, questions, catalogue)
    # A moment of a later hour or day is there from the next midnight on.
    later = {day + step for day in active if day >= clock.today for step in (timedelta(0), DAY)}
    stays = [leaf for leaf in behaviours if not ahead and _stays(leaf, rows[leaf.did], clock)]
    return History(
        ordered=ordered,
        refunded=refunded,
        ahead=ahead | (later - {clock.today}),
        active=active,
        birthday=seen.row["birthday"],
        spent=seen.row["spent"] or Decimal(0),
        rows=rows,
        measured=_counted(stays, catalogue, clock),
        values=_filtered(behaviours, catalogue, late),
        moves=_moves(customer_id, questions, catalogue, clock),
    )


def _orders(
    customer_id: int, questions: list[Question], catalogue: Catalogue, today: date
) -> tuple[frozenset[date], frozenset[date], frozenset[date]]:
    if not any("orders" in _facts(leaf, catalogue) for leaf in questions):
        return frozenset(), frozenset(), frozenset()
    orders = Order.objects.filter(customer_id=customer_id)
    rows = list(orders.values_list("placed_on", "counts_until").distinct())
    refunds = Refund.objects.filter(customer_id=customer_id)
    refunded = frozenset(refunds.values_list("refunded_on", flat=True))
    ordered = frozenset(placed for placed, _ in rows)
    ends = {until for _, until in rows if until is not None}
    ahead = {day for day in ordered | refunded | ends if day > today}
    return ordered, refunded, frozenset(ahead)


def _active(customer_id: int, questions: list[Question], catalogue: Catalogue) -> frozenset[date]:
    if not any("activity" in _facts(leaf, catalogue) for leaf in questions):
        return frozenset()
    rows = Event.objects.filter(customer_id=customer_id).order_by()
    return frozenset(rows.values_list("occurred_on", flat=True).distinct())


def _facts(leaf: Question, catalogue: Catalogue) -> frozenset[str]:
    if isinstance(leaf, Behaviour):
        source = catalogue.source(leaf.did)
        return source.facts if source else frozenset()
    field = catalogue.field(leaf.field)
    return field.facts if field else frozenset()


def _row_days(leaf: Behaviour, catalogue: Catalogue, late: StoreScope) -> frozenset[date]:
    source = catalogue.source(leaf.did)
    assert source is not None
    rows = source.rows(late, True).order_by()
    return frozenset(rows.values_list(source.day, flat=True).distinct())


def _stays(leaf: Behaviour, days: frozenset[date], clock: Clock) -> bool:
    """Say whether the rows that a behaviour counts stay the same, but for its window."""
    if leaf.measure not in COUNTED or len(days) <= FEW:
        return False
    inner = walk(leaf.where) if leaf.where is not None else ()
    return max(days) < clock.today and not any(moves_with_time(node) for node in inner)


def _counted(
    leaves: list[Behaviour], catalogue: Catalogue, clock: Clock
) -> Mapping[Behaviour, list[tuple[date, Any]]]:
    scope = StoreScope(clock)
    return {leaf: _measured(leaf, catalogue, scope) for leaf in leaves}


def _measured(leaf: Behaviour, catalogue: Catalogue, scope: StoreScope) -> list[tuple[date, Any]]:
    source = catalogue.source(leaf.did)
    assert source is not None
    rows = behaviour_rows(replace(leaf, window=None), source, scope)
    of = source.fields.get(leaf.measure_field)
    value = of.sql(scope) if of else Value(0)
    return list(rows.order_by(source.day).annotate(one=value).values_list(source.day, "one"))


def _filtered(
    behaviours: list[Behaviour], catalogue: Catalogue, late: StoreScope
) -> Mapping[Any, frozenset[date]]:
    """Return the dates that filters compare with the calendar, by behaviour and field."""
    found: dict[Any, frozenset[date]] = {}
    for leaf in behaviours:
        source = catalogue.source(leaf.did)
        assert source is not None
        for inner in walk(leaf.where) if leaf.where is not None else ():
            if isinstance(inner, Leaf) and moves_with_time(inner):
                rows = source.rows(late, True).order_by()
                rows = rows.annotate(compared=source.fields[inner.field].sql(late))
                values = rows.values_list("compared", flat=True).distinct()
                days = {_day(value, late.clock) for value in values if value is not None}
                found[leaf.did, inner.field] = frozenset(days)
    return found


def _day(value: Any, clock: Clock) -> date:
    return value.astimezone(clock.zone).date() if isinstance(value, datetime) else value


def _moves(
    customer_id: int, questions: list[Question], catalogue: Catalogue, clock: Clock
) -> Mapping[int, frozenset[date]]:
    named = {pk for leaf in questions for pk in named_segments(leaf, catalogue)}
    if not named:
        return {}
    found: dict[int, set[date]] = defaultdict(set)
    rows = MembershipChange.objects.filter(customer_id=customer_id, segment_id__in=named)
    for pk, at in rows.values_list("segment_id", "at"):
        day = at.astimezone(clock.zone).date()
        found[pk] |= {day, day + timedelta(days=1)}
    return {pk: frozenset(days) for pk, days in found.items()}


def named_segments(leaf: Question, catalogue: Catalogue) -> tuple[int, ...]:
    """Return the segments that a question names."""
    field = catalogue.field(leaf.field) if isinstance(leaf, Leaf) else None
    if field is None or field.kind is not SEGMENT or not isinstance(leaf, Leaf):
        return ()
    nested = leaf.operator not in ("in", "not_in")
    return tuple(leaf.value[0] if nested else leaf.value)


def restless(rows: Iterable[Segment]) -> frozenset[int]:
    """Return the segments that time or a score may move."""
    return frozenset(
        row.pk
        for row in rows
        if row.kind in (Segment.Kind.RFM, Segment.Kind.LIFECYCLE)
        or (
            row.state == Segment.State.ACTIVE
            and (
                row.stands_on.get("is_temporal")
                or row.stands_on.get("needs_base")
                or row.stands_on.get("segments")
                or any(fact.startswith("score:") for fact in row.stands_on.get("facts", ()))
            )
        )
    )


def is_anniversary(leaf: Question, catalogue: Catalogue) -> bool:
    """Say whether a question is about a day of the year."""
    field = catalogue.field(leaf.field) if isinstance(leaf, Leaf) else None
    return field is not None and field.kind is ANNIVERSARY
