"""Questions about the use of a product: what they find, and how segments follow a session."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from commerce.ingest import EventRecord, Ingest, ingest
from commerce.models import Customer, EventName
from commerce.rollups.past import metrics_on
from segments import following
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.definitions import save_segment
from segments.models import Membership
from segments.refreshing import refresh_segment
from segments.rules.parse import parse
from segments.services import local_today
from tests.commerce.factories import CustomerFactory, EventFactory, bring_up_to_date

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def found(rule, *, at=NOW):
    catalogue = StoreCatalogue()
    rows = audience(parse(rule, catalogue), catalogue, StoreScope(clock_at(at)))
    return set(rows.values_list("customer__first_name", flat=True))


def did(person, name, *, ago, **properties):
    EventFactory(
        customer=person,
        name=name,
        occurred_at=NOW - timedelta(days=ago),
        properties=properties,
    )


@pytest.fixture
def app(tenant):
    """Ann comes daily, Bob stopped, Cat is on trial, Dan cancelled, Eve never came."""
    ann, bob, cat, dan, _ = (
        CustomerFactory(first_name=name, customer_since=None)
        for name in ("Ann", "Bob", "Cat", "Dan", "Eve")
    )
    for ago in range(30):
        did(ann, "session", ago=ago)
        did(ann, "feature_used", ago=ago, feature=f"f{ago % 3}")
    for ago in (9, 10, 16, 17, 18, 23, 24, 25, 26):
        did(bob, "session", ago=ago)
    did(cat, "signed_up", ago=10)
    did(cat, "trial_started", ago=10, ends_on="2026-06-03")
    did(dan, "subscription_started", ago=90)
    did(dan, "subscription_cancelled", ago=20)
    bring_up_to_date(on=NOW.date())


@pytest.mark.parametrize(
    ("field", "operator", "value", "who"),
    [
        ("last_active_at", "in_last", "2_days", {"Ann"}),
        ("last_active_at", "is_not_set", None, {"Cat", "Dan", "Eve"}),
        ("days_since_last_active", "eq", 9, {"Bob"}),
        ("days_since_signup", "eq", 10, {"Cat"}),
        ("weekly_sessions", "eq", 7, {"Ann"}),
        ("weekly_sessions", "eq", 0, {"Bob", "Cat", "Dan", "Eve"}),
        ("weekly_actions", "gte", 7, {"Ann"}),
        ("features_used", "eq", 3, {"Ann"}),
        ("weekly_active", "is_true", None, {"Ann"}),
        ("weekly_active", "is_false", None, {"Bob", "Cat", "Dan", "Eve"}),
        ("engagement_trend", "eq", "Steady", {"Ann"}),
        ("engagement_trend", "eq", "declining", {"Bob"}),
        ("weeks_declining", "gte", 3, {"Bob"}),
        ("trial_days_remaining", "between", [0, 2], {"Cat"}),
        ("days_since_churn", "lte", 20, {"Dan"}),
    ],
)
def test_each_question_finds_whom_it_means(app, field, operator, value, who):
    assert found({"field": field, "operator": operator, "value": value}) == who


def test_a_trial_that_is_over_has_no_days_left(app):
    later = NOW + timedelta(days=3)
    with metrics_on(later.date()):
        over = found({"field": "trial_days_remaining", "operator": "lte", "value": 99}, at=later)

    assert over == set()


def test_the_past_reads_as_it_stood(app):
    then = NOW - timedelta(days=10)
    with metrics_on(then.date()):
        active = found({"field": "weekly_active", "operator": "is_true"}, at=then)

    assert active == {"Ann", "Bob"}


def test_a_session_moves_its_customer_into_the_segment(tenant):
    ann, _ = CustomerFactory(), CustomerFactory()
    bring_up_to_date(on=local_today())
    EventName.objects.create(name="session", label="Session")
    segment = save_segment(
        name="Active", rules={"field": "weekly_active", "operator": "is_true"}, by=None
    )
    refresh_segment(segment, at=timezone.now(), cause="definition")
    ann.identities.create(source="app", external_id="ann")

    moment = timezone.now()
    session = EventRecord(external_id="1", person="ann", name="session", occurred_at=moment)
    ingest([session], how=Ingest(source="app", today=local_today()))
    following.follow_marks(at=timezone.now())

    inside = Membership.objects.filter(segment=segment).values_list("customer_id", flat=True)
    assert Customer.objects.count() == 2
    assert list(inside) == [ann.pk]
