"""Sweeps: what changed comes in, nothing is lost between two, nothing older overwrites newer."""

from datetime import UTC, datetime, timedelta

import pytest

from commerce.models import Customer, CustomerIdentity, Order, OrderLine
from integrations.models import ShopifyMirror, ShopifyStore, SkippedRecord
from integrations.shopify import loads
from tenants import jobs
from tenants.runs import JobFailed
from tests.integrations.shopify.facts import mirrored, of_shop


@pytest.fixture
def sweep(loaded, at_sandbox):
    """Do one whole sync of the store; the shop's budget is full again before."""

    def swept():
        at_sandbox.clock.advance(120)
        return jobs.run_now(loads.SYNC_JOB, params={"store": loaded.pk})

    at_sandbox.changes = at_sandbox.sandbox.changes()
    ShopifyMirror.objects.update(watermark=datetime.fromtimestamp(at_sandbox.clock.now(), UTC))
    return swept


def a_customer(shopify, position=5):
    return list(shopify.shop.store.customers())[position]


def test_changes_of_every_kind_come_in(sweep, loaded, at_sandbox):
    at_sandbox.clock.advance(3_600)
    changes, buyer = at_sandbox.changes, a_customer(at_sandbox)
    changes.change_customer(buyer["id"], lastName="Renamed", tags=["vip", "new"])
    new = changes.add_customer(firstName="Nia", email="nia@example.test")
    changes.add_order(new["id"])
    orders = [order for order in at_sandbox.shop.store.orders() if order["_total"] > 0]
    changes.refund_order(orders[3]["id"], cents=500)
    changes.cancel_order(orders[7]["id"])

    run = sweep()

    assert run.state == "done"
    assert mirrored(loaded) == of_shop(at_sandbox)
    assert Order.objects.get(external_id=orders[7]["legacyResourceId"]).cancelled_at


def test_a_sweep_without_changes_writes_nothing_new(sweep, loaded):
    sweep()
    before = mirrored(loaded)
    marks = list(ShopifyMirror.objects.values_list("watermark"))

    sweep()

    assert mirrored(loaded) == before
    assert list(ShopifyMirror.objects.values_list("watermark")) == marks


def test_the_watermark_moves_to_the_newest_change_seen(sweep, loaded, at_sandbox):
    at_sandbox.clock.advance(3_600)
    changed = at_sandbox.changes.change_customer(a_customer(at_sandbox)["id"], firstName="Ann")

    sweep()

    mirror = ShopifyMirror.objects.get(resource="customers")
    assert mirror.watermark == datetime.fromisoformat(changed["updatedAt"])


def test_what_changed_earlier_the_same_day_is_not_lost(sweep, loaded, at_sandbox):
    """Shopify matches customers by whole days, and its clock may run behind."""
    mirror = ShopifyMirror.objects.get(resource="customers")
    changed = at_sandbox.changes.change_customer(a_customer(at_sandbox)["id"], firstName="Ann")
    mirror.watermark = datetime.fromisoformat(changed["updatedAt"]) + timedelta(seconds=110)
    mirror.save()

    sweep()

    known = CustomerIdentity.objects.get(external_id=changed["legacyResourceId"])
    assert known.customer.first_name == "Ann"


def test_many_changes_in_the_same_second_all_come_in(sweep, loaded, at_sandbox, monkeypatch):
    at_sandbox.clock.advance(3_600)
    for customer in list(at_sandbox.shop.store.customers())[:60]:
        at_sandbox.changes.change_customer(customer["id"], lastName="Same")
    small(monkeypatch)

    sweep()

    assert Customer.objects.filter(last_name="Same").count() == 60
    assert mirrored(loaded) == of_shop(at_sandbox)


def small(monkeypatch) -> None:
    """Let pages be small, so that sweeps have many."""
    from dataclasses import replace

    from integrations.shopify import jobs as work
    from integrations.shopify.resources import RESOURCES

    pages = {key: replace(each, page_size=10) for key, each in RESOURCES.items()}
    monkeypatch.setattr(work, "RESOURCES", pages)


@pytest.mark.parametrize("fault", ["cut", "broken", "reset", "internal", "status"])
def test_a_page_that_breaks_is_fetched_again_and_nothing_is_skipped(
    sweep, loaded, at_sandbox, monkeypatch, fault
):
    small(monkeypatch)
    monkeypatch.setattr("integrations.sync.FIRST_WAIT", 0.01)
    at_sandbox.clock.advance(3_600)
    for customer in list(at_sandbox.shop.store.customers())[:30]:
        at_sandbox.changes.change_customer(customer["id"], lastName="Again")
    at_sandbox.sandbox.faults.add(fault, skip=3)

    run = sweep()

    assert run.state == "done"
    assert at_sandbox.sandbox.faults.happened == 1
    assert mirrored(loaded) == of_shop(at_sandbox)


