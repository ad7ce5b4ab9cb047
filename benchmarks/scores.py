"""Part `scores`: engagement, PQL and lifecycle beside RFM, all of them and day by day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from benchmarks import event_filling, merchant
from benchmarks.measure import Report, timed
from commerce import rollups
from commerce.models import StaleCustomer
from segments import services
from segments.scoring.beside.run import compute_scores
from tenants.schema import connection

TABLES = (
    *("segments_rfmscore", "segments_engagementscore", "segments_pqlscore"),
    *("segments_lifecyclestage", "segments_membership", "segments_scorerun"),
)


def measure(folder: Path, report: Report) -> None:
    """Time a first pass, one over everybody, and the days after it."""
    with merchant.inside():
        event_filling.fill(report)
        with transaction.atomic(), connection.cursor() as cursor:
            day = rollups.stand_at(cursor, on=services.local_today())
            cursor.execute(f"TRUNCATE {', '.join(TABLES)} CASCADE")
        StaleCustomer.objects.all()._raw_delete("default")  # type: ignore[attr-defined]
        _both(report, day, "nobody scored before")
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
        full = _both(report, day, "everybody scored before")
        _days(report, day, full=full)


def _both(report: Report, day: date, what: str) -> float:
    """Pass over everybody, RFM and the scores beside it; return the seconds of the latter."""
    with timed() as rfm:
        services.compute_rfm(as_of=day, at=_noon(day), is_full=True)
    report.seconds(f"RFM, {what}", rfm.seconds)
    with timed() as beside:
        compute_scores(at=_noon(day), is_full=True)
    report.seconds(f"engagement, PQL and lifecycle, {what}", beside.seconds)
    report.ratio("engagement, PQL and lifecycle / RFM", beside.seconds, rfm.seconds, at_most=2)
    return beside.seconds


def _days(report: Report, day: date, *, full: float) -> None:
    for following in (day + timedelta(days=1), day + timedelta(days=2)):
        with timed() as rolling, transaction.atomic(), connection.cursor() as cursor:
            rollups.roll(cursor, on=following)
        report.seconds("everybody's numbers rolled over midnight, use included", rolling.seconds)
        services.compute_rfm(at=_noon(following))
        with timed() as daily:
            compute_scores(at=_noon(following))
        report.seconds("engagement, PQL and lifecycle, the day's pass", daily.seconds)
        report.ratio("the day's pass / everybody", daily.seconds, full, at_most=0.1)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
