"""Engagement by hand: every limit of every component, every band's edge."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from segments.models import EngagementScore
from segments.scoring.engagement.parameters import COMPONENTS, read
from tests.commerce.factories import CustomerFactory, OrderFactory
from tests.segments.scoring.conftest import NOW, TODAY, Product


def points(customer):
    row = EngagementScore.objects.get(customer=customer)
    return row.recency, row.frequency, row.depth, row.breadth


def spread(days):
    """So many active days within the last 28."""
    return range(days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, 100), (1, 80), (6, 80), (7, 50), (27, 50), (28, 20), (90, 20), (91, 0), (400, 0)],
)
def test_recency_has_its_points_to_the_day(product, user, days, expected):
    product.does(user, "session", days)

    product.score()

    assert points(user)[0] == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [(1, 30), (3, 30), (4, 60), (11, 60), (12, 80), (23, 80), (24, 100), (28, 100)],
)
def test_frequency_counts_active_days_of_28(product, user, days, expected):
    product.does(user, "session", *spread(days))
    product.does(user, "session", *spread(days))  # twice a day is one active day

    product.score()

    assert points(user)[1] == expected


def test_nobody_active_in_28_days_has_the_points_of_less_than_monthly(product, user):
    product.does(user, "session", 28)

    product.score()

    assert points(user) == (20, 10, 0, 0)


@pytest.mark.parametrize(
    ("sessions", "actions", "expected"),
    [
        (2, 1, 0),
        (1, 1, 10),
        (2, 3, 10),
        (1, 2, 40),
        (2, 9, 40),
        (1, 5, 70),
        (2, 19, 70),
        (1, 10, 100),
        (0, 2, 40),  # two actions on one day, no session told: the day stands for it
    ],
)
def test_depth_is_actions_a_session(product, user, sessions, actions, expected):
    product.does(user, "session", *[3] * sessions)
    product.does(user, "item_created", *[3] * actions)

    product.score()

    assert points(user)[2] == expected


@pytest.mark.parametrize(
    ("used", "expected"),
    [(1, 20), (24, 20), (25, 40), (49, 40), (50, 70), (79, 70), (80, 100), (100, 100)],
)
def test_breadth_is_the_share_of_features_that_anybody_used(product, user, used, expected):
    everything = CustomerFactory()
    for number in range(100):
        product.does(everything, "feature_used", 5, feature=f"f{number}")
    for number in range(used):
        product.does(user, "feature_used", 90, feature=f"f{number}")

    product.score()

    assert points(user)[3] == expected


def test_features_of_more_than_90_days_ago_are_no_features(product, user):
    product.does(user, "feature_used", 91, feature="old")
    product.does(user, "feature_used", 1, feature="new")

    product.score()

    assert points(user)[3] == 100


def test_the_score_is_the_weighted_sum(product, user):
    product.does(user, "session", *spread(12))  # recency 100, frequency 80
    product.does(user, "feature_used", *[1] * 60, feature="boards")  # depth 5 a session: 70

    product.score()

    row = EngagementScore.objects.get()
    # 0.30 × 100 + 0.30 × 80 + 0.25 × 70 + 0.15 × 100
    assert (points(user), row.score, row.band) == (
        (100, 80, 70, 100),
        Decimal("86.50"),
        "champion",
    )


def test_weights_need_not_sum_to_one(product, user):
    product.set(
        "engagement", weight_recency=2, weight_frequency=1, weight_depth=0, weight_breadth=0
    )
    product.does(user, "session", 3)  # 80 and 30

    product.score()

    assert EngagementScore.objects.get().score == Decimal("63.33")


@pytest.mark.parametrize(
    ("reached", "band"),
    [
        (100, "champion"),
        (80, "champion"),
        (79, "engaged"),
        (60, "engaged"),
        (59, "casual"),
        (40, "casual"),
        (39, "at_risk"),
        (20, "at_risk"),
        (19, "churning"),
        (0, "churning"),
    ],
)
def test_bands_have_no_gaps(product, user, reached, band):
    alone = {f"weight_{name}": int(name == "recency") for name in COMPONENTS}
    product.set("engagement", recency_points=[reached, 0, 0, 0, 0], **alone)
    product.does(user, "session", 0)

    product.score()

    row = EngagementScore.objects.get()
    assert (row.score, row.band) == (Decimal(reached), band)


def test_a_score_between_two_whole_numbers_belongs_to_the_lower_band(product, user):
    # 79.50: below 80, so not a champion.
    product.set(
        "engagement", weight_recency=1, weight_frequency=1, weight_depth=0, weight_breadth=0,
        recency_points=[100, 0, 0, 0, 0], frequency_points=[59, 59, 59, 59, 59],
    )  # fmt: skip
    product.does(user, "session", 0)

    product.score()

    row = EngagementScore.objects.get()
    assert (row.score, row.band) == (Decimal("79.50"), "engaged")


def test_who_was_never_active_has_no_score(product, user):
    product.does(user, "email_opened", 1)

    product.score()

    assert not EngagementScore.objects.exists()


def test_who_is_left_out_has_no_score(product, user):
    product.does(user, "session", 1)
    user.left_out_as = "staff"
    user.save()

    product.score()

    assert not EngagementScore.objects.exists()


def test_a_shop_without_sessions_reads_orders_and_letters(tenant):

    shop, customer, reader = Product(), CustomerFactory(), CustomerFactory()
    for days in (0, 1, 2):
        OrderFactory(customer=customer, placed_at=NOW - timedelta(days=days), items_count=5)
    shop.does(customer, "email_opened", 3)
    shop.does(reader, "email_opened", 20)

    shop.score()

    assert points(customer) == (100, 60, 70, 0)  # today, four days, 15 items in 3 orders
    assert points(reader) == (50, 30, 0, 0)


def test_a_component_can_read_an_event_of_the_merchants_choice(product, user):
    product.set("engagement", recency_source="event:login", frequency_source="event:login")
    product.does(user, "session", 0)
    product.does(user, "login", 10, 11)

    product.score()

    row = EngagementScore.objects.get()
    assert (row.last_on, row.active_days, points(user)[:2]) == (
        TODAY.replace(day=20),
        2,
        (50, 30),
    )


@pytest.mark.parametrize(
    ("wrong", "box"),
    [
        ({"weight_depth": "much"}, "weight_depth"),
        ({"weight_depth": -1}, "weight_depth"),
        ({"weight_depth": "NaN"}, "weight_depth"),
        ({"bands": [80, 80, 40, 20]}, "bands"),
        ({"bands": [80, 60]}, "bands"),
        ({"recency_limits": [6, 0, 27, 90]}, "recency_limits"),
        ({"depth_points": [101, 0, 0, 0, 0]}, "depth_points"),
        ({"breadth_source": "nothing"}, "breadth_source"),
        ({f"weight_{name}": 0 for name in COMPONENTS}, "weight_recency"),
    ],
)
def test_a_wrong_number_is_refused_at_its_box(tenant, wrong, box):
    with pytest.raises(ValidationError) as refused:
        read(wrong)

    assert list(refused.value.message_dict) == [box]
