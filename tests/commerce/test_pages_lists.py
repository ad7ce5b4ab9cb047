"""The customers and orders lists as people of the team see them."""

from decimal import Decimal

from tests.commerce.page_facts import client_in_role, make_customer, make_order

CUSTOMERS, ORDERS = "/admin/commerce/customer/", "/admin/commerce/order/"


def names(response):
    return [line.name for line in response.context["lines"]]


def test_the_list_begins_with_who_spent_most(tenant, owner):
    make_customer(first_name="Little", last_name="", metrics={"spent": Decimal(1)})
    make_customer(first_name="Much", last_name="", metrics={"spent": Decimal(900)})

    response = owner.get(CUSTOMERS)

    assert names(response) == ["Much", "Little"]


def test_a_viewer_sees_numbers_instead_of_names(tenant):
    customer = make_customer()
    make_order(customer)
    viewer = client_in_role(tenant, "viewer")

    pages = [
        viewer.get(CUSTOMERS),
        viewer.get(ORDERS),
        viewer.get(f"{CUSTOMERS}{customer.pk}/change/"),
    ]

    for page in pages:
        assert page.status_code == 200
        assert f"Customer {customer.pk}" in page.content.decode()
        assert "Ada" not in page.content.decode()
        assert "ada@shop.test" not in page.content.decode()


def test_an_empty_store_says_where_customers_come_from(tenant, owner):
    response = owner.get(CUSTOMERS)

    assert "No customers yet" in response.content.decode()
