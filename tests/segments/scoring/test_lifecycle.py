"""The lifecycle by hand: every edge of both sets, first match wins, stages are segments."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from commerce import usages
from segments.models import LifecycleStage, Membership, MembershipChange, ScoreChange, Segment
from segments.scoring.lifecycle.parameters import read
from tests.commerce.factories import CustomerFactory, OrderFactory
from tests.segments.scoring.conftest import NOW, TODAY


def stage(customer):
    return LifecycleStage.objects.get(customer=customer).stage


def buy(customer, *days_ago):
    for days in days_ago:
        OrderFactory(customer=customer, placed_at=NOW - timedelta(days=days))


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([], "prospect"),
        ([0], "new"),
        ([30], "new"),
        ([31], "active"),
        ([0, 31], "active"),
        ([60, 400], "active"),
        ([61], "at_risk"),
        ([180, 400], "at_risk"),
        ([181], "lapsed"),
        ([999], "lapsed"),
    ],
)
def test_a_shops_stages_end_where_they_say(product, user, orders, expected):
    buy(user, *orders)

    product.score()

    assert stage(user) == expected


@pytest.fixture
def app(product):
    """A product with everything the stages ask for."""
    product.set("lifecycle", set="product_led")
    product.know(
        *("subscription_cancelled", "subscription_started", "trial_started", "value_moment"),
        *("onboarding_completed", "feature_used", "aha_moment", "signed_up"),
    )
    product.attribute("plan")
    product.attribute("mrr", "money")
    return product


def signed_up(customer, days_ago, **attributes):
    customer.customer_since = NOW - timedelta(days=days_ago)
    customer.attributes = attributes
    customer.save()


@pytest.mark.parametrize(("days", "expected"), [(0, "churned"), (90, "churned"), (91, "other")])
def test_who_cancelled_is_churned_for_90_days(app, user, days, expected):
    signed_up(user, 400)
    app.does(user, "subscription_cancelled", days)

    app.score()

    assert stage(user) == expected


def test_who_comes_back_is_churned_no_more(app, user):
    signed_up(user, 400)
    app.does(user, "subscription_cancelled", 20)
    app.does(user, "subscription_started", 10)

    app.score()

    assert stage(user) == "other"


def test_two_weeks_of_decline_are_a_stage(app, user):
    signed_up(user, 400)
    for week, sessions in enumerate((1, 2, 4, 5)):
        app.does(user, "session", *[7 * week + 2] * sessions)

    app.score()

    assert stage(user) == "declining"


@pytest.mark.parametrize(("left", "expected"), [(9, "trial"), (0, "trial"), (-1, "other")])
def test_a_trial_lasts_to_its_last_day(app, user, left, expected):
    signed_up(user, 40)
    app.does(user, "trial_started", 14, ends_on=str(TODAY + timedelta(days=left)))

    app.score()

    assert stage(user) == expected


@pytest.mark.parametrize(
    ("days", "did", "expected"),
    [
        (0, (), "new_signup"),
        (1, (), "new_signup"),
        (2, (), "onboarding"),
        (7, (), "onboarding"),
        (8, (), "other"),
        (1, ("feature_used",), "new_signup"),
        (2, ("feature_used",), "other"),
        (1, ("onboarding_completed",), "other"),
    ],
)
def test_the_first_week_has_two_stages(app, user, days, did, expected):
    signed_up(user, days)
    for name in did:
        app.does(user, name, 0)

    app.score()

    assert stage(user) == expected


@pytest.mark.parametrize(("features", "expected"), [(9, "other"), (10, "power_user")])
def test_power_users_score_80_with_ten_features(app, user, features, expected):
    signed_up(user, 20)
    app.does(user, "session", *range(24))
    for number in range(features):
        app.does(user, "feature_used", *[1] * 30, feature=f"f{number}")

    app.score()

    assert stage(user) == expected


@pytest.mark.parametrize(
    ("since", "active", "moments", "expected"),
    [(31, 6, 3, "engaged"), (30, 6, 3, "other"), (31, 7, 3, "other"), (31, 6, 2, "other")],
)
def test_engaged_are_active_after_a_month_with_three_moments(
    app, user, since, active, moments, expected
):
    signed_up(user, since)
    app.does(user, "session", active)
    app.does(user, "value_moment", *[20] * moments)

    app.score()

    assert stage(user) == expected


@pytest.mark.parametrize(
    ("plan", "mrr", "expected"),
    [("pro", 1, "paying"), ("pro", 0, "other"), ("free", 9, "other"), ("Enterprise", 5, "paying")],
)
def test_a_paid_plan_pays(app, user, plan, mrr, expected):
    signed_up(user, 400, plan=plan, mrr=mrr)

    app.score()

    assert stage(user) == expected


@pytest.mark.parametrize(("days", "expected"), [(30, "activated"), (31, "other")])
def test_who_reached_the_aha_moment_is_activated_for_a_month(app, user, days, expected):
    signed_up(user, days)
    app.does(user, "aha_moment", 5)

    app.score()

    assert stage(user) == expected


def test_the_first_matching_stage_wins(app, user):
    # Trial and paying and activated, all at once.
    signed_up(user, 10, plan="pro", mrr=5)
    app.does(user, "aha_moment", 5)
    app.does(user, "trial_started", 5)

    app.score()

    assert stage(user) == "trial"


def test_every_stage_is_a_segment_with_its_members(product, user):
    buyer = CustomerFactory()
    buy(buyer, 3)

    product.score()

    found = Segment.objects.filter(kind="lifecycle").values_list("key", "members_count")
    assert dict(found) == {"prospect": 1, "new": 1, "active": 0, "at_risk": 0, "lapsed": 0}
    members = Membership.objects.values_list("segment__key", "customer")
    assert set(members) == {("prospect", user.pk), ("new", buyer.pk)}
    assert not MembershipChange.objects.exists()  # a first computation


def test_who_moves_has_one_row_in_each_ledger(product, user):
    buy(user, 30)
    product.score()

    product.score(days_later=1)

    change = ScoreChange.objects.get()
    assert (change.model, change.from_key, change.to_key) == ("lifecycle", "new", "active")
    assert (change.cause, change.on) == ("score", TODAY + timedelta(days=1))
    rows = MembershipChange.objects.order_by("entered")
    assert [(row.segment.key, row.entered, row.cause) for row in rows] == [
        ("new", False, "score"),
        ("active", True, "score"),
    ]
    moved = LifecycleStage.objects.get()
    assert (moved.stage, moved.previous_stage) == ("active", "new")


def test_a_stage_that_is_gone_freezes_its_segment(product, user):
    product.score()
    stages = [{"key": "prospect"}, {"key": "rest", "label": "Rest"}]
    product.set("lifecycle", stages=stages)

    product.score()

    frozen = Segment.objects.get(kind="lifecycle", key="new")
    assert frozen.state == "needs_attention"
    assert set(Segment.objects.filter(state="active").values_list("key", flat=True)) == {
        "prospect",
        "rest",
    }


def test_the_last_stage_takes_everybody_else(product, user):
    never = {"field": "total_orders", "operator": "gte", "value": 99}
    product.set(
        "lifecycle",
        stages=[
            {"key": "a", "label": "A", "rule": never},
            {"key": "b", "label": "B", "rule": never},
        ],
    )

    product.score()

    assert stage(user) == "b"


@pytest.mark.parametrize("field", ["lifecycle_stage", "previous_lifecycle_stage"])
def test_a_stage_cannot_ask_for_stages(tenant, field):
    rule = {"field": field, "operator": "eq", "value": "new"}

    with pytest.raises(ValidationError) as refused:
        read({"stages": [{"key": "a", "label": "A", "rule": rule}, {"key": "b", "label": "B"}]})

    assert "itself" in refused.value.message_dict["stage-a-rule"][0]


def test_an_attribute_that_a_stage_of_ones_own_reads_is_in_use(product):
    product.attribute("plan")
    rule = {"field": "attr.plan", "operator": "eq", "value": "pro"}
    assert usages.uses_of("plan") == []

    product.set("lifecycle", stages=[{"key": "a", "label": "A", "rule": rule}, {"key": "lapsed"}])

    assert [name for _, name, _ in usages.uses_of("plan")] == ["Lifecycle: A"]
