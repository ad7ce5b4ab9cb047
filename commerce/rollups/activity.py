"""CustomerActivity from events: one statement, whatever the set of customers."""

from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.event_roles import (
    DEFAULTS,
    FEATURE,
    TRIAL_DAYS,
    TRIAL_ENDS,
    USES,
    Role,
    all_roles,
    is_one_of,
    names_of,
)
from commerce.models import EventName, OrderPolicy
from commerce.rollups.counted import the_day
from commerce.rollups.weeks import WEEKS, declining, weeks

MONTH, FEATURE_DAYS = 28, 90

# Column → expression over the customer's days of use u, features f and milestones s.
_COLUMNS = {
    "last_active_at": "u.last_at",
    "last_active_on": "u.last_on",
    "signed_up_on": "s.signed_up_on",
    **{
        name: f"coalesce(u.{name}, 0)"
        for name in ("sessions_7", "actions_7", "sessions_28", "actions_28", "active_days_28")
    },
    "features_90": "coalesce(f.features, 0)",
    # A fifth more or fewer in two weeks than in the two before them; nobody came: no trend.
    "trend": "CASE WHEN u.fortnight IS NULL OR u.fortnight + u.before = 0 THEN ''"
    " WHEN 5 * u.fortnight <= 4 * u.before THEN 'declining'"
    " WHEN 5 * u.fortnight >= 6 * u.before THEN 'growing' ELSE 'steady' END",
    "weeks_declining": "coalesce(u.weeks_declining, 0)",
    "trial_ends_on": "CASE WHEN s.started_at > s.trial_at OR s.cancelled_at > s.trial_at THEN NULL"
    " ELSE s.trial_ends_on END",
    "churned_on": "CASE WHEN s.started_at > s.cancelled_at THEN NULL ELSE s.cancelled_on END",
}
# A day that no calendar has, 30 February, is read as one of March: an odd source breaks nothing.
_DAY = "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TRIAL_END = """CASE WHEN e.properties ->> {ends} ~ {day} THEN
    make_date(left(e.properties ->> {ends}, 4)::int, substr(e.properties ->> {ends}, 6, 2)::int, 1)
    + substr(e.properties ->> {ends}, 9, 2)::int - 1 ELSE e.occurred_on + {trial_days} END"""
_SELECT = """
    WITH touched AS MATERIALIZED ({customers}),
    used_days AS (
        SELECT e.customer_id, {on} - e.occurred_on AS ago, max(e.occurred_on) AS day,
               max(e.occurred_at) AS last_at,
               count(*) FILTER (WHERE {is_session}) AS sessions,
               count(*) FILTER (WHERE NOT {is_session}) AS actions
        FROM commerce_event e
        WHERE e.customer_id IN (SELECT * FROM touched) AND e.occurred_on <= {on} AND {is_use}
        GROUP BY 1, 2
    ),
    used AS (
        SELECT customer_id, max(last_at) AS last_at, max(day) AS last_on,
               sum(sessions) FILTER (WHERE ago < 7) AS sessions_7,
               sum(actions) FILTER (WHERE ago < 7) AS actions_7,
               sum(sessions) FILTER (WHERE ago < {month}) AS sessions_28,
               sum(actions) FILTER (WHERE ago < {month}) AS actions_28,
               count(*) FILTER (WHERE ago < {month}) AS active_days_28,
               {weeks}
        FROM used_days GROUP BY customer_id
    ),
    compared AS (
        SELECT u.*, v.weeks[1] + v.weeks[2] AS fortnight, v.weeks[3] + v.weeks[4] AS before,
               {declining} AS weeks_declining
        FROM used u CROSS JOIN LATERAL (
            SELECT CASE WHEN u.has_sessions THEN u.session_weeks ELSE u.day_weeks END AS weeks
        ) v
    ),
    features AS (
        SELECT e.customer_id,
               count(DISTINCT coalesce(nullif(btrim(e.properties ->> {feature}), ''), e.name))
                   AS features
        FROM commerce_event e
        WHERE e.customer_id IN (SELECT * FROM touched) AND e.occurred_on <= {on}
          AND e.occurred_on >= {on} - {feature_days} AND {is_feature}
        GROUP BY 1
    ),
    milestones AS (
        SELECT e.customer_id, min(e.occurred_on) FILTER (WHERE {is_sign_up}) AS signed_up_on,
               max(e.occurred_at) FILTER (WHERE {is_start}) AS started_at,
               max(e.occurred_at) FILTER (WHERE {is_cancel}) AS cancelled_at,
               max(e.occurred_on) FILTER (WHERE {is_cancel}) AS cancelled_on,
               max(e.occurred_at) FILTER (WHERE {is_trial}) AS trial_at,
               (array_agg({trial_end} ORDER BY e.occurred_at DESC, e.id DESC)
                   FILTER (WHERE {is_trial}))[1] AS trial_ends_on
        FROM commerce_event e
        WHERE e.customer_id IN (SELECT * FROM touched) AND e.occurred_on <= {on}
          AND {is_milestone}
        GROUP BY 1
    )
    SELECT customer_id, {values}
    FROM compared u FULL JOIN features f USING (customer_id)
    FULL JOIN milestones s USING (customer_id)
