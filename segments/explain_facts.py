"""What is known of one customer where a rule looks: every question by the customer's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Q, Subquery, Value, When

from commerce.models import CustomerMetrics
from commerce.rollups import standing_day
from commerce.rollups.one import answers_on_days
from segments.audience import StoreScope
from segments.rules.compile import behaviour_rows, compile_rule, measured_rows
from segments.rules.explain import Path
from segments.rules.explain_days import SHARES
from segments.rules.fields import Catalogue, Field, Source
from segments.rules.kinds import PLACE, SAMPLE, SEGMENT
from segments.rules.kinds.place import distance_km
from segments.rules.measures import MEASURES
from segments.rules.tree import Behaviour, Leaf

Question = Leaf | Behaviour


@dataclass(frozen=True)
class OneCatalogue:
    """The store's catalogue, in which only this customer ever did anything."""

    store: Catalogue
    customer_id: int

    def field(self, key: str) -> Field | None:
        """Return a field by key."""
        return self.store.field(key)

    def source(self, key: str) -> Source | None:
        """Return a behaviour whose rows are the customer's own."""
        found = self.store.source(key)
        if found is None:
            return None
        return replace(found, rows=lambda scope, every: self._rows(found, scope, every))

    def _rows(self, source: Source, scope: Any, every: bool) -> Any:
        return source.rows(scope, every).filter(customer_id=self.customer_id)

    def suggestions(self, key: str) -> Sequence[str]:
        """Return the keys nearest to a misspelt one."""
        return self.store.suggestions(key)


@dataclass(frozen=True)
class OneScope(StoreScope):
    """One evaluation for one customer: memberships and moves are read by their key."""

    customer_id: int = 0

    def members(self, segments: Sequence[int]) -> Any:
        """Return the customer where they are a member of any of `segments`."""
        return super().members(segments).filter(customer_id=self.customer_id)

    def members_on(self, segments: Sequence[int], day: date) -> Any:
        """Return the customer where they were in any of `segments` at the end of `day`."""
        return super().members_on(segments, day).filter(pk=self.customer_id)

    def moved(
        self, segments: Sequence[int], *, entered: bool, first: datetime, last: datetime
    ) -> Any:
        """Return the customer where they moved between two instants."""
        found = super().moved(segments, entered=entered, first=first, last=last)
        return found.filter(customer_id=self.customer_id)


@dataclass(frozen=True)
class Look:
    """What one evaluation found: the row's own facts, and truth and value of each leaf."""

    row: Mapping[str, Any]
    holds: dict[Path, bool]
    values: dict[Path, Any]


ROW = ("in_base", "birthday", "spent")


def look(leaves: Mapping[Path, Question], catalogue: Catalogue, scope: OneScope) -> Look | None:
    """Evaluate every leaf for the customer and read the values; None for an unknown customer."""
    asked: dict[str, Any] = {}
    for place, leaf in enumerate(leaves.values()):
        asked[f"h{place}"] = _truth(compile_rule(leaf, catalogue, scope))
        asked[f"v{place}"] = _value(leaf, catalogue, scope)
    rows = CustomerMetrics.objects.filter(pk=scope.customer_id).order_by()
    rows = rows.annotate(**asked).values_list(*ROW, *asked)
    today = scope.clock.today
    if standing_day() == today:
        found: Any = next(iter(rows), None)
    else:
        found = answers_on_days(scope.customer_id, [(today, rows)])[0]
    if found is None:
        return None
    answers = found[len(ROW) :]
    return Look(
        row=dict(zip(ROW, found, strict=False)),
        holds=dict(zip(leaves, answers[::2], strict=True)),
        values=dict(zip(leaves, answers[1::2], strict=True)),
    )


def truths_on(
    days: Sequence[date],
    leaves: Mapping[Path, Question],
    catalogue: Catalogue,
    scope: OneScope,
) -> list[dict[Path, bool]]:
    """Evaluate the leaves at the first instant of each of `days`, in one question."""
    questions = []
    for day in days:
        clock = replace(scope.clock, as_of=scope.clock.start_of(day))
        then = replace(scope, clock=clock)
        conditions = {
            f"h{place}": _truth(compile_rule(leaf, catalogue, then))
            for place, leaf in enumerate(leaves.values())
        }
        rows = CustomerMetrics.objects.filter(pk=scope.customer_id).order_by()
        questions.append((day, rows.annotate(**conditions).values_list(*conditions)))
    found = answers_on_days(scope.customer_id, questions)
    return [dict(zip(leaves, row or (), strict=True)) for row in found]


def _truth(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))


def _value(leaf: Question, catalogue: Catalogue, scope: OneScope) -> Any:
    if isinstance(leaf, Behaviour):
        return _measured(leaf, catalogue, scope)
    field = catalogue.field(leaf.field)
    assert field is not None
    if field.kind is SEGMENT:
        return Value(0)  # told from memberships and ledger
    if field.kind is SAMPLE:
        return scope.bucket(leaf.value[1])
    lhs = field.sql(scope)
    if field.kind is not PLACE:
        return lhs
    if leaf.operator in ("within_distance", "outside_distance"):
        return distance_km(lhs, leaf.value)
    return lhs[0]


def _measured(leaf: Behaviour, catalogue: Catalogue, scope: OneScope) -> Any:
    source, measure = catalogue.source(leaf.did), MEASURES[leaf.measure]
    assert source is not None
    of = source.fields.get(leaf.measure_field)
    measured = measured_rows(behaviour_rows(leaf, source, scope), measure, of, source, scope)
    return Subquery(measured.values("measured"))


def cut_offs(
    leaves: Mapping[Path, Question], catalogue: Catalogue, scope: OneScope
) -> dict[Path, Any]:
    """Return the bound of each share of the base."""
    return {
        path: scope.cut_off(field, percent=leaf.value, from_top=leaf.operator == SHARES[0])
        for path, leaf in leaves.items()
        if isinstance(leaf, Leaf)
        and leaf.operator in SHARES[:2]
        and (field := catalogue.field(leaf.field))
    }
