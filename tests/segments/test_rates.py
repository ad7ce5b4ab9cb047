"""Segments that ask to be counted less often than at every change."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import tenant_context
from psycopg import sql

from commerce import stale
from segments import following, rates
from segments.definitions import save_segment
from segments.models import Membership, MembershipChange, Segment, SegmentRefresh, WaitingCause
from segments.refreshing import refresh_segment
from tenants import jobs
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 6, 10, 9, 20, tzinfo=LONDON)  # a Wednesday
SPENDERS = {"field": "total_spent", "operator": "gte", "value": 100}
RECENT = {"field": "last_order_date", "operator": "in_last", "value": "30_days"}


def buy(customer, total, *, at):
    OrderFactory(customer=customer, total=Decimal(total), placed_at=at)
    bring_up_to_date(on=at.astimezone(LONDON).date())


def mark(customer, *, cause="data", facts="orders"):
    with connection.cursor() as cursor:
        ids = sql.SQL("SELECT {}::bigint").format(sql.Literal(customer.pk))
        stale.mark(cursor, ids, facts=facts, cause=cause)


def made(name, rules=SPENDERS, rate="change", *, at=NOW):
    segment = save_segment(name=name, rules=rules, by=None)
    Segment.objects.filter(pk=segment.pk).update(refresh_rate=rate)
    segment.refresh_from_db()
    refresh_segment(segment, at=at, cause="definition")
    return segment


def of(segment, operator="in"):
    return {"field": "segment", "operator": operator, "value": [segment.pk]}


def members(segment):
    return set(Membership.objects.filter(segment=segment).values_list("customer_id", flat=True))


@pytest.fixture
def ada(tenant):
    person = CustomerFactory()
    buy(person, 20, at=NOW - timedelta(days=1))
    return person


@pytest.mark.parametrize(
    ("rate", "after", "due"),
    [
        ("change", NOW, None),
        ("hourly", NOW, NOW.replace(hour=10, minute=0)),
        ("daily", NOW, NOW.replace(day=11, hour=4, minute=0)),
        ("daily", NOW.replace(hour=3), NOW.replace(hour=4, minute=0)),
        ("weekly", NOW, NOW.replace(day=15, hour=4, minute=0)),
        ("weekly", NOW.replace(day=15, hour=3), NOW.replace(day=15, hour=4, minute=0)),
        # The day on which clocks go forward has 23 hours; four in the morning stays four.
        (
            "daily",
            datetime(2026, 3, 28, 12, tzinfo=LONDON),
            datetime(2026, 3, 29, 4, tzinfo=LONDON),
        ),
    ],
)
def test_the_next_turn_is_a_local_hour_morning_or_monday(tenant, rate, after, due):
    assert rates.next_turn(rate, after=after) == due


def test_a_slower_segment_waits_for_its_turn_and_is_exact_then(ada):
    prompt, slow = made("Prompt"), made("Slow", rate="hourly")
    buy(ada, 90, at=NOW)
    mark(ada)

    following.follow_marks(at=NOW + timedelta(minutes=5))
    following.follow_due(at=NOW + timedelta(minutes=5))
    before = (members(prompt), members(slow))
    following.follow_due(at=NOW + timedelta(minutes=45))

    slow.refresh_from_db()
    assert before == ({ada.pk}, set())
    assert (members(slow), slow.refreshed_at) == ({ada.pk}, NOW + timedelta(minutes=45))


def test_a_segment_that_waited_tells_why_its_customers_moved(ada):
    imported = CustomerFactory()
    slow = made("Slow", rate="daily")
    buy(ada, 90, at=NOW)
    buy(imported, 200, at=NOW)
    mark(ada)
    mark(imported, cause="import")
    following.follow_marks(at=NOW + timedelta(minutes=5))
    mark(imported)  # an order of their own, later: what was imported still sets off nothing
    following.follow_marks(at=NOW + timedelta(minutes=9))

    following.follow_due(at=NOW + timedelta(days=1))

    causes = dict(MembershipChange.objects.values_list("customer_id", "cause"))
    assert members(slow) == {ada.pk, imported.pk}
    assert causes == {ada.pk: "data", imported.pk: "import"}


def test_another_policy_outweighs_everything_that_waited(ada):
    made("Slow", rate="daily")
    buy(ada, 90, at=NOW)
    mark(ada)
    with connection.cursor() as cursor:
        stale.mark_all(cursor, facts="orders", cause="order_policy")
    following.follow_marks(at=NOW + timedelta(minutes=5))

    following.follow_due(at=NOW + timedelta(days=1))

    assert MembershipChange.objects.get().cause == "order_policy"


def test_midnight_leaves_a_weekly_segment_alone_until_monday(ada):
    buy(ada, 90, at=NOW)
    weekly, nightly = made("Weekly", RECENT, "weekly"), made("Nightly", RECENT)
    later = datetime(2026, 7, 17, 0, 5, tzinfo=LONDON)  # a Friday, 37 days on
    Segment.objects.update(refreshed_at=later - timedelta(days=1))

    following.follow_time(at=later)
    following.follow_due(at=later)
    assert (members(weekly), members(nightly)) == ({ada.pk}, set())
    following.follow_due(at=datetime(2026, 7, 20, 4, 10, tzinfo=LONDON))

    assert members(weekly) == set()
    assert MembershipChange.objects.get(segment=weekly).cause == "time"


def test_a_slow_segment_read_by_a_faster_one_is_counted_first_and_as_often(ada):
    inner = made("Inner", rate="weekly")
    outer = made("Outer", of(inner, "not_in"))
    assert members(outer) == {ada.pk}
    buy(ada, 90, at=NOW)
    mark(ada)

    following.follow_marks(at=NOW + timedelta(minutes=5))

    assert (members(inner), members(outer)) == ({ada.pk}, set())
    live = following.live_segments()
    assert rates.reader_that_hurries(inner, live=live).pk == outer.pk
    assert rates.dues(live) == {}


def test_at_its_turn_what_a_segment_reads_is_counted_before_it(ada):
    inner = made("Inner", rate="daily")
    outer = made("Outer", of(inner), "daily")
    # The inner one was counted this morning already, before the order; the outer one missed it.
    Segment.objects.filter(pk=inner.pk).update(refreshed_at=NOW)
    Segment.objects.filter(pk=outer.pk).update(refreshed_at=NOW - timedelta(days=1))
    buy(ada, 90, at=NOW)
    mark(ada)
    following.follow_marks(at=NOW)

    following.follow_due(at=NOW + timedelta(minutes=1))

    assert (members(inner), members(outer)) == ({ada.pk}, {ada.pk})


def test_a_faster_rate_counts_what_waited_at_once(ada, django_capture_on_commit_callbacks):
    slow = made("Slow", rate="weekly")
    buy(ada, 90, at=NOW)
    mark(ada)
    following.follow_marks(at=NOW)

    rates.set_rate(slow, "change", by=None)
    run = jobs.live("refresh")
    rows = list(Segment.objects.filter(pk__in=run.params["segments"]))
    following.follow_named(rows, at=NOW, cause=run.params["cause"], progress=None)

    assert members(slow) == {ada.pk}
    assert MembershipChange.objects.get().cause == "data"


def test_a_refresh_by_hand_counts_first_what_lags_behind_beneath(ada):
    inner = made("Inner", rate="weekly")
    outer = made("Outer", of(inner), "weekly")
    buy(ada, 90, at=NOW)

    following.follow_named([outer], at=NOW + timedelta(minutes=1), cause="data", progress=None)

    assert (members(inner), members(outer)) == ({ada.pk}, {ada.pk})


def test_causes_are_forgotten_once_every_slower_segment_has_followed(ada):
    made("Hourly", rate="hourly")
    made("Daily", rate="daily")
    mark(ada)
    following.follow_marks(at=NOW)

    following.follow_due(at=NOW + timedelta(hours=1))
    assert WaitingCause.objects.count() == 1
    following.follow_due(at=NOW + timedelta(days=1))

    assert not WaitingCause.objects.exists()


def test_without_slower_segments_nothing_is_kept_and_nothing_costs_more(ada):
    made("Prompt")
    mark(ada)

    following.follow_marks(at=NOW)
    with CaptureQueriesContext(connection) as asked:
        following.follow_due(at=NOW + timedelta(days=9))

    assert not WaitingCause.objects.exists()
    asked = [query for query in asked if not query["sql"].startswith("SET ")]
    assert len(asked) == 2  # which are live; an empty table emptied


def test_segments_that_wait_cost_no_query_each(ada):
    for number in range(3):
        made(f"Slow {number}", rate="weekly")
    mark(ada)
    with CaptureQueriesContext(connection) as few:
        following.follow_marks(at=NOW)
        following.follow_due(at=NOW)
    for number in range(3, 9):
        made(f"Slow {number}", rate="weekly")
    mark(ada)
    refreshes = SegmentRefresh.objects.count()

    with CaptureQueriesContext(connection) as many:
        following.follow_marks(at=NOW)
        following.follow_due(at=NOW)

    assert len(many) == len(few)
    assert SegmentRefresh.objects.count() == refreshes


def test_only_a_rule_segment_has_a_rate(tenant):
    manual = Segment.objects.create(name="Hand", slug="hand", kind="manual")

    with pytest.raises(ValidationError, match="do not come from rules"):
        rates.set_rate(manual, "weekly", by=None)
    with pytest.raises(ValidationError, match="Choose on change"):
        rates.set_rate(made("Rule"), "yearly", by=None)

    assert set(Segment.objects.values_list("refresh_rate", flat=True)) == {"change"}


def test_the_page_and_the_list_say_when_a_segment_is_due(ada, owner, member):
    segment = made("Slow", rate="weekly")
    due = '<time datetime="2026-06-15T04:00:00+01:00">15 Jun 2026, 04:00</time>'

    page = owner.get(f"/admin/segments/segment/{segment.pk}/change/").content.decode()
    assert f"due again {due}" in page
    assert 'name="rate"' in page
    assert f"Weekly, next {due}" in owner.get("/admin/segments/segment/").content.decode()
    viewer = member("viewer").get(f"/admin/segments/segment/{segment.pk}/change/")
    assert f"due again {due}" in viewer.content.decode()
    assert 'name="rate"' not in viewer.content.decode()


def test_the_page_says_for_whose_sake_a_segment_hurries(ada, owner):
    inner = made("Inner", rate="weekly")
    made("Quick reader", of(inner))

    page = owner.get(f"/admin/segments/segment/{inner.pk}/change/").content.decode()

    assert "Quick reader</a> reads it and is counted more often" in page
    assert "follows every change" in page


def test_the_form_sets_the_rate_and_a_viewer_may_not(ada, owner, member):
    segment = made("Slow")
    act = f"/admin/segments/segment/{segment.pk}/act/"

    refused = member("viewer").post(act, {"action": "rate", "rate": "weekly"})
    segment.refresh_from_db()
    assert (refused.status_code, segment.refresh_rate) == (403, "change")
    owner.post(act, {"action": "rate", "rate": "weekly"})

    segment.refresh_from_db()
    assert segment.refresh_rate == "weekly"


def test_the_api_sets_the_rate_without_a_new_version(ada, owner):
    segment = made("Slow")
    address = f"/api/v1/segments/{segment.pk}/"

    told = owner.patch(address, {"refresh_rate": "daily"}, content_type="application/json")
    wrong = owner.patch(address, {"refresh_rate": "never"}, content_type="application/json")

    assert (told.status_code, wrong.status_code) == (200, 400)
    assert told.json()["refresh_rate"] == "daily"
    assert told.json()["version"] == 1
    assert told.json()["due_at"] == "2026-06-11T04:00:00+01:00"


def test_a_stranger_sets_no_rate(ada, tenant, other_tenant):
    with tenant_context(tenant):
        segment = made("Slow")
    act = f"/admin/segments/segment/{segment.pk}/act/"

    with tenant_context(other_tenant):
        stranger = sign_in(other_tenant, User.objects.create_superuser("stranger"))
        refused = stranger.post(act, {"action": "rate", "rate": "weekly"})

    with tenant_context(tenant):
        segment.refresh_from_db()
    assert refused.status_code == 404
    assert segment.refresh_rate == "change"


def test_on_monday_morning_everything_is_what_a_whole_count_finds(ada):
    """A week of orders under mixed rates and nested rules, without a count by hand."""
    people = [ada, *(CustomerFactory() for _ in range(5))]
    rich = made("Rich", rate="weekly")
    recent = made("Recent", RECENT, "daily")
    both = made("Both", {"logic": "AND", "rules": [of(rich), of(recent)]}, "weekly")
    rest = made("Rest", of(rich, "not_in"), "daily")
    kept = [rich, recent, both, rest]
    for day, person in enumerate(people):
        at = NOW + timedelta(days=day, minutes=7 * day)
        buy(person, 40 * day, at=at)
        mark(person)
        following.follow_marks(at=at)
        following.follow_due(at=at)

    monday = datetime(2026, 6, 15, 4, 20, tzinfo=LONDON)
    bring_up_to_date(on=monday.date())
    following.follow_due(at=monday)

    found = [members(segment) for segment in kept]
    for segment in kept:
        refresh_segment(segment, at=monday, cause="time")
    assert found == [members(segment) for segment in kept]
    assert found[0] == {person.pk for person in people[3:]}
    assert found[2] == found[0]
