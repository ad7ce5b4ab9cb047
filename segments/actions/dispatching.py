"""From the ledgers to effects: one statement per trigger decides about every change of its own.

Ledger rows are never marked: a row that has an effect of this trigger was decided. Each look goes
back an hour behind the last one, because a run writes rows dated at its beginning when it ends.
"""

from datetime import datetime, timedelta

from django.db import transaction
from psycopg import sql

from segments.actions.changes import changes_of
from segments.actions.contact import WEEK, most_per_week
from segments.actions.kinds import KINDS
from segments.models import Trigger
from tenants.schema import connection

LOOKS_BACK = timedelta(hours=1)  # twice what a run may take
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('strata triggers'), hashtext(current_schema()))"

# `nth` counts a customer's changes within this look; what was decided before stands in effects.
_DECIDED = sql.SQL("""
WITH told AS ({changes}),
enough AS (SELECT t.*, count(*) OVER (PARTITION BY t.occasion) AS in_run FROM told t),
fresh AS (
    SELECT e.*, row_number() OVER (PARTITION BY e.customer_id ORDER BY e.id) AS nth
    FROM enough e
    WHERE e.in_run >= {at_least} AND NOT EXISTS (
        SELECT FROM access_effect x WHERE x.consumer = {consumer} AND x.change = e.change)
)
SELECT f.*, CASE
    WHEN {is_contact} AND f.customer_id IN (
        SELECT m.customer_id FROM segments_membership m
        JOIN segments_nevercontact n ON n.segment_id = m.segment_id) THEN 'never_contact'
    WHEN {is_once} AND (f.nth > 1 OR EXISTS (
        SELECT FROM access_effect x WHERE x.consumer = {consumer} AND x.customer = f.customer_id
            AND x.state <> 'skipped' AND x.created_at > {not_since})) THEN 'again'
    WHEN {is_contact} AND f.nth - 1 + (
        SELECT count(*) FROM access_effect x WHERE x.customer = f.customer_id AND x.is_contact
            AND x.state <> 'skipped' AND x.created_at > {week}) >= {most} THEN 'pressure'
    ELSE '' END AS reason
FROM fresh f
""")
_KEEP = sql.SQL("""
INSERT INTO access_effect (consumer, change, occasion, customer, is_contact, payload, state, reason,
    created_at, finished_at)
SELECT {consumer}, d.change, d.occasion, d.customer_id, {is_contact},
    jsonb_build_object('type', {type}, 'at', to_char(d.at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), 'cause', d.cause, 'event', d.event) || d.more,
    CASE WHEN d.reason = '' THEN 'waiting' ELSE 'skipped' END, d.reason, {at},
    CASE WHEN d.reason = '' THEN NULL ELSE {at} END
FROM ({decided}) AS d ORDER BY d.id
ON CONFLICT (consumer, change) DO NOTHING
""")
_COUNT = sql.SQL("SELECT reason, count(*) FROM ({decided}) AS d GROUP BY reason")
_TYPES = {
    Trigger.On.ENTERED: "segment.entered",
    Trigger.On.LEFT: "segment.left",
    Trigger.On.MOVED: "score.moved",
    Trigger.On.FOUND: "sample.found",
}


def dispatch_all(*, at: datetime) -> int:
    """Write the effects of every trigger that is on; return how many changes were decided."""
    rows = Trigger.objects.filter(is_on=True).order_by("pk").values_list("pk", flat=True)
    return sum(dispatch(pk, at=at) for pk in rows)


def dispatch(trigger_id: int, *, at: datetime) -> int:
    """Write a trigger's effects for what changed since its last look; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK)
        trigger = Trigger.objects.filter(pk=trigger_id, is_on=True).first()
        if trigger is None or trigger.kind not in KINDS:
            return 0
        since = trigger.listens_from
        if trigger.read_to is not None:
            since = max(since, trigger.read_to - LOOKS_BACK)
        facts = _facts(trigger)
        decided = decisions(trigger, since=since, until=at + LOOKS_BACK, at=at)
        cursor.execute(_KEEP.format(decided=decided, at=sql.Literal(at), **facts))
        count = cursor.rowcount
        Trigger.objects.filter(pk=trigger.pk).update(read_to=at)
        return count


def decisions(trigger: Trigger, *, since: datetime, until: datetime, at: datetime) -> sql.Composed:
    """Return the query of a trigger's changes with the reason why each is left out, or ''."""
    is_once = trigger.again != Trigger.Again.ALWAYS
    days = timedelta(days=trigger.again_days) if trigger.again == Trigger.Again.DAYS else None
    return _DECIDED.format(
        changes=changes_of(trigger, since=since, until=until),
        at_least=sql.Literal(trigger.at_least),
        is_once=sql.Literal(is_once),
        not_since=sql.Literal(at - days if days else datetime.min.replace(tzinfo=at.tzinfo)),
        week=sql.Literal(at - WEEK),
        most=sql.Literal(most_per_week()),
        **{name: _facts(trigger)[name] for name in ("consumer", "is_contact")},
    )


def count_decisions(
    trigger: Trigger, *, since: datetime, until: datetime, at: datetime
) -> dict[str, int]:
    """Return reason → changes that would be decided so, writing nothing; '' is who would be."""
    decided = decisions(trigger, since=since, until=until, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(decided=decided))
        return dict(cursor.fetchall())


def _facts(trigger: Trigger) -> dict[str, sql.Composable]:
    return {
        "consumer": sql.Literal(trigger.consumer),
        "is_contact": sql.Literal(KINDS[trigger.kind].is_contact(trigger.options)),
        "type": sql.Literal(_TYPES[Trigger.On(trigger.on)]),
    }
