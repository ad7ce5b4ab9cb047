"""Changes of customers by staff, one and many, on the pages they are made from."""

import pytest
from auditlog.models import LogEntry
from django_tenants.utils import schema_context

from commerce.admin import bulk
from commerce.models import AttributeDefinition, CustomerMetrics
from tenants.models import Run
from tests.commerce.page_facts import client_in_role, make_customer

CUSTOMERS = "/admin/commerce/customer/"
BULK = f"{CUSTOMERS}bulk/"


def edit(client, customer, **posted):
    return client.post(f"{CUSTOMERS}{customer.pk}/edit/", posted)


def boxes(customer, **changed):
    tier, points = customer.loyalty_tier, customer.loyalty_points
    empty = {"loyalty_tier": tier, "loyalty_points": "" if points is None else points}
    return {"what": "form", "by_hand": ""} | empty | changed


def test_vip_is_set_with_one_click_and_audited(owner):
    customer = make_customer()

    edit(owner, customer, what="vip_on")

    customer.refresh_from_db()
    assert customer.is_vip is True
    assert CustomerMetrics.objects.get(customer=customer).is_vip is True
    assert list(customer.staff_set_at) == ["is_vip"]
    entry = LogEntry.objects.get(additional_data__what="edit_customer")
    assert (entry.object_id, entry.additional_data["changed"]) == (customer.pk, ["is_vip"])


def test_tags_come_and_go_without_case(owner):
    customer = make_customer(tags=["Tea"])

    edit(owner, customer, what="add_tags", tag="TEA, Coffee lover")
    edit(owner, customer, what="remove_tag", tag="tea")

    customer.refresh_from_db()
    assert customer.tags == ["Coffee lover"]
    assert customer.tag_keys == ["coffee lover"]
    assert CustomerMetrics.objects.get(customer=customer).tag_keys == ["coffee lover"]


def test_tier_points_and_attributes_are_saved_together(owner):
    AttributeDefinition.objects.create(key="diet", label="Diet", kind="list")
    AttributeDefinition.objects.create(key="plan", label="Plan", kind="number")
    customer = make_customer(attributes={"plan": 3, "other": "kept"})

    posted = {"attr.diet": "vegan, nuts", "attr.plan": ""}
    edit(owner, customer, **boxes(customer, loyalty_tier="Gold", loyalty_points=7), **posted)

    customer.refresh_from_db()
    assert (customer.loyalty_tier, customer.loyalty_points) == ("Gold", 7)
    assert customer.attributes == {"other": "kept", "diet": ["vegan", "nuts"]}
    stamps = {"loyalty_tier", "loyalty_points", "attributes.diet", "attributes.plan"}
    assert set(customer.staff_set_at) == stamps


def test_a_box_that_cannot_be_read_keeps_what_was_typed(owner):
    AttributeDefinition.objects.create(key="plan", label="Plan", kind="number")
    customer = make_customer()

    posted = boxes(customer, loyalty_tier="Gold") | {"attr.plan": "a lot"}
    response = edit(owner, customer, **posted)

    page = response.content.decode()
    assert "Enter a number, for example 12.5." in page
    assert 'value="a lot"' in page
    customer.refresh_from_db()
    assert (customer.loyalty_tier, customer.staff_set_at) == ("", {})


def test_somebody_is_left_out_by_hand_and_brought_back(owner):
    customer = make_customer()

    edit(owner, customer, **boxes(customer, by_hand="out"))
    left_out = CustomerMetrics.objects.get(customer=customer).in_base
    edit(owner, customer, **boxes(customer, by_hand=""))

    assert left_out is False
    assert CustomerMetrics.objects.get(customer=customer).in_base is True


@pytest.mark.parametrize("role", ["viewer", "samples_staff"])
def test_who_only_looks_changes_nothing(tenant, role):
    customer = make_customer()
    client = client_in_role(tenant, role)

    answers = [
        edit(client, customer, what="vip_on"),
        client.post(BULK, {"action": "vip_on", "ids": customer.pk, "confirmed": 1}),
    ]

    customer.refresh_from_db()
    assert [answer.status_code for answer in answers] == [403, 403]
    assert customer.is_vip is False
    assert "Make VIP" not in client.get(f"{CUSTOMERS}{customer.pk}/change/").content.decode()


