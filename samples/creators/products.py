"""What came of each product that was sent: posts, reach, and orders with its creators' codes."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from psycopg import sql

from samples.creators import figures
from tenants.schema import connection

SHOWN = 100

_RESULTS = """
    WITH samples AS (
        SELECT s.order_id, s.creator_id, s.placed_on FROM samples_sampleorder s
        WHERE s.state <> 'cancelled' AND s.placed_on BETWEEN {first} AND {on}
    ),
    touched AS (SELECT DISTINCT creator_id AS id FROM samples WHERE creator_id IS NOT NULL),
    credited AS ({credited}),
    sent AS (
        SELECT l.product_key, s.order_id, s.creator_id, s.placed_on, max(l.product) AS product,
               sum(l.quantity) AS units, sum(l.quantity * l.unit_cost) AS cost
        FROM samples s JOIN commerce_orderline l ON l.order_id = s.order_id
        WHERE l.product_key <> ''
        GROUP BY l.product_key, s.order_id, s.creator_id, s.placed_on
    ),
    products AS (
        SELECT product_key, max(product) AS product, count(*) AS sent, sum(units) AS units,
               sum(cost) AS cost
        FROM sent GROUP BY product_key ORDER BY count(*) DESC, product_key LIMIT {shown}
    ),
    posted AS (
        SELECT s.product_key, count(*) AS posts, coalesce(sum(p.reach), 0) AS reach
        FROM sent s JOIN samples_post p ON p.order_id = s.order_id GROUP BY s.product_key
    ),
    earned AS (
        SELECT DISTINCT s.product_key, credited.order_id, credited.spend
        FROM sent s JOIN credited ON credited.creator_id = s.creator_id
            AND credited.placed_on BETWEEN s.placed_on AND s.placed_on + {days}
        WHERE s.product_key IN (SELECT product_key FROM products)
    ),
    sold AS (
        SELECT product_key, count(*) AS orders, sum(spend - ({returned})) AS revenue,
               count(*) FILTER (WHERE EXISTS (
                   SELECT FROM commerce_orderline l
                   WHERE l.order_id = credited.order_id AND l.product_key = credited.product_key
               )) AS same
        FROM earned AS credited GROUP BY product_key
    )
    SELECT p.product, p.sent, p.units, p.cost, coalesce(posted.posts, 0),
           coalesce(posted.reach, 0), coalesce(sold.orders, 0), coalesce(sold.same, 0),
           coalesce(sold.revenue, 0)
    FROM products p
    LEFT JOIN posted ON posted.product_key = p.product_key
    LEFT JOIN sold ON sold.product_key = p.product_key
    ORDER BY p.sent DESC, p.product_key
"""


@dataclass(frozen=True)
class ProductResult:
    """One product. `orders` came by its creators' codes in the days after a sample of it."""

    product: str
    sent: int  # samples that held it
    units: Decimal
    cost: Decimal | None  # of its goods, as far as known
    posts: int  # about one of these samples
    reach: int
    orders: int
    same: int  # of the orders, those that hold the product
    revenue: Decimal


def product_results(*, on: date, days_back: int, result_days: int) -> list[ProductResult]:
    """Return the products sent most in the `days_back` local days up to `on`, at most 100.

    An order counts once a product, and for every product whose sample it followed.
    """
    statement = sql.SQL(_RESULTS).format(
        first=sql.Literal(on - timedelta(days=days_back)),
        on=sql.Literal(on),
        credited=figures.credited(on=on),
        returned=sql.SQL(figures.RETURNED).format(on=sql.Literal(on)),
        days=sql.Literal(result_days),
        shown=sql.Literal(SHOWN),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [ProductResult(*row) for row in cursor.fetchall()]