def test_a_shop_that_shuts_us_out_is_left_alone_and_says_so(sweep, loaded, at_sandbox):
    at_sandbox.sandbox.access.revoke(at_sandbox.token)
    asked = at_sandbox.sandbox.calls
    before = mirrored(loaded)

    with pytest.raises(JobFailed, match="Reconnect the store"):
        sweep()
    with pytest.raises(JobFailed, match="not connected"):
        sweep()

    store = ShopifyStore.objects.get()
    assert (store.state, "token" in store.state_note) == ("reconnect", True)
    assert at_sandbox.sandbox.calls - asked <= 2
    assert mirrored(loaded) == before


@pytest.mark.parametrize(("status", "word"), [(402, "frozen"), (423, "locked"), (403, "access")])
def test_what_only_the_merchant_can_mend_is_said_in_words(sweep, at_sandbox, status, word):
    at_sandbox.sandbox.faults.add("status", status=status)

    with pytest.raises(JobFailed, match=word):
        sweep()

    assert ShopifyStore.objects.get().state == "reconnect"


def test_a_list_that_goes_in_a_circle_is_noticed(sweep, loaded, at_sandbox, monkeypatch):
    small(monkeypatch)
    monkeypatch.setattr("integrations.sync.MOST_TRIES", 2)
    monkeypatch.setattr("integrations.sync.FIRST_WAIT", 0.01)
    at_sandbox.clock.advance(3_600)
    for customer in list(at_sandbox.shop.store.customers())[:30]:
        at_sandbox.changes.change_customer(customer["id"], lastName="Round")
    at_sandbox.sandbox.faults.add(
        "rewrite", fits="customers", path="data.customers.pageInfo.endCursor", value="", count=9
    )

    with pytest.raises(JobFailed, match="circle"):
        sweep()

    mark = ShopifyMirror.objects.get(resource="customers")
    assert mark.watermark < datetime.fromtimestamp(at_sandbox.clock.now() - 3_000, UTC)


def test_one_poisoned_record_is_left_out_with_its_reason_until_it_is_well(
    sweep, loaded, at_sandbox
):
    at_sandbox.clock.advance(3_600)
    orders = list(at_sandbox.shop.store.orders())
    for order in orders[:20]:
        at_sandbox.changes.change_order(order["id"], tags=["swept"])
    sick = orders[4]
    at_sandbox.changes.change_order(sick["id"], processedAt="0001-01-01T00:00:00Z")

    run = sweep()

    row = SkippedRecord.objects.get()
    assert (row.resource, row.external_id) == ("orders", sick["legacyResourceId"])
    assert "date" in row.reason
    assert run.counts["orders_skipped"] == 1
    assert Order.objects.filter(tags=["swept"]).count() == 19

    at_sandbox.changes.change_order(sick["id"], processedAt=orders[5]["processedAt"])
    sweep()

    assert not SkippedRecord.objects.exists()
    assert mirrored(loaded) == of_shop(at_sandbox)


def test_an_older_answer_never_overwrites_what_is_newer(sweep, loaded, at_sandbox):
    order = Order.objects.first()
    newer = order.source_at + timedelta(days=400)
    Order.objects.filter(pk=order.pk).update(source_at=newer, number="newer")
    ShopifyMirror.objects.update(watermark=datetime(2020, 1, 1, tzinfo=UTC))

    sweep()

    order.refresh_from_db()
    assert (order.number, order.source_at) == ("newer", newer)


def test_an_order_with_more_lines_than_a_page_comes_whole(sweep, loaded, at_sandbox, monkeypatch):
    from dataclasses import replace

    from integrations.shopify import jobs as work
    from integrations.shopify import resources

    monkeypatch.setattr(resources, "MORE_LINES", 1)
    one_line = replace(resources.ORDERS, variables=(("lines", 1),))
    monkeypatch.setattr(work, "RESOURCES", {"orders": one_line})
    order = max(at_sandbox.shop.store.orders(), key=lambda each: len(each["_lines"]))
    OrderLine.objects.filter(order__external_id=order["legacyResourceId"]).delete()
    at_sandbox.clock.advance(3_600)
    at_sandbox.changes.change_order(order["id"], tags=["whole"])

    sweep()

    lines = OrderLine.objects.filter(order__external_id=order["legacyResourceId"])
    assert lines.count() == len(order["_lines"]) > 1