def test_a_change_cannot_be_made_by_a_link(owner):
    customer = make_customer()

    assert owner.get(f"{CUSTOMERS}{customer.pk}/edit/?what=vip_on").status_code == 302
    customer.refresh_from_db()
    assert customer.is_vip is False


def test_a_bulk_change_names_the_count_before_it_is_made(owner):
    people = [make_customer(), make_customer(), make_customer()]
    asked = {"action": "add_tags", "text": "spring", "ids": [people[0].pk, people[1].pk]}

    question = owner.post(BULK, asked)
    before = [person.tags for person in people]
    answer = owner.post(BULK, asked | {"confirmed": "2"})

    assert "2 customers" in question.content.decode()
    assert answer.status_code == 302
    for person in people:
        person.refresh_from_db()
    assert before == [[], [], []]
    assert [person.tags for person in people] == [["spring"], ["spring"], []]
    assert LogEntry.objects.get(additional_data__what="bulk_change").additional_data == {
        "what": "bulk_change",
        "customers": 2,
        "change": ["add_tags"],
    }


def test_a_bulk_change_reaches_everybody_the_filters_describe(owner):
    germans = [make_customer(metrics={"country": "DE"}) for _ in range(3)]
    other = make_customer(metrics={"country": "FR"})
    asked = {"action": "vip_on", "whole": "1"}

    owner.post(f"{BULK}?country=DE", asked | {"confirmed": "3"})

    for person in [*germans, other]:
        person.refresh_from_db()
    assert [person.is_vip for person in germans] == [True, True, True]
    assert other.is_vip is False


def test_a_count_that_has_changed_is_asked_about_again(owner):
    customer = make_customer()
    asked = {"action": "vip_on", "whole": "1", "confirmed": "7"}

    response = owner.post(BULK, asked)

    customer.refresh_from_db()
    assert "1 customer" in response.content.decode()
    assert customer.is_vip is False


def test_many_are_changed_in_the_background(owner, tenant, monkeypatch):
    monkeypatch.setattr("commerce.admin.bulk.AT_ONCE", 1)
    people = [make_customer() for _ in range(3)]

    response = owner.post(BULK, {"action": "tier", "text": "Gold", "whole": "1", "confirmed": "3"})

    assert response.status_code == 302
    assert "/bulk/" in response["Location"]
    assert "Change many customers" in owner.get(response["Location"]).content.decode()
    people[0].refresh_from_db()
    assert people[0].loyalty_tier == ""


class Handle:
    """What a job is given, without the run behind it."""

    def __init__(self, **params):
        self.params, self.reported = params, []

    def report(self, done, total=None, note=""):
        self.reported.append((done, total))


def test_the_background_change_goes_page_by_page(tenant, monkeypatch):
    monkeypatch.setattr(bulk, "PAGE", 2)
    people = [make_customer(country="DE", metrics={"country": "DE"}) for _ in range(3)]
    make_customer(loyalty_tier="Gold", metrics={"country": "FR"})
    handle = Handle(filters="country=DE", changes={"loyalty_tier": "Gold"}, by=0)

    counts = [bulk.run(handle), bulk.run(handle)]

    for person in people:
        person.refresh_from_db()
    assert [person.loyalty_tier for person in people] == ["Gold"] * 3
    assert counts == [{"customers": 3, "changed": 3}, {"customers": 3, "changed": 0}]
    assert handle.reported == [(2, 3), (3, 3)] * 2


def test_a_name_that_was_searched_for_leaves_no_trace_in_the_run(owner, tenant, monkeypatch):
    monkeypatch.setattr("commerce.admin.bulk.AT_ONCE", 0)
    customer = make_customer()

    owner.post(f"{BULK}?q=ada", {"action": "vip_on", "whole": "1", "confirmed": "1"})

    with schema_context("public"):
        params = Run.objects.get(job=bulk.JOB).params
    assert params["ids"] == [customer.pk]
    assert "filters" not in params


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"action": "vip_on"}, "Tick at least one customer"),
        ({"action": "add_tags", "text": " , ", "ids": 1}, "Enter at least one tag"),
        ({"action": "attribute", "ids": 1}, "Choose the attribute"),
    ],
)
def test_an_incomplete_bulk_change_says_what_is_missing(owner, asked, message):
    make_customer()

    assert message in owner.post(BULK, asked).content.decode()
