"""A year of a real shop's orders: every customer's numbers and scores against published ones."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command

from commerce.models import CustomerIdentity
from segments.models import RfmScore

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
ORDERS = SHARED / "online_retail.csv.gz"
AS_OF = date(2011, 12, 10)
CASES = {
    "fixed_w365": ["--model", "fixed", "--frequency-days", "365", "--money-days", "365"],
    "quintile_w365": ["--model", "quintiles"],
    "quartile_life": ["--model", "quartiles", "--frequency-days", "all", "--money-days", "all"],
    "plg_f30": ["--model", "product_led"],
}


@pytest.fixture
def imported(committed_tenant):
    """Acme with the whole file imported by the command a merchant would use."""
    if not ORDERS.exists():
        pytest.skip("the reference orders are not beside the project")
    call_command("import_orders", str(ORDERS), tenant="acme", timezone="Europe/London")
    return committed_tenant


def published(case):
    """Return customer id → days, frequency, money, r, f, m."""
    path = SHARED / "online_retail_expected" / f"net_2011-12-10_{case}.csv"
    with path.open(newline="") as file:
        return {
            row["customer_id"]: (
                int(row["recency_days"]),
                int(row["frequency"]),
                Decimal(row["monetary"]),
                *(int(row[score]) for score in "rfm"),
            )
            for row in csv.DictReader(file)
        }


def scored():
    """Return the same of what is stored."""
    ids = dict(CustomerIdentity.objects.values_list("customer", "external_id"))
    return {
        ids[row.pk]: (
            (AS_OF - row.last_order_on).days,
            row.frequency,
            row.monetary,
            row.r,
            row.f,
            row.m,
        )
        for row in RfmScore.objects.all()
    }


@pytest.mark.timeout(600)
def test_every_customer_scores_as_published(imported):
    for case, choices in CASES.items():
        call_command("compute_rfm", "--tenant", "acme", "--as-of", str(AS_OF), *choices)

        expected, found = published(case), scored()

        assert len(found) == 4339
        assert {name: found[name] for name in expected} == expected, case
    assert len(published("quintile_w365")) == 4265
