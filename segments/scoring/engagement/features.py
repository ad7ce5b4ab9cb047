"""The features that anybody used, kept as events come in: counting the different ones of 90 days
reads every event of a quarter. For a shop the categories that anybody bought take their place.
"""

from datetime import date, timedelta

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce.event_roles import FEATURE, Role, all_roles, is_one_of
from segments.models import SeenFeature
from segments.scoring.engagement.parameters import EVENT, PRODUCT, SHOP

DAYS = 90  # the window of a customer's features, today besides

_SOURCES = {
    PRODUCT: "SELECT coalesce(nullif(btrim(e.properties ->> {feature}), ''), e.name) AS feature,"
    " e.occurred_on AS day, e.customer_id FROM commerce_event e WHERE {is_feature}",
    SHOP: "SELECT e.category_key AS feature, e.placed_on AS day, e.customer_id"
    " FROM commerce_orderline e WHERE e.category_key <> ''",
    EVENT: "SELECT coalesce(nullif(btrim(e.properties ->> {feature}), ''), e.name) AS feature,"
    " e.occurred_on AS day, e.customer_id FROM commerce_event e WHERE e.name = {event}",
}
_KEEP = """
    INSERT INTO segments_seenfeature AS s (feature, last_on)
    SELECT feature, max(day) FROM ({used}) u
    WHERE day BETWEEN {first} AND {last} AND customer_id IS NOT NULL {and_who} GROUP BY feature
    ON CONFLICT (feature) DO UPDATE SET last_on = excluded.last_on
    WHERE excluded.last_on > s.last_on
"""
_MARKED = sql.SQL("AND customer_id IN (SELECT customer_id FROM score_marked)")


def used(source: str) -> sql.Composed:
    """Return the query of (feature, day, customer_id) that breadth reads."""
    kind = EVENT if source.startswith(EVENT) else source
    return sql.SQL(_SOURCES[kind]).format(
        feature=sql.Literal(FEATURE),
        is_feature=is_one_of("e.name", all_roles(), Role.FEATURE),
        event=sql.Literal(source.removeprefix(EVENT)),
    )


def keep_seen(cursor: CursorWrapper, source: str, *, day: date, since: date | None) -> None:
    """Bring the features and their last day up to `day`; all of them anew without `since`."""
    first = day - timedelta(days=DAYS)
    if since is None:
        SeenFeature.objects.all().delete()
        _keep(cursor, source, first, day, sql.SQL(""))
        return
    _keep(cursor, source, first, day, _MARKED)
    if since < day:
        _keep(cursor, source, since + timedelta(days=1), day, sql.SQL(""))


def _keep(
    cursor: CursorWrapper, source: str, first: date, last: date, and_who: sql.Composable
) -> None:
    cursor.execute(
        sql.SQL(_KEEP).format(
            used=used(source),
            first=sql.Literal(first),
            last=sql.Literal(last),
            and_who=and_who,
        )
    )


def count_seen(day: date) -> int:
    """Return how many different features were used in the 90 days up to `day` and on it."""
    first = day - timedelta(days=DAYS)
    return SeenFeature.objects.filter(last_on__gte=first, last_on__lte=day).count()
