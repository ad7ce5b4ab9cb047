"""Samples by type over time, as figures, page and file."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from auditlog.models import LogEntry
from django_tenants.utils import tenant_context

from samples.models import Post, SampleOrder
from samples.stats import Row, stats
from tests.samples.stores import NOON, TODAY, order, take

pytestmark = pytest.mark.usefixtures("tenant")


def sample(name: str, *, days_ago: int, **values):
    at = NOON.replace(month=6, day=30) - timedelta(days=days_ago)
    return order(name, tags=["ugc"], placed_at=at, source_at=at, **values)


def test_each_type_and_month_has_its_own_figures():
    sent = NOON.replace(month=6, day=30)
    take(
        sample("waits", days_ago=20),
        sample("new", days_ago=2),
        sample("quick", days_ago=4, fulfillment_status="fulfilled", fulfilled_at=sent),
        sample("slow", days_ago=8, fulfillment_status="fulfilled", fulfilled_at=sent),
        sample("undated", days_ago=9, fulfillment_status="fulfilled"),
        sample("partly", days_ago=25, fulfillment_status="partial"),
        sample("gone", days_ago=3, cancelled_at=sent),
        sample("older", days_ago=40),
        order("shop", placed_at=sent, channel="TikTok Shop", items_total=Decimal(0)),
    )
    posted = SampleOrder.objects.get(order__external_id="slow").pk
    for link in ("https://a.test/1", "https://a.test/2"):
        Post.objects.create(order_id=posted, link=link, platform="tiktok", posted_on=TODAY)

    found = stats(on=TODAY, periods=2)

    june, may = date(2026, 6, 1), date(2026, 5, 1)
    assert found.rows == [
        Row(may, "ugc", sent=1, late=1),
        Row(may, "tiktok"),
        Row(june, "ugc", sent=6, fulfilled=3, days=6.0, dated=2, posted=1, late=1),
        Row(june, "tiktok", sent=1),
    ]
    assert found.totals["ugc"] == Row(
        may, "ugc", sent=7, fulfilled=3, days=6.0, dated=2, posted=1, late=2
    )


def test_weeks_begin_on_monday():
    take(sample("a", days_ago=0), sample("b", days_ago=2))

    found = stats(on=TODAY, span="week", periods=2)

    sent = [(row.start, row.sent) for row in found.rows if row.kind == "ugc"]
    assert sent == [(date(2026, 6, 22), 1), (date(2026, 6, 29), 1)]


def test_the_page_draws_and_says_the_same(owner):
    take(sample("a", days_ago=0))

    page = owner.get("/admin/samples/stats/")

    assert page.status_code == 200
    assert 'id="samples-chart"' in page.text or "No samples in these" in page.text


def test_the_file_is_the_owners_alone_and_leaves_a_trace(owner, member):
    answer = owner.get("/admin/samples/stats/export/?by=week")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("from,type,sent,fulfilled,days_to_fulfil")
    assert len(lines) == 1 + 12 * 2
    assert LogEntry.objects.filter(additional_data__what="export").count() == 1
    assert member("samples_staff").get("/admin/samples/stats/export/").status_code == 403


def test_a_stranger_sees_nothing_of_ours(tenant, other_tenant):
    with tenant_context(tenant):
        take(sample("a", days_ago=0))

    with tenant_context(other_tenant):
        assert stats(on=TODAY).is_empty
