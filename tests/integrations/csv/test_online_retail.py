"""A published file of real orders, when it is at hand: our counts against plain Python's."""

import csv
import gzip
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import Sum

from commerce.models import Customer, CustomerMetrics, Order, OrderLine, Refund
from integrations.csv import importing, services
from tenants.progress import Silence
from tests.integrations.conftest import TODAY

FILE = Path(__file__).resolve().parents[3] / ".." / "shared" / "data" / "online_retail.csv.gz"


@pytest.mark.skipif(not FILE.exists(), reason="the published file is not here")
@pytest.mark.timeout(600)
def test_every_order_line_refund_and_customer_of_the_file_is_there(tenant):
    with gzip.open(FILE) as packed:
        rows = list(csv.DictReader(io.TextIOWrapper(packed, "utf-8", newline="")))
    sold = [row for row in rows if not row["InvoiceNo"].startswith("C")]
    spent: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        spent[row["CustomerID"]] += int(row["Quantity"]) * Decimal(row["UnitPrice"])

    file = services.register(FILE, kind="orders")
    counts = importing.run_import(file, today=TODAY, progress=Silence())

    assert counts["rejected"] == 0
    assert OrderLine.objects.count() == len(sold) == 532_621
    assert Order.objects.count() == len({row["InvoiceNo"] for row in sold}) == 22_064
    assert Refund.objects.count() == len(rows) - len(sold) == 9_288
    guests = {row["InvoiceNo"] for row in sold if not row["CustomerID"]}
    assert Order.objects.filter(customer=None).count() == len(guests)
    assert Customer.objects.count() == len(spent) - 1
    del spent[""]
    metrics = CustomerMetrics.objects.values_list("customer__identities__external_id", "spent")
    assert dict(metrics) == dict(spent)
    assert OrderLine.objects.aggregate(total=Sum("line_total"))["total"] == sum(
        int(row["Quantity"]) * Decimal(row["UnitPrice"]) for row in sold
    )
