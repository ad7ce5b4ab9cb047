"""The first load: everything of a shop as files, lines with their orders or apart from them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection

from commerce.models import CustomerMetrics, Order, OrderLine
from integrations.errors import TryLater
from integrations.models import (
    ShopifyLateLine,
    ShopifyLoad,
    ShopifyMirror,
    ShopifyStore,
    SkippedRecord,
)
from integrations.shopify import bulk_file, loading, loads
from integrations.shopify.bulk_file import read_chunks
from integrations.shopify.resources import CUSTOMERS, ORDERS
from tenants import jobs
from tenants.models import Run
from tenants.progress import Cancelled
from tenants.runs import JobFailed
from tests.integrations.shopify.connected import connect
from tests.integrations.shopify.facts import mirrored, of_shop


@pytest.fixture
def small(monkeypatch):
    """Let chunks be small, so that a file has many and lines stand apart from their orders."""
    monkeypatch.setattr(bulk_file, "CHUNK_LINES", 150)


def load(resource: str) -> ShopifyLoad:
    return ShopifyLoad.objects.get(resource=resource)


def do_load(resource: str) -> Run:
    row = load(resource)
    with jobs.schema_context("public"):
        Run.objects.filter(params__load=row.pk, state="queued").delete()
    return jobs.run_now(loads.JOB, params={"load": row.pk})


def test_everything_of_the_shop_stands_here(store, shopify, do):
    runs = do()

    assert [run.state for run in runs] == ["done", "done"]
    assert mirrored(store) == of_shop(shopify)
    assert [each.state for each in ShopifyLoad.objects.all()] == ["done", "done"]
    assert all(mirror.watermark for mirror in ShopifyMirror.objects.all())


def test_lines_that_stand_apart_from_their_orders_join_them(store, shopify, do, small):
    runs = do()

    assert sum(run.counts.get("lines_joined_later", 0) for run in runs) > 0
    assert mirrored(store) == of_shop(shopify)
    assert not ShopifyLateLine.objects.exists()


def test_numbers_left_to_the_end_are_the_same_numbers(store, do, small, monkeypatch):
    do()
    at_once = list(CustomerMetrics.objects.order_by("customer_id").values())

    CustomerMetrics.objects.all().delete()
    monkeypatch.setattr(loading, "LONG", 10)
    for resource in (CUSTOMERS, ORDERS):
        loads.begin(store, resource)
    do()

    assert list(CustomerMetrics.objects.order_by("customer_id").values()) == at_once


@pytest.mark.parametrize("kill_at", [1, 4])
def test_a_load_killed_in_the_middle_goes_on_without_doubling(
    store, shopify, do, small, monkeypatch, kill_at
):
    do_load("customers")
    landed, land = [], loading.landing.land

    def dying(items, *, how):
        landed.append(1)
        if len(landed) == kill_at:
            raise ConnectionError("killed")
        return land(items, how=how)

    monkeypatch.setattr(loading.landing, "land", dying)
    with pytest.raises(ConnectionError):
        do_load("orders")
    position = load("orders").position
    do_load("orders")

    assert (position > 0) == (kill_at > 1)
    assert mirrored(store) == of_shop(shopify)
    assert load("orders").counts["lines"] == load("orders").object_count


def test_a_file_that_breaks_off_is_taken_up_where_it_broke(store, shopify, do, small, monkeypatch):
    monkeypatch.setattr("integrations.sync.FIRST_WAIT", 0.01)
    shopify.sandbox.faults.add("cut", where="bulk")

    runs = do()

    assert [run.state for run in runs] == ["done", "done"]
    assert shopify.sandbox.faults.happened == 1
    assert mirrored(store) == of_shop(shopify)


def test_a_file_that_holds_less_than_was_said_is_not_believed(store, shopify, monkeypatch):
    monkeypatch.setattr(loading, "MOST_ASKS", 1)
    shopify.sandbox.faults.add(
        "rewrite", fits="bulkOperation(", path="data.bulkOperation.objectCount", value="9999"
    )

    with pytest.raises(JobFailed, match="held less than Shopify said"):
        do_load("customers")

    assert load("customers").state == "failed"
    assert ShopifyMirror.objects.get(resource="customers").loaded_at is None


def test_an_operation_that_fails_is_asked_for_again_and_then_given_up(store, shopify, monkeypatch):
    monkeypatch.setattr(loading, "MOST_ASKS", 1)
    shopify.sandbox.bulk_failure = "TIMEOUT"

    with pytest.raises(JobFailed, match="broke the file off"):
        do_load("customers")

    assert (load("customers").state, "broke" in load("customers").error) == ("failed", True)


def test_an_answer_lost_after_the_operation_began_leaves_no_second_one(store, shopify, monkeypatch):
    monkeypatch.setattr("integrations.sync.FIRST_WAIT", 0.01)
    shopify.sandbox.faults.add("reset", fits="bulkOperationRunQuery", is_late=True)

    do_load("customers")

    running = [each for each in shopify.shop.bulk.values() if each["status"] == "RUNNING"]
    assert running == []
    assert load("customers").state == "done"


def test_a_scope_taken_away_is_said_and_the_store_waits_for_the_merchant(store, shopify):
    for token in shopify.sandbox.access.tokens.values():
        token.scopes = tuple(scope for scope in token.scopes if "orders" not in scope)

    with pytest.raises(JobFailed, match="does not let this app read"):
        do_load("orders")

    assert ShopifyStore.objects.get().state == "reconnect"


def test_a_cancelled_load_stops_and_can_begin_again(store, shopify, do, small):
    class Impatient:
        def report(self, done, total=None, note=""):
            if "Reading the file" in note:
                raise Cancelled

    row = load("orders")
    with pytest.raises(Cancelled):
        jobs.run_now(loads.JOB, params={"load": row.pk}, progress=Impatient())
    assert load("orders").state == "cancelled"

    loads.begin(store, ORDERS)
    do()

    assert mirrored(store) == of_shop(shopify)


def test_a_broken_line_in_a_file_costs_only_itself(store, shopify, do, monkeypatch):
    def spoilt(pieces, *, start=0):
        text = b"".join(pieces)
        first, rest = text.split(b"\n", 1)
        return read_chunks([b"{" + b"x" * (len(first) - 1), b"\n", rest], start=start)

    monkeypatch.setattr(loading, "read_chunks", spoilt)
    do_load("customers")

    assert len(mirrored(store)["customers"]) == len(of_shop(shopify)["customers"]) - 1


def test_a_poisoned_record_is_found_by_halves(store, shopify, do):
    customers = list(shopify.shop.store.customers())
    shopify.sandbox.changes().change_customer(customers[9]["id"], firstName="A\x00b\ud800")
    orders = list(shopify.shop.store.orders())
    shopify.sandbox.changes().change_order(orders[2]["id"], subtotalLineItemsQuantity=10**12)

    do()

    assert [row.reason for row in SkippedRecord.objects.all()] == ["is too large for the database"]
    assert len(mirrored(store)["orders"]) == len(of_shop(shopify)["orders"]) - 1
    assert len(mirrored(store)["customers"]) == len(of_shop(shopify)["customers"])


def test_a_first_load_sets_nothing_off(store, do):
    from commerce.models import StaleCustomer

    do()

    assert set(StaleCustomer.objects.values_list("cause", flat=True)) <= {"import"}


def test_the_stranger_sees_nothing_of_it(other_tenant, store, do):
    do()

    connection.set_tenant(other_tenant)

    assert not ShopifyStore.objects.exists()
    assert not Order.objects.exists()
    assert not OrderLine.objects.exists()


def test_two_workers_on_one_file_write_it_once(committed_tenant, at_sandbox, monkeypatch):
    monkeypatch.setattr(bulk_file, "CHUNK_LINES", 60)
    monkeypatch.setattr("integrations.sync.FIRST_WAIT", 0.01)
    store = connect(at_sandbox)
    row = ShopifyLoad.objects.get(store=store, resource="customers")
    from integrations.shopify.credentials import client_for
    from tenants.runs import RunHandle

    def work(number):
        connection.set_tenant(committed_tenant)
        try:
            mine = ShopifyLoad.objects.select_related("store").get(pk=row.pk)
            run = Run(tenant=committed_tenant, job=loads.JOB, started_at=datetime.now(UTC))
            with client_for(mine.store, leaves=0) as client:
                try:
                    loading.work(mine, client, handle=RunHandle(run), counts={})
                except TryLater as error:
                    return type(error).__name__
            return "done"
        finally:
            connection.close()

    loading.wait_for_file(row, client_for(store), handle=RunHandle(
        Run(tenant=committed_tenant, started_at=datetime.now(UTC))))  # fmt: skip
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(work, range(2)))

    assert set(ends) <= {"done", "TryLater"}
    assert len(mirrored(store)["customers"]) == len(of_shop(at_sandbox)["customers"])
