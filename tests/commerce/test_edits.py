"""Staff change customers: one, many, and what they may not."""

from datetime import UTC, date, datetime

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection

from commerce import edits, stale
from commerce.models import AttributeDefinition, Customer, CustomerMetrics, StaleCustomer
from tests.commerce.factories import CustomerFactory, bring_up_to_date

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def staff(tenant):
    return User.objects.create_user("staff", "staff@acme.test")


@pytest.fixture
def customers(tenant):
    made = [
        CustomerFactory(tags=["Wine", "New"]),
        CustomerFactory(loyalty_tier="Gold", attributes={"diet": "vegan", "plan": "pro"}),
    ]
    bring_up_to_date(on=date(2026, 6, 1))
    StaleCustomer.objects.all().delete()
    return made


def test_vip_tier_and_points_reach_customer_numbers_and_marks(customers, staff):
    ids = [customer.pk for customer in customers]
    changes = {"is_vip": True, "loyalty_tier": " Gold ", "loyalty_points": 7}

    assert edits.edit(ids, changes=changes, by=staff, at=NOW) == 2

    rows = Customer.objects.values_list("is_vip", "loyalty_tier", "tier_key", "loyalty_points")
    assert list(rows) == [(True, "Gold", "gold", 7)] * 2
    kept = list(CustomerMetrics.objects.values_list("is_vip", "tier_key"))
    assert kept == [(True, "gold")] * 2
    marks = StaleCustomer.objects.filter(facts="profile", cause="manual")
    assert marks.count() == 2 * len(stale.CONSUMERS)
    first = Customer.objects.get(pk=ids[0])
    assert first.staff_set_at == dict.fromkeys(
        ["is_vip", "loyalty_tier", "loyalty_points"], NOW.isoformat()
    )


def test_tags_are_added_once_and_removed_whatever_their_case(customers, staff):
    one = customers[0]

    changes = {"add_tags": ["wine", "Late ", "late"], "remove_tags": ["NEW"]}
    edits.edit([one.pk], changes=changes, by=staff, at=NOW)

    one.refresh_from_db()
    assert (one.tags, one.tag_keys) == (["Wine", "Late"], ["wine", "late"])
    assert one.metrics.tag_keys == ["wine", "late"]


def test_attributes_are_set_and_taken_away_by_their_kind(customers, staff):
    AttributeDefinition.objects.create(key="diet", label="Diet")
    AttributeDefinition.objects.create(key="seats", label="Seats", kind="number")
    other = customers[1]

    changes = {"attributes": {"diet": None, "seats": 3}}
    edits.edit([other.pk], changes=changes, by=staff, at=NOW)

    other.refresh_from_db()
    assert other.attributes == {"plan": "pro", "seats": 3}
    assert set(other.staff_set_at) == {"attributes.diet", "attributes.seats"}


@pytest.mark.parametrize(
    "changes",
    [
        {"attributes": {"unheard_of": 1}},
        {"attributes": {"seats": "many"}},
        {"loyalty_points": 2**31},
        {"loyalty_tier": "x" * 65},
        {"add_tags": "not a list"},
        {"email": "somebody@example.test"},
    ],
)
def test_a_value_that_cannot_be_is_refused_and_nothing_written(customers, staff, changes):
    AttributeDefinition.objects.create(key="seats", label="Seats", kind="number")
    before = list(Customer.objects.order_by("pk").values())

    with pytest.raises(edits.EditRefused):
        edits.edit([customers[0].pk], changes={"is_vip": True} | changes, by=staff, at=NOW)

    assert list(Customer.objects.order_by("pk").values()) == before
    assert not StaleCustomer.objects.exists()


def test_who_is_left_out_by_hand_leaves_the_base(customers, staff):
    one = customers[0]

    edits.edit([one.pk], changes={"left_out_by_hand": True}, by=staff, at=NOW)

    one.refresh_from_db()
    assert (one.left_out_as, one.metrics.in_base) == ("by_hand", False)


def test_nothing_to_change_marks_nobody(customers, staff):
    assert edits.edit([customers[1].pk], changes={"is_vip": False}, by=staff, at=NOW) == 0

    assert not StaleCustomer.objects.exists()


def test_a_merged_customer_stays_as_it_is(customers, staff):
    Customer.objects.filter(pk=customers[1].pk).update(merged_into=customers[0])

    assert edits.edit([customers[1].pk], changes={"is_vip": True}, by=staff, at=NOW) == 0


def test_no_other_merchants_customer_is_changed(customers, staff, tenant, other_tenant):
    connection.set_tenant(other_tenant)
    theirs = CustomerFactory(pk=customers[0].pk)
    connection.set_tenant(tenant)

    edits.edit([customers[0].pk], changes={"is_vip": True}, by=staff, at=NOW)

    connection.set_tenant(other_tenant)
    theirs.refresh_from_db()
    assert not theirs.is_vip


def test_the_audit_names_the_fields_and_nobody(customers, staff):
    edits.edit([customers[0].pk], changes={"is_vip": True, "add_tags": ["x"]}, by=staff, at=NOW)

    entry = LogEntry.objects.filter(actor=staff).latest("pk")
    assert entry.additional_data == {"what": "edit_customer", "changed": ["is_vip", "tags"]}
    assert entry.object_repr == f"Customer {customers[0].pk}"
