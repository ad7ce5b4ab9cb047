"""Several stores of one merchant: one view of customers, a store on orders, a filter on lists."""

from datetime import UTC, datetime

import pytest

from commerce.models import Customer, CustomerIdentity, Order
from integrations.sandbox.shopify.plan import Plan
from integrations.shopify import connecting
from integrations.shopify.connecting import Offered
from tests.integrations.shopify.facts import mirrored


@pytest.fixture
def second(loaded, at_sandbox, do):
    """Another, smaller store, loaded as well; one of its customers shops in the first, too."""
    shop = at_sandbox.sandbox.add_shop(
        Plan(domain="second-store.myshopify.com", name="Second Store", customers=20, seed=77)
    )
    shared = Customer.objects.exclude(email="").first()
    changes = at_sandbox.sandbox.changes(shop)
    changes.add_order(changes.add_customer(firstName="Same", email=shared.email)["id"])
    token = f"{at_sandbox.token}_2"
    store = connecting.connect(
        shop.plan.domain, Offered("static", access_token=token), by=None, at=datetime.now(UTC)
    )
    do()
    return store, shared


def test_who_shops_in_both_is_one_customer(loaded, second):
    store, shared = second

    sources = CustomerIdentity.objects.filter(customer=shared).values_list("source", flat=True)

    assert sorted(sources) == sorted([loaded.source, store.source])


def test_each_order_keeps_its_store(loaded, second):
    store, _ = second

    assert set(Order.objects.values_list("source", "store")) == {
        (loaded.source, "strata-sandbox"),
        (store.source, "second-store"),
    }
    assert len(mirrored(store)["orders"]) == Order.objects.filter(store="second-store").count()


def test_the_lists_are_filtered_by_store(owner, loaded, second):
    store, shared = second
    only_first = Customer.objects.exclude(identities__source=store.source).exclude(pk=shared.pk)

    customers = owner.get(f"/admin/commerce/customer/?store={store.source}").content.decode()
    orders = owner.get("/admin/commerce/order/?store=second-store").content.decode()

    assert 'name="store"' in customers
    assert f"/admin/commerce/customer/{shared.pk}/" in customers
    assert f"/admin/commerce/customer/{only_first.first().pk}/" not in customers
    some = Order.objects.filter(store="strata-sandbox").order_by("-placed_at").first()
    assert f"/admin/commerce/order/{some.pk}/" not in orders


def test_with_one_store_there_is_nothing_to_choose(owner, loaded):
    assert 'name="store"' not in owner.get("/admin/commerce/customer/").content.decode()
