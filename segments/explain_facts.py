"""What is known of one customer where a rule looks: every question by the customer's key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, Q, Subquery, Value, When

from commerce.models import CustomerMetrics
from commerce.rollups import standing_day
from commerce.rollups.one import answers_on_days
from segments.narrow import OneCatalogue as OneCatalogue
from segments.narrow import OneScope as OneScope
from segments.rules.compile import compile_rule
from segments.rules.compile_behaviour import behaviour_rows, measured_rows
from segments.rules.explain import Path
from segments.rules.explain_days import SHARES
from segments.rules.fields import Catalogue
from segments.rules.kinds import PLACE, SAMPLE, SEGMENT
from segments.rules.kinds.place import distance_km
from segments.rules.measures import MEASURES
from segments.rules.tree import Behaviour, Leaf

Question = Leaf | Behaviour


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
