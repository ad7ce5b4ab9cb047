"""The big store: 1 M customers, 10 M orders, 20 M lines in CSV files, the same every time.

PostgreSQL writes the files from hashes of row numbers: deterministic, and faster than Python.
"""

from dataclasses import dataclass
from pathlib import Path

import psycopg

CUSTOMERS, ORDERS = 1_000_000, 10_000_000
FIRST_DAY, DAYS = "2022-11-01", 4 * 365

_CUSTOMERS = """
COPY (
    SELECT n AS customer_id, 'person' || n || '@shop' || n % 900 || '.test' AS email,
        'Given' || n % 5000 AS first_name, 'Family' || n % 20011 AS last_name,
        '+4420' || lpad(n::text, 8, '0') AS phone,
        (ARRAY['GB', 'US', 'DE', 'FR', 'NL'])[1 + n % 5] AS country,
        'Town ' || n % 700 AS city
    FROM generate_series(1, {customers}) AS n
) TO STDOUT WITH (FORMAT csv, HEADER)
"""
# A customer's share of the orders falls with the square of a random number: few buy often.
# The note, which no field takes, makes the file as wide as a shop's own: about 5 GB.
_LINES = """
COPY (
    SELECT 'N' || o AS order_number,
        1 + floor({customers} * (u * u))::bigint AS customer_id,
        to_char(timestamp '{first_day}' + o::float8 / {orders} * interval '{days} days',
                'YYYY-MM-DD HH24:MI:SS') AS created_at,
        'S' || lpad((h2 % 3000)::text, 4, '0') AS sku, 'Product ' || h2 % 3000 AS product,
        'Category ' || h2 % 40 AS category, 1 + h2 % 3 AS quantity,
        (500 + h2 % 9500) / 100.0 AS price,
        repeat(md5(o::text) || ' ', 5) AS delivery_note
    FROM generate_series(1, {orders}) AS o
    CROSS JOIN LATERAL (SELECT (hashint8(o) & 2147483647) AS h) AS hashed
    CROSS JOIN LATERAL (SELECT (h % 1000003) / 1000003.0 AS u) AS drawn
    CROSS JOIN LATERAL generate_series(1, 1 + h % 3) AS line
    CROSS JOIN LATERAL (SELECT (hashint8(o * 8 + line) & 2147483647) AS h2) AS picked
) TO STDOUT WITH (FORMAT csv, HEADER)
"""


@dataclass(frozen=True)
class Size:
    """How large a store; `scale` 1 is the real one."""

    scale: float = 1.0

    @property
    def customers(self) -> int:
        return int(CUSTOMERS * self.scale)

    @property
    def orders(self) -> int:
        return int(ORDERS * self.scale)


def write_files(
    connection: psycopg.Connection[tuple[object, ...]], folder: Path, size: Size
) -> None:
    """Write customers.csv and lines.csv into `folder`, unless they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "customers": size.customers,
        "orders": size.orders,
        "first_day": FIRST_DAY,
        "days": DAYS,
    }
    for name, query in (("customers.csv", _CUSTOMERS), ("lines.csv", _LINES)):
        path = folder / name
        if path.exists():
            continue
        draft = path.with_suffix(".part")
        filled = query.format(**values).encode()
        with draft.open("wb") as file, connection.cursor() as cursor, cursor.copy(filled) as copy:
            for block in copy:
                file.write(block)
        draft.replace(path)
