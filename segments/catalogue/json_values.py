"""Typed values out of JSON: what does not read as its kind is missing, never an error."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    Q,
    TextField,
)
from django.db.models.expressions import Func, Value
from django.db.models.lookups import In

_DAY = (
    r"[12]\d{3}-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])"
    r"|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
)
_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?"
_ZONE = r"(Z|[+-](0\d|1[0-4]):?[0-5]\d)"
# Leap years: the last day of February is the day before 1 March.
_LEAP = "make_date(substr({v}, 1, 4)::int, 3, 1) - 1"

# Kind of AttributeDefinition → the SQL that reads a JSON value {v} (text) of JSON type {t}.
_READ = {
    "text": "CASE WHEN {t} NOT IN ('object', 'array', 'null') THEN {v} END",
    # A short JSON number always passes the pattern, which costs three times the rest.
    "number": r"CASE WHEN {t} = 'number' AND length({v}) < 16 THEN ({j})::numeric"
    r" WHEN {v} ~ '^-?\d{1,15}(\.\d{1,30})?$' THEN {v}::numeric END",
    "yes_no": "CASE WHEN lower({v}) IN ('true', 'yes', '1') THEN true"
    " WHEN lower({v}) IN ('false', 'no', '0') THEN false END",
    "date": "CASE WHEN {v} ~ '^[12][0-9][0-9][0-9]-02-29' THEN "
    + _LEAP
    + " WHEN {v} ~ '^"
    + _DAY
    + "' THEN substr({v}, 1, 10)::date END",
    "moment": "CASE WHEN {v} ~ '^" + _DAY + "[T ]" + _TIME + _ZONE + "$' THEN {v}::timestamptz END",
    "list": "ARRAY(SELECT jsonb_array_elements_text(CASE {t} WHEN 'array' THEN {j}"
    " ELSE '[]'::jsonb END))::varchar[]",
}
_READ["money"] = _READ["number"]

_OUTPUT: dict[str, "Field[Any, Any]"] = {
    "text": TextField(),
    "number": DecimalField(max_digits=24, decimal_places=9),
    "money": DecimalField(max_digits=24, decimal_places=9),
    "yes_no": BooleanField(),
    "date": DateField(),
    "moment": DateTimeField(),
    "list": ArrayField(CharField()),
}


class JsonValue(Func):
    """The value under `key` of a JSON column, read as `kind`; the key is a parameter."""

    def __init__(self, column: Any, key: str, kind: str) -> None:
        super().__init__(column, Value(key), output_field=_OUTPUT[kind])
        self.kind = kind

    def as_sql(self, compiler: Any, *args: Any, **extra: Any) -> Any:
        column, key = self.get_source_expressions()
        (column_sql, column_params), (key_sql, key_params) = map(compiler.compile, (column, key))
        params = [*column_params, *key_params]
        found, uses = "", 0
        for part in _pieces(_READ[self.kind]):
            if part in ("{v}", "{t}", "{j}"):
                found, uses = found + _access(part, column_sql, key_sql), uses + 1
            else:
                found += part
        return f"({found})", params * uses

    def among(self, values: list[str]) -> Q:
        """Return the condition of being one of these texts: the type is asked of those alone."""
        column, key = self.get_source_expressions()
        plain, kind = Text(column, key), Type(column, key)
        return Q(In(plain, values)) & Q(In(kind, ["string", "number", "boolean"]))


class Text(Func):
    """What stands under a key, as text."""

    template, arg_joiner, output_field = "(%(expressions)s)", " ->> ", TextField()


class Type(Func):
    """The JSON type of what stands under a key."""

    template, arg_joiner, output_field = "jsonb_typeof(%(expressions)s)", " -> ", TextField()


def _access(part: str, column: str, key: str) -> str:
    value = f"({column} -> {key})"
    return {"{v}": f"({column} ->> {key})", "{t}": f"jsonb_typeof{value}", "{j}": value}[part]


def _pieces(template: str) -> list[str]:
    """Cut a template at its places: no formatting, for patterns hold braces of their own."""
    for place in ("{v}", "{t}", "{j}"):
        template = template.replace(place, f"\x00{place}\x00")
    return template.split("\x00")
