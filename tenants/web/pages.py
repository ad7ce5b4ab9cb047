"""Lists a page at a time, from a cursor: page 4,000 is as fast as page 1."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Field, ForeignKey, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.web.problems import Fault, Refusal, invalid

DEFAULT, MOST = 50, 500


class CursorPages(BasePagination):
    """`?limit=50&cursor=…` over a view's `ordering`: columns that are never null, the last unique.

    All columns go the same way. The cursor is the last row's place and needs no signature: it says
    nothing that the row itself did not.
    """

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of the page asked for; raise Refusal (400) for a broken cursor."""
        ordering: Sequence[str] = getattr(view, "ordering", ("pk",))
        self.request, limit = request, limit_of(request)
        self.columns = [name.removeprefix("-") for name in ordering]
        is_descending = ordering[0].startswith("-")
        if cursor := request.query_params.get("cursor", ""):
            values = _read(cursor, [_field(queryset, name) for name in self.columns])
            queryset = queryset.filter(_beyond(self.columns, values, is_descending=is_descending))
        rows = list(queryset.order_by(*ordering)[: limit + 1])
        self.cursor = _cursor(rows[limit - 1], self.columns) if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page and where the next one begins."""
        return Response({"results": data, "next": self._next(), "next_cursor": self.cursor})

    def _next(self) -> str | None:
        if self.cursor is None:
            return None
        asked = self.request.query_params.copy()
        asked["cursor"] = self.cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the shape of a page, for the API's description."""
        return {
            "type": "object",
            "required": ["results", "next", "next_cursor"],
            "properties": {
                "results": schema,
                "next": {"type": "string", "format": "uri", "nullable": True},
                "next_cursor": {"type": "string", "nullable": True},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Return the parameters of a list, for the API's description."""
        limit = {"type": "integer", "default": DEFAULT, "minimum": 1, "maximum": MOST}
        return [
            {"name": "limit", "in": "query", "required": False, "schema": limit},
            {"name": "cursor", "in": "query", "required": False, "schema": {"type": "string"}},
        ]


def limit_of(request: Request) -> int:
    """Return how many rows are asked for: 50 by default, 500 at most."""
    return number_of(request, "limit", default=DEFAULT, least=1, most=MOST)


def number_of(request: Request, name: str, *, default: int, least: int, most: int) -> int:
    """Return a whole number of the query string; raise Refusal (400) outside its bounds."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        words = f"{name} is a whole number from {least} to {most:,}."
        raise Refusal(invalid(Fault(words, (name,))))
    return int(text)


def _field(queryset: Any, name: str) -> "Field[Any, Any]":
    meta = queryset.model._meta
    field: Any = meta.pk if name == "pk" else meta.get_field(name)
    while isinstance(field, ForeignKey):
        field = field.target_field
    return field


def _cursor(row: Any, columns: Sequence[str]) -> str:
    values = [row[name] if isinstance(row, dict) else getattr(row, name) for name in columns]
    text = json.dumps([str(value) for value in values])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, fields: Sequence["Field[Any, Any]"]) -> list[Any]:
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        texts = json.loads(raw)
        if not isinstance(texts, list) or len(texts) != len(fields):
            raise ValueError
        pairs = zip(fields, texts, strict=True)
        return [_value(field, text) for field, text in pairs]
    except (ValueError, ValidationError, RecursionError, binascii.Error):
        words = "This cursor cannot be read. Take it as it was given, or begin without one."
        raise Refusal(invalid(Fault(words, ("cursor",)))) from None


def _value(field: "Field[Any, Any]", text: Any) -> Any:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError
    value = field.to_python(text)
    field.run_validators(value)  # a number beyond the column's bounds would be the database's error
    return value


def _beyond(columns: Sequence[str], values: Sequence[Any], *, is_descending: bool) -> Any:
    if len(columns) == 1:
        return Q(**{f"{columns[0]}__{'lt' if is_descending else 'gt'}": values[0]})
    # A row comparison reads the index from its place; "less, or equal and less" from the beginning.
    lookup = TupleLessThan if is_descending else TupleGreaterThan
    return lookup(Tuple(*(F(name) for name in columns)), tuple(values))
