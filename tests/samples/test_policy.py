"""Samples are left out by the order policy, and a change of that is told before it is made."""

import pytest

from commerce import policy
from commerce.ingest import PersonRecord
from commerce.models import CustomerMetrics, OrderPolicy
from commerce.rebuild import REBUILD
from segments import services as segments
from segments.models import RfmScore
from tenants import jobs
from tests.samples.stores import NOON, NOW, TODAY, order, reasons, take

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def store(tenant):
    take(
        PersonRecord(external_id="a", source_at=NOON),
        PersonRecord(external_id="b", source_at=NOON),
        *[order(f"a{n}", person="a", tags=["ugc"]) for n in range(5)],
        order("a", person="a"),
        order("b", person="b", tags=["ugc"]),
    )


def wish(*reasons):
    return OrderPolicy(pk=1, excluded_reasons=["test", "voided", "currency", "by_hand", *reasons])


def test_the_default_leaves_samples_out():
    assert "sample" in OrderPolicy.current().excluded_reasons


@pytest.mark.usefixtures("store")
def test_the_effect_on_orders_and_scores_is_told_and_nothing_written():
    segments.compute_rfm(at=NOW, is_full=True)

    effect = policy.preview(wish(), on=TODAY)

    assert (effect.orders_before, effect.orders_after) == (1, 7)
    assert (effect.revenue_before, effect.revenue_after) == (10, 70)
    assert "1 customer would change segment, 1 would be scored for the first time" in effect.said
    assert RfmScore.objects.count() == 1
    assert "sample" in OrderPolicy.current().excluded_reasons


@pytest.mark.usefixtures("store")
def test_what_was_told_is_what_happens():
    segments.compute_rfm(at=NOW, is_full=True)
    before = RfmScore.objects.get().segment

    run = policy.apply(wish(), actor=None)
    jobs.run_now(REBUILD, params=run.params)
    segments.compute_rfm(at=NOW, is_full=True)

    assert CustomerMetrics.objects.order_by("orders_count").values_list(
        "orders_count", flat=True
    ).last() == 6  # fmt: skip
    assert RfmScore.objects.count() == 2
    assert RfmScore.objects.exclude(segment=before).exists()
    assert set(reasons().values()) == {"sample", ""}


@pytest.mark.usefixtures("store")
def test_the_policy_page_shows_it(owner):
    segments.compute_rfm(at=NOW, is_full=True)
    asked = {"spend": "items", "excluded_reasons": ["test", "voided", "by_hand"], "step": "preview"}

    page = owner.post("/admin/order-policy/", asked)

    assert "would change segment" in page.text
