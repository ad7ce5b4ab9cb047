"""Part `rfm`: full and daily passes against bare SQL, and against pandas with COPY both ways."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from django.db import transaction

from benchmarks import merchant
from benchmarks.measure import Report, timed
from commerce import rollups
from commerce.ingest import Ingest, OrderRecord, ingest
from commerce.models import CustomerIdentity
from segments import services
from segments.models import RfmSettings
from tenants.schema import connection

CHANGED = 50_000

_TWIN = "CREATE TABLE bench_scores (LIKE segments_rfmscore INCLUDING ALL)"
_BARE = """
INSERT INTO bench_scores
SELECT customer_id, last_on, orders, spent, r, f, m, 100 * r + 10 * f + m,
    round((r + f + m) / 3.0, 4), '', '', NULL
FROM (
    SELECT *,
        CASE WHEN age <= 30 THEN 5 WHEN age <= 60 THEN 4 WHEN age <= 90 THEN 3
             WHEN age <= 180 THEN 2 ELSE 1 END AS r,
        CASE WHEN orders >= 12 THEN 5 WHEN orders >= 8 THEN 4 WHEN orders >= 4 THEN 3
             WHEN orders >= 2 THEN 2 ELSE 1 END AS f,
        CASE WHEN spent >= 500 THEN 5 WHEN spent >= 300 THEN 4 WHEN spent >= 150 THEN 3
             WHEN spent >= 50 THEN 2 ELSE 1 END AS m
    FROM (
        SELECT customer_id, max(placed_on) AS last_on, %(day)s::date - max(placed_on) AS age,
            count(*) FILTER (WHERE placed_on >= %(day)s::date - 365) AS orders,
            coalesce(sum(spend) FILTER (WHERE placed_on >= %(day)s::date - 365), 0) AS spent
        FROM commerce_order
        WHERE customer_id IS NOT NULL AND placed_on <= %(day)s AND excluded_as = ''
            AND (counts_until IS NULL OR counts_until > %(day)s)
        GROUP BY customer_id
    ) AS numbers
) AS scored
"""
_READ = """
COPY (
    SELECT customer_id, placed_on, spend FROM commerce_order
    WHERE customer_id IS NOT NULL AND excluded_as = '' AND placed_on <= '{day}'
        AND (counts_until IS NULL OR counts_until > '{day}')
) TO STDOUT WITH (FORMAT csv, HEADER)
"""
_WRITE = """
COPY bench_scores FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (segment, previous_segment))
"""


def measure(folder: Path, report: Report) -> None:
    """Time every kind of pass over the big store."""
    with merchant.inside():
        day = _standing()
        bare = _bare(report, day)
        pandas = _pandas(report, day)
        full = _full(report, day)
        report.ratio("full pass / bare SQL", full, bare, at_most=1.5)
        report.ratio("full pass / pandas with COPY both ways", full, pandas, at_most=1)
        _daily(report, day, full)
        _ranks(report, day)


def _standing() -> date:
    """Return the day the store's numbers stand at, as they do in a merchant's every morning."""
    with transaction.atomic(), connection.cursor() as cursor:
        return rollups.stand_at(cursor, on=services.local_today())


def _bare(report: Report, day: date) -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_scores")
        cursor.execute(_TWIN)
        with timed() as clock:
            cursor.execute(_BARE, {"day": day})
        cursor.execute("DROP TABLE bench_scores")
    report.seconds("bare SQL: aggregate and write the scores", clock.seconds)
    return clock.seconds


def _pandas(report: Report, day: date) -> float:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_scores")
        cursor.execute(_TWIN)
        with timed() as clock:
            buffer = io.BytesIO()
            with cursor.copy(_READ.format(day=day).encode()) as copy:
                for block in copy:
                    buffer.write(block)
            buffer.seek(0)
            scores = _score(pd.read_csv(buffer, parse_dates=["placed_on"]), pd.Timestamp(day))
            with cursor.copy(_WRITE) as copy:
                copy.write(scores.to_csv(index=False, header=False).encode())
        cursor.execute("DROP TABLE bench_scores")
    report.seconds("pandas: COPY out, score, COPY back", clock.seconds)
    return clock.seconds


def _score(orders: "pd.DataFrame", day: "pd.Timestamp") -> "pd.DataFrame":
    last = orders.groupby("customer_id")["placed_on"].max()
    recent = orders[orders["placed_on"] >= day - pd.Timedelta(days=365)]
    period = recent.groupby("customer_id")["spend"].agg(["size", "sum"])
    found = last.to_frame("last_on").join(period).fillna(0)
    age = (day - found["last_on"]).dt.days
    found["size"] = found["size"].astype(int)
    r = pd.cut(age, [-1, 30, 60, 90, 180, 10**6], labels=[5, 4, 3, 2, 1]).astype(int)
    f = pd.cut(found["size"], [-1, 1, 3, 7, 11, 10**9], labels=[1, 2, 3, 4, 5]).astype(int)
    edges = [-(10.0**12), 50, 150, 300, 500, 10.0**12]
    m = pd.cut(found["sum"], edges, right=False, labels=[1, 2, 3, 4, 5]).astype(int)
    found["r"], found["f"], found["m"] = r, f, m
    found["code"] = 100 * r + 10 * f + m
    found["score"] = ((r + f + m) / 3).round(4)
    return found.reset_index().assign(segment="", previous="", changed_at=None)


def _full(report: Report, day: date) -> float:
    _settings("fixed")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE segments_rfmscore, segments_membership, segments_scorerun CASCADE")
    with timed() as first:
        services.compute_rfm(as_of=day, at=_noon(day), is_full=True)
    report.seconds("full pass, nobody scored before", first.seconds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE segments_rfmscore, segments_membership")
    with timed() as again:
        services.compute_rfm(as_of=day, at=_noon(day), is_full=True)
    report.seconds("full pass, everybody scored before", again.seconds)
    return first.seconds


def _daily(report: Report, day: date, full: float) -> None:
    following = day + timedelta(days=1)
    _roll(report, following)
    with timed() as passing:
        services.compute_rfm(at=_noon(following))
    report.seconds("daily pass, only time moved", passing.seconds)
    report.ratio("daily pass, only time / full", passing.seconds, full, at_most=0.1)
    _change(report, following)
    with timed() as changed:
        services.compute_rfm(at=_noon(following))
    report.seconds(f"daily pass, {CHANGED:,} customers changed", changed.seconds)
    report.ratio("daily pass, changed / full", changed.seconds, full, at_most=0.2)


def _ranks(report: Report, day: date) -> None:
    _settings("quintiles")
    start = day + timedelta(days=2)
    _roll(report, start)
    with timed() as full:
        services.compute_rfm(at=_noon(start), is_full=True)
    report.seconds("quintiles: full pass", full.seconds)
    _roll(report, start + timedelta(days=1))
    with timed() as passing:
        services.compute_rfm(at=_noon(start + timedelta(days=1)))
    report.ratio("quintiles: daily, only time / full", passing.seconds, full.seconds, at_most=0.2)
    _settings("fixed")


def _roll(report: Report, day: date) -> None:
    """Move the numbers to `day`, as the night's first job does before every daily pass."""
    with timed() as rolling, transaction.atomic(), connection.cursor() as cursor:
        rollups.roll(cursor, on=day)
    report.seconds("rolling everybody's numbers over midnight", rolling.seconds)


def _change(report: Report, day: date) -> None:
    """Give 50,000 customers one more order through the ingest, as an import would."""
    known = CustomerIdentity.objects.filter(source="csv").order_by("customer_id")
    orders = [
        OrderRecord(
            external_id=f"{day}-{person}",
            person=person,
            placed_at=_noon(day),
            source_at=_noon(day),
            items_total=Decimal(20),
            total=Decimal(20),
        )
        for person in known.values_list("external_id", flat=True)[:CHANGED]
    ]
    with timed() as landing:
        ingest(orders, how=Ingest(source="csv", today=day))
    report.seconds(f"their {len(orders):,} orders through the ingest", landing.seconds)


def _settings(method: str) -> None:
    settings = RfmSettings.current()
    settings.method = method
    settings.save()


def _noon(day: date) -> Any:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
