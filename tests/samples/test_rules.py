"""Rules about samples: how many a customer received, of which type, state and creator."""

from decimal import Decimal

import pytest
from django_tenants.utils import tenant_context

from commerce.ingest import PersonRecord
from samples.models import Creator, SampleOrder
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from segments.rules.speech import Speech
from tests.samples.stores import LATER, NOON, NOW, order, take

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def store(tenant):
    take(
        *[PersonRecord(external_id=name, source_at=NOON, first_name=name) for name in "abcd"],
        order("1", person="a", tags=["ugc"]),
        order("2", person="a", tags=["tiktok-sample"], total=Decimal(0), placed_at=LATER),
        order("3", person="b", tags=["ugc"], fulfillment_status="fulfilled"),
        order("4", person="c", tags=["ugc"], cancelled_at=LATER),
        order("5", person="d"),
    )
    creator = Creator.objects.create(name="Kim Star")
    SampleOrder.objects.filter(order__external_id="3").update(creator=creator)


def found(rule) -> set[str]:
    catalogue = StoreCatalogue()
    tree = parse({"rules": [rule]}, catalogue)
    rows = audience(tree, catalogue, StoreScope(clock_at(NOW)))
    return set(rows.values_list("customer__first_name", flat=True))


def leaf(operator, value):
    return {"field": "samples_received", "operator": operator, "value": value}


def did(where=None, **more):
    named = {"where": {"rules": [where]}} if where else {}
    return {"did": "sample", **named, **more}


def one(field, value, operator="eq"):
    return {"field": field, "operator": operator, "value": value}


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (leaf("gte", 1), {"a", "b"}),
        (leaf("eq", 2), {"a"}),
        (leaf("eq", 0), {"c", "d"}),
        (did(), {"a", "b"}),
        (did(orders="all"), {"a", "b", "c"}),
        (did(operator="eq", value=0), {"c", "d"}),
        (did(one("type", "UGC")), {"a", "b"}),
        (did(one("type", "tiktok")), {"a"}),
        (did(one("status", "Fulfilled")), {"b"}),
        (did(one("status", "cancelled"), orders="all"), {"c"}),
        (did(one("creator", "KIM star")), {"b"}),
        (did(window={"in_last": "27_days"}), {"a"}),
    ],
)
def test_a_rule_finds_who_received_samples(rule, expected):
    assert found(rule) == expected


def test_it_is_said_in_words(tenant):
    tree = parse({"rules": [did(one("type", "tiktok"))]}, StoreCatalogue())

    said = sentence(tree, StoreCatalogue(), Speech(clock_at(NOW), currency="GBP"))

    assert "received a sample" in said.lower()
    assert "TikTok" in said


@pytest.mark.usefixtures("store")
def test_who_sees_no_names_does_not_ask_by_a_creators(member):
    def asked(role, rule):
        return (
            member(role)
            .post(
                "/admin/segments/segment/preview/",
                {"rules": {"rules": [rule]}},
                content_type="application/json",
            )
            .text
        )

    words = "may not ask by names"

    assert words in asked("viewer", did(one("creator", "k", operator="starts_with")))
    assert words not in asked("marketer", did(one("creator", "k", operator="starts_with")))


def test_the_stranger_has_none(tenant, other_tenant):
    with tenant_context(tenant):
        take(order("1", person="a", tags=["ugc"]))
    with tenant_context(other_tenant):
        assert found(leaf("gte", 1)) == set()
        assert found(did()) == set()
