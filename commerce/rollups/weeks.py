"""Weeks of use compared, as SQL: of full days only, so that no morning looks like a decline."""

from psycopg import sql

WEEKS = 8  # the latest ends yesterday


def weeks() -> sql.Composed:
    """Return sessions and active days a week, the latest first: 1 to 7 days ago."""
    spans = [
        sql.SQL("(WHERE ago BETWEEN {} AND {})").format(
            sql.Literal(7 * week + 1), sql.Literal(7 * week + 7)
        )
        for week in range(WEEKS)
    ]
    sessions = [sql.SQL("coalesce(sum(sessions) FILTER {}, 0)").format(span) for span in spans]
    days = [sql.SQL("count(*) FILTER {}").format(span) for span in spans]
    return sql.SQL(
        "ARRAY[{}] AS session_weeks, ARRAY[{}]::numeric[] AS day_weeks,"
        " coalesce(sum(sessions) FILTER (WHERE ago BETWEEN 1 AND {}), 0) > 0 AS has_sessions"
    ).format(sql.SQL(", ").join(sessions), sql.SQL(", ").join(days), sql.Literal(7 * WEEKS))


def declining() -> sql.Composed:
    """Return how many weeks in a row, back from the latest, had less than the week before them."""
    steps = [
        sql.SQL("WHEN v.weeks[{now}] >= v.weeks[{before}] THEN {count}").format(
            now=sql.Literal(week), before=sql.Literal(week + 1), count=sql.Literal(week - 1)
        )
        for week in range(1, WEEKS)
    ]
    return sql.SQL("CASE {} ELSE {} END").format(sql.SQL(" ").join(steps), sql.Literal(WEEKS - 1))
