"""The value a leaf saw, and how far it is from the threshold, as a merchant says it."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segments.rules.behaviour import measured_field
from segments.rules.fields import Catalogue, Field
from segments.rules.kinds import ANNIVERSARY, LIST, PLACE, SAMPLE, SEGMENT, YES_NO
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
