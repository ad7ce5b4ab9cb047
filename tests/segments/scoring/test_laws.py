"""A daily pass leaves what a full pass leaves, whatever happened and however many days went by."""

import os
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from commerce.models import Customer, Event, Order, StaleCustomer
from segments.models import (
    EngagementScore,
    LifecycleStage,
    Membership,
    MembershipChange,
    PqlScore,
    ScoreChange,
    ScoreRun,
)
from segments.scoring.beside.tallies import keep_months
from tests.commerce.factories import CustomerFactory, EventFactory, OrderFactory
from tests.segments.scoring.conftest import NOW, Product

law = settings(
    max_examples=int(os.environ.get("LAW_EXAMPLES", "10")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
PEOPLE = 4
NAMES = (
    *("session", "feature_used", "item_created", "trial_started", "subscription_cancelled"),
    *("subscription_started", "value_moment", "aha_moment", "pricing_page_viewed", "signed_up"),
    *("onboarding_completed", "email_opened", "invite_sent"),
)
# On the last day of a window, so that one day moves them.
offsets = st.sampled_from(
    [-2, -1, 0, 0, 1, 2, 5, 6, 7, 8, 13, 14, 15, 21, 26, 27, 28, 29, 30, 31, 60, 89, 90, 91, 180]
)
people = st.integers(0, PEOPLE - 1)
events = st.tuples(st.just("event"), people, st.sampled_from(NAMES), offsets, st.integers(0, 2))
orders = st.tuples(st.just("order"), people, offsets, st.sampled_from([None, 1, 30]))
signups = st.tuples(st.just("signup"), people, offsets)
leaves = st.tuples(st.just("left_out"), people, st.sampled_from(["", "staff"]))
changes = st.one_of(events, events, events, orders, signups, leaves)
stories = st.fixed_dictionaries(
    {
        "first": st.lists(changes, min_size=8, max_size=25),
        "steps": st.lists(
            st.tuples(
                st.sampled_from([1, 1, 1, 0, 2, 7, 30]),
                st.lists(changes, max_size=3),
                st.sampled_from(["data", "import"]),
            ),
            min_size=1,
            max_size=3,
        ),
        "set": st.sampled_from(["commerce", "product_led", "product_led"]),
        "source": st.sampled_from(["auto", "auto", "shop", "event:item_created"]),
    }
)


@pytest.fixture(autouse=True)
def each_example_in_acme(tenant):
    return tenant


def change(customers, told):
    """Write one fact; return whom it touches."""
    kind, owner, *values = told
    customer = customers[owner]
    if kind == "event":
        name, days, feature = values
        at = NOW - timedelta(days=days)
        EventFactory(
            customer=customer, name=name, occurred_at=at, properties={"feature": f"f{feature}"}
        )
    elif kind == "order":
        days, until = values
        placed = NOW - timedelta(days=days)
        ends = placed.date() + timedelta(days=until) if until else None
        OrderFactory(customer=customer, placed_at=placed, counts_until=ends, items_count=2)
    elif kind == "signup":
        customer.customer_since = NOW - timedelta(days=values[0])
        customer.save()
    else:
        Customer.objects.filter(pk=customer.pk).update(left_out_as=values[0])
    return customer.pk


def written():
    """Everything a pass leaves, without ids."""
    moved = ScoreChange.objects.values_list(
        "model", "customer", "from_key", "to_key", "cause", "on", "event"
    )
    changes = MembershipChange.objects.values_list(
        "segment__key", "customer", "entered", "cause", "at", "event"
    )
    return {
        "engagement": sorted(EngagementScore.objects.values_list()),
        "pql": sorted(PqlScore.objects.values_list()),
        "stages": sorted(LifecycleStage.objects.values_list()),
        "members": sorted(Membership.objects.values_list("segment__key", "customer", "since")),
        "moved": sorted(moved),
        "changes": sorted(changes),
    }


def play(customers, told, *, is_full):
    """Run the passes of a story, change after change; return what each left."""
    store, day, left = Product(), 0, []
    for advance, facts, cause in [(0, [], "data"), *told["steps"]]:
        day += advance
        touched = [change(customers, fact) for fact in facts]
        StaleCustomer.objects.bulk_create(
            StaleCustomer(consumer="scores", customer_id=pk, facts="activity", cause=cause)
            for pk in touched
        )
        runs = store.score(day, is_full=is_full)
        keep_months(runs)
        left.append([(run.model, run.distribution, run.customers_scored) for run in runs])
        left.append(written())
    return left


def undone(story):
    with transaction.atomic():
        result = story()
        transaction.set_rollback(True)
    return result


@law
@given(told=stories)
def test_a_daily_pass_leaves_what_a_full_pass_leaves(told):
    def story():
        store = Product()
        store.know(*NAMES, feature="text")
        store.set("lifecycle", set=told["set"])
        sources = ("recency", "frequency", "depth", "breadth")
        store.set("engagement", **{f"{name}_source": told["source"] for name in sources})
        customers = [CustomerFactory() for _ in range(PEOPLE)]
        for fact in told["first"]:
            change(customers, fact)
        daily = undone(lambda: play(customers, told, is_full=False))
        full = undone(lambda: play(customers, told, is_full=True))

        assert daily == full

    undone(story)


def test_a_daily_pass_looks_only_at_who_can_have_moved(tenant):
    store = Product()
    store.know("session")
    customers = [CustomerFactory() for _ in range(4)]
    for number, customer in enumerate(customers):
        store.does(customer, "session", 10 + number)
    store.score()

    store.score(1)

    assert not ScoreRun.objects.filter(is_full=True, pk__gt=ScoreRun.objects.all()[2].pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM score_only")
        assert cursor.fetchone() == (0,)
    assert (Event.objects.count(), Order.objects.count()) == (4, 0)
