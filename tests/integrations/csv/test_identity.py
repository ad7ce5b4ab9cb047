"""The same file again adds nothing; identical lines in one file are different purchases."""

import gzip
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commerce.models import CustomerMetrics, Order, OrderLine, Refund
from integrations.csv import chunks, importing, services
from tenants.progress import Silence
from tests.integrations.conftest import TODAY

PURCHASES = "customer_id,date,amount\n" + "7,2026-06-01,10\n" * 5 + "8,2026-06-02,-3\n" * 2
LINES = (
    "order number,customer id,date,sku,quantity,price\n"
    + "1,7,2026-06-01,A,1,2\n" * 3
    + "2,7,2026-06-03,A,1,2\n1,7,2026-06-01,A,1,2\n"
    + "C9,7,2026-06-04,A,-1,2\n" * 2
)


def facts() -> list[object]:
    return [
        sorted(Order.objects.values_list("external_id", "total", "items_count", "placed_on")),
        sorted(OrderLine.objects.values_list("order__number", "line_key", "line_total")),
        sorted(Refund.objects.values_list("external_id", "amount")),
        sorted(CustomerMetrics.objects.values_list("orders_count", "spent", "last_order_on")),
    ]


def test_identical_rows_are_different_purchases(load):
    load(PURCHASES)

    assert Order.objects.count() == 5
    assert Refund.objects.count() == 2


def test_identical_lines_are_different_lines_of_their_order(load):
    load(LINES)

    assert dict(Order.objects.values_list("number", "total")) == {"1": Decimal(8), "2": Decimal(2)}
    assert Refund.objects.count() == 2


@pytest.mark.parametrize("text", [PURCHASES, LINES])
def test_the_same_file_again_adds_nothing_whatever_its_name_and_packing(load, text):
    load(text)
    before = facts()

    again = load(gzip.compress(text.encode()), name="renamed.csv.gz")

    assert facts() == before
    counts = {k: v for k, v in again.counts.items() if k.endswith("new")}
    assert set(counts.values()) == {0}


@pytest.mark.parametrize("text", [PURCHASES, LINES])
def test_a_later_longer_export_adds_only_what_is_new(load, text):
    load(text)

    extra = text.splitlines()[1] + "\n"
    again = load(text + extra)

    added = again.counts["orders_new"] or again.counts["lines_new"]
    assert added == 1


@pytest.mark.parametrize("size", [1, 2, 3, 100])
@pytest.mark.parametrize("text", [PURCHASES, LINES])
def test_the_size_of_chunks_makes_no_difference(load, monkeypatch, text, size):
    load(text)
    whole = facts()
    for model in (Order, Refund, CustomerMetrics):
        model.objects.all().delete()

    monkeypatch.setattr(chunks, "CHUNK", size)
    load(text)

    assert facts() == whole


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("78"), st.sampled_from("12"), st.integers(-2, 2)),
        min_size=1,
        max_size=14,
    ),
    size=st.integers(1, 5),
    stop=st.integers(0, 14),
)
def test_a_file_cut_anywhere_and_imported_again_is_the_file_imported_once(
    tenant, write, rows, size, stop
):
    header = "order number,customer id,date,sku,quantity,price\n"
    lines = [f"{number},{person},2026-06-0{number},A,{n},2\n" for person, number, n in rows]
    for model in (Order, Refund, CustomerMetrics):
        model.objects.all().delete()
    chunks.CHUNK, usual = size, chunks.CHUNK
    try:
        for text in (lines[:stop] or lines, lines):
            file = services.register(write(header + "".join(text)), kind="orders")
            importing.run_import(file, today=TODAY, progress=Silence())
    finally:
        chunks.CHUNK = usual

    assert OrderLine.objects.count() == len(rows)
    expected: dict[str, int] = {}
    for _, number, n in rows:
        expected[number] = expected.get(number, 0) + 2 * n
    assert dict(Order.objects.values_list("number", "total")) == expected
