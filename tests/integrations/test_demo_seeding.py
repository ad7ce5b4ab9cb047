"""Seeding: an invented store goes through the import and the scoring, once, and is left alone."""

from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tenants.utils import schema_context

from commerce.models import (
    AttributeDefinition,
    Customer,
    CustomerMetrics,
    DuplicateProposal,
    Event,
    Order,
    StaleCustomer,
    StoreDay,
)
from integrations.demo import seeding
from integrations.demo.accounts import has_team, make_team
from integrations.demo.filling import SEED, fill
from integrations.demo.merchants import MERCHANTS
from integrations.models import ImportFile
from samples.models import Creator, Finding, SampleOrder
from segments.models import MembershipChange, RfmScore, ScoreRun, Segment
from tenants.access.members import find
from tenants.access.roles import role_of
from tenants.models import Run, Tenant

COUNT = 200


@pytest.fixture
def today(committed_tenant):
    return timezone.now().astimezone(committed_tenant.zone).date()


def test_an_organics_shop_is_imported_and_scored(committed_tenant, today):
    merchant = MERCHANTS["demo"]
    store = merchant.make_store(seed=f"{SEED} demo", today=today, count=COUNT)

    fill(committed_tenant, merchant, today=today, count=COUNT)

    assert Order.objects.count() == len(store.orders)
    assert Event.objects.count() == len(store.events)
    assert {file.kind: file.counts["rejected"] for file in ImportFile.objects.all()} == {
        "customers": 0,
        "orders": 0,
        "events": 0,
    }
    left_out = Counter(
        Customer.objects.exclude(left_out_as="").values_list("left_out_as", flat=True)
    )
    assert set(left_out) == {"staff", "wholesale", "marketplace"}
    assert Order.objects.filter(customer=None, email_key="").exists()
    assert len(set(DuplicateProposal.objects.values_list("reason", flat=True))) >= 3
    assert StoreDay.objects.exists()
    scored = set(RfmScore.objects.values_list("segment", flat=True))
    assert {"champions", "loyal", "at_risk", "hibernating", "lost", "new"} <= scored
    assert Segment.objects.filter(kind="rfm").count() == 11
    found = set(SampleOrder.objects.values_list("kind", "state"))
    assert found == set(product(SampleOrder.Kind.values, SampleOrder.State.values))
    assert not Order.objects.filter(sample__isnull=False, excluded_as="").exists()
    assert Creator.objects.filter(samples_count__gt=0, posts_count__gt=0).exists()
    assert {"pending", "right_ends"} <= set(Finding.objects.values_list("kind", flat=True))
    assert StaleCustomer.objects.count() == 0
    with schema_context("public"):  # nothing is left for a worker
        assert Run.objects.exclude(state="done").count() == 0


def test_facts_arrive_as_they_were_invented(committed_tenant, today):
    merchant = MERCHANTS["demo"]
    store = merchant.make_store(seed=f"{SEED} demo", today=today, count=COUNT)
    order = next(o for o in store.orders if o.financial == "partially_refunded" and o.person)
    person = next(p for p in store.people if p.attributes.get("dietary_preference"))

    fill(committed_tenant, merchant, today=today, count=COUNT)

    stored = Order.objects.get(number=order.number)
    assert (
        stored.placed_at.astimezone(committed_tenant.zone).replace(tzinfo=None) == order.placed_at
    )
    assert [round(stored.refunded_total * 100), round(stored.tax_total * 100)] == [
        order.refunded,
        order.tax,
    ]
    assert stored.lines.count() == len(order.lines)
    assert [stored.channel, stored.store, stored.fulfillment_status] == [
        order.channel,
        order.store,
        order.fulfillment,
    ]
    customer = Customer.objects.get(identities__external_id=person.key)
    assert customer.attributes["dietary_preference"] == person.attributes["dietary_preference"]
    assert [customer.birthday, customer.loyalty_tier] == [person.birthday, person.tier]
    assert AttributeDefinition.objects.get(key="dietary_preference").is_sensitive


def test_an_app_is_scored_by_its_sessions_with_movement_behind_it(committed_tenant, today):
    merchant = MERCHANTS["loop"]

    fill(committed_tenant, merchant, today=today, count=COUNT)

    runs = ScoreRun.objects.filter(model="rfm")
    run = runs.latest("id")
    assert [run.as_of, run.parameters["method"], runs.count()] == [
        today,
        "product_led",
        3,
    ]
    assert set(MembershipChange.objects.values_list("cause", flat=True)) == {"score"}
    beside = ScoreRun.objects.exclude(model="rfm").filter(as_of=today, customers_scored__gt=0)
    assert {one.model for one in beside} == {"engagement", "pql", "lifecycle"}
    paying = Customer.objects.filter(attributes__mrr__gte=200)
    assert paying.exists()
    trial = Customer.objects.filter(attributes__plan="trial").first()
    assert date.fromisoformat(trial.attributes["trial_ends_on"]) > today
    assert CustomerMetrics.objects.filter(orders_count=0, in_base=True).exists()


@pytest.fixture
def seeded(committed_tenant, monkeypatch):
    """Acme as if it were the seeded demo merchant."""
    merchant = replace(MERCHANTS["demo"], key="acme", label=committed_tenant.name)
    monkeypatch.setattr(seeding, "MERCHANTS", {"acme": merchant})
    make_team("acme", password="a-demo-password")
    return committed_tenant


def test_what_is_seeded_is_only_looked_at(seeded, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        logins = seeding.seed(["acme"], password="a-demo-password")

    assert [login["role"] for login in logins] == ["owner", "marketer", "samples_staff", "viewer"]
    assert logins[0] == {
        "what": "an organics shop",
        "host": "acme.localhost",
        "role": "owner",
        "user": "owner@acme.localhost",
        "password": "a-demo-password",
    }
    assert Order.objects.count() == 0


def test_there_is_a_member_for_every_role(seeded):
    for role in ("owner", "marketer", "viewer"):
        user = find(f"{role}@acme.localhost")

        assert role_of(user).key == role
        assert user.check_password("a-demo-password")


def test_a_merchant_that_is_not_the_demos_is_left_alone(committed_tenant, monkeypatch):
    merchant = replace(MERCHANTS["demo"], key="acme", label="Somebody else's shop")
    monkeypatch.setattr(seeding, "MERCHANTS", {"acme": merchant})
    Customer.objects.create(email="kept@example.com")

    with pytest.raises(seeding.NotOurs, match="--only"):
        seeding.seed(["acme"], password="a-demo-password")

    assert Customer.objects.count() == 1
    assert not has_team("acme")
    with schema_context("public"):
        assert Tenant.objects.get(schema_name="acme").name == committed_tenant.name


def test_production_refuses_the_demo(other_tenant, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="not in production"):
        call_command("seed_demo")

    assert not Tenant.objects.filter(schema_name__in=["demo", "bistro", "loop"]).exists()
