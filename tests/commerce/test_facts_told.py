"""Facts that events tell: by declared mapping, the latest event decides, staff and source stand."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django_tenants.utils import tenant_context

from commerce import edits, facts_told, usages
from commerce.ingest import Ingest, ingest
from commerce.ingest.records import EventRecord, PersonRecord
from commerce.models import AttributeDefinition, Customer, FactMapping, StaleCustomer

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def mapped(tenant):
    AttributeDefinition.objects.create(key="aha_moment", label="Aha", kind="yes_no")
    AttributeDefinition.objects.create(key="plan", label="Plan", kind="text")
    facts_told.declare(event="aha", attribute="aha_moment", constant="yes", by=None)
    facts_told.declare(event="plan_changed", attribute="plan", prop="plan", by=None)
    return tenant


def person(days_ago=9, **attributes):
    at = NOW - timedelta(days=days_ago)
    return PersonRecord(external_id="C1", source_at=at, attributes=attributes or None)


def event(name, days_ago, **properties):
    at = NOW - timedelta(days=days_ago)
    return EventRecord(
        external_id=f"{name}{days_ago}", name=name, occurred_at=at, person="C1",
        properties=properties,
    )  # fmt: skip


def tell(*records):
    ingest(records, how=Ingest(source="csv", today=NOW.date()))
    return Customer.objects.get().attributes


def test_an_event_sets_a_constant_and_a_property(mapped):
    told = tell(person(), event("aha", 1), event("plan_changed", 1, plan="pro"))

    assert told == {"aha_moment": True, "plan": "pro"}


def test_the_latest_event_decides_in_whatever_order_they_come(mapped):
    tell(person(), event("plan_changed", 1, plan="pro"))

    assert tell(event("plan_changed", 3, plan="starter")) == {"plan": "pro"}


def test_an_event_without_the_property_tells_nothing(mapped):
    tell(person(), event("plan_changed", 2, plan="pro"))

    assert tell(event("plan_changed", 1), event("plan_changed", 0, plan=None)) == {"plan": "pro"}


def test_a_newer_record_of_the_source_stands(mapped):
    tell(person(1, plan="enterprise"))

    assert tell(event("plan_changed", 2, plan="pro")) == {"plan": "enterprise"}


def test_a_fact_nobody_has_told_is_taken_from_an_older_event(mapped):
    tell(person(1, plan="enterprise"))

    assert tell(event("aha", 5)) == {"plan": "enterprise", "aha_moment": True}


def test_what_staff_set_stands_until_a_later_event(mapped):
    tell(person())
    customer = Customer.objects.get()
    changes = {"attributes": {"plan": "by hand"}}
    edits.edit([customer.pk], changes=changes, by=None, at=NOW - timedelta(days=1))

    assert tell(event("plan_changed", 2, plan="pro"))["plan"] == "by hand"
    assert tell(event("plan_changed", 0, plan="starter"))["plan"] == "starter"


def test_who_changed_is_marked_with_the_event_beside(mapped):
    tell(person(), event("aha", 1))

    marks = StaleCustomer.objects.filter(consumer="scores").values_list("facts", "cause")
    assert {("profile", "data"), ("event:aha", "data")} <= set(marks)


def test_a_mapping_holds_for_events_that_came_before_it(mapped):
    tell(person(), event("signed", 4))
    assert Customer.objects.get().attributes == {}
    facts_told.declare(event="signed", attribute="plan", constant="free", by=None)

    changed = facts_told.advance_everybody(on=NOW.date())

    assert (changed, Customer.objects.get().attributes) == (1, {"plan": "free"})


def test_the_same_batch_twice_changes_nothing(mapped):
    tell(person(), event("aha", 1))
    StaleCustomer.objects.all().delete()

    tell(event("aha", 1))

    assert not StaleCustomer.objects.filter(facts="profile").exists()


@pytest.mark.parametrize(
    ("told", "box"),
    [
        ({"event": "aha", "attribute": "nothing", "constant": "yes"}, "attribute"),
        ({"event": "", "attribute": "plan", "constant": "x"}, "event"),
        ({"event": "aha", "attribute": "plan"}, "constant"),
        ({"event": "aha", "attribute": "plan", "prop": "p", "constant": "x"}, "constant"),
        ({"event": "aha", "attribute": "aha_moment", "constant": "maybe"}, "constant"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_at_its_box(mapped, told, box):
    with pytest.raises(ValidationError) as refused:
        facts_told.declare(**told, by=None)

    assert list(refused.value.message_dict) == [box]
    assert FactMapping.objects.count() == 2


def test_the_page_adds_and_takes_away(mapped, owner):
    told = {"event": "aha", "attribute": "plan", "constant": "gold"}

    owner.post("/admin/facts-from-events/", told)
    page = owner.get("/admin/facts-from-events/").content.decode()
    made = FactMapping.objects.get(event="aha", attribute="plan")
    owner.post("/admin/facts-from-events/", {"remove": made.pk})

    assert "gold" in page
    assert not FactMapping.objects.filter(pk=made.pk).exists()


def test_an_attribute_that_events_tell_is_in_use(mapped):
    assert [kind for kind, _, _ in usages.uses_of("plan")] == ["facts from events"]


def test_a_strangers_mapping_tells_nothing_here(other_tenant, tenant):
    AttributeDefinition.objects.create(key="plan", label="Plan", kind="text")
    with tenant_context(other_tenant):
        AttributeDefinition.objects.create(key="plan", label="Plan", kind="text")
        facts_told.declare(event="aha", attribute="plan", constant="x", by=None)

    assert tell(person(), event("aha", 1)) == {}
