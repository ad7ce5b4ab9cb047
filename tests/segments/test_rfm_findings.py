"""What is read from scores: reports, movement, previews, hints, suggested weights."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from commerce.models import StaleCustomer
from segments import services
from segments.models import RfmScore, RfmSettings, ScoreChange, ScoreRun
from segments.scoring.rfm.definition import read_definition
from segments.scoring.rfm.hints import compare_with_industry, find_hints, warn
from segments.scoring.rfm.methods import METHODS
from segments.scoring.rfm.movement import Move, movement_between, movement_of_last_run
from segments.scoring.rfm.preview import Size, preview
from segments.scoring.rfm.report import HeatCell, read_report
from segments.scoring.rfm.weights import Past, rank_correlation, suggest_weights
from tenants import jobs
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
TODAY = NOW.date()


def buy(days_ago, spend="20.00", customer=None, orders=1):
    customer = customer or CustomerFactory()
    for _ in range(orders):
        placed = NOW - timedelta(days=days_ago)
        OrderFactory(customer=customer, placed_at=placed, total=Decimal(spend))
    return customer


def compute(days_later=0, **choices):
    definition = read_definition(RfmSettings(**choices))
    return services.compute_rfm(definition, at=NOW + timedelta(days=days_later))


def test_a_report_counts_shares_and_means(tenant):
    buy(1, "50.00", orders=2)
    buy(3, "100.00")
    buy(365, "100.00")

    report = read_report(compute(map_key="grid_6"))

    rows = {row.key: row for row in report.rows}
    new = rows["new"]
    assert (new.customers, new.share, new.revenue) == (2, 2 / 3, Decimal("200.00"))
    assert new.revenue_share == 2 / 3
    assert (new.average_spend, new.average_orders) == (Decimal("100.00"), Decimal("1.5"))
    assert new.average_recency == Decimal("2.0")
    assert rows["champions"].customers == 0
    assert (report.customers, report.revenue) == (3, Decimal("300.00"))
    assert report.heat == [
        HeatCell(1, 1, 1, Decimal("100.00"), 1 / 3),
        HeatCell(5, 1, 1, Decimal("100.00"), 1 / 3),
        HeatCell(5, 2, 1, Decimal("100.00"), 1 / 3),
    ]


def test_a_report_of_an_empty_store_is_empty(tenant):
    report = read_report(compute())

    assert (report.customers, report.revenue, report.heat) == (0, Decimal(0), [])
    assert {row.customers for row in report.rows} == {0}


def test_movement_counts_each_customer_from_where_they_started(tenant):
    buy(90, "60.00")
    compute()
    compute(1)
    compute(91)

    found = movement_between(TODAY, TODAY + timedelta(days=91))

    assert ScoreChange.objects.count() == 2
    assert found.moves == [Move("about_to_sleep", "lost", 1, Decimal("60.00"))]
    assert found.total("fell") == (1, Decimal("60.00"))
    assert found.total("rose") == (0, Decimal(0))
    assert (found.net("lost"), found.net("about_to_sleep")) == (1, -1)
    last = movement_of_last_run()
    assert last is not None
    assert last.moves == [Move("hibernating", "lost", 1, Decimal("60.00"))]


def test_a_customer_who_comes_is_neither_risen_nor_fallen(tenant):
    compute()
    late = buy(-1)
    StaleCustomer.objects.create(
        consumer="rfm", customer_id=late.pk, facts="orders", cause="import"
    )

    compute(1)

    assert ScoreChange.objects.get().cause == "import"
    found = movement_between(TODAY, TODAY + timedelta(days=1))
    assert [move.direction for move in found.moves] == ["came"]


def test_a_preview_counts_and_writes_nothing(tenant):
    buy(1, "700.00")
    buy(200)
    compute()
    before = list(RfmScore.objects.values())

    found = preview(read_definition(RfmSettings(map_key="grid_6")), as_of=TODAY)

    assert found.before == {
        "promising": Size(1, Decimal("700.00")),
        "lost": Size(1, Decimal("20.00")),
    }
    assert found.after == {
        "new": Size(1, Decimal("700.00")),
        "hibernating": Size(1, Decimal("20.00")),
    }
    assert found.moves == {("promising", "new"): 1, ("lost", "hibernating"): 1}
    assert (found.moved, found.recoded, found.entering, found.leaving) == (2, 0, 0, 0)
    assert list(RfmScore.objects.values()) == before
    assert ScoreRun.objects.count() == 1


def test_a_preview_sees_who_would_no_longer_be_scored(tenant):
    buy(1)
    buy(200)
    compute()

    found = preview(read_definition(RfmSettings(exclude_first_days=30)), as_of=TODAY)

    assert (found.entering, found.leaving, found.moved) == (0, 1, 1)


@pytest.mark.parametrize(
    ("customers", "days", "said"),
    [(500, 180, []), (499, 180, ["small"]), (500, 179, ["small"]), (500, None, [])],
)
def test_ranking_few_customers_or_a_short_time_is_warned_of(customers, days, said):
    found = warn(METHODS["quintiles"], customers=customers, history_days=days)

    assert [hint.key for hint in found] == said
    assert warn(METHODS["fixed"], customers=1, history_days=1) == []


def test_hints_name_what_strata_has_checked_itself(tenant):
    for _ in range(5):
        buy(1)
    bring_up_to_date(on=TODAY)

    report = read_report(compute(method="quintiles"))
    found = {
        hint.key: hint
        for hint in find_hints(report, method=METHODS["quintiles"], industry="retail", as_of=TODAY)
    }

    assert set(found) == {
        "small", "levels_recency", "levels_frequency", "levels_money", "one_segment",
        "benchmark", "no_cant_lose", "alike",
    }  # fmt: skip
    assert found["levels_frequency"].title == "Frequency has only one level in your store"
    checked = [remedy for remedy in found["one_segment"].remedies if remedy.checked]
    assert [(remedy.checked, remedy.is_fine) for remedy in checked] == [
        ("Orders run from 2026-06-29 to 2026-06-29.", False),
        ("Of 5 buyers 0 have spent nothing, 0 less than nothing.", True),
    ]


def test_benchmarks_stand_beside_the_own_shares(tenant):
    buy(1, "60.00", orders=12)
    buy(200)

    found = compare_with_industry(read_report(compute()), industry="saas")

    assert [(b.key, b.usual, b.share, b.verdict) for b in found] == [
        ("champions", (10, 15), 50.0, "above"),
        ("loyal", (15, 20), 0.0, "below"),
        ("at_risk", (5, 10), 0.0, "below"),
        ("lost", (15, 25), 50.0, "above"),
    ]


def test_rank_correlation_is_one_for_the_same_order_and_minus_one_for_the_reverse():
    one = Decimal(1)
    same = [Past((1, 1, 1), 1, 2), Past((2, 2, 2), 1, 4), Past((3, 3, 3), 1, 6)]
    other = [Past((1, 1, 1), 1, 6), Past((2, 2, 2), 1, 4), Past((3, 3, 3), 1, 2)]

    assert rank_correlation((one, one, one), same, squares=56) == pytest.approx(1)
    assert rank_correlation((one, one, one), other, squares=56) == pytest.approx(-1)
    assert rank_correlation((one, one, one), same[:1], squares=4) == 0


def test_weights_that_foretold_spend_come_first(tenant):
    for number in range(100):
        money = "600.00" if number % 2 else "20.00"
        customer = buy(100 + number % 30, money)
        if number % 2:
            buy(10, "50.00", customer)

    found = suggest_weights(read_definition(RfmSettings()), as_of=TODAY)

    assert {entry.key for entry in found} == {
        "balanced", "subscription", "b2b", "repeat_purchase", "fitted",
    }  # fmt: skip
    best = found[0]
    assert best.correlation == pytest.approx(1.0, abs=0.01)
    assert [entry.correlation for entry in found] == sorted(
        (entry.correlation for entry in found), reverse=True
    )


def test_too_few_customers_get_no_suggestion(tenant):
    buy(100)

    assert suggest_weights(read_definition(RfmSettings()), as_of=TODAY) == []


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"recency": [30, 60, 60, 180]}, "Each number must be larger than the one before"),
        ({"frequency": [12, 8, "x", 2]}, "“x” is not a number."),
        ({"frequency": [12, 8, 4.5, 2]}, "4.5 is not a whole number."),
        ({"money": [500, 300, 150]}, "Give four numbers"),
        ({"money": [500, 300, 150, -1]}, "-1 is below zero."),
        ({"money": [500, 300, "NaN", 1]}, "“NaN” is not a number."),
        ({"money": ["1e999999", 300, 150, 1]}, "is more than a million million"),
        ({"money": [500, 300, 150, "0.001"]}, "0.001 has more than two decimal places"),
    ],
)
def test_wrong_thresholds_are_refused_in_words(parameters, said):
    with pytest.raises(ValidationError, match=said):
        METHODS["custom"].clean(parameters)


def test_saved_settings_start_a_full_pass(tenant, django_capture_on_commit_callbacks):
    settings = RfmSettings.current()
    settings.method = "quintiles"

    run = services.save_rfm_settings(settings, by=None)

    assert RfmSettings.current().method == "quintiles"
    assert (run.job, run.params) == ("rfm", {"full": True})
    assert jobs.latest("rfm") == run


def test_refused_settings_are_not_saved(tenant):
    settings = RfmSettings.current()
    settings.map_key = "treasure"

    with pytest.raises(ValidationError):
        services.save_rfm_settings(settings, by=None)

    assert RfmSettings.current().map_key == "standard_11"
    assert jobs.latest("rfm") is None


def test_a_change_of_one_customer_is_followed_without_the_others(tenant):
    first, second = buy(50), buy(50)
    compute()
    buy(0, "700.00", first)
    buy(0, "700.00", second)
    StaleCustomer.objects.create(consumer="rfm", customer_id=first.pk, facts="orders", cause="data")

    run = compute()

    assert (run.is_full, run.customers_touched) == (False, 1)
    assert ScoreChange.objects.get().customer == first
    assert ScoreChange.objects.get().cause == "data"
    assert not StaleCustomer.objects.filter(consumer="rfm").exists()


def test_a_mark_on_everybody_makes_a_full_pass_with_its_cause(tenant):
    buy(50)
    compute()
    StaleCustomer.objects.create(
        consumer="rfm", customer_id=None, facts="orders", cause="order_policy"
    )

    run = compute()

    assert (run.is_full, run.cause) == (True, "order_policy")
