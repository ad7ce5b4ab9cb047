"""The shapes an operator's value may have, and how each is read, written back and said.

A shape reads single values through the kind: `between` of money and of dates is one shape.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segments.rules.bounds import BOUNDS
from segments.rules.clock import PERIODS, Span, read_span
from segments.rules.errors import RuleError, at
from segments.rules.kinds.dates import DAY
from segments.rules.numbers import plain, read_number
from segments.rules.speech import Speech, joined, number

if TYPE_CHECKING:
    from segments.rules.fields import Field

DAYS_AND_LONGER = ("days", "weeks", "months", "years")


@dataclass(frozen=True)
class Shape:
    """`read(field, raw)` raises RuleError; `dump` gives JSON; `say` gives words."""

    read: Callable[["Field", Any], Any]
    dump: Callable[["Field", Any], Any]
    say: Callable[["Field", Any, Speech], str]


def _read_none(field: "Field", raw: Any) -> None:
    if raw not in (None, "", True):
        raise RuleError("This operator takes no value. Remove the value.")


def _read_one(field: "Field", raw: Any) -> Any:
    return field.kind.read(field, raw)


def _read_many(field: "Field", raw: Any) -> tuple[Any, ...]:
    items = raw if isinstance(raw, list) else [raw]
    if not items:
        raise RuleError("Choose at least one value; an empty list would match nobody.")
    if len(items) > BOUNDS.max_values:
        raise RuleError(
            f"A list holds {BOUNDS.max_values} values at most; this one has {len(items):,}."
        )
    values = []
    for place, item in enumerate(items):
        with at(place):
            values.append(field.kind.read(field, item))
    return tuple(dict.fromkeys(values))


def _read_two(field: "Field", raw: Any) -> tuple[Any, Any]:
    low, high = (_pair_item(field, raw, place) for place in (0, 1))
    first, last = field.kind.order_key(low), field.kind.order_key(high)
    if type(first) is type(last) and first > last:
        raise RuleError("The first value is after the second. Swap them.")
    return low, high


def _pair_item(field: "Field", raw: Any, place: int) -> Any:
    if not isinstance(raw, list) or len(raw) != 2:
        raise RuleError("Expected two values, from and to.")
    with at(place):
        return field.kind.read(field, raw[place])


def _read_window(field: "Field", raw: Any) -> Span:
    span = read_span(raw)
    if span.unit == "hours" and not field.kind.has_hours:
        raise RuleError("This value is a day; ask for days, weeks, months or years.")
    return span


def _read_windows(field: "Field", raw: Any) -> tuple[Span, Span]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise RuleError("Expected two lengths of time, for example 30_days and 60_days.")
    spans = []
    for place, item in enumerate(raw):
        with at(place):
            spans.append(read_span(item))
    near, far = spans
    if "hours" in (near.unit, far.unit) or near.unit != far.unit:
        raise RuleError("Give both lengths in the same unit, and in days or longer.")
    if near.count > far.count:
        near, far = far, near
    return near, far


def _read_period(field: "Field", raw: Any) -> str:
    text = raw.strip().lower() if isinstance(raw, str) else ""
    if text not in PERIODS:
        raise RuleError(f"Expected one of {', '.join(PERIODS)}.")
    return text


def _read_percent(field: "Field", raw: Any) -> Decimal:
    percent = read_number(raw)
    if not 0 < percent <= 100:
        raise RuleError("A share is more than 0 and at most 100 percent.")
    return percent


def _read_count(field: "Field", raw: Any) -> int:
    count = read_number(raw)
    if count != count.to_integral_value() or not 0 < count <= 10_000_000:
        raise RuleError("Expected a whole number of customers, 1 to 10,000,000.")
    return int(count)


def _read_segments(field: "Field", raw: Any) -> tuple[int, ...]:
    if not isinstance(raw, dict):
        raise RuleError('Expected {"segments": […], …}.')
    with at("segments"):
        return _read_many(field, raw.get("segments", []))


def _read_segments_window(field: "Field", raw: Any) -> tuple[tuple[int, ...], Span]:
    segments = _read_segments(field, raw)
    with at("in_last"):
        return segments, read_span(raw.get("in_last"))


def _read_segments_day(field: "Field", raw: Any) -> tuple[tuple[int, ...], Any]:
    segments = _read_segments(field, raw)
    with at("on"):
        return segments, DAY.read(field, raw.get("on"))


def _names(field: "Field", segments: tuple[int, ...], speech: Speech) -> str:
    return joined([field.kind.say(field, segment, speech) for segment in segments])


SHAPES: Mapping[str, Shape] = {
    "none": Shape(_read_none, lambda field, value: None, lambda field, value, speech: ""),
    "one": Shape(
        _read_one,
        lambda field, value: field.kind.dump(value),
        lambda field, value, speech: field.kind.say(field, value, speech),
    ),
    "many": Shape(
        _read_many,
        lambda field, value: [field.kind.dump(item) for item in value],
        lambda field, value, speech: joined([field.kind.say(field, v, speech) for v in value]),
    ),
    "two": Shape(
        _read_two,
        lambda field, value: [field.kind.dump(item) for item in value],
        lambda field, value, speech: joined(
            [field.kind.say(field, item, speech) for item in value], "and"
        ),
    ),
    "window": Shape(
        _read_window,
        lambda field, value: str(value),
        lambda field, value, speech: value.words,
    ),
    "windows": Shape(
        _read_windows,
        lambda field, value: [str(item) for item in value],
        lambda field, value, speech: f"{value[0].count:,} and {value[1].words}",
    ),
    "period": Shape(
        _read_period,
        lambda field, value: value,
        lambda field, value, speech: value.replace("_", " "),
    ),
    "percent": Shape(
        _read_percent,
        lambda field, value: plain(value),
        lambda field, value, speech: f"{number(value)} %",
    ),
    "segments_window": Shape(
        _read_segments_window,
        lambda field, value: {"segments": list(value[0]), "in_last": str(value[1])},
        lambda field, value, speech: (
            f"{_names(field, value[0], speech)} in the last {value[1].words}"
        ),
    ),
    "segments_day": Shape(
        _read_segments_day,
        lambda field, value: {"segments": list(value[0]), "on": str(value[1])},
        lambda field, value, speech: (
            f"{_names(field, value[0], speech)} on {DAY.say(field, value[1], speech)}"
        ),
    ),
    "count": Shape(
        _read_count, lambda field, value: value, lambda field, value, speech: f"{value:,}"
    ),
}
