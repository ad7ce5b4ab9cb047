"""Part `segments`: previews, refreshes and explanations at a million customers, beside DuckDB."""

from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from psycopg import sql

from benchmarks import merchant
from benchmarks.columns import Columns
from benchmarks.fifty import fifty_rules
from benchmarks.measure import Report, p95, timed
from benchmarks.questions import QUESTIONS, Question
from commerce import attribute_kinds, rollups
from commerce.ingest import Ingest, OrderRecord, ingest
from commerce.models import AttributeDefinition, CustomerIdentity
from segments import following, services
from segments.audience import clock_at
from segments.definitions import save_segment
from segments.explain import explain
from segments.models import Membership, Segment
from segments.preview import Asked
from segments.refreshing import refresh_segments
from tenants.schema import connection

TIMES = 10
_PLANS = """
UPDATE commerce_customer SET attributes = jsonb_build_object(
    'plan', (ARRAY['free', 'basic', 'pro'])[1 + id % 3], 'mrr', id % 500)
"""


def measure(folder: Path, report: Report) -> None:
    """Time every question a builder, a night and a page ask."""
    with merchant.inside():
        _give_attributes()
        if services.latest_run() is None:
            services.compute_rfm()
        _settle()
        columns = Columns(folder)
        for question in QUESTIONS:
            _preview(report, question, columns)
        segments = _make_fifty(report)
        _refresh(report, segments)
        _one_order(report)
        _one_customer(report, segments)


def _moment() -> datetime:
    """Return an instant of the day the numbers stand at, which other parts may have moved on."""
    noon = datetime.combine(rollups.standing_day() or services.local_today(), time(12), UTC)
    return max(noon, timezone.now())


def _asked(question: Question) -> Asked:
    return Asked(question.rules, asker=None, as_of=_moment())


def _give_attributes() -> None:
    if AttributeDefinition.objects.filter(key="plan").exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(_PLANS)
        cursor.execute("VACUUM ANALYZE commerce_customer")
    attribute_kinds.declare(key="plan", kind="text")
    attribute_kinds.declare(key="mrr", kind="number")


def _settle() -> None:
    """Vacuum what other parts have just written: a minute later the server would have."""
    with connection.cursor() as cursor:
        for table in ("commerce_customermetrics", "commerce_customerhabits", "segments_rfmscore"):
            cursor.execute(sql.SQL("VACUUM ANALYZE {}").format(sql.Identifier(table)))


def _preview(report: Report, question: Question, columns: Columns) -> None:
    today = clock_at(_moment()).today
    count = _asked(question).totals().total
    other = columns.count(question.sql, as_of=today)
    assert count == other, (question.what, count, other)
    found = p95(lambda: _asked(question).totals(), times=TIMES)
    report.add(
        f"preview: {question.what}, p95",
        f"{found:.0f} ms",
        f"<= {question.limit} ms",
        ok=found <= question.limit,
    )
    duck = p95(lambda: columns.count(question.sql, as_of=today), times=TIMES)
    report.add(f"    DuckDB, the same {count:,} customers, p95", f"{duck:.0f} ms")
    if question.nodes_limit:
        nodes = p95(lambda: _asked(question).nodes(), times=TIMES)
        limit = question.nodes_limit
        report.add("    count of each leaf and group, p95", f"{nodes:.0f} ms", f"<= {limit} ms",
                   ok=nodes <= limit)  # fmt: skip


def _make_fifty(report: Report) -> list[Segment]:
    Segment.objects.filter(kind=Segment.Kind.RULES).delete()
    made: list[Segment] = []
    for name, rules in fifty_rules(lambda place: made[place].pk):
        with transaction.atomic():
            made.append(save_segment(name=name, rules=rules, by=None))
    with timed() as first:
        refresh_segments(made, at=_moment(), cause="definition")
    report.seconds("50 segments, members computed for the first time", first.seconds)
    held = Membership.objects.filter(segment__in=made).count()
    report.add("    members of the 50 together", f"{held:,}")
    return made


def _refresh(report: Report, segments: list[Segment]) -> None:
    """Take every hundredth customer out of all segments: the refresh has to bring them back."""
    Membership.objects.filter(segment__in=segments).extra(where=["customer_id %% 100 = 0"]).delete()
    with timed() as clock:
        refresh_segments(segments, at=_moment(), cause="data")
    seconds = clock.seconds
    report.add("50 segments refreshed, 1 % of members changing", f"{seconds:.1f} s", "<= 60 s",
               ok=seconds <= 60)  # fmt: skip


def _one_order(report: Report) -> None:
    """Give somebody an order, and bring all 50 in step: what a webhook sets off."""
    with timed() as clock:
        done = following.follow_marks(at=_moment())
    report.seconds(f"what waited, of anybody: {done} segments followed", clock.seconds)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE commerce_stalecustomer")  # as the server does by itself
    person = CustomerIdentity.objects.filter(source="csv").order_by("pk")[1000].external_id
    now = timezone.now()
    order = OrderRecord(
        external_id=f"one-{now.timestamp()}", person=person, placed_at=now, source_at=now
    )
    ingest([order], how=Ingest(source="csv", today=services.local_today()))
    with timed() as clock:
        done = following.follow_marks(at=_moment())
    seconds = clock.seconds
    report.add(f"one new order: {done} segments followed", f"{seconds:.2f} s", "<= 1 s",
               ok=seconds <= 1)  # fmt: skip


def _one_customer(report: Report, segments: list[Segment]) -> None:
    customer = Membership.objects.filter(segment__in=segments).order_by("-pk")[0].customer_id
    rows = Membership.objects.filter(customer_id=customer).values_list("segment_id")
    found = p95(lambda: list(rows.all()), times=50)
    report.add("segments of one customer, p95", f"{found:.1f} ms", "<= 5 ms", ok=found <= 5)
    slowest = 0.0
    for question in QUESTIONS:
        asked: dict[str, Any] = {"rules": question.rules, "as_of": _moment()}
        took = p95(partial(explain, customer_id=customer, **asked), times=TIMES)
        slowest = max(slowest, took)
    report.add("explain, the slowest of the rules above, p95", f"{slowest:.0f} ms", "<= 100 ms",
               ok=slowest <= 100)  # fmt: skip
