"""All the builder in the browser knows: fields, operators, shapes of values, limits, segments."""

from collections.abc import Iterable
from typing import Any

from segments.catalogue import StoreCatalogue
from segments.models import Segment
from segments.rules.behaviour import WINDOWS
from segments.rules.bounds import BOUNDS
from segments.rules.clock import PERIODS, UNITS
from segments.rules.fields import Field, Source
from segments.rules.kinds import KINDS, NUMBER
from segments.rules.kinds.anniversary import MONTHS
from segments.rules.kinds.dates import DAY
from segments.rules.measures import MEASURED_KINDS, MEASURES, OPERATORS
from segments.rules.speech import SYMBOLS
from segments.rules.tree import Logic
from tenants.schema import connection

LOGIC = {Logic.AND: "ALL of", Logic.OR: "ANY of", Logic.NONE: "NONE of"}
POINTS = (
    ("on", "the day"),
    ("today", "today"),
    ("yesterday", "yesterday"),
    ("ago", "… ago"),
    ("from_now", "… from now"),
)


def vocabulary(*, editing: Segment | None = None) -> dict[str, Any]:
    """Return the language and this store's catalogue; the browser keeps no list of its own."""
    catalogue = StoreCatalogue()
    described = catalogue.describe()
    sources = catalogue.sources.values()
    return {
        "families": described["families"],
        "fields": {field.key: _field(field) for field in catalogue},
        "behaviours": {source.key: _source(source) for source in sources},
        "kinds": {key: kind.describe() | {"units": _units(kind)} for key, kind in KINDS.items()},
        "logic": [{"key": key.value, "label": label} for key, label in LOGIC.items()],
        "measures": [_measure(key) for key in MEASURES],
        "measured_kinds": list(MEASURED_KINDS),
        "measure_operators": [_operator(NUMBER, key) for key in OPERATORS],
        "windows": [
            _operator(DAY, key) | {"label": DAY.operators[key].label.removeprefix("is ")}
            for key in WINDOWS
        ],
        "points": _pairs(POINTS),
        "periods": _pairs((key, key.replace("_", " ")) for key in PERIODS),
        "months": _pairs(
            [("this_month", "this month"), ("next_month", "next month")]
            + [(month.lower(), month) for month in MONTHS]
        ),
        "distances": _pairs([("km", "km"), ("mi", "miles")]),
        "bounds": BOUNDS.describe(),
        "currency": SYMBOLS.get(connection.tenant.currency, connection.tenant.currency),
        "segments": _segments(editing),
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "label": label} for key, label in pairs]


def _units(kind: Any) -> list[str]:
    """Return the units of time that a kind's spans may have: what is used most comes first."""
    longer = [unit for unit in UNITS if unit != "hours"]
    return [*longer, "hours"] if kind.has_hours else longer


def _operator(kind: Any, key: str) -> dict[str, Any]:
    operator = kind.operators[key]
    return {"key": key, "label": operator.label, "takes": operator.takes, "is_negative": False}


def _measure(key: str) -> dict[str, Any]:
    measure = MEASURES[key]
    return {
        "key": key,
        "words": measure.words,
        "needs_field": measure.needs_field,
        "takes_any_field": key == "count_distinct",
        "is_age": measure.is_age,
        "of_orders": measure.of_orders,
    }


def _field(field: Field) -> dict[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "family": field.family,
        "kind": field.kind.key,
        "is_sensitive": field.is_sensitive,
        "help": field.help,
        "choices": _pairs(field.choices()),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "key": source.key,
        "label": source.label,
        "nouns": source.nouns,
        "kind": "moment" if source.moment else "date",
        "reads_orders": "orders" in source.facts,
        "has_share": bool(source.order),
        "fields": {field.key: _field(field) for field in source.fields.values()},
    }


def _segments(editing: Segment | None) -> list[dict[str, Any]]:
    rows = Segment.objects.exclude(state=Segment.State.ARCHIVED).order_by("kind", "name")
    if editing is not None:
        rows = rows.exclude(pk=editing.pk)
    return [
        {
            "id": row.pk,
            "name": row.name,
            "kind": row.get_kind_display(),
            "members": row.members_count,
        }
        for row in rows
    ]