"""
_WRITE = """
    WITH wanted AS MATERIALIZED ({select}),
    gone AS (
        DELETE FROM commerce_customeractivity
        WHERE customer_id IN ({customers}) AND customer_id NOT IN (SELECT customer_id FROM wanted)
    )
    INSERT INTO commerce_customeractivity AS m (customer_id, {names})
    SELECT customer_id, {names} FROM wanted
    ON CONFLICT (customer_id) DO UPDATE SET ({names}) = ROW({new_names})
    WHERE ({old_names}) IS DISTINCT FROM ({new_names})
"""


def rebuild_activity(
    cursor: CursorWrapper,
    customers: sql.Composable,
    *,
    on: date,
    policy: OrderPolicy | None = None,
) -> int:
    """Write the activity, as it stands at `on`, of the ids that `customers` selects.

    Returns how many rows were written. Who has done nothing of the kind gets no row.
    """
    cursor.execute(
        sql.SQL(_WRITE).format(
            customers=customers,
            select=select_activity(customers, on=on, policy=policy),
            names=sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
            new_names=sql.SQL(", ").join(sql.Identifier("excluded", name) for name in _COLUMNS),
            old_names=sql.SQL(", ").join(sql.Identifier("m", name) for name in _COLUMNS),
        )
    )
    return cursor.rowcount


def select_activity(
    customers: sql.Composable,
    *,
    on: date | sql.Composable,
    policy: OrderPolicy | None = None,
) -> sql.Composed:
    """Return the query of the activity at `on`, a day or a column of an outer query.

    It takes a policy as its siblings do; what customers did in the product is under none.
    """
    roles = all_roles()
    tests = {
        "is_session": (Role.SESSION,),
        "is_use": USES,
        "is_feature": (Role.FEATURE,),
        "is_sign_up": (Role.SIGN_UP,),
        "is_start": (Role.START,),
        "is_cancel": (Role.CANCEL,),
        "is_trial": (Role.TRIAL,),
        "is_milestone": (Role.SIGN_UP, Role.START, Role.CANCEL, Role.TRIAL),
    }
    return sql.SQL(_SELECT).format(
        customers=customers,
        on=the_day(on),
        month=sql.Literal(MONTH),
        feature=sql.Literal(FEATURE),
        feature_days=sql.Literal(FEATURE_DAYS),
        weeks=weeks(),
        declining=declining(),
        trial_end=sql.SQL(_TRIAL_END).format(
            ends=sql.Literal(TRIAL_ENDS), day=sql.Literal(_DAY), trial_days=sql.Literal(TRIAL_DAYS)
        ),
        values=sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(sql.SQL(value), sql.Identifier(name))  # type: ignore[arg-type]
            for name, value in _COLUMNS.items()
        ),
        **{name: is_one_of("e.name", roles, *wanted) for name, wanted in tests.items()},
    )


def moved_activity(standing: date, *, on: date) -> sql.Composed:
    """Return the customers whose activity differs between two days though nothing new came in."""
    edges = {0, 7, MONTH, FEATURE_DAYS + 1, *(7 * week + 1 for week in range(WEEKS + 1))}
    later = (standing + timedelta(days=n) for n in range(1, (on - standing).days + 1))
    days = sorted({day - timedelta(days=edge) for day in later for edge in edges})
    # Names and days both, so that the index of events by name finds some thousands among millions.
    known = {*DEFAULTS, *EventName.objects.values_list("name", flat=True)}
    names = sorted(known - {*names_of(all_roles(), Role.PASSIVE)})
    return sql.SQL(
        "SELECT DISTINCT customer_id FROM commerce_event WHERE customer_id IS NOT NULL"
        " AND name = ANY({}::varchar[]) AND occurred_on = ANY({}::date[])"
    ).format(sql.Literal(names), sql.Literal(days))
