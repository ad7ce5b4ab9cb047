"""Pages of a long list by the last row seen: page 4,000 is as fast as page 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Coalesce

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Sort:
    """An order of a list, backed by an index on (column, pk). Rows without a value come last."""

    key: str
    label: str
    column: str
    pk: str = "pk"
    descending: bool = True
    nullable: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the list is simply in the order of its primary key."""
        return self.column == self.pk


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages around them."""

    rows: Sequence[Row]
    after: str = ""
    before: str = ""


def page_of(
    queryset: QuerySet[Row], *, sort: Sort, cursor: str, size: int, walks_index: bool = True
) -> Page[Row]:
    """Return the page that `cursor` names; a cursor that cannot be read means the first page.

    Without `walks_index` all matching rows are read and sorted: slower when many match, much
    faster when hardly any does, for the walk would pass a million others.
    """
    place = _parse(queryset, sort=sort, cursor=cursor)
    backwards = place is not None and place[0] == "b"
    rows = _fetch(queryset, sort=sort, place=place, size=size + 1, walks_index=walks_index)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    has_next, has_previous = (bool(rows), more) if backwards else (more, place is not None)
    return Page(
        rows=rows,
        after=_cursor("a", rows[-1], sort=sort) if has_next and rows else "",
        before=_cursor("b", rows[0], sort=sort) if has_previous and rows else "",
    )


def _fetch(
    queryset: QuerySet[Row],
    *,
    sort: Sort,
    place: tuple[str, Any, int] | None,
    size: int,
    walks_index: bool,
) -> list[Row]:
    backwards = place is not None and place[0] == "b"
    descending = sort.descending is not backwards
    rows: list[Row] = []
    for holds_values in _parts(sort, place=place, backwards=backwards):
        part = queryset
        if sort.nullable:
            part = part.filter(Q(**{f"{sort.column}__isnull": not holds_values}))
        if place is not None and (place[1] is not None) is holds_values:
            part = part.filter(_beyond(sort, place=place, descending=descending))
        columns = [sort.column, sort.pk] if holds_values and not sort.is_plain else [sort.pk]
        order = [_value(name, walks_index=walks_index) for name in columns]
        turned = [value.desc() if descending else value.asc() for value in order]
        rows += part.order_by(*turned)[: size - len(rows)]
        if len(rows) == size:
            break
    return rows


def _value(name: str, *, walks_index: bool) -> "F | Coalesce":
    # The same value in a form that no index is in the order of.
    return F(name) if walks_index else Coalesce(F(name), F(name))


def _parts(sort: Sort, *, place: tuple[str, Any, int] | None, backwards: bool) -> list[bool]:
    """Say in which order to read the rows with a value (True) and those without."""
    if not sort.nullable:
        return [True]
    parts = [False, True] if backwards else [True, False]
    starts_with_values = place is None or place[1] is not None
    return parts if parts[0] is starts_with_values else parts[1:]


def _beyond(sort: Sort, *, place: tuple[str, Any, int], descending: bool) -> Any:
    _, value, pk = place
    if value is None or sort.is_plain:
        return Q(**{f"{sort.pk}__{'lt' if descending else 'gt'}": pk})
    # A row comparison: "less, or equal and less" would read the index from its beginning.
    lookup = TupleLessThan if descending else TupleGreaterThan
    return lookup(Tuple(F(sort.column), F(sort.pk)), (value, pk))


def _cursor(direction: str, row: Model, *, sort: Sort) -> str:
    value = getattr(row, sort.column)
    return f"{direction}~{'' if value is None else value}~{row.pk}"


def _parse(queryset: QuerySet[Any], *, sort: Sort, cursor: str) -> tuple[str, Any, int] | None:
    direction, _, rest = cursor.partition("~")
    value, _, pk = rest.rpartition("~")
    if direction not in ("a", "b") or not pk.isdecimal() or int(pk) > 2**63 - 1:
        return None
    if value == "":
        return (direction, None, int(pk)) if sort.nullable else None
    column = (
        queryset.model._meta.pk if sort.is_plain else queryset.model._meta.get_field(sort.column)
    )
    try:
        return direction, column.to_python(value), int(pk)
    except ValidationError:
        return None
