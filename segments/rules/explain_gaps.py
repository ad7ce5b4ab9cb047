"""How far the value a leaf saw lies from what it asks for, as a merchant says it."""

from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from segments.rules.behaviour import measured_field
from segments.rules.clock import shift
from segments.rules.explain_words import local_day, rounded
from segments.rules.fields import Catalogue, Field
from segments.rules.kinds import MONEY, PLACE, SHARE
from segments.rules.kinds.dates import Day
from segments.rules.kinds.number import Number
from segments.rules.kinds.place import KM_PER_MILE
from segments.rules.measures import MEASURES
from segments.rules.speech import Speech, number
from segments.rules.tree import Behaviour, Leaf

if TYPE_CHECKING:
    from segments.rules.explain import Seen

ONE_DAY = timedelta(days=1)


def gap_words(leaf: Leaf | Behaviour, found: "Seen", catalogue: Catalogue, speech: Speech) -> str:
    """Return how far the value lies from what the leaf asks for, where that is a figure."""
    if isinstance(leaf, Behaviour):
        return _behaviour_gap(leaf, found, catalogue, speech)
    field = catalogue.field(leaf.field)
    assert field is not None
    if isinstance(field.kind, Day):
        return "" if found.holds else _day_gap(leaf, local_day(found.value, speech), speech)
    if field.kind is PLACE:
        return _place_gap(leaf, found)
    if isinstance(field.kind, Number):
        return _number_gap(leaf, field, found, _nouns(field), speech)
    return ""


def _behaviour_gap(leaf: Behaviour, found: "Seen", catalogue: Catalogue, speech: Speech) -> str:
    source, measure = catalogue.source(leaf.did), MEASURES[leaf.measure]
    assert source is not None
    field = measured_field(measure, source.fields.get(leaf.measure_field))
    nouns = (source.noun, source.nouns) if leaf.measure == "count" else ("", "")
    return _number_gap(leaf, field, found, ("day", "days") if measure.is_age else nouns, speech)


def _place_gap(leaf: Leaf, found: "Seen") -> str:
    if leaf.operator != "within_distance" or found.holds:
        return ""
    per_unit = KM_PER_MILE if leaf.value.unit == "mi" else 1
    over = Decimal(str(found.value - leaf.value.km)) / per_unit
    return f"{number(over.quantize(Decimal('0.1')))} {leaf.value.unit} too far"


def _nouns(field: Field) -> tuple[str, str]:
    if field.key in ("total_orders", "orders_365d", "orders_90d", "orders_30d"):
        return "order", "orders"
    if field.key.startswith("days_since"):
        return "day", "days"
    return "", ""


def _number_gap(
    leaf: Any, field: Field, found: "Seen", nouns: tuple[str, str], speech: Speech
) -> str:
    value, operator = Decimal(str(found.value)), leaf.operator
    if operator in ("top_percent", "bottom_percent"):
        if found.cut_off is None:
            return ""
        operator, bound = ("gte" if operator[0] == "t" else "lte"), Decimal(str(found.cut_off))
        said = field.kind.say(field, rounded(bound), speech)
        apart = _apart(field, operator, value, bound, nouns, speech)
        return f"the limit is {said}; {apart}" if apart else f"exactly at the limit of {said}"
    if operator not in ("eq", "gt", "gte", "lt", "lte", "between"):
        return ""
    if operator == "between":
        low, high = leaf.value
        operator, bound = ("gte", low) if value < low else ("lte", high)
    else:
        bound = leaf.value
    return _apart(field, operator, value, bound, nouns, speech)


def _apart(
    field: Field,
    operator: str,
    value: Decimal,
    bound: Decimal,
    nouns: tuple[str, str],
    speech: Speech,
) -> str:
    """Say the distance: short of it, over it, or exactly there."""
    apart = abs(value - bound)
    if nouns[0] and (value < bound or (apart == 0 and operator == "gt")) and operator[0] == "g":
        missing = (apart + (operator == "gt")).to_integral_value(ROUND_CEILING)
        return f"{number(missing)} more {nouns[missing != 1]} needed"
    if apart == 0:
        return "exactly there" if operator in ("gt", "lt") else ""
    if field.kind is MONEY:
        said = field.kind.say(field, rounded(apart), speech)
    else:
        said = number(rounded(apart)) + (" points" if field.kind is SHARE else "")
    said += f" {nouns[apart != 1]}" if nouns[0] else ""
    if value > bound:
        return f"{said} above"
    return f"{said} {'below' if operator in ('lt', 'lte') else 'short'}"


def _day_gap(leaf: Leaf, value: date, speech: Speech) -> str:
    first, last = _span(leaf, speech)
    if first is not None and value < first:
        days = (first - value).days
        return f"{days:,} day{'s' * (days != 1)} too early"
    if last is not None and value > last:
        days = (value - last).days
        return f"{days:,} day{'s' * (days != 1)} too late"
    return ""


def _span(leaf: Leaf, speech: Speech) -> tuple[date | None, date | None]:
    """Return the first and last day that the leaf asks for."""
    clock, today, value = speech.clock, speech.clock.today, leaf.value
    if leaf.operator in ("eq", "gt", "gte", "lt", "lte"):
        day = clock.day(value)
        first = {"eq": day, "gt": day + ONE_DAY, "gte": day}.get(leaf.operator)
        last = {"eq": day, "lt": day - ONE_DAY, "lte": day}.get(leaf.operator)
        return first, last
    if leaf.operator == "between":
        return clock.day(value[0]), clock.day(value[1])
    if leaf.operator == "in_period":
        return clock.period(value)
    if leaf.operator == "between_ago":
        return shift(today, value[1], -1), shift(today, value[0], -1)
    if getattr(value, "unit", "hours") == "hours":
        return None, None
    if leaf.operator == "in_last":
        return shift(today, value, -1), today
    if leaf.operator == "in_next":
        return today, shift(today, value, 1)
    return None, max(shift(today, value, -1), date.min + ONE_DAY) - ONE_DAY
