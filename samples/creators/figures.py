"""What came of each creator, in numbers: one statement, whatever the set of creators.

Revenue is what counted orders with a creator's codes spent, less their refunds, under the order
policy; an order counts once, also with two codes of the same creator. Cost is the goods of the
samples, as far as known, and what was paid for posts. Cancelled samples are left out.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from psycopg import sql

from commerce.models import OrderPolicy
from commerce.rollups.counted import counts, heeded_reasons
from samples.models import Creator
from tenants.schema import connection

NAMES = (
    *("samples_count", "uncosted_count", "posts_count", "reach"),
    *("orders_count", "revenue", "cost", "figures_on"),
)

# Orders that a code of theirs earned on one of its days; a sample is no sale.
CREDITED = """
    SELECT DISTINCT k.creator_id, o.id AS order_id, o.placed_on, o.spend
    FROM samples_creatorcode k
    JOIN samples_creditedorder c ON c.code_id = k.id
    JOIN commerce_order o ON o.id = c.order_id
    WHERE k.creator_id IN (SELECT id FROM touched) AND {counts}
        AND (k.starts_on IS NULL OR o.placed_on >= k.starts_on)
        AND (k.ends_on IS NULL OR o.placed_on <= k.ends_on)
        AND NOT EXISTS (SELECT FROM samples_sampleorder s WHERE s.order_id = o.id)
"""
RETURNED = """
    SELECT coalesce(sum(r.spend), 0) FROM commerce_refund r
    WHERE r.order_id = credited.order_id AND r.refunded_on <= {on}
"""

_WRITE = """
    WITH touched AS ({creators}),
    credited AS ({credited}),
    sent AS (
        SELECT creator_id, count(*) AS samples, count(*) FILTER (WHERE cost IS NULL) AS uncosted,
               coalesce(sum(cost), 0) AS goods
        FROM samples_sampleorder
        WHERE creator_id IN (SELECT id FROM touched) AND state <> 'cancelled'
        GROUP BY creator_id
    ),
    posted AS (
        SELECT creator_id, count(*) AS posts, coalesce(sum(reach), 0) AS reach, sum(fee) AS fees
        FROM samples_post WHERE creator_id IN (SELECT id FROM touched) GROUP BY creator_id
    ),
    sold AS (
        SELECT creator_id, count(*) AS orders, sum(spend - ({returned})) AS revenue
        FROM credited GROUP BY creator_id
    ),
    found AS (
        SELECT t.id, coalesce(sent.samples, 0) AS samples_count,
               coalesce(sent.uncosted, 0) AS uncosted_count,
               coalesce(posted.posts, 0) AS posts_count, coalesce(posted.reach, 0) AS reach,
               coalesce(sold.orders, 0) AS orders_count, coalesce(sold.revenue, 0) AS revenue,
               coalesce(sent.goods, 0) + coalesce(posted.fees, 0) AS cost, {on} AS figures_on
        FROM touched t
        LEFT JOIN sent ON sent.creator_id = t.id
        LEFT JOIN posted ON posted.creator_id = t.id
        LEFT JOIN sold ON sold.creator_id = t.id
    )
    UPDATE samples_creator k SET ({names}) = ROW({new}) FROM found f
    WHERE f.id = k.id AND ROW({old}) IS DISTINCT FROM ROW({new})
"""


def refresh(creators: Iterable[int | None] | None, *, on: date) -> int:
    """Write the figures of these creators, of all with None, as of the local day `on`."""
    chosen: sql.Composable = sql.SQL("SELECT id FROM samples_creator")
    if creators is not None:
        ids = sorted({pk for pk in creators if pk})
        if not ids:
            return 0
        chosen = sql.SQL("SELECT id FROM samples_creator WHERE id = ANY({})").format(
            sql.Literal(ids)
        )
    with connection.cursor() as cursor:
        cursor.execute(_statement(chosen, on=on))
        return cursor.rowcount


def credited(*, on: date) -> sql.Composed:
    """Return the query of credited orders over the creators of a CTE called `touched`."""
    reasons = heeded_reasons(OrderPolicy.current())
    return sql.SQL(CREDITED).format(counts=counts("o", on=on, reasons=reasons))


def _statement(creators: sql.Composable, *, on: date) -> sql.Composed:
    return sql.SQL(_WRITE).format(
        creators=creators,
        credited=credited(on=on),
        returned=sql.SQL(RETURNED).format(on=sql.Literal(on)),
        on=sql.Literal(on),
        names=sql.SQL(", ").join(map(sql.Identifier, NAMES)),
        new=sql.SQL(", ").join(sql.Identifier("f", name) for name in NAMES),
        old=sql.SQL(", ").join(sql.Identifier("k", name) for name in NAMES),
    )


def per_post(creator: Creator) -> Decimal | None:
    """Return what a post cost, nothing while there is none."""
    return creator.cost / creator.posts_count if creator.posts_count else None
