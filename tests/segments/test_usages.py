"""Where segments and attributes are used, and that nothing in use is deleted."""

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from commerce.models import AttributeDefinition
from segments import usages
from segments.definitions import save_segment
from segments.models import Membership, MembershipChange, Segment, SegmentVersion
from tests.commerce.factories import CustomerFactory

RULES = {"field": "total_spent", "operator": "gte", "value": 100}


def reading(*segments, **more):
    value = [segment.pk for segment in segments]
    return {"field": "segment", "operator": "in", "value": value, **more}


@pytest.fixture
def inner(tenant):
    return save_segment(name="Spenders", rules=RULES, by=None)


def test_a_segment_says_which_segments_read_it(inner):
    outer = save_segment(name="Readers", rules=reading(inner), by=None)

    page = reverse("admin:segments_segment_change", args=[outer.pk])
    assert usages.uses_of(inner) == [usages.Use("segment", "Readers", page)]
    assert usages.uses_of(outer) == []


@pytest.mark.parametrize(
    "operator",
    [
        {"operator": "entered", "in_last": "7_days"},
        {"operator": "was_in", "on": "2026-01-01"},
    ],
)
def test_reading_its_history_is_a_use(inner, operator):
    key = operator.pop("operator")
    value = {"segments": [inner.pk], **operator}
    save_segment(
        name="Movers", rules={"field": "segment", "operator": key, "value": value}, by=None
    )

    assert [use.name for use in usages.uses_of(inner)] == ["Movers"]


def test_a_condition_that_is_switched_off_is_a_use(inner):
    rules = {"logic": "AND", "rules": [RULES, reading(inner, disabled=True)]}
    save_segment(name="Off", rules=rules, by=None)

    assert [use.name for use in usages.uses_of(inner)] == ["Off"]


def test_what_is_used_is_not_deleted_and_the_refusal_names_it(inner):
    save_segment(name="Readers", rules=reading(inner), by=None)

    with pytest.raises(usages.InUse, match="“Spenders” is used by segment “Readers”"):
        usages.delete_segment(inner, by=None)

    assert Segment.objects.filter(pk=inner.pk).exists()
    assert not LogEntry.objects.filter(additional_data__what="delete_segment").exists()


def test_deleting_takes_versions_members_and_ledger_with_it(inner):
    customer, now = CustomerFactory(), timezone.now()
    Membership.objects.create(segment=inner, customer=customer, since=now)
    MembershipChange.objects.create(
        segment=inner, customer=customer, entered=True, cause="data", at=now
    )
    pk = inner.pk

    usages.delete_segment(inner, by=None)

    for model in (Membership, MembershipChange, SegmentVersion):
        assert not model.objects.filter(segment_id=pk).exists()
    entry = LogEntry.objects.get(additional_data__what="delete_segment")
    assert entry.additional_data["name"] == "Spenders"


def test_a_computed_segment_is_not_deleted(tenant):
    champions = Segment.objects.create(kind="rfm", key="champions", slug="c", name="Champions")

    with pytest.raises(ValueError, match="come and go"):
        usages.delete_segment(champions, by=None)

    assert Segment.objects.filter(pk=champions.pk).exists()


def test_uses_of_many_segments_take_as_many_queries_as_of_one(inner):
    segments = [save_segment(name=f"S {n}", rules=reading(inner), by=None) for n in range(5)]

    with CaptureQueriesContext(connection) as one:
        usages.used_in([inner.pk])
    with CaptureQueriesContext(connection) as many:
        usages.used_in([inner.pk, *(segment.pk for segment in segments)])

    assert len(many) == len(one)


def test_an_attribute_in_a_rule_is_not_deleted(tenant, owner):
    skin = AttributeDefinition.objects.create(key="skin_type", label="Skin type", kind="text")
    rules = {"field": "skin_type", "operator": "eq", "value": "dry"}
    save_segment(name="Dry skin", rules=rules, by=None)

    address = reverse("admin:commerce_attributedefinition_delete", args=[skin.pk])
    answer = owner.post(address, {"post": "yes"}, follow=True)

    assert AttributeDefinition.objects.filter(pk=skin.pk).exists()
    assert "Dry skin" in answer.content.decode()
