"""What was imported is found by its words, however they were written, however they are asked."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django_tenants.utils import tenant_context

from commerce import attribute_kinds, edits, vocabulary
from commerce.ingest import EventRecord, Ingest, LineRecord, OrderRecord, PersonRecord, ingest
from commerce.models import AttributeDefinition, Customer, EventName, Spelling
from segments.audience import StoreScope, audience, clock_at
from segments.catalogue import StoreCatalogue
from segments.rules.parse import parse

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def take(*records):
    ingest(records, how=Ingest(source="shop", today=date(2026, 6, 30)))


def event(number, person="ann", **properties):
    return EventRecord(
        external_id=f"e{number}",
        name="viewed_page",
        occurred_at=NOON,
        person=person,
        properties=properties,
    )


def found(rule):
    catalogue = StoreCatalogue()
    rows = audience(parse(rule, catalogue), catalogue, StoreScope(clock_at(NOON)))
    return set(rows.values_list("customer__identities__external_id", flat=True))


def leaf(field, operator, value):
    return {"rules": [{"field": field, "operator": operator, "value": value}]}


def did(name, field, operator, value):
    return {"rules": [{"did": name, "where": leaf(field, operator, value)}]}


@pytest.fixture
def store(tenant):
    for key, kind in (("diet", "text"), ("likes", "list")):
        AttributeDefinition.objects.create(key=key, label=key.title(), kind=kind)
    line = LineRecord(
        key="1", quantity=Decimal(1), price=Decimal(5), product="Mug", sku="Mg-1", vendor="STRAẞE"
    )
    take(
        PersonRecord(
            external_id="ann", source_at=NOON, attributes={"diet": "VEGÁN", "likes": ["Tea", "Öl"]}
        ),
        PersonRecord(
            external_id="cyd",
            source_at=NOON,
            country="GB",
            postal_code="SW1A 1AA",
            communication_channel="Büro-Fax",
        ),
        PersonRecord(external_id="bob", source_at=NOON, attributes={"diet": 5, "likes": []}),
        OrderRecord(
            external_id="o1",
            source_at=NOON,
            person="ann",
            placed_at=NOON,
            channel="Łódź Store",
            app="POS",
            source_name="Web",
            financial_status="PAID",
            fulfillment_status="Fulfilled",
            tags=["Gift", "ÄRZTE"],
            discount_codes=["Spring"],
            lines=[line],
        ),
        OrderRecord(
            external_id="o2", source_at=NOON, person="bob", placed_at=NOON, channel="łódź STORE"
        ),
        event(1, page="Café", seen=True),
        event(2, person="bob", page="Home", rating=4, on="2026-05-01"),
    )


ASKED = [
    (did("order", "channel", "eq", "ŁÓDŹ store"), {"ann", "bob"}),
    (did("order", "channel", "starts_with", "łódź"), {"ann", "bob"}),
    (did("order", "source", "eq", "WEB"), {"ann"}),
    (did("order", "app", "in", ["pos", "other"]), {"ann"}),
    (did("order", "tags", "has_any", ["ärzte"]), {"ann"}),
    (did("order", "tags", "has_all", ["GIFT", "Ärzte"]), {"ann"}),
    (did("order", "discount_code", "has_none", ["SPRING"]), {"bob"}),
    (did("order", "financial_status", "eq", "paid"), {"ann"}),
    (did("order", "fulfillment_status", "eq", "FULFILLED"), {"ann"}),
    (did("order_line", "sku", "eq", "mG-1"), {"ann"}),
    (did("order_line", "vendor", "eq", "strasse"), {"ann"}),
    (leaf("attr.diet", "eq", "VEGA\u0301N".lower()), {"ann"}),  # the accent as a letter of its own
    (leaf("attr.diet", "eq", "5"), {"bob"}),
    (leaf("attr.likes", "has_all", ["tea", "ÖL"]), {"ann"}),
    (leaf("country", "eq", "gb"), {"cyd"}),
    (leaf("country", "in", ["GB", "US"]), {"cyd"}),
    (leaf("postal_code", "starts_with", "sw1A"), {"cyd"}),
    (leaf("communication_channel", "eq", "BÜRO-FAX"), {"cyd"}),
    (did("viewed_page", "prop.page", "eq", "CAFÉ"), {"ann"}),
    (did("viewed_page", "prop.rating", "gte", 4), {"bob"}),
    (did("viewed_page", "prop.seen", "is_true", None), {"ann"}),
    (did("viewed_page", "prop.on", "in_last", "60_days"), {"bob"}),
]


# Named by the rule alone: a set is written in another order by each process of pytest-xdist.
@pytest.mark.parametrize(("rule", "who"), ASKED, ids=[str(rule) for rule, _ in ASKED])
def test_what_was_imported_is_found_in_any_spelling(store, rule, who):
    assert found(rule) == who


def test_nothing_is_learnt_by_the_merchant_next_door(store, other_tenant):
    with tenant_context(other_tenant):
        assert not Spelling.objects.exists()
        assert not EventName.objects.exists()


def test_an_event_is_labelled_in_words_and_its_properties_by_what_they_hold(store):
    seen = EventName.objects.get()

    assert (seen.label, seen.properties) == (
        "Viewed page",
        {"page": "text", "seen": "yes_no", "rating": "number", "on": "date"},
    )


def test_a_property_that_turns_out_to_be_text_is_asked_as_text_about_the_past_too(store):
    take(event(3, rating="n/a", on="2026-05-02 10:00Z"))

    assert EventName.objects.get().properties["rating"] == "text"
    assert found(did("viewed_page", "prop.rating", "eq", "N/A")) == {"ann"}
    assert found(did("viewed_page", "prop.rating", "eq", "4")) == {"bob"}
    assert found(did("viewed_page", "prop.on", "contains", "2026-05")) == {"ann", "bob"}


def test_an_attribute_set_by_staff_is_found_by_its_words(store):
    bob = Customer.objects.get(identities__external_id="bob")
    user = User.objects.create_user("cleo")

    edits.edit([bob.pk], changes={"attributes": {"diet": "Halāl"}}, by=user, at=NOON)

    assert found(leaf("attr.diet", "eq", "HALĀL")) == {"bob"}


def test_an_attribute_declared_after_its_values_is_found_by_its_words(store):
    take(PersonRecord(external_id="eve", source_at=NOON, attributes={"plan": "PRO"}))

    attribute_kinds.save(AttributeDefinition(key="plan", label="Plan"), has_new_kind=False)

    assert found(leaf("plan", "eq", "pro")) == {"eve"}


def test_words_beyond_the_cap_and_long_ones_are_still_found(store, monkeypatch):
    monkeypatch.setattr(vocabulary, "CAP", 4)
    long = "Long " * 60
    tags = ["Alpha", "Beta", "Gamma", "Delta"]

    take(
        PersonRecord(external_id="fay", source_at=NOON, attributes={"diet": long}),
        OrderRecord(
            external_id="o3", source_at=NOON, person="fay", placed_at=NOON, channel="Fax", tags=tags
        ),
    )
    take(
        OrderRecord(
            external_id="o4", source_at=NOON, person="fay", placed_at=NOON, tags=["Later", "Beta"]
        )
    )

    assert Spelling.objects.filter(column="order.tags").exclude(value="").count() == 4
    assert found(did("order", "tags", "has_all", ["later", "BETA"])) == {"fay"}
    assert found(did("order", "tags", "has_any", ["DELTA", "gamma"])) == {"fay"}
    assert found(leaf("attr.diet", "starts_with", "LONG long")) == {"fay"}
    assert found(leaf("attr.diet", "in", [long, "vegán"])) == {"ann", "fay"}
