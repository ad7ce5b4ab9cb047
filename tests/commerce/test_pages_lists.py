"""The customers and orders lists as people of the team see them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.models import CustomerIdentity, DataSource
from tests.commerce.page_facts import NOON, client_in_role, make_customer, make_order
from tests.conftest import sign_in

CUSTOMERS, ORDERS = "/admin/commerce/customer/", "/admin/commerce/order/"


def names(client, query="", at=CUSTOMERS):
    response = client.get(at + query)
    assert response.status_code == 200
    return [line.name for line in response.context_data["lines"]]


def numbers(client, query=""):
    response = client.get(ORDERS + query)
    return [line.order.number for line in response.context_data["lines"]]


def named(name, **values):
    metrics = values.pop("metrics", {})
    return make_customer(first_name=name, last_name="", email="", metrics=metrics, **values)


def test_the_list_begins_with_who_spent_most(owner):
    named("Little", metrics={"spent": Decimal(1)})
    named("Much", metrics={"spent": Decimal(900)})

    assert names(owner) == ["Much", "Little"]


def test_without_an_order_comes_last_in_the_order_of_orders(owner):
    named("Never", metrics={"last_order_on": None})
    named("Lately", metrics={"last_order_on": date(2026, 5, 3)})
    named("Long ago", metrics={"last_order_on": date(2020, 1, 1)})

    assert names(owner, "?sort=last") == ["Lately", "Long ago", "Never"]
    assert names(owner, "?sort=last_up") == ["Long ago", "Lately", "Never"]


@pytest.mark.parametrize("sort", ["spent", "spent_up", "last", "last_up", "orders", "new"])
def test_pages_forth_and_back_hold_everybody_once(owner, sort, monkeypatch):
    monkeypatch.setattr("commerce.admin.customer_list.PAGE_SIZE", 3)
    for number in range(10):
        last = None if number % 3 == 0 else date(2026, 1, 1 + number // 2)
        named(f"N{number}", metrics={"spent": Decimal(number // 4), "last_order_on": last})

    forth, address, pages = [], f"?sort={sort}", []
    while True:
        response = owner.get(CUSTOMERS + address)
        pages.append([line.name for line in response.context_data["lines"]])
        after = response.context_data["page"].after
        if not after:
            break
        address = f"?sort={sort}&page={after}"
    forth = [name for page in pages for name in page]
    back = owner.get(f"{CUSTOMERS}?sort={sort}&page={response.context_data['page'].before}")

    assert sorted(forth) == sorted(f"N{number}" for number in range(10))
    assert [line.name for line in back.context_data["lines"]] == pages[-2]


@pytest.mark.parametrize("cursor", ["a~", "x~1~1", "a~abc~5", "a~1~99999999999999999999999", "~~~"])
def test_a_page_that_cannot_be_read_is_the_first(owner, cursor):
    named("Only")

    assert names(owner, f"?page={cursor}") == ["Only"]


def test_filters_narrow_the_list(owner):
    named("Vip", is_vip=True, metrics={"is_vip": True, "country": "DE"})
    named("Tagged", metrics={"tag_keys": ["tea"], "spent": Decimal(7), "tier_key": "gold"})

    assert names(owner, "?vip=yes") == ["Vip"]
    assert names(owner, "?country=de") == ["Vip"]
    assert names(owner, "?tag=TEA") == ["Tagged"]
    assert names(owner, "?tier=Gold") == ["Tagged"]
    assert names(owner, "?spent_to=50") == ["Tagged"]
    assert names(owner, "?last_from=2026-05-04") == []


def test_a_filter_that_cannot_be_read_says_so(owner):
    named("Only")

    response = owner.get(f"{CUSTOMERS}?last_from=yesterday")

    assert response.context_data["lines"] == []
    assert "cannot be read" in response.content.decode()


def test_who_is_left_out_is_shown_only_when_asked_for(owner):
    named("Counts")
    named("Colleague", left_out_as="staff")

    assert names(owner) == ["Counts"]
    assert names(owner, "?left_out=staff") == ["Colleague"]
    assert names(owner, "?left_out=any") == ["Colleague"]
    assert names(owner, "?q=colleague") == ["Colleague"]


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "ADA B",
        "berg",
        "ada@sh",
        "+44 7700",
        "44770",
        "#77",
        "77",
        "C-1",
        "customer {pk}",
    ],
)
def test_search_finds_by_whole_or_leading_text(owner, text):
    DataSource.objects.create(key="csv", label="Files")
    ada = make_customer(phone="+44 7700 900 123")
    CustomerIdentity.objects.create(customer=ada, source="csv", external_id="C-17")
    make_order(ada, number="#7701")
    make_customer(first_name="Bo", last_name="Cole", email="bo@shop.test")

    asked = urlencode({"q": text.format(pk=ada.pk)})

    assert names(owner, f"?{asked}") == ["Ada Berg"]


def test_search_in_mid_text_has_to_be_asked_for(owner):
    make_customer()

    assert names(owner, "?q=erg") == []
    assert names(owner, "?q=erg&anywhere=on") == ["Ada Berg"]


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(owner):
    named("First")
    owner.get(CUSTOMERS)
    with CaptureQueriesContext(
        connection,
    ) as few:
        owner.get(CUSTOMERS)
    for number in range(20):
        named(f"N{number}")

    with CaptureQueriesContext(connection) as many:
        owner.get(CUSTOMERS)

    assert len(many) == len(few)
    assert not [query for query in many if "COUNT(" in query["sql"]]


def test_the_total_comes_by_itself(owner):
    named("One")
    named("Two", metrics={"country": "DE"})

    assert owner.get(f"{CUSTOMERS}count/").content.decode() == "2 customers"
    assert owner.get(f"{CUSTOMERS}count/?country=DE").content.decode() == "1 customer"


def test_an_empty_store_says_where_customers_come_from(owner):
    assert "No customers yet" in owner.get(CUSTOMERS).content.decode()
    assert "No orders yet" in owner.get(ORDERS).content.decode()


def test_orders_come_newest_first_and_say_why_they_do_not_count(owner):
    make_order(number="old", placed_at=NOON - timedelta(days=9), excluded_as="test")
    make_order(number="new", placed_at=NOON)

    response = owner.get(ORDERS)

    shown = [(line.order.number, line.verdict.short) for line in response.context_data["lines"]]
    assert shown == [("new", "Guest"), ("old", "Test order")]


def test_orders_are_filtered_by_the_merchants_days(owner):
    # 23:30 on 1 May in UTC is half past midnight of 2 May in London.
    make_order(number="late", placed_at=datetime(2026, 5, 1, 23, 30, tzinfo=UTC))

    assert numbers(owner, "?placed_from=2026-05-02&placed_to=2026-05-02") == ["late"]
    assert numbers(owner, "?placed_to=2026-05-01") == []
    assert numbers(owner, "?placed_to=9999-12-31") == []


def test_orders_are_found_by_number_customer_and_guest(owner):
    make_order(make_customer(), number="#1")
    make_order(number="#2", email_key="guest@shop.test")

    assert numbers(owner, "?q=1") == ["#1"]
    assert numbers(owner, "?q=berg") == ["#1"]
    assert numbers(owner, "?q=guest@") == ["#2"]
    assert numbers(owner, "?channel=web") == []


def test_the_orders_list_asks_the_same_number_of_questions_however_long_it_is(owner):
    make_order(make_customer())
    owner.get(ORDERS)
    with CaptureQueriesContext(connection) as few:
        owner.get(ORDERS)
    for _ in range(5):
        make_order(make_customer())

    with CaptureQueriesContext(connection) as many:
        owner.get(ORDERS)

    assert len(many) == len(few)


def test_a_viewer_sees_numbers_instead_of_names(tenant):
    customer = make_customer(phone="+44 7700 900 123")
    order = make_order(customer)
    make_order(number="#g", email_key="guest@shop.test")
    viewer = client_in_role(tenant, "viewer")

    pages = [
        viewer.get(address).content.decode()
        for address in (
            CUSTOMERS,
            ORDERS,
            f"{CUSTOMERS}{customer.pk}/change/",
            f"{ORDERS}{order.pk}/change/",
            f"{ORDERS}?q=%23g",
        )
    ]

    assert f"Customer {customer.pk}" in pages[0]
    for page in pages:
        assert not [word for word in ("Ada", "Berg", "@shop.test", "7700") if word in page]


def test_a_viewer_cannot_guess_contact_details_by_searching(tenant):
    make_customer(phone="+44 7700 900 123")
    make_order(number="#g", email_key="guest@shop.test")
    viewer = client_in_role(tenant, "viewer")

    for text in ("ada", "ada@shop.test", "447700900123", "erg&anywhere=on"):
        assert names(viewer, f"?q={text}") == []
    assert numbers(viewer, "?q=guest@shop.test") == []


def test_names_are_shown_as_text(owner):
    make_customer(first_name="<script>alert(1)</script>", tags=["<b>loud</b>"])

    page = owner.get(CUSTOMERS).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>loud" not in page


def test_a_stranger_is_sent_to_the_sign_in_page(other_tenant, tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(tenant, User.objects.create_superuser("stranger"))
    connection.set_tenant(tenant)

    for address in (CUSTOMERS, ORDERS, f"{CUSTOMERS}count/", f"{CUSTOMERS}values/"):
        response = stranger.get(address)
        assert response.status_code == 302
        assert "/login/" in response["Location"]


def test_somebody_without_a_role_is_refused(tenant):
    outsider = sign_in(tenant, User.objects.create_user("outsider", is_staff=True))

    for address in (CUSTOMERS, ORDERS, f"{CUSTOMERS}count/", f"{CUSTOMERS}values/"):
        assert outsider.get(address).status_code == 403
