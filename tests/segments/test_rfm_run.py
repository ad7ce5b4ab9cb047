"""A pass of RFM: numbers, scores, segments, movements, and what must not happen."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django_tenants.utils import tenant_context

from segments import services
from segments.models import (
    Membership,
    MembershipChange,
    RfmScore,
    RfmSettings,
    ScoreChange,
    ScoreRun,
    Segment,
)
from segments.scoring.rfm.definition import read_definition
from tests.commerce.factories import CustomerFactory, EventFactory, OrderFactory, RefundFactory

TODAY = date(2026, 6, 30)
NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def noon(days_ago):
    return NOW - timedelta(days=days_ago)


def buy(customer, days_ago, spend="20.00", **values):
    return OrderFactory(customer=customer, placed_at=noon(days_ago), total=Decimal(spend), **values)


def compute(days_later=0, *, is_full=False, **choices):
    definition = read_definition(RfmSettings(**choices))
    at = NOW + timedelta(days=days_later)
    return services.compute_rfm(definition, at=at, is_full=is_full)


def scored(customer):
    row = RfmScore.objects.get(customer=customer)
    return (TODAY - row.last_order_on).days, row.frequency, row.monetary, row.r, row.f, row.m


@pytest.mark.parametrize(
    ("days", "score"),
    [(0, 5), (30, 5), (31, 4), (60, 4), (61, 3), (90, 3), (91, 2), (180, 2), (181, 1), (365, 1)],
)
def test_recency_bands_end_where_they_say(tenant, days, score):
    customer = CustomerFactory()
    buy(customer, days)

    compute()

    assert scored(customer) == (days, 1, Decimal("20.00"), score, 1, 1)


@pytest.mark.parametrize(
    ("orders", "score"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (7, 3), (8, 4), (11, 4), (12, 5), (13, 5)],
)
def test_frequency_bands_end_where_they_say(tenant, orders, score):
    customer = CustomerFactory()
    for _ in range(orders):
        buy(customer, 5, "1.00")

    compute()

    assert scored(customer) == (5, orders, Decimal(orders), 5, score, 1)


@pytest.mark.parametrize(
    ("spend", "score"),
    [
        ("49.99", 1),
        ("50.00", 2),
        ("149.99", 2),
        ("150.00", 3),
        ("299.99", 3),
        ("300.00", 4),
        ("499.99", 4),
        ("499.9949", 4),
        ("499.995", 5),
        ("500.00", 5),
    ],
)
def test_money_bands_compare_whole_cents(tenant, spend, score):
    customer = CustomerFactory()
    buy(customer, 5, spend)

    compute()

    assert RfmScore.objects.get().m == score
    assert RfmScore.objects.get().monetary == round(Decimal(spend) + Decimal("0.00001"), 2)


def test_a_refund_lowers_spend_on_its_own_day(tenant):
    customer = CustomerFactory()
    old = buy(customer, 400, "900.00")
    buy(customer, 10, "100.00")
    RefundFactory(order=old, refunded_at=noon(5), amount=Decimal("60.00"))

    compute()

    assert scored(customer)[2] == Decimal("40.00")


def test_an_order_beyond_the_period_is_remembered_by_recency_alone(tenant):
    customer = CustomerFactory()
    buy(customer, 366, "900.00")

    compute()

    assert scored(customer) == (366, 0, Decimal(0), 1, 1, 1)


def test_periods_of_frequency_and_money_are_apart(tenant):
    customer = CustomerFactory()
    buy(customer, 20, "30.00")
    buy(customer, 100, "300.00")

    compute(frequency_days=30, money_days=None)

    assert scored(customer) == (20, 1, Decimal("330.00"), 5, 1, 4)


def test_an_order_of_tomorrow_does_not_exist(tenant):
    buy(CustomerFactory(), -1)

    run = compute()

    assert run.customers_scored == 0


def test_product_led_reads_activity_and_sessions(tenant):
    tenant_parameters = {"product_led": {"activity": "login", "frequency_of": "session"}}
    free, paying = CustomerFactory(), CustomerFactory()
    EventFactory(customer=free, name="login", occurred_at=noon(7))
    for _ in range(4):
        EventFactory(customer=free, name="session", occurred_at=noon(30))
    EventFactory(customer=free, name="session", occurred_at=noon(31))
    buy(paying, 14, "0.01")

    compute(method="product_led", frequency_days=30, money_days=None, parameters=tenant_parameters)

    assert scored(free) == (7, 4, Decimal(0), 5, 3, 1)
    assert scored(paying) == (14, 0, Decimal("0.01"), 4, 1, 2)


def test_quartiles_keep_their_scores_and_read_five_on_the_map(tenant):
    for days in (300, 200, 100, 50, 1):
        customer = CustomerFactory()
        for _ in range(300 // days):
            buy(customer, days, "10.00")

    compute(method="quartiles")

    best = RfmScore.objects.get(customer=customer)
    assert (best.r, best.f, best.m, best.code, best.segment) == (4, 4, 4, 555, "champions")


def test_weights_change_the_score_and_not_the_segment(tenant):
    customer = CustomerFactory()
    buy(customer, 1, "60.00")
    compute()
    before = RfmScore.objects.get()

    compute(weight_r=Decimal(2), weight_f=Decimal("0.5"))

    after = RfmScore.objects.get()
    assert (before.score, before.segment) == (Decimal("2.6667"), "new")
    assert (after.score, after.segment) == (Decimal("3.5714"), "new")


@pytest.mark.parametrize(
    "choices",
    [{"exclude_first_days": 20}, {"minimum_orders": 2}, {"minimum_spend": Decimal("20.01")}],
)
def test_excluded_customers_have_no_score(tenant, choices):
    new, old = CustomerFactory(), CustomerFactory()
    buy(new, 20)
    buy(old, 21)
    buy(old, 21)

    compute(**choices)

    assert list(RfmScore.objects.values_list("customer", flat=True)) == [old.pk]


def test_who_is_left_out_merged_or_erased_has_no_score(tenant):
    kept = CustomerFactory()
    for customer in (
        kept,
        CustomerFactory(left_out_as="staff"),
        CustomerFactory(merged_into=kept),
        CustomerFactory(erased_at=NOW),
    ):
        buy(customer, 1)

    run = compute()

    assert run.customers_scored == 1
    assert RfmScore.objects.get().customer == kept


def test_the_first_run_writes_members_but_no_changes(tenant):
    customer = CustomerFactory()
    buy(customer, 1)

    run = compute()

    assert (run.cause, run.is_full) == ("first", True)
    member = Membership.objects.get()
    assert (member.segment.key, member.segment.kind, member.customer) == ("new", "rfm", customer)
    assert member.segment.members_count == 1
    assert Segment.objects.filter(kind="rfm", state="active").count() == 11
    assert not MembershipChange.objects.exists()
    assert not ScoreChange.objects.exists()


def test_time_alone_moves_a_customer_with_one_row_each(tenant):
    customer = CustomerFactory()
    buy(customer, 90, "60.00")
    compute()

    run = compute(1)

    assert (run.is_full, run.customers_touched) == (False, 1)
    row = RfmScore.objects.get()
    assert (row.r, row.segment, row.previous_segment) == (2, "hibernating", "about_to_sleep")
    move = ScoreChange.objects.get()
    assert (move.from_key, move.to_key, move.cause) == ("about_to_sleep", "hibernating", "score")
    changes = MembershipChange.objects.values_list("segment__key", "entered", "cause")
    assert sorted(changes) == [("about_to_sleep", False, "score"), ("hibernating", True, "score")]
    assert Membership.objects.get().segment.key == "hibernating"


def test_a_change_of_settings_is_recorded_as_such(tenant):
    customer = CustomerFactory()
    buy(customer, 40)
    compute()

    run = compute(map_key="grid_6", frequency_days=30)

    assert (run.cause, run.is_full) == ("score_definition", True)
    assert set(ScoreChange.objects.values_list("cause", flat=True)) <= {"score_definition"}


def test_a_segment_the_new_map_lacks_is_frozen(tenant):
    customer = CustomerFactory()
    buy(customer, 1, "700.00")
    compute()
    promising = Segment.objects.get(key="promising")
    assert promising.memberships.count() == 1

    compute(map_key="grid_6")

    promising.refresh_from_db()
    assert promising.state == "needs_attention"
    assert promising.state_reason == (
        "The map “Grid, 6 segments” has no such segment. "
        "Its members stay as they were on 30 Jun 2026."
    )
    assert promising.memberships.count() == 1
    assert Membership.objects.get(segment__key="new").customer == customer


def test_scores_only_names_nobody(tenant):
    buy(CustomerFactory(), 1)

    run = compute(names_segments=False)

    assert RfmScore.objects.get().segment == ""
    assert run.distribution[""]["customers"] == 1
    assert not Segment.objects.exists()


def test_a_given_day_holds_until_the_next_run(tenant):
    buy(CustomerFactory(), 1)
    compute()
    definition = read_definition(RfmSettings())
    services.compute_rfm(definition, as_of=TODAY - timedelta(days=100), at=NOW)
    assert not RfmScore.objects.exists()

    run = compute()

    assert (run.cause, run.customers_scored) == ("score_definition", 1)


def test_a_failed_run_leaves_the_scores_and_says_so(tenant, monkeypatch):
    buy(CustomerFactory(), 1)
    compute()
    before = list(RfmScore.objects.values())

    def break_down(*args, **kwargs):
        raise RuntimeError("no more space")

    monkeypatch.setattr("segments.scoring.rfm.run.tally", break_down)
    buy(CustomerFactory(), 1)
    with pytest.raises(RuntimeError, match="no more space"):
        compute(is_full=True)

    assert list(RfmScore.objects.values()) == before
    assert ScoreRun.objects.filter(error="").count() == 1


def test_the_neighbour_keeps_its_own_scores(tenant, other_tenant):
    with tenant_context(other_tenant):
        theirs = CustomerFactory()
        buy(theirs, 200)
        compute()
        before = list(RfmScore.objects.values())
    with tenant_context(tenant):
        buy(CustomerFactory(), 1)
        compute()

    with tenant_context(other_tenant):
        assert list(RfmScore.objects.values()) == before
        assert ScoreRun.objects.count() == 1
