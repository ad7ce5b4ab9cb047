"""The lifecycle as a scoring model."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, CharField, Value, When
from psycopg import sql

from segments.rules.compile import compile_rule
from segments.scores import SCORES, Asked
from segments.scoring.beside.of_rules import OfRules
from segments.scoring.beside.rules import as_sql, catalogue_of, people, scope_of, trees
from segments.scoring.lifecycle.parameters import read, stage_labels


class Lifecycle(OfRules):
    """In which stage everybody of the base is: the first whose rule they match."""

    key, label, order = "lifecycle", "Lifecycle", 30
    summary = "In which stage of their life with you everybody is: exactly one at a time."
    unit = "stage"
    fields = frozenset({"lifecycle_stage", "previous_lifecycle_stage", "lifecycle_changed_at"})
    table, key_column = "segments_lifecyclestage", "stage"
    columns: Sequence[str] = ("stage",)

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return the stages in their order."""
        return stage_labels()

    def effective(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters, each stage's rule as this store has data for it."""
        return read(stored)

    def rules(self, parameters: Mapping[str, Any]) -> list[dict[str, Any] | None]:
        """Return the stages' rules."""
        return [stage["rule"] for stage in parameters["stages"]]

    def fresh(
        self, parameters: Mapping[str, Any], asked: Asked, only: sql.Identifier | None
    ) -> sql.Composable:
        """Return everybody's first matching stage, in one scan."""
        catalogue, scope = catalogue_of(only), scope_of(asked)
        stages = parameters["stages"]
        cases = [
            When(compile_rule(tree, catalogue, scope), then=Value(stage["key"]))
            for stage, tree in zip(stages, trees(self.rules(parameters)), strict=True)
            if tree is not None
        ]
        stage_of = Case(*cases, default=Value(stages[-1]["key"]), output_field=CharField())
        rows = people(only).annotate(found_stage=stage_of).values_list("pk", "found_stage")
        return sql.SQL(
            "SELECT customer_id, stage::varchar(32) AS stage"
            " FROM ({}) AS found (customer_id, stage)"
        ).format(as_sql(rows))


SCORES.register(Lifecycle())
