"""Part `samples`: looking through all orders, and the samples page at a million samples.

Everything is rolled back: the other parts find the store as it was.
"""

from pathlib import Path

from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone

from benchmarks import merchant
from benchmarks.measure import Report, p95, timed
from commerce.models import Spelling
from samples import tallies
from samples.history import classify_all
from segments import services
from tenants.schema import connection

SHARE = 100  # one order in so many is a sample
MOST = 1_000_000
PAGES = (
    ("samples page", "", 300),
    ("samples page, TikTok", "?kind=tiktok", 300),
    ("samples page, pending", "?state=pending", 300),
    ("samples page, UGC partly sent, oldest first", "?kind=ugc&state=partial&sort=old", 300),
    ("samples page, search by order number", "?q=N777777", 300),
    ("cards of the samples page", "figures/", 300),
    ("samples by type over time", "stats/", 2_000),
)
_TAG = "UPDATE commerce_order SET tags = '{ugc}' WHERE id %% %s = 0"
_FILL = """
INSERT INTO samples_sampleorder (order_id, customer_id, kind, found_by, found_word, state,
    placed_at, placed_on)
SELECT id, customer_id, (ARRAY['ugc', 'tiktok'])[1 + id %% 2], 'tag', 'ugc',
    (ARRAY['pending', 'partial', 'fulfilled', 'fulfilled', 'cancelled'])[1 + id %% 5], placed_at,
    placed_on
FROM commerce_order WHERE id <= %s
"""


def measure(folder: Path, report: Report) -> None:
    """Time one run after a change of the settings, one that finds nothing new, and the pages."""
    with merchant.inside() as tenant:
        with transaction.atomic():
            _classify(report)
            transaction.set_rollback(True)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FILL, [MOST])
            report.add("sample orders on the pages", f"{cursor.rowcount:,}")
            tallies.recount(cursor)
            cursor.execute("ANALYZE samples_sampleorder, samples_sampletally")
            _pages(report, host=f"{tenant.schema_name}.localhost")
            transaction.set_rollback(True)


def _classify(report: Report) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAG, [SHARE])
        tagged = cursor.rowcount
    Spelling.objects.get_or_create(column="order.tags", value="ugc", defaults={"key": "ugc"})
    for what in (f"looking through all orders, {tagged:,} become samples", "again, nothing new"):
        with timed() as clock:
            classify_all(on=services.local_today(), at=timezone.now())
        report.add(what, f"{clock.seconds:.1f} s", "<= 120 s", ok=clock.seconds <= 120)


def _pages(report: Report, *, host: str) -> None:
    client = Client(headers={"host": host})
    user, _ = User.objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for what, path, limit in PAGES:
        address = f"/admin/samples/{path}"
        assert client.get(address).status_code == 200
        taken = p95(lambda address=address: client.get(address))  # type: ignore[misc]
        report.add(f"{what}, p95", f"{taken:.0f} ms", f"<= {limit} ms", ok=taken <= limit)
