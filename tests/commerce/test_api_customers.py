"""Customers for other programs: listed by number, read whole, changed as staff change them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce import attribute_kinds
from commerce.models import AttributeDefinition, Customer, StaleCustomer
from tests.commerce.factories import CustomerFactory
from tests.segments.api_shop import open_shop, send
from tests.tenants.api_keys import api

LIST = "/api/v1/customers/"
READ, CONTACT, WRITE = "customers:read", "customers:contact", "customers:write"


def ids(response):
    return [row["id"] for row in response.json()["results"]]


def test_customers_are_listed_by_number_without_names(tenant):
    ada, ben, cleo = open_shop()

    told = api(READ).get(LIST).json()["results"]

    assert [row["id"] for row in told] == [ada.pk, ben.pk, cleo.pk]
    assert told[0] == {
        "id": ada.pk,
        "customer_id": "till/Ada",
        "counts": True,
        "orders": 1,
        "spent": "150.00",
        "refunded": "0.00",
        "first_order_on": told[0]["last_order_on"],
        "last_order_on": told[0]["last_order_on"],
        "country": "",
        "is_vip": False,
        "loyalty_tier": "",
        "tags": [],
        "email_consent": "unknown",
        "sms_consent": "unknown",
    }


def test_names_need_their_scope(tenant):
    open_shop()

    told = api(READ, CONTACT).get(f"{LIST}?q=ada@shop.test").json()["results"]

    assert [(row["first_name"], row["email"]) for row in told] == [("Ada", "ada@shop.test")]
    assert ids(api(READ).get(f"{LIST}?q=ada@shop.test")) == []


def test_filters_narrow_and_pages_go_on(tenant):
    ada, ben, cleo = open_shop()
    client = api(READ)

    first = client.get(f"{LIST}?limit=2").json()

    assert ids(client.get(f"{LIST}?spent_from=10&spent_to=100")) == [ben.pk]
    assert ids(client.get(first["next"])) == [cleo.pk]
    assert [row["id"] for row in first["results"]] == [ada.pk, ben.pk]


@pytest.mark.parametrize(
    ("query", "name"),
    [("colour=red", "colour"), ("vip=maybe", "vip"), ("spent_from=much", "spent_from"),
     ("anywhere=1", "anywhere"), ("limit=501", "limit")],
)  # fmt: skip
def test_a_filter_that_cannot_be_is_refused(tenant, query, name):
    response = api(READ).get(f"{LIST}?{query}")

    assert (response.status_code, response.json()["errors"][0]["path"]) == (400, [name])


def test_a_list_costs_the_same_for_any_number(tenant):
    open_shop()
    client = api(READ)
    client.get(LIST)

    with CaptureQueriesContext(connection) as one:
        client.get(f"{LIST}?limit=1")
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)

    assert len(one) == len(three)


def test_one_customer_is_told_whole(tenant):
    ada = open_shop()[0]
    attribute_kinds.declare(key="plan", kind="text")
    attribute_kinds.declare(key="diet", kind="text")
    AttributeDefinition.objects.filter(key="diet").update(is_sensitive=True)
    Customer.objects.filter(pk=ada.pk).update(
        attributes={"plan": "pro", "diet": "vegan", "stray": 1}
    )

    shut = api(READ).get(f"{LIST}{ada.pk}/").json()
    seen = api(READ, CONTACT).get(f"{LIST}till/Ada/?source=till").json()

    assert (shut["attributes"], "email" in shut, "birthday" in shut) == (
        {"plan": "pro"},
        False,
        False,
    )
    assert (seen["attributes"], seen["email"]) == (
        {"plan": "pro", "diet": "vegan"},
        "ada@shop.test",
    )
    assert shut["identities"] == [{"source": "till", "id": "till/Ada"}]


def test_an_id_that_is_an_address_is_withheld_like_one(tenant):
    ada = open_shop()[0]
    ada.identities.update(external_id="ada@shop.test")

    shut = api(READ).get(f"{LIST}{ada.pk}/").json()

    assert (shut["customer_id"], shut["identities"]) == ("", [{"source": "till", "id": None}])


def test_a_merged_id_leads_on_and_an_erased_one_is_gone(tenant):
    ada, ben, cleo = open_shop()
    Customer.objects.filter(pk=ben.pk).update(merged_into=ada)
    Customer.objects.filter(pk=cleo.pk).update(erased_at=timezone.now())
    client = api(READ)

    assert client.get(f"{LIST}{ben.pk}/").json()["id"] == ada.pk
    assert client.get(f"{LIST}{cleo.pk}/").status_code == 404


def test_a_change_is_written_marked_and_audited(tenant):
    ada = open_shop()[0]
    attribute_kinds.declare(key="plan", kind="text")
    body = {"is_vip": True, "add_tags": ["Press"], "attributes": {"plan": "pro"}}
    StaleCustomer.objects.all().delete()

    told = send(api(WRITE), "patch", f"customers/{ada.pk}/", body).json()

    ada.refresh_from_db()
    assert (ada.is_vip, ada.tags, ada.attributes) == (True, ["Press"], {"plan": "pro"})
    assert (told["is_vip"], told["tags"], told["attributes"]) == (True, ["Press"], {"plan": "pro"})
    assert StaleCustomer.objects.filter(customer_id=ada.pk, cause="manual").exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "new@shop.test"}, 400),
        ({"is_vip": "very"}, 400),
        ({"attributes": {"nothing": 1}}, 400),
        ({"attributes": {"plan": "x" * 1_001}}, 400),
        ({"attributes": {"diet": "none"}}, 403),
        ({"loyalty_points": 2**40}, 400),
        ({"add_tags": "Press"}, 400),
    ],
)
def test_what_cannot_be_changed_is_refused_whole(tenant, body, status):
    customer = CustomerFactory()
    attribute_kinds.declare(key="plan", kind="text")
    attribute_kinds.declare(key="diet", kind="text")
    AttributeDefinition.objects.filter(key="diet").update(is_sensitive=True)

    response = send(api(WRITE), "patch", f"customers/{customer.pk}/", {"is_vip": True} | body)

    customer.refresh_from_db()
    assert response.status_code == status
    assert (customer.is_vip, customer.attributes) == (False, {})


def test_money_is_exact_text(tenant):
    ada = open_shop()[0]

    assert Decimal(api(READ).get(f"{LIST}{ada.pk}/").json()["spent"]) == Decimal("150.00")


def test_a_stranger_reads_nobody(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    theirs = [CustomerFactory() for _ in range(5)]
    connection.set_tenant(tenant)

    assert ids(api(READ).get(LIST)) == []
    assert api(READ).get(f"{LIST}{theirs[0].pk}/").status_code == 404
