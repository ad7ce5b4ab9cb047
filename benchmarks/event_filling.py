"""Twenty events a customer, straight into the table: two years of sessions and milestones.

As much of it as scores and triggers read; the same every time.
"""

from datetime import date

from django.db import transaction

from benchmarks.filling import without_indexes
from benchmarks.measure import Report, timed
from commerce.models import Customer, Event, EventName
from commerce.rollups import refresh_activity
from commerce.rollups.customers import EVERYBODY
from segments import services
from tenants.schema import connection

EACH, DAYS = 20, 730  # two years: who was there long ago is most of a shop's customers
# Name → how many of a hundred events have it. The rest of the hundred are letters.
SHARES = {
    "session": 34,
    "feature_used": 30,
    "item_created": 6,
    "pricing_page_viewed": 2,
    "value_moment": 2,
    "invite_sent": 1,
    "upgrade_clicked": 1,
    "email_opened": 24,
}
ONCE = ("signed_up", "onboarding_completed", "aha_moment", "trial_started", "subscription_started")
PROPERTIES = {"feature_used": {"feature": "text"}}

_EVENTS = """
INSERT INTO commerce_event (customer_id, source, external_id, name, occurred_at, occurred_on,
    occurred_hour, properties)
SELECT 1 + floor(%(customers)s * u * u * u)::bigint, 'csv', 'E' || n, name, at, at::date,
    extract(hour FROM at),
    CASE WHEN name = 'feature_used' THEN jsonb_build_object('feature', 'feature ' || h %% 40)
         ELSE '{}'::jsonb END
FROM generate_series(1, %(events)s) AS n
CROSS JOIN LATERAL (SELECT (hashint8(n + 77) & 2147483647) AS h) AS hashed
CROSS JOIN LATERAL (
    SELECT (h %% 1000003) / 1000003.0 AS u, (%(names)s::varchar[])[1 + h %% 100] AS name,
        %(last)s::timestamp - (h %% (%(days)s * 1440)) * interval '1 minute' AS at
) AS drawn
"""
# A milestone for part of the customers, more and more rarely.
_ONCE = """
INSERT INTO commerce_event (customer_id, source, external_id, name, occurred_at, occurred_on,
    occurred_hour, properties)
SELECT c, 'csv', name || c, name, at, at::date, extract(hour FROM at), '{}'
FROM generate_series(1, %(customers)s) AS c
CROSS JOIN unnest(%(once)s::varchar[]) WITH ORDINALITY AS m (name, place)
CROSS JOIN LATERAL (
    SELECT %(last)s::timestamp - ((hashint8(c) & 2147483647) %% (%(days)s * 1440) - place)
        * interval '1 minute' AS at
) AS drawn
WHERE (hashint8(c * 8 + place) & 2147483647) %% (1 + place * place) = 0 AND at <= %(last)s
"""


def fill(report: Report) -> int:
    """Write the events unless they are there; return how many there are for certain."""
    customers = Customer.objects.count()
    events = EACH * customers
    if Event.objects.filter(external_id="E1").exists():
        return events
    today = services.local_today()
    with timed() as clock:
        _write(customers, events, last=today)
    report.seconds(f"{events:,} events straight into the table", clock.seconds)
    with timed() as clock, transaction.atomic(), connection.cursor() as cursor:
        refresh_activity(cursor, EVERYBODY, on=today)
    report.seconds("everybody's use of the product counted", clock.seconds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE commerce_event, commerce_customeractivity")
    return events


def _write(customers: int, events: int, *, last: date) -> None:
    names = [name for name, share in SHARES.items() for _ in range(share)]
    values = {
        "customers": customers,
        "events": events,
        "names": names,
        "once": list(ONCE),
        "last": last,
        "days": DAYS,
    }
    with connection.cursor() as cursor, without_indexes(cursor, "commerce_event", "event_unique"):
        cursor.execute(_EVENTS, values)
        cursor.execute(_ONCE, values)
    for name in (*SHARES, *ONCE):
        told = {"label": name.replace("_", " "), "properties": PROPERTIES.get(name, {})}
        EventName.objects.update_or_create(name=name, defaults=told)
