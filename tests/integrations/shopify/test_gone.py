"""What a shop has no more: deletes and merges without a message, and what is not believed."""

from datetime import UTC, datetime

import pytest

from commerce.models import Customer, CustomerIdentity, Order
from integrations.models import ShopifyLoad, ShopifyMirror
from integrations.shopify import loads
from integrations.shopify.resources import CUSTOMERS, ORDERS
from tenants import jobs
from tenants.runs import JobFailed
from tests.integrations.shopify.facts import mirrored, of_shop


@pytest.fixture
def check(loaded, at_sandbox):
    """Do the nightly look of the store."""

    def checked():
        at_sandbox.clock.advance(600)
        return jobs.run_now("shopify_check_store", params={"store": loaded.pk})

    at_sandbox.changes = at_sandbox.sandbox.changes()
    return checked


def with_orders(shopify, count):
    homes = [home for home in shopify.shop.store.households() if home.customer and home.orders]
    return [home.customer["id"] for home in homes[:count]]


def without_orders(shopify):
    return [
        home.customer["id"]
        for home in shopify.shop.store.households()
        if home.customer and not home.orders
    ]


def last(gid):
    return gid.rsplit("/", 1)[1]


def test_deletes_without_a_message_are_found_at_night(check, loaded, at_sandbox):
    changes = at_sandbox.changes
    gone = changes.add_customer(firstName="Zoe", email="zoe@example.test")
    orders = [order["id"] for order in list(at_sandbox.shop.store.orders())[:3]]
    load_again(loaded)
    changes.delete_customer(gone["id"])
    for order in orders:
        changes.delete_order(order)

    run = check()

    assert run.counts["customers_removed"] == 1
    assert run.counts["orders_removed"] == 3
    assert not Customer.objects.filter(email="zoe@example.test").exists()
    assert mirrored(loaded) == of_shop(at_sandbox) | {"orders": mirrored(loaded)["orders"]}
    assert set(mirrored(loaded)["orders"]) == set(of_shop(at_sandbox)["orders"])


def load_again(store) -> None:
    row = loads.begin(store, CUSTOMERS)
    with jobs.schema_context("public"):
        jobs.Run.objects.filter(params__load=row.pk, state="queued").delete()
    jobs.run_now(loads.JOB, params={"load": row.pk})


def test_a_merge_without_a_message_is_found_and_done_here_too(check, loaded, at_sandbox):
    kept, gone = with_orders(at_sandbox, 2)
    theirs = Order.objects.filter(customer__identities__external_id__in=[last(kept), last(gone)])
    count = theirs.count()
    at_sandbox.changes.merge_customers(kept, gone)

    run = check()

    assert run.counts["customers_merged"] == 1
    survivor = CustomerIdentity.objects.get(external_id=last(kept)).customer
    assert CustomerIdentity.objects.get(external_id=last(gone)).customer == survivor
    assert survivor.orders.count() == count


def test_too_much_gone_at_once_is_not_believed(check, loaded, at_sandbox):
    before = mirrored(loaded)
    for order in list(at_sandbox.shop.store.orders())[:120]:
        at_sandbox.changes.delete_order(order["id"])

    with pytest.raises(JobFailed, match="too much to believe"):
        check()

    assert set(mirrored(loaded)["orders"]) == set(before["orders"])


def compare(store, resource) -> ShopifyLoad:
    row = loads.begin(store, resource, kind=ShopifyLoad.Kind.IDS)
    with jobs.schema_context("public"):
        jobs.Run.objects.filter(params__load=row.pk, state="queued").delete()
    jobs.run_now(loads.JOB, params={"load": row.pk})
    row.refresh_from_db()
    return row


def test_the_whole_comparison_removes_what_is_gone_and_reads_what_never_came(
    check, loaded, at_sandbox
):
    orders = list(at_sandbox.shop.store.orders())
    at_sandbox.changes.delete_order(orders[0]["id"])
    Order.objects.filter(external_id=orders[5]["legacyResourceId"]).delete()

    row = compare(loaded, ORDERS)

    assert row.state == "done"
    assert mirrored(loaded) == of_shop(at_sandbox)
    assert ShopifyMirror.objects.get(resource="orders").full_at


def test_a_source_that_is_suddenly_empty_removes_nothing(check, loaded, at_sandbox):
    before = mirrored(loaded)
    at_sandbox.sandbox.faults.add(
        "rewrite", fits="bulkOperation(", path="data.bulkOperation.objectCount", value="0", count=9
    )
    at_sandbox.sandbox.faults.add(
        "rewrite", fits="bulkOperation(", path="data.bulkOperation.url", value=None, count=9
    )

    with pytest.raises(JobFailed):
        compare(loaded, CUSTOMERS)

    assert mirrored(loaded) == before


def test_counts_of_the_shop_and_the_mirror_are_compared(check, loaded, at_sandbox):
    Order.objects.filter(pk=Order.objects.first().pk).delete()

    check()

    mirror = ShopifyMirror.objects.get(resource="orders")
    assert (mirror.drift, mirror.shop_count) == (1, mirror.mirror_count + 1)
    assert mirror.counted_at > datetime(2026, 1, 1, tzinfo=UTC)
