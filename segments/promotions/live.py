"""What the rules of a code's segments say of one customer now, whatever was counted last."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, Value, When

from commerce.models import CustomerMetrics
from commerce.patience import TooSlowError, patience
from commerce.rollups import standing_day
from commerce.rollups.one import answers_on_days
from segments.audience import clock_at
from segments.catalogue import StoreCatalogue
from segments.explain_facts import OneCatalogue, OneScope
from segments.models import Segment
from segments.promotions.known import Side
from segments.rules.compile import compile_rule
from segments.rules.errors import RuleError
from segments.rules.parse import parse

WAIT_MS = 1_000  # a checkout waits; without an answer in time the counted membership holds


def live_memberships(customer_id: int, sides: Iterable[Side], *, at: datetime) -> dict[int, bool]:
    """Return segment → whether its rule holds for the customer now.

    Only segments made of rules that can be read in time: the others stand as they were counted.
    Segments that a rule names are read as they were counted, as a refresh would.
    """
    ids = [side.id for side in sides if side.kind == Segment.Kind.RULES]
    rows = Segment.objects.filter(pk__in=ids, state=Segment.State.ACTIVE).exclude(rules=None)
    rules = dict(rows.values_list("pk", "rules"))
    if not rules:
        return {}
    try:
        with patience(WAIT_MS):
            return _evaluate(customer_id, rules, at=at)
    except TooSlowError:
        return {}


def _evaluate(customer_id: int, rules: dict[int, Any], *, at: datetime) -> dict[int, bool]:
    clock = clock_at(at)
    catalogue, scope = OneCatalogue(StoreCatalogue(), customer_id), OneScope(clock, customer_id)
    asked = {}
    for pk, rule in rules.items():
        try:
            condition = compile_rule(parse(rule, catalogue), catalogue, scope)
        except RuleError:
            continue  # stands as it was counted
        asked[f"s{pk}"] = Case(
            When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
    if not asked:
        return {}
    rows = CustomerMetrics.objects.filter(pk=customer_id).order_by()
    told = rows.annotate(**asked).values_list("in_base", *asked)
    if standing_day() == clock.today:
        found: Any = told.first()
    else:
        found = answers_on_days(customer_id, [(clock.today, told)])[0]
    is_in_base, answers = (found[0], found[1:]) if found else (False, [False] * len(asked))
    return {
        int(name[1:]): bool(is_in_base and holds)
        for name, holds in zip(asked, answers, strict=True)
    }
