"""Part `fill`: the big store straight into the tables, for the parts that only read it.

The import takes a quarter of an hour at this size; scores and pages do not care how rows came in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.db.backends.utils import CursorWrapper

from benchmarks import merchant
from benchmarks.measure import Report, timed
from benchmarks.store import DAYS, FIRST_DAY, Size
from commerce.models import Customer, DataSource, Order
from commerce.rollups import refresh_all
from segments import services
from tenants.schema import connection

_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = %s
    AND indexname NOT LIKE '%%pkey' AND indexname <> %s
"""
_CUSTOMERS = """
INSERT INTO commerce_customer (first_name, last_name, email, email_key, phone, phone_key, name_key,
    last_name_key, country, region, city, postal_code, region_key, city_key, language,
    email_consent, sms_consent, communication_channel, tags, tag_keys, is_vip, loyalty_tier,
    tier_key, reviews_count, referrals_count, attributes, left_out_as, staff_set_at, created_at)
SELECT 'Given' || n %% 5000, 'Family' || n %% 20011, mail, mail, '+4420' || digits,
    '4420' || digits, 'given' || n %% 5000 || ' family' || n %% 20011, 'family' || n %% 20011,
    (ARRAY['GB', 'US', 'DE', 'FR', 'NL'])[1 + n %% 5], '', 'Town ' || n %% 700, '', '',
    'town ' || n %% 700, 'en', CASE WHEN n %% 3 = 0 THEN 'subscribed' ELSE 'unknown' END,
    'unknown', '', '{}', '{}', n %% 50 = 0, '', '', 0, 0, '{}', '', '{}', now()
FROM generate_series(1, %(customers)s) AS n
CROSS JOIN LATERAL (
    SELECT 'person' || n || '@shop' || n %% 900 || '.test' AS mail,
        lpad(n::text, 8, '0') AS digits
) AS made
"""
_IDENTITIES = """
INSERT INTO commerce_customeridentity (customer_id, source, external_id)
SELECT id, 'csv', id::text FROM commerce_customer
"""
_ORDERS = """
INSERT INTO commerce_order (customer_id, source, external_id, number, store, email_key, placed_at,
    placed_on, placed_hour, currency, items_total, discount_total, tax_total, shipping_total, total,
    refunded_total, spend, items_count, discount_codes, channel, source_name, app, tags,
    financial_status, fulfillment_status, is_test, excluded_as)
SELECT 1 + floor(%(customers)s * u * u)::bigint, 'csv', 'N' || o, 'N' || o, '', '', at, at::date,
    extract(hour FROM at), 'GBP', money, 0, 0, 0, money, 0, money, 1, '{}', '', '', '', '{}',
    'paid', 'fulfilled', false, ''
FROM generate_series(1, %(orders)s) AS o
CROSS JOIN LATERAL (SELECT (hashint8(o) & 2147483647) AS h) AS hashed
CROSS JOIN LATERAL (
    SELECT (h %% 1000003) / 1000003.0 AS u, (500 + h %% 9500) / 100.0 AS money,
        %(first_day)s::timestamp + o::float8 / %(orders)s * %(days)s * interval '1 day' AS at
) AS drawn
"""


def measure(folder: Path, report: Report) -> None:
    """Fill the store unless it is there; the folder's name is its number of customers."""
    size = Size(int(folder.name) / 1_000_000)
    with merchant.inside():
        if Customer.objects.exists():
            report.add("the store is here already", "kept")
            return
        DataSource.objects.get_or_create(key="csv", defaults={"label": "CSV", "is_primary": True})
        with timed() as clock:
            _fill(size)
        report.seconds("rows straight into the tables, indexes afterwards", clock.seconds)
        with timed() as clock, transaction.atomic(), connection.cursor() as cursor:
            refresh_all(cursor, on=services.local_today())
        report.seconds("numbers of every customer and day", clock.seconds)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        assert Order.objects.filter(pk=1).exists()


def _fill(size: Size) -> None:
    values = {
        "customers": size.customers,
        "orders": size.orders,
        "first_day": FIRST_DAY,
        "days": DAYS,
    }
    with connection.cursor() as cursor, without_indexes(cursor, "commerce_order", "order_unique"):
        for statement in (_CUSTOMERS, _IDENTITIES, _ORDERS):
            cursor.execute(statement, values)


@contextmanager
def without_indexes(cursor: CursorWrapper, table: str, constraint: str) -> Iterator[None]:
    """Take a table's indexes away for a block, its key and the index of `constraint` apart."""
    cursor.execute(_INDEXES, [table, constraint])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in indexes:
        cursor.execute(definition)
