"""An event comes in: facts, stage, band, PQL and segments follow, and name it as the cause."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tenants.utils import tenant_context

from commerce import facts_told, stale
from commerce.ingest import Ingest, ingest
from commerce.ingest.records import EventRecord, PersonRecord
from commerce.models import AttributeDefinition, Customer, Event
from segments.definitions import save_segment
from segments.models import (
    EngagementScore,
    LifecycleStage,
    MembershipChange,
    PqlScore,
    ScoreChange,
    ScoreSettings,
    Segment,
)
from segments.refreshing import refresh_segment
from segments.scoring.beside.run import compute_scores
from tenants import jobs


def tell(*records, cause="data"):
    ingest(records, how=Ingest(source="app", today=timezone.now().date(), cause=cause))


def event(name, number, hours_ago, **properties):
    at = timezone.now() - timedelta(hours=hours_ago)
    return EventRecord(
        external_id=f"{name}{number}", name=name, occurred_at=at, person="U1",
        properties=properties,
    )  # fmt: skip


@pytest.fixture
def signed_up(tenant):
    """A user of a product, 20 days after signing up, scored and in no segment."""
    AttributeDefinition.objects.create(
        key="aha_moment_reached", label="Aha moment reached", kind="yes_no"
    )
    ScoreSettings.objects.create(model="lifecycle", parameters={"set": "product_led"})
    ScoreSettings.objects.create(model="pql", parameters={"threshold": "30"})
    facts_told.declare(event="aha_moment", attribute="aha_moment_reached", constant="yes", by=None)
    now = timezone.now()
    since = now - timedelta(days=20)
    tell(
        PersonRecord(external_id="U1", source_at=since, customer_since=since),
        event("session", 1, 24 * 15),
        event("onboarding_completed", 1, 24 * 18),
        event("aha_moment", 0, 24 * 19_000),  # so that the event is known, on nobody's account
    )
    Event.objects.filter(name="aha_moment").delete()
    Customer.objects.update(attributes={})
    segment = save_segment(
        name="Activated leads",
        rules={"field": "attr.aha_moment_reached", "operator": "is_true"},
        by=None,
    )
    save_segment(
        name="Activated stage",
        rules={"field": "lifecycle_stage", "operator": "eq", "value": "activated"},
        by=None,
    )
    for row in Segment.objects.filter(kind="rules"):
        refresh_segment(row, at=now, cause="definition")
    return segment


def test_an_event_moves_everything_at_once_and_is_named(signed_up):
    services_run()
    assert LifecycleStage.objects.get().stage == "other"

    tell(event("aha_moment", 1, 1))
    jobs.run_now(stale.CHANGED)

    assert Customer.objects.get().attributes == {"aha_moment_reached": True}
    assert LifecycleStage.objects.get().stage == "activated"
    assert PqlScore.objects.get().behaviour == 35  # onboarding 15 and aha 20
    moved = ScoreChange.objects.filter(to_key="activated").values_list("cause", "event")
    assert list(moved) == [("data", "aha_moment")]
    bands = dict(ScoreChange.objects.filter(event="aha_moment").values_list("model", "to_key"))
    assert bands["pql"] == "qualified"
    assert EngagementScore.objects.get().recency == 100
    changes = MembershipChange.objects.filter(entered=True, event="aha_moment", cause="data")
    assert set(changes.values_list("segment__name", flat=True)) == {
        "Activated",
        "Activated leads",
        "Activated stage",
    }


def services_run():
    """Score for the first time, RFM included: from now on changes are followed."""
    jobs.run_now("rfm")


def test_an_import_moves_as_an_import(signed_up):
    services_run()

    tell(event("aha_moment", 1, 1), cause="import")
    jobs.run_now(stale.CHANGED)

    causes = set(ScoreChange.objects.values_list("cause", flat=True))
    assert causes == {"import"}


def test_a_segment_that_reads_a_score_follows_it_with_its_cause(signed_up):
    services_run()
    champions = save_segment(
        name="Active ones",
        rules={"field": "engagement_score", "operator": "gte", "value": 35},
        by=None,
    )
    refresh_segment(champions, at=timezone.now(), cause="definition")

    tell(event("session", 9, 0))
    jobs.run_now(stale.CHANGED)

    change = MembershipChange.objects.get(segment=champions)
    assert (change.entered, change.cause, change.event) == (True, "data", "session")


def test_a_pass_over_another_merchant_leaves_this_one_alone(other_tenant, signed_up):
    services_run()
    before = list(EngagementScore.objects.values_list())
    with tenant_context(other_tenant):
        assert compute_scores(at=timezone.now()) is not None

    assert list(EngagementScore.objects.values_list()) == before
