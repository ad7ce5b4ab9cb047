"""The rules that scores are made of: read, refused where they look ahead, put into queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from psycopg import sql

from commerce.models import CustomerMetrics
from segments.audience import StoreScope, clock_at, population
from segments.catalogue import StoreCatalogue
from segments.narrow import NarrowCatalogue
from segments.rules.dependencies import dependencies
from segments.rules.dump import dump
from segments.rules.errors import RuleError
from segments.rules.fields import Catalogue
from segments.rules.kinds.segment import SEGMENT
from segments.rules.parse import parse
from segments.rules.tree import Group, Leaf, Node
from segments.scores import SCORES, Asked
from tenants.schema import connection

Rule = dict[str, Any]
_SOME = RawSQL("SELECT customer_id FROM score_only", [])


class Known:
    """What a store has data for: the shipped rules are written for it."""

    def __init__(self) -> None:
        self.catalogue = StoreCatalogue()

    def has(self, field: str) -> bool:
        """Say whether a field, or a custom attribute of that name, exists."""
        return self.catalogue.field(field) is not None

    def did(self, event: str, prop: str = "") -> bool:
        """Say whether an event (with a property) was ever told."""
        source = self.catalogue.source(event)
        return source is not None and (not prop or f"prop.{prop}" in source.fields)


def read_rule(raw: Any, catalogue: Catalogue, *, of: str) -> Rule:
    """Return the canonical form of a rule of the score `of`; raise RuleError with its place.

    It may ask for earlier scores only, and for no segment: those are computed from scores.
    """
    tree = parse(raw, catalogue)
    _check(tree, catalogue, of=of, path=())
    return dump(tree, catalogue)


def _check(node: Node, catalogue: Catalogue, *, of: str, path: tuple[str | int, ...]) -> None:
    if isinstance(node, Group):
        for place, child in enumerate(node.rules):
            _check(child, catalogue, of=of, path=(*path, "rules", place))
        return
    if not isinstance(node, Leaf):
        return
    field = catalogue.field(node.field)
    if field is None:
        return
    if field.kind is SEGMENT:
        raise RuleError(
            "A score cannot ask for segments: they are computed after it.", (*path, "field")
        )
    own = SCORES[of]
    for model in SCORES:
        if node.field in model.fields and model.order >= own.order:
            whose = "itself" if model.key == of else f"{model.label}, which is computed after it"
            raise RuleError(f"{own.label} cannot ask for {whose}.", (*path, "field"))


def told(error: RuleError) -> str:
    """Return a fault with its place, for a box that holds the whole rule."""
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.path)
    return f"{error.message} (at {place.lstrip('.')})" if place else error.message


def facts_of(rules: Iterable[Rule | None]) -> frozenset[str]:
    """Return the facts that rules stand on."""
    catalogue = StoreCatalogue()
    found = [dependencies(parse(rule, catalogue), catalogue).facts for rule in rules if rule]
    return frozenset().union(*found)


def trees(rules: Sequence[Rule | None]) -> list[Group | None]:
    """Return rules as trees."""
    catalogue = StoreCatalogue()
    return [parse(rule, catalogue) if rule else None for rule in rules]


def scope_of(asked: Asked) -> StoreScope:
    """Return the look-ups of a pass: its clock stands at the day of the metrics."""
    scope = StoreScope(clock_at(asked.at))
    if scope.clock.today != asked.day:  # a pass right at midnight, metrics rolled meanwhile
        noon = clock_at(scope.clock.start_of(asked.day)).as_of
        return StoreScope(clock_at(noon))
    return scope


def people(only: sql.Identifier | None) -> "QuerySet[CustomerMetrics]":
    """Return the base, or those of it that stand in `score_only`."""
    rows = population().order_by()
    if only is None:
        return rows
    return rows.filter(pk__in=_SOME)


def catalogue_of(only: sql.Identifier | None) -> Catalogue:
    """Return the store's catalogue, for everybody or for those in `score_only`."""
    whole = StoreCatalogue()
    return whole if only is None else NarrowCatalogue(whole, _SOME)


def as_sql(rows: "QuerySet[Any, Any]") -> sql.SQL:
    """Return a queryset's statement with its values in place."""
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        return sql.SQL(cursor.mogrify(statement, values))
