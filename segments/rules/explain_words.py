"""The value a leaf saw, and how far it is from the threshold, as a merchant says it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segments.rules.behaviour import measured_field
from segments.rules.clock import shift
from segments.rules.fields import Catalogue, Field
from segments.rules.kinds import ANNIVERSARY, LIST, MONEY, PLACE, SAMPLE, SEGMENT, SHARE, YES_NO
from segments.rules.kinds.dates import Day
from segments.rules.kinds.number import Number
from segments.rules.kinds.place import KM_PER_MILE
from segments.rules.kinds.spelt import SPELT_LIST
from segments.rules.measures import MEASURES
from segments.rules.speech import Speech, joined, number
from segments.rules.tree import Behaviour, Leaf

if TYPE_CHECKING:
    from segments.rules.explain import Seen

UNKNOWN = "not known"
ONE_DAY = timedelta(days=1)


def seen_words(
    leaf: Leaf | Behaviour, found: "Seen", catalogue: Catalogue, speech: Speech
) -> tuple[str, bool]:
    """Return the value in words, and whether it is missing."""
    if isinstance(leaf, Behaviour):
        return _done(leaf, found.value, catalogue, speech)
    field = catalogue.field(leaf.field)
    assert field is not None
    if field.kind is SEGMENT:
        return _segments(leaf, found, speech), False
    value = found.value
    if value in (None, "", []):
        return _missing(field), True
    return _value(leaf, field, value, speech), False


def _missing(field: Field) -> str:
    if field.family == "orders" and not isinstance(field.kind, type(LIST)):
        return "nothing yet: no order that counts"
    return UNKNOWN


def _value(leaf: Leaf, field: Field, value: Any, speech: Speech) -> str:
    kind = field.kind
    if isinstance(kind, Day):
        return _dated(local_day(value, speech), speech)
    if kind is ANNIVERSARY:
        return f"{value.day} {value:%B}"
    if kind is YES_NO:
        return "yes" if value else "no"
    if kind in (LIST, SPELT_LIST):
        return joined([f"“{item}”" for item in value], "and")
    if kind is SAMPLE:
        return f"place {number(Decimal(value) / 100)} of 100"
    if kind is PLACE:
        return _distance(leaf, value)
    if isinstance(kind, Number):
        return kind.say(field, rounded(value), speech)
    return kind.say(field, value, speech)


def rounded(value: Any) -> Decimal:
    """Return a figure as it is shown: half up, two places at most."""
    return Decimal(str(value)).quantize(Decimal("0.01"), "ROUND_HALF_UP")


def _distance(leaf: Leaf, value: Any) -> str:
    if leaf.operator not in ("within_distance", "outside_distance"):
        return "known"
    unit = leaf.value.unit
    far = Decimal(str(value)) / (KM_PER_MILE if unit == "mi" else 1)
    return f"{number(far.quantize(Decimal('0.1')))} {unit} away"


def local_day(value: Any, speech: Speech) -> date:
    """Return the merchant's day of a date or a moment."""
    if isinstance(value, datetime):
        return value.astimezone(speech.clock.zone).date()
    assert isinstance(value, date)
    return value


def _dated(day: date, speech: Speech) -> str:
    days = (speech.clock.today - day).days
    when = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days)
    if when is None:
        when = f"{days:,} days ago" if days > 0 else f"in {-days:,} days"
    return f"{speech.day(day)} ({when})"


def _segments(leaf: Leaf, found: "Seen", speech: Speech) -> str:
    """The value holds ids of the asked segments they are in, or days of entering and leaving."""
    value = found.value
    if leaf.operator in ("in", "not_in"):
        named = [speech.segment_name(pk) for pk in value]
        return f"in {joined(named, 'and')}" if named else "in none of them"
    if leaf.operator == "was_in":
        return "was in it" if found.holds else "was not in it"
    verb = "entered" if leaf.operator == "entered" else "left"
    return f"last {verb} on {speech.day(max(value))}" if value else f"never {verb}"


def _done(leaf: Behaviour, value: Any, catalogue: Catalogue, speech: Speech) -> tuple[str, bool]:
    source, measure = catalogue.source(leaf.did), MEASURES[leaf.measure]
    assert source is not None
    if value is None:
        return f"no {source.nouns} of this kind", True
    if leaf.measure == "count":
        return f"{number(Decimal(value))} {source.noun if value == 1 else source.nouns}", False
    if measure.is_age:
        return f"{value:,} day{'s' * (value != 1)}", False
    field = measured_field(measure, source.fields.get(leaf.measure_field))
    return field.kind.say(field, rounded(value), speech), False


def gap_words(leaf: Leaf | Behaviour, found: "Seen", catalogue: Catalogue, speech: Speech) -> str:
    """Return how far the value lies from what the leaf asks for, where that is a figure."""
    if isinstance(leaf, Behaviour):
        source = catalogue.source(leaf.did)
        assert source is not None
        field = measured_field(MEASURES[leaf.measure], source.fields.get(leaf.measure_field))
        nouns = (source.noun, source.nouns) if leaf.measure == "count" else ("", "")
        if MEASURES[leaf.measure].is_age:
            nouns = ("day", "days")
        return _number_gap(leaf, field, found, nouns, speech)
    maybe = catalogue.field(leaf.field)
    assert maybe is not None
    if isinstance(maybe.kind, Day):
        return "" if found.holds else _day_gap(leaf, local_day(found.value, speech), speech)
    if maybe.kind is PLACE and leaf.operator == "within_distance" and not found.holds:
        over = Decimal(str(found.value - leaf.value.km)) / (
            KM_PER_MILE if leaf.value.unit == "mi" else 1
        )
        return f"{number(over.quantize(Decimal('0.1')))} {leaf.value.unit} too far"
    if isinstance(maybe.kind, Number):
        return _number_gap(leaf, maybe, found, _nouns(maybe), speech)
    return ""


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
        return f"the limit is {said}; {_apart(field, operator, value, bound, nouns, speech)}"
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
    if apart == 0:
        return "exactly there" if operator in ("gt", "lt") else ""
    if nouns[0] and value < bound and operator in ("gt", "gte"):
        missing = apart + (operator == "gt")
        return f"{number(missing)} more {nouns[missing != 1]} needed"
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
