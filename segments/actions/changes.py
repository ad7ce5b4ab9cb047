"""The rows a trigger listens to, as queries: memberships, movements of scores, samples.

Each answers with (change, customer_id, cause, event, at, id, occasion, more); `more` goes into the
payload of the effect and holds ids and keys alone.
"""

from datetime import datetime
from typing import Any

from psycopg import sql

from segments.models import Trigger
from segments.models.membership import Cause

ACTING = (Cause.DATA, Cause.TIME, Cause.SCORE, Cause.PLATFORM)

# A run of a segment is all its rows of one moment.
_MEMBERSHIP = sql.SQL("""
SELECT 'membership:' || c.id AS change, c.customer_id, c.cause, c.event, c.at, c.id,
    'membership:' || extract(epoch FROM c.at)::numeric(16, 3) AS occasion, '{{}}'::jsonb AS more
FROM segments_membershipchange c
WHERE c.segment_id = {segment} AND c.entered = {entered} AND c.at >= {since} AND c.at < {until}
    AND c.cause = ANY({causes}) AND c.customer_id IS NOT NULL
""")
_SCORE = sql.SQL("""
SELECT 'score:' || c.id AS change, c.customer_id, c.cause, c.event, r.started_at AS at, c.id,
    'score:' || c.run_id AS occasion,
    jsonb_build_object('model', r.model, 'from', c.from_key, 'to', c.to_key) AS more
FROM segments_scorerun r
JOIN segments_scorechange c ON c.model = r.model AND c."on" = r.as_of AND c.run_id = r.id
WHERE r.model = {score} AND r.started_at >= {since} AND r.started_at < {until}
    AND ({from_keys} = '{{}}' OR c.from_key = ANY({from_keys}))
    AND ({to_keys} = '{{}}' OR c.to_key = ANY({to_keys}))
    AND c.cause = ANY({causes}) AND c.customer_id IS NOT NULL
""")
# A sample may be a guest's, a creator nobody's customer. What one day's look found is one run.
_FINDING = sql.SQL("""
SELECT 'finding:' || f.id AS change, coalesce(o.customer_id, k.customer_id) AS customer_id,
    {time} AS cause, '' AS event, f.found_at AS at, f.id,
    'finding:' || f.kind || ':' || f.found_on AS occasion,
    jsonb_build_object('finding', f.id) AS more
FROM samples_finding f
LEFT JOIN commerce_order o ON o.id = f.order_id
LEFT JOIN samples_creator k ON k.id = f.creator_id
WHERE f.kind = {finding} AND f.found_at >= {since} AND f.found_at < {until}
""")


def changes_of(trigger: Trigger, *, since: datetime, until: datetime) -> sql.Composed:
    """Return the query of what the trigger listens to between two moments."""
    when = {"since": sql.Literal(since), "until": sql.Literal(until)}
    if trigger.on == Trigger.On.FOUND:
        finding, time = sql.Literal(trigger.finding), sql.Literal(str(Cause.TIME))
        return _FINDING.format(finding=finding, time=time, **when)
    when["causes"] = sql.Literal([*ACTING, *trigger.also_causes])
    if trigger.on == Trigger.On.MOVED:
        return _SCORE.format(
            score=sql.Literal(trigger.score),
            from_keys=_texts(trigger.from_keys),
            to_keys=_texts(trigger.to_keys),
            **when,
        )
    entered = sql.Literal(trigger.on == Trigger.On.ENTERED)
    return _MEMBERSHIP.format(segment=sql.Literal(trigger.segment_id), entered=entered, **when)


def _texts(values: Any) -> sql.Composed:
    return sql.SQL("{}::varchar[]").format(sql.Literal(list(values)))
