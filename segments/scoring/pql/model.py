"""PQL as a scoring model."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BigIntegerField, Case, Value, When
from psycopg import sql

from segments.rules.compile import compile_rule
from segments.scores import SCORES, Asked
from segments.scoring.beside.of_rules import OfRules
from segments.scoring.beside.rules import as_sql, catalogue_of, people, scope_of, trees
from segments.scoring.pql.parameters import read
from segments.scoring.pql.points import BANDS, rows
from tenants.schema import connection

_MASKS = sql.SQL("CREATE TEMP TABLE pql_mask ON COMMIT DROP AS {}")
_OUTCOMES = """
CREATE TEMP TABLE pql_outcome (mask bigint PRIMARY KEY, score numeric(5, 2),
    urgency numeric(6, 4), band varchar(16), behaviour smallint, fit smallint,
    engagement smallint) ON COMMIT DROP
"""
_SCORED = sql.SQL("""
SELECT m.customer_id, o.score, o.urgency, o.band, m.mask AS signals, o.behaviour, o.fit,
    o.engagement
FROM pql_mask m JOIN pql_outcome o ON o.mask = m.mask
""")


class Pql(OfRules):
    """How ready to buy each customer is, 0 to 100."""

    key, label, order = "pql", "PQL", 20
    summary = "Who of your product’s users is ready to buy, 0 to 100, and how urgently."
    unit = "band"
    fields = frozenset({"pql_score", "pql_urgency", "is_pql"})
    table, key_column = "segments_pqlscore", "band"
    columns: Sequence[str] = (
        *("score", "urgency", "band", "signals", "behaviour", "fit", "engagement"),
    )

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return both bands."""
        return BANDS

    def effective(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters; shipped signals as this store has data for them."""
        return read(stored)

    def rules(self, parameters: Mapping[str, Any]) -> list[dict[str, Any] | None]:
        """Return the signals' rules."""
        return [signal["rule"] for signal in parameters["signals"]]

    def fresh(
        self, parameters: Mapping[str, Any], asked: Asked, only: sql.Identifier | None
    ) -> sql.Composable:
        """Find each customer's signals, then what each different set of them comes to."""
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS pql_mask, pql_outcome")
            cursor.execute(_MASKS.format(_masks(self.rules(parameters), asked, only)))
            cursor.execute("SELECT DISTINCT mask FROM pql_mask")
            masks = [mask for (mask,) in cursor.fetchall()]
            cursor.execute(_OUTCOMES)
            cursor.executemany(
                "INSERT INTO pql_outcome VALUES (%s, %s, %s, %s, %s, %s, %s)",
                rows(parameters, masks),
            )
        return _SCORED


def _masks(
    rules: list[dict[str, Any] | None], asked: Asked, only: sql.Identifier | None
) -> sql.Composable:
    """Return the query of (customer_id, mask): a bit for each signal, in one scan."""
    catalogue, scope = catalogue_of(only), scope_of(asked)
    conditions = [
        (1 << place, compile_rule(tree, catalogue, scope))
        for place, tree in enumerate(trees(rules))
        if tree is not None
    ]
    bits = BigIntegerField()
    total: Any = Value(0, bits)
    for bit, condition in conditions:
        shown = When(condition, then=Value(bit, bits))
        total = total + Case(shown, default=Value(0, bits), output_field=bits)
    rows_ = people(only).annotate(mask=total).values_list("pk", "mask")
    return sql.SQL("SELECT * FROM ({}) AS found (customer_id, mask)").format(as_sql(rows_))


SCORES.register(Pql())
