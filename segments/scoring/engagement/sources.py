"""What customers did, by the source of each component: one row of figures a customer.

Windows are local days up to the pass's: 28 with today, 90 and today for features.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import counts, heeded_reasons
from segments.scoring.engagement.features import DAYS, used
from segments.scoring.engagement.parameters import COMPONENTS, EVENT, PRODUCT, SHOP

MONTH = 28
# What a shop without sessions sees of its customers beside orders.
LETTERS = ["email_opened", "email_clicked"]

_PRODUCT = {
    "recency": "SELECT customer_id, last_active_on AS last_on FROM commerce_customeractivity a"
    " WHERE last_active_on IS NOT NULL {who}",
    "frequency": "SELECT customer_id, active_days_28 AS active_days"
    " FROM commerce_customeractivity a WHERE true {who}",
    # Without sessions an active day stands for one, as in the weeks of a decline.
    "depth": "SELECT customer_id, actions_28 AS actions,"
    " CASE WHEN sessions_28 > 0 THEN sessions_28 ELSE active_days_28 END AS sessions"
    " FROM commerce_customeractivity a WHERE true {who}",
    "breadth": "SELECT customer_id, features_90 AS features"
    " FROM commerce_customeractivity a WHERE true {who}",
}
_DAYS = {
    SHOP: "SELECT a.customer_id, a.placed_on AS day FROM commerce_order a WHERE {counts} {who}"
    " UNION ALL SELECT a.customer_id, a.occurred_on FROM commerce_event a"
    " WHERE a.name = ANY({letters}::varchar[]) AND a.occurred_on <= {day} {who}",
    EVENT: "SELECT a.customer_id, a.occurred_on AS day FROM commerce_event a"
    " WHERE a.name = {event} AND a.occurred_on <= {day} {who}",
}
_LAST = "SELECT customer_id, max(day) AS last_on FROM ({days}) d WHERE customer_id IS NOT NULL GROUP BY 1"  # noqa: E501
_ACTIVE = """
SELECT customer_id, count(DISTINCT day) AS active_days FROM ({days}) d
WHERE customer_id IS NOT NULL AND day > {day} - {month} GROUP BY 1
"""
_ITEMS = """
SELECT a.customer_id, sum(a.items_count) AS actions, count(*) AS sessions FROM commerce_order a
WHERE {counts} AND a.placed_on > {day} - {month} AND a.customer_id IS NOT NULL {who} GROUP BY 1
"""
_TIMES = """
SELECT customer_id, count(*) AS actions, count(DISTINCT day) AS sessions FROM ({days}) d
WHERE customer_id IS NOT NULL AND day > {day} - {month} GROUP BY 1
"""
_FEATURES = """
SELECT a.customer_id, count(DISTINCT a.feature) AS features FROM ({used}) a
WHERE a.day BETWEEN {day} - {feature_days} AND {day} AND a.customer_id IS NOT NULL {who} GROUP BY 1
"""
_GROUPED = {"recency": _LAST, "frequency": _ACTIVE, "depth": _TIMES, "breadth": _FEATURES}


def figures(
    parameters: Mapping[str, Any], *, day: date, only: sql.Identifier | None
) -> sql.Composed:
    """Return the query of (customer_id, last_on, active_days, actions, sessions, features).

    Who never did what recency looks at is not in it.
    """
    sources = {name: parameters[f"{name}_source"] for name in COMPONENTS}
    if set(sources.values()) == {PRODUCT}:
        return _activity(only)
    parts = {name: _component(name, source, day, only) for name, source in sources.items()}
    return sql.SQL(
        "SELECT m.customer_id, r.last_on, coalesce(f.active_days, 0) AS active_days,"
        " coalesce(d.actions, 0)::int AS actions, coalesce(d.sessions, 0)::int AS sessions,"
        " coalesce(b.features, 0) AS features"
        " FROM commerce_customermetrics m JOIN ({recency}) r ON r.customer_id = m.customer_id"
        " LEFT JOIN ({frequency}) f ON f.customer_id = m.customer_id"
        " LEFT JOIN ({depth}) d ON d.customer_id = m.customer_id"
        " LEFT JOIN ({breadth}) b ON b.customer_id = m.customer_id"
        " WHERE m.in_base"
    ).format(**parts)


def _activity(only: sql.Identifier | None) -> sql.Composed:
    """Return the same where all is in one narrow row already."""
    return sql.SQL(
        "SELECT m.customer_id, a.last_active_on AS last_on, a.active_days_28 AS active_days,"
        " a.actions_28 AS actions, CASE WHEN a.sessions_28 > 0 THEN a.sessions_28"
        " ELSE a.active_days_28 END AS sessions, a.features_90 AS features"
        " FROM commerce_customermetrics m"
        " JOIN commerce_customeractivity a ON a.customer_id = m.customer_id"
        " WHERE m.in_base AND a.last_active_on IS NOT NULL {who}"
    ).format(who=_who(only))


def _who(only: sql.Identifier | None) -> sql.Composable:
    if only is None:
        return sql.SQL("")
    return sql.SQL("AND a.customer_id IN (SELECT customer_id FROM {})").format(only)


def _component(name: str, source: str, day: date, only: sql.Identifier | None) -> sql.Composed:
    if source == PRODUCT:
        return sql.SQL(_PRODUCT[name]).format(who=_who(only))  # type: ignore[arg-type]
    values: dict[str, sql.Composable] = {
        "day": sql.Literal(day),
        "month": sql.Literal(MONTH),
        "feature_days": sql.Literal(DAYS),
        "who": _who(only),
        "letters": sql.Literal(LETTERS),
        "event": sql.Literal(source.removeprefix(EVENT)),
        "counts": counts("a", on=day, reasons=heeded_reasons(OrderPolicy.current())),
        "used": used(source),
    }
    kind = SHOP if source == SHOP else EVENT
    values["days"] = sql.SQL(_DAYS[kind]).format(**values)
    query = _ITEMS if (name, kind) == ("depth", SHOP) else _GROUPED[name]
    return sql.SQL(query).format(**values)  # type: ignore[arg-type]


def moved_days(parameters: Mapping[str, Any], *, since: date, day: date) -> list[date]:
    """Return the days whose facts came into sight, left a window or passed a limit since then."""
    limits = [int(float(limit)) for limit in parameters["recency_limits"]]
    edges = {0, MONTH, DAYS + 1, *(limit + 1 for limit in limits)}
    later = (since + timedelta(days=n) for n in range(1, (day - since).days + 1))
    return sorted({one - timedelta(days=edge) for one in later for edge in edges})
