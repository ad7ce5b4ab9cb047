"""Classifying every order there is: after a change of the settings, or to mend."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from commerce import rollups, stale
from commerce.models import Order
from samples import classifying, tallies
from samples.models import SampleSettings
from samples.words import Words, words_of
from tenants import jobs
from tenants.models import Tenant
from tenants.progress import Progress, Silence
from tenants.schema import connection

CLASSIFY = "classify_samples"  # the job's key
BATCH = 500_000  # orders a statement: about a second between two looks at the progress
SILENCE = Silence()
# Thousands of customers are counted again at once: their orders are sorted in memory.
_MEMORY = "SET LOCAL work_mem = '128MB'; SET LOCAL jit = off"


def classify_all(*, on: date, at: datetime, progress: Progress = SILENCE) -> dict[str, Any]:
    """Classify all orders under the settings as they are saved; return what changed.

    One transaction: a cancellation leaves everything as it was. Who writes facts waits until the
    end, who reads does not. Only rows that differ are written.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_MEMORY)
        rollups.hold_alone(cursor, on=on)
        settings = SampleSettings.current()
        words = words_of(cursor, classifying.rules_now(), scope=classifying.ALL)
        classifying.prepare(cursor)
        orders = find_all(cursor, words, progress=progress)
        progress.report(orders, orders, note="Writing what changed")
        changed = classifying.settle_rows(cursor, orders=None, on=on)
        if changed.turned:
            progress.report(orders, orders, note="Counting customers")
            rollups.refresh(cursor, classifying.TURNED_CUSTOMERS, on=on)
            stale.mark(cursor, classifying.TURNED_CUSTOMERS, facts="orders", cause="order_policy")
        tallies.recount(cursor)  # whatever became of them, they are right again
        _remember(settings, at=at)
        return {
            "orders": orders,
            "became_samples": changed.added,
            "no_longer_samples": changed.removed,
            "changed": changed.changed,
        }


def find_all(cursor: CursorWrapper, words: Words, *, progress: Progress) -> int:
    """Fill `sample_found` from every order, in batches of ids; return how many orders there are."""
    cursor.execute("SELECT coalesce(min(id), 0), coalesce(max(id), -1) FROM commerce_order")
    first, last = cursor.fetchone()
    for start in range(first, last + 1, BATCH):
        progress.report(start - first, last - first + 1, note="Looking through the orders")
        classifying.find(
            cursor,
            words,
            scope=sql.SQL("o.id >= {} AND o.id < {}").format(
                sql.Literal(start), sql.Literal(start + BATCH)
            ),
        )
    cursor.execute("ANALYZE sample_found")
    cursor.execute("SELECT count(*) FROM commerce_order")
    count: int = cursor.fetchone()[0]
    return count


def _remember(settings: SampleSettings, *, at: datetime) -> None:
    SampleSettings.objects.bulk_create([SampleSettings(pk=1)], ignore_conflicts=True)
    SampleSettings.objects.filter(pk=1).update(
        classified_revision=settings.revision, classified_at=at
    )


def is_behind(settings: SampleSettings) -> bool:
    """Say whether older orders may not be what `settings` make of them.

    Orders that came in under the defaults, before anything was saved, were classified as they came.
    """
    if settings.classified_revision is None and settings.revision == 0:
        return False
    return settings.classified_revision != settings.revision


def classify_first(tenant: Tenant) -> None:
    """Look through the orders of a merchant that had them before there were samples."""
    done = SampleSettings.objects.filter(classified_revision__isnull=False).exists()
    if not done and Order.objects.exists():
        jobs.start(CLASSIFY, slot="first")
