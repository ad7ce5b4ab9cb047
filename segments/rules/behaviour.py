"""Reading a behaviour leaf: what was done, when, how it is measured and compared."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from segments.rules.errors import RuleError, at
from segments.rules.fields import Field, Source
from segments.rules.kinds.dates import DAY, MOMENT
from segments.rules.kinds.number import NUMBER
from segments.rules.measures import MEASURED_KINDS, MEASURES, OPERATORS, Measure
from segments.rules.shapes import SHAPES
from segments.rules.tree import Behaviour, Group, Window

WINDOWS = ("in_last", "more_than_ago", "between", "in_period")
KEYS = frozenset(
    ("did", "where", "window", "measure", "operator", "value", "orders", "id", "disabled")
)


def read_behaviour(
    raw: Mapping[str, Any], source: Source, where: Group | None, id: str, disabled: bool
) -> Behaviour:
    """Read everything of a behaviour leaf but its source and filters, which were read before."""
    unknown = set(raw) - KEYS
    if unknown:
        raise RuleError(f"A behaviour has no “{min(map(str, unknown))[:40]}”.")
    measure, field = _measure(raw.get("measure", "count"), source)
    operator, value = _comparison(raw, measure, field)
    with at("orders"):
        if raw.get("orders") not in (None, "counted", "all"):
            raise RuleError("Expected “all”, or nothing for the orders that count.")
        if measure.of_orders and raw.get("orders") == "all":
            raise RuleError("A share of orders is one of the orders that count.")
    return Behaviour(
        source.key,
        where,
        _window(raw.get("window"), source),
        measure.key,
        field.key if field else "",
        operator,
        value,
        raw.get("orders") == "all",
        id,
        disabled,
    )


def measured_field(measure: Measure, field: Field | None) -> Field:
    """Return the field that stands for the measured value: its kind reads and says values."""
    kind = field.kind if field and measure.key != "count_distinct" else NUMBER
    return Field(key=measure.key, label=measure.key, kind=kind, sql=lambda scope: None)


def window_field(source: Source) -> Field:
    """Return the field that a behaviour's window compares."""
    if source.moment:
        return Field("when", "When", MOMENT, lambda scope: None)
    return Field("when", "When", DAY, lambda scope: None)


def _measure(raw: Any, source: Source) -> tuple[Measure, Field | None]:
    with at("measure"):
        name, _, key = raw.partition(":") if isinstance(raw, str) else ("", "", "")
        measure = MEASURES.get(name)
        if measure is None:
            raise RuleError(f"Expected one of {', '.join(MEASURES)}.")
        if measure.of_orders and not source.order:
            raise RuleError(f"Only orders and items have a share of orders, not {source.nouns}.")
        if not measure.needs_field:
            if key:
                raise RuleError(f"“{name}” is of the rows themselves; leave “:{key[:40]}” out.")
            return measure, None
        field = source.fields.get(key)
        if field is None:
            raise RuleError(f"Name a field of {source.nouns}: {', '.join(sorted(source.fields))}.")
        if name != "count_distinct" and field.kind.key not in MEASURED_KINDS:
            raise RuleError(f"{field.label} is no number; it can only be counted.")
        return measure, field


def _comparison(raw: Mapping[str, Any], measure: Measure, field: Field | None) -> tuple[str, Any]:
    operator = raw.get("operator", "gte")
    if operator not in OPERATORS:
        raise RuleError(f"Expected one of {', '.join(OPERATORS)}.", ("operator",))
    with at("value"):
        shape = SHAPES[NUMBER.operators[operator].takes]
        value = shape.read(measured_field(measure, field), raw.get("value", 1))
        figures = value if isinstance(value, tuple) else (value,)
        whole = measure.key in ("count", "count_distinct") or measure.is_age
        if whole and any(figure != figure.to_integral_value() for figure in figures):
            raise RuleError("Expected a whole number.")
        if measure.is_age and any(not 0 <= figure <= Decimal(40_000) for figure in figures):
            raise RuleError("Expected a number of days, 0 to 40,000.")
    return operator, value


def _window(raw: Any, source: Source) -> Window | None:
    with at("window"):
        if raw in (None, {}):
            return None
        if not isinstance(raw, dict) or len(raw) != 1 or next(iter(raw)) not in WINDOWS:
            raise RuleError(f"Expected one of {', '.join(WINDOWS)}, for example in_last: 90_days.")
        (key, value), field = *raw.items(), window_field(source)
        with at(key):
            return Window(key, SHAPES[field.kind.operators[key].takes].read(field, value))
