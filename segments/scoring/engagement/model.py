"""Engagement as a scoring model."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from psycopg import sql

from commerce.event_roles import DEFAULTS as KNOWN
from commerce.event_roles import Role, all_roles, names_of
from commerce.models import EventName
from segments.scores import SCORES, Asked
from segments.scoring.engagement.features import count_seen, keep_seen
from segments.scoring.engagement.parameters import BANDS, COMPONENTS, EVENT, PRODUCT, SHOP, read
from segments.scoring.engagement.points import band_of, points_of, score_of
from segments.scoring.engagement.sources import LETTERS, figures, moved_days
from tenants.schema import connection

_SCORED = sql.SQL("""
SELECT s.customer_id, s.score, ({band})::varchar(16) AS band, s.recency, s.frequency, s.depth,
    s.breadth, s.last_on, s.active_days, s.actions, s.sessions, s.features
FROM (SELECT p.*, {score}::numeric(5, 2) AS score FROM (
    SELECT f.*, ({recency})::smallint AS recency, ({frequency})::smallint AS frequency,
        ({depth})::smallint AS depth, ({breadth})::smallint AS breadth
    FROM ({figures}) f OFFSET 0
) p OFFSET 0) s
""")  # OFFSET 0: points and score once each, not again in every WHEN that compares them


class Engagement:
    """How much each customer takes part, 0 to 100, in five bands."""

    key, label, order = "engagement", "Engagement", 10
    summary = "How lately, how often, how deeply and how widely customers take part, 0 to 100."
    unit = "band"
    fields = frozenset({"engagement_score", "engagement_band", "previous_engagement_band"})
    table, key_column = "segments_engagementscore", "band"
    columns: Sequence[str] = (
        *("score", "band", "recency", "frequency", "depth", "breadth"),
        *("last_on", "active_days", "actions", "sessions", "features"),
    )

    def choices(self) -> Sequence[tuple[str, str]]:
        """Return the five bands, the best first."""
        return BANDS

    def effective(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return all parameters; each component's source as this store has it."""
        return read(stored)

    def reads(self, parameters: Mapping[str, Any]) -> frozenset[str]:
        """Return no facts: it stands on no rules."""
        return frozenset()

    def prepare(
        self, parameters: Mapping[str, Any], asked: Asked, since: date | None
    ) -> list[sql.Composable] | None:
        """Keep the features seen; where their number changed, who had any may change."""
        source = parameters["breadth_source"]
        with connection.cursor() as cursor:
            before = count_seen(since) if since is not None else 0
            keep_seen(cursor, source, day=asked.day, since=since)
        if since is None or count_seen(asked.day) == before:
            return []
        return [sql.SQL("SELECT customer_id FROM segments_engagementscore WHERE features > 0")]

    def moved(
        self, parameters: Mapping[str, Any], *, since: date, asked: Asked
    ) -> list[sql.Composable] | None:
        """Return who did something on a day that counts differently now: three index scans."""
        if since == asked.day:
            return []
        days = sql.Literal(moved_days(parameters, since=since, day=asked.day))
        sources = {parameters[f"{name}_source"] for name in COMPONENTS}
        parts: list[sql.Composable] = [
            sql.SQL(
                "SELECT customer_id FROM commerce_event"
                " WHERE name = ANY({}::varchar[]) AND occurred_on = ANY({}::date[])"
            ).format(sql.Literal(_names(sources)), days)
        ]
        if SHOP in sources:
            parts += [
                sql.SQL(
                    "SELECT customer_id FROM commerce_order WHERE placed_on = ANY({}::date[])"
                ).format(days),
                sql.SQL(
                    "SELECT customer_id FROM commerce_order"
                    " WHERE counts_until > {} AND counts_until <= {}"
                ).format(sql.Literal(since), sql.Literal(asked.day)),
            ]
        return parts

    def fresh(
        self, parameters: Mapping[str, Any], asked: Asked, only: sql.Identifier | None
    ) -> sql.Composable:
        """Return everybody's points, score and band; who was never active is not in it."""
        values = {
            "day": sql.Literal(asked.day),
            "seen": sql.Literal(count_seen(asked.day)),
        }
        points = {name: points_of(name, parameters, **values) for name in COMPONENTS}
        return _SCORED.format(
            score=score_of(parameters, "p"),
            band=band_of(parameters, sql.SQL("s.score")),
            figures=figures(parameters, day=asked.day, only=only),
            **points,
        )


def _names(sources: set[str]) -> list[str]:
    """Return the events that any of the components reads."""
    names = {source.removeprefix(EVENT) for source in sources if source.startswith(EVENT)}
    if SHOP in sources:
        names |= {*LETTERS}
    if PRODUCT in sources:
        known = {*KNOWN, *EventName.objects.values_list("name", flat=True)}
        names |= known - {*names_of(all_roles(), Role.PASSIVE)}
    return sorted(names)


SCORES.register(Engagement())
