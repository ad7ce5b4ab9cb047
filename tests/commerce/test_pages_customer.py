"""A customer's page: who they are, what they did, and the cards of other floors."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce import columns
from commerce.admin.customer_page import age
from commerce.columns import Badge, Column
from commerce.models import AttributeDefinition, CustomerIdentity, Event, Refund
from tenants import panels
from tenants.panels import Panel
from tests.commerce.page_facts import NOON, client_in_role, make_customer, make_order
from tests.conftest import sign_in


def page_of(client, customer, query=""):
    return client.get(f"/admin/commerce/customer/{customer.pk}/change/{query}")


def make_event(customer, name, day, number):
    return Event.objects.create(
        customer=customer,
        source="csv",
        external_id=f"e{number}",
        name=name,
        occurred_at=datetime(2026, 5, day, 9, tzinfo=UTC),
        occurred_on=date(2026, 5, day),
        occurred_hour=10,
    )


def test_the_page_shows_who_they_are_and_what_they_bought(owner):
    customer = make_customer(city="Leeds", country="GB", tags=["Tea"])
    order = make_order(customer, number="#55")
    Refund.objects.create(
        order=order,
        customer=customer,
        source="csv",
        external_id="r1",
        amount=Decimal(12),
        refunded_at=NOON,
        refunded_on=NOON.date(),
    )

    page = page_of(owner, customer).content.decode()

    for shown in ("Ada Berg", "ada@shop.test", "Leeds, GB", "£100.00", "#55", "£12.00", "Tea"):
        assert shown in page
    assert "Numbers as of" in page


@pytest.mark.parametrize(
    ("birthday", "on", "years"),
    [
        (date(1990, 5, 3), date(2026, 5, 2), 35),
        (date(1990, 5, 3), date(2026, 5, 3), 36),
        (date(2000, 2, 29), date(2027, 2, 28), 26),
    ],
)
def test_age_counts_full_years(birthday, on, years):
    assert age(birthday, on=on) == years


def test_a_viewer_sees_no_sensitive_value(tenant):
    AttributeDefinition.objects.create(key="diet", label="Diet", is_sensitive=True)
    customer = make_customer(
        birthday=date(1990, 5, 3), attributes={"diet": "vegan", "nickname": "Addie"}
    )
    CustomerIdentity.objects.create(customer=customer, source="csv", external_id="ada@shop.test")

    page = page_of(client_in_role(tenant, "viewer"), customer).content.decode()

    assert "Hidden" in page
    for hidden in ("vegan", "Addie", "1990", "ada@shop.test", "Berg"):
        assert hidden not in page


def test_an_erased_customer_has_no_name_and_no_boxes(owner):
    customer = make_customer(erased_at=NOON)

    page = page_of(owner, customer).content.decode()

    assert "Ada" not in owner.get("/admin/commerce/customer/").content.decode()
    assert "Make VIP" not in page


def test_events_are_grouped_by_day_and_paged_by_whole_days(owner, monkeypatch):
    monkeypatch.setattr("commerce.admin.customer_page.EVENTS_SHOWN", 3)
    customer = make_customer()
    for number in range(3):
        make_event(customer, "email_opened", 5, number)
    make_event(customer, "session", 5, 10)
    make_event(customer, "session", 4, 11)
    make_event(customer, "email_opened", 4, 12)

    first = page_of(owner, customer).context_data["events"]
    second = page_of(owner, customer, f"?events={first['before']}").context_data["events"]

    assert {(group["name"], group["times"]) for group in first["groups"]} == {
        ("email_opened", 3),
        ("session", 1),
    }
    assert [group["occurred_on"].day for group in second["groups"]] == [4, 4]
    assert second["before"] == ""


def test_a_broken_day_of_events_shows_the_newest(owner):
    customer = make_customer()
    make_event(customer, "session", 5, 1)

    assert len(page_of(owner, customer, "?events=soon").context_data["events"]["groups"]) == 1


def test_orders_are_paged(owner, monkeypatch):
    monkeypatch.setattr("commerce.admin.customer_page.ORDERS_SHOWN", 2)
    customer = make_customer()
    for days in range(3):
        make_order(customer, number=f"#{days}", placed_at=NOON - timedelta(days=days))

    first = page_of(owner, customer).context_data
    second = page_of(
        owner, customer, f"?{urlencode({'orders': first['orders'].after})}"
    ).context_data

    assert [line.order.number for line in first["order_lines"]] == ["#0", "#1"]
    assert [line.order.number for line in second["order_lines"]] == ["#2"]


def test_the_page_asks_the_same_number_of_questions_however_much_they_did(owner):
    quiet, busy = make_customer(), make_customer()
    make_order(quiet)
    make_event(quiet, "session", 1, 0)
    for number in range(1, 15):
        make_order(busy)
        make_event(busy, "session", 1 + number % 9, number)
    page_of(owner, quiet)

    with CaptureQueriesContext(connection) as few:
        page_of(owner, quiet)
    with CaptureQueriesContext(connection) as many:
        page_of(owner, busy)

    assert len(many) == len(few)


@pytest.fixture
def registered():
    """Let a test register a panel and a column, and forget them afterwards."""
    registries = (panels.CUSTOMER, columns.CUSTOMERS)
    kept = [(registry, dict(registry._entries)) for registry in registries]
    yield
    for registry, entries in kept:
        registry._entries = entries


def test_panels_of_other_floors_are_shown_to_who_may_see_them(owner, tenant, registered):
    customer = make_customer()
    template = "commerce/badge.html"
    for panel in (
        Panel("hello", "Hello", template, lambda *_: {"badge": Badge("Hi!")}),
        Panel("secret", "Secret", template, lambda *_: {"badge": Badge("Psst")}, 1, "access.no"),
        Panel("absent", "Absent", template, lambda *_: None),
    ):
        panels.CUSTOMER.register(panel)

    cards = page_of(client_in_role(tenant, "viewer"), customer).context_data["panels"]

    keys = {card["key"] for card in cards}
    assert keys & {"hello", "secret", "absent"} == {"hello"}
    assert "Hi!" in page_of(owner, customer).content.decode()


def test_a_column_of_another_floor_is_shown_and_filters(owner, registered):
    loyal, other = make_customer(), make_customer(first_name="Bo", metrics={"orders_count": 1})
    columns.CUSTOMERS.register(
        Column(
            key="stage",
            label="Stage",
            badges=lambda ids: {loyal.pk: Badge("Loyal", "seg-loyal")} if loyal.pk in ids else {},
            choices=lambda: [("loyal", "Loyal")],
            narrow=lambda rows, value: rows.filter(customer=loyal.pk),
        )
    )

    whole = owner.get("/admin/commerce/customer/").content.decode()
    narrowed = owner.get("/admin/commerce/customer/?stage=loyal").context_data["lines"]

    assert '<span class="badge seg-loyal">Loyal</span>' in whole
    assert [line.customer.pk for line in narrowed] == [loyal.pk]
    assert other.pk != loyal.pk


def test_an_unknown_customer_is_not_found(owner):
    for unknown in ("999999", "abc", "9" * 40):
        assert owner.get(f"/admin/commerce/customer/{unknown}/change/").status_code == 404


def test_a_stranger_is_sent_to_the_sign_in_page(tenant, other_tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(tenant, User.objects.create_superuser("stranger"))
    connection.set_tenant(tenant)
    customer = make_customer()

    response = page_of(stranger, customer)

    assert response.status_code == 302
    assert "/login/" in response["Location"]
