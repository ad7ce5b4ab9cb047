"""PQL by hand: groups, weights, multipliers, the threshold; which rules may be asked."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from commerce.models import EventName
from segments.models import PqlScore, ScoreRun, Segment
from segments.scoring.beside.run import compute_scores
from segments.scoring.pql.parameters import read
from segments.scoring.pql.points import band_of, outcome
from tests.segments.scoring.conftest import NOW, TODAY

BEHAVIOUR = (
    *("onboarding_completed", "aha_moment", "premium_feature_used", "invite_sent"),
    *("tool_integrated", "item_created"),
)
BUYING = ("pricing_page_viewed", "upgrade_clicked", "sales_content_opened")
URGENT = ("trial_started", "competitor_compared")


@pytest.fixture
def told(product):
    """A store that has data for every signal the source names."""
    product.know(*BEHAVIOUR, *BUYING, *URGENT)
    product.attribute("company_size", "number")
    product.attribute("industry")
    product.attribute("job_title")
    return product


def shown(told, *keys):
    """Return the outcome of showing these signals and no others."""
    parameters = read({})
    places = {signal["key"]: place for place, signal in enumerate(parameters["signals"])}
    return outcome(parameters, sum(1 << places[key] for key in keys))


ALL_BEHAVIOUR = (
    *("completed_onboarding", "reached_aha_moment", "used_premium_feature"),
    *("invited_team_member", "integrated_tool", "daily_active_user", "created_items"),
)
ALL_FIT = ("company_size_fit", "industry_fit", "job_title_fit")
ALL_BUYING = ("visited_pricing_page", "clicked_upgrade", "engaged_with_sales")


@pytest.mark.parametrize(
    ("keys", "score"),
    [
        ((), "0.00"),
        (("completed_onboarding",), "10.00"),  # 0.60 × 15 ÷ 90 × 100
        (("reached_aha_moment",), "13.33"),  # 0.60 × 20 ÷ 90 × 100
        (("industry_fit",), "7.14"),  # 0.25 × 10 ÷ 35 × 100
        (("clicked_upgrade",), "6.43"),  # 0.15 × 15 ÷ 35 × 100
        (ALL_BEHAVIOUR, "60.00"),
        (ALL_FIT, "25.00"),
        (ALL_BUYING, "15.00"),
        ((*ALL_BEHAVIOUR, *ALL_FIT, *ALL_BUYING), "100.00"),
        (("completed_onboarding", "trial_ending"), "12.00"),
        (("completed_onboarding", "pricing_views"), "11.50"),
        (("completed_onboarding", "competitor_comparison"), "11.00"),
        # 1.2 × 1.15 × 1.1 = 1.518
        (
            ("completed_onboarding", "trial_ending", "pricing_views", "competitor_comparison"),
            "15.18",
        ),
        ((*ALL_BEHAVIOUR, *ALL_FIT, "trial_ending"), "100.00"),  # 102, capped
    ],
)
def test_a_score_is_what_the_source_says(told, keys, score):
    assert shown(told, *keys).score == Decimal(score)


@pytest.mark.parametrize(
    ("score", "band"),
    [("70.00", "qualified"), ("69.99", "not_yet"), ("100", "qualified"), ("0", "not_yet")],
)
def test_seventy_makes_a_lead(told, score, band):
    assert band_of(read({}), Decimal(score)) == band


def test_signals_are_found_in_what_a_user_did_and_is(told, user):
    user.attributes = {"company_size": 10, "industry": "SaaS", "job_title": "Manager"}
    user.save()
    for name in BEHAVIOUR[:-1]:
        told.does(user, name, 5)
    told.does(user, "item_created", *[5] * 10)
    told.does(user, "session", *range(24))
    told.does(user, "upgrade_clicked", 1)
    told.does(user, "trial_started", 8, ends_on=str(TODAY + timedelta(days=7)))

    told.score()

    row = PqlScore.objects.get()
    # 60 + 25 + 0.15 × 15 ÷ 35 × 100 = 91.43; × 1.2, 100 at most
    assert (row.behaviour, row.fit, row.engagement) == (90, 35, 15)
    assert (row.score, row.urgency, row.band) == (Decimal(100), Decimal("1.2"), "qualified")


@pytest.mark.parametrize(("size", "fits"), [(9, 0), (10, 15), (500, 15), (501, 0), (None, 0)])
def test_a_company_of_10_to_500_fits(told, user, size, fits):
    user.attributes = {"company_size": size}
    user.save()

    told.score()

    assert PqlScore.objects.get().fit == fits


@pytest.mark.parametrize(("items", "points"), [(9, 0), (10, 10), (11, 10)])
def test_ten_items_are_a_signal(told, user, items, points):
    told.does(user, "item_created", *[40] * items)

    told.score()

    assert PqlScore.objects.get().behaviour == points


@pytest.mark.parametrize(("ends_in", "urgency"), [(-1, "1"), (0, "1.2"), (7, "1.2"), (8, "1")])
def test_a_trial_that_ends_within_a_week_is_urgent(told, user, ends_in, urgency):
    told.does(user, "trial_started", 5, ends_on=str(TODAY + timedelta(days=ends_in)))

    told.score()

    assert PqlScore.objects.get().urgency == Decimal(urgency)


def test_a_signal_the_store_has_no_data_for_counts_neither_way(product, user):
    product.does(user, "onboarding_completed", 3)

    product.score()

    # Known are onboarding (15) and sessions (10): 0.60 × 15 ÷ 25 × 100
    assert PqlScore.objects.get().score == Decimal("36.00")


def test_a_shop_without_sessions_has_no_leads(tenant, user):
    EventName.objects.all().delete()

    compute_scores(at=NOW)

    assert not PqlScore.objects.exists()
    assert not ScoreRun.objects.filter(model="pql").exists()


def own(rule):
    return {"signals": [{"key": "x", "label": "X", "group": "fit", "worth": 5, "rule": rule}]}


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("pql_score", 10, "itself"),
        ("lifecycle_stage", "new", "Lifecycle"),
        ("segment", "vips", "segments"),
    ],
)
def test_a_rule_that_looks_ahead_is_refused_with_its_place(product, field, value, why):
    Segment.objects.create(name="vips", slug="vips")
    operator = {"pql_score": "gte", "lifecycle_stage": "eq", "segment": "in"}[field]
    ahead = {"field": field, "operator": operator, "value": value}
    seen = {"field": "total_orders", "operator": "gte", "value": 1}
    rule = {"logic": "AND", "rules": [seen, {"logic": "OR", "rules": [seen, ahead]}]}

    with pytest.raises(ValidationError) as refused:
        read(own(rule))

    (told,) = refused.value.message_dict["signal-x-rule"]
    assert why in told
    assert told.endswith("(at rules[1].rules[1].field)")


def test_a_rule_may_ask_for_earlier_scores(product):
    rule = {"field": "engagement_score", "operator": "gte", "value": 80}

    assert read(own(rule))["signals"][0]["rule"]["rules"][0]["field"] == "engagement_score"
