"""The jobs that keep numbers in step by themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from commerce import edits, figures
from commerce.models import Customer, CustomerMetrics
from commerce.rollups import STORE_DAYS, hold_alone, windows
from tenants import jobs
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date

DAY = date(2026, 6, 1)


def test_the_night_job_rolls_windows_to_the_local_day(committed_tenant):
    long_ago = datetime.now(UTC) - timedelta(days=400)
    OrderFactory(placed_at=long_ago)
    bring_up_to_date(on=long_ago.date())
    before = CustomerMetrics.objects.get().orders_365

    run = jobs.run_now("roll_windows")
    jobs.run_now(STORE_DAYS)

    assert (before, CustomerMetrics.objects.get().orders_365) == (1, 0)
    assert run.counts == {"customers_changed": 1}
    totals = figures.store_totals()
    assert (totals.orders, totals.orders_365, totals.is_behind) == (1, 0, False)


def test_the_recount_job_runs_in_the_background(committed_tenant):
    OrderFactory(is_test=True)
    bring_up_to_date(on=DAY)

    run = jobs.run_now("rebuild", params={"policy": {"excluded_reasons": []}})

    assert run.counts == {"orders": 1, "customers_changed": 1}
    assert CustomerMetrics.objects.get().orders_count == 1


def test_an_edit_does_not_wait_for_a_recount(committed_tenant, monkeypatch):
    monkeypatch.setattr(windows, "WAIT", "100ms")
    customer = CustomerFactory()
    bring_up_to_date(on=DAY)
    other = connection.copy()
    other.set_tenant(committed_tenant)
    other.set_autocommit(False)
    with other.cursor() as cursor:
        hold_alone(cursor, on=DAY)

        now = datetime(2026, 6, 1, 12, tzinfo=UTC)
        with pytest.raises(edits.EditRefused, match="being recounted"):
            edits.edit([customer.pk], changes={"is_vip": True}, by=None, at=now)

    other.rollback()
    other.close()
    assert not Customer.objects.get().is_vip
