"""When periodic work is due next, in the merchant's own days."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.cadence import next_after
from tenants.models import TenantJob

NEW_YORK = ZoneInfo("America/New_York")
LONDON = ZoneInfo("Europe/London")


def due(after: str, zone: ZoneInfo = NEW_YORK, **values) -> str | None:
    job = TenantJob(tenant_id=1, job="shine", **values)
    found = next_after(job, dt.datetime.fromisoformat(after), zone=zone)
    return found and found.strftime("%Y-%m-%dT%H:%MZ")


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-01-10T07:59:00+00:00", "2026-01-10T08:00Z"),  # 03:00 in New York's winter
        ("2026-01-10T08:00:00+00:00", "2026-01-11T08:00Z"),
        ("2026-07-10T00:00:00+00:00", "2026-07-10T07:00Z"),  # summer
    ],
)
def test_a_daily_job_is_due_at_the_local_time(after, expected):
    assert due(after, cadence="daily", at=dt.time(3)) == expected


def test_a_time_the_clocks_skip_comes_an_hour_later_and_once():
    daily = {"cadence": "daily", "at": dt.time(2, 30)}  # 8 March 2026: 02:00 becomes 03:00

    assert due("2026-03-08T00:00:00+00:00", **daily) == "2026-03-08T07:30Z"
    assert due("2026-03-08T07:30:00+00:00", **daily) == "2026-03-09T06:30Z"


def test_a_time_the_clocks_show_twice_comes_once():
    daily = {"cadence": "daily", "at": dt.time(1, 30)}  # 1 November 2026: 02:00 becomes 01:00

    assert due("2026-11-01T00:00:00+00:00", **daily) == "2026-11-01T05:30Z"
    assert due("2026-11-01T05:30:00+00:00", **daily) == "2026-11-02T06:30Z"


def test_a_weekly_job_comes_on_its_day():
    weekly = {"cadence": "weekly", "at": dt.time(3), "day": 1}

    assert due("2026-11-20T00:00:00+00:00", zone=LONDON, **weekly) == "2026-11-23T03:00Z"
    assert due("2026-11-23T03:00:00+00:00", zone=LONDON, **weekly) == "2026-11-30T03:00Z"


def test_a_monthly_job_comes_on_its_day():
    monthly = {"cadence": "monthly", "at": dt.time(3), "day": 28}

    assert due("2026-01-28T03:00:00+00:00", zone=LONDON, **monthly) == "2026-02-28T03:00Z"


@pytest.mark.parametrize("cadence", ["off", "on_demand"])
def test_what_nobody_scheduled_is_never_due(cadence):
    assert due("2026-01-01T00:00:00+00:00", cadence=cadence) is None


def test_however_long_nobody_looked_one_run_catches_up():
    after = "2026-01-01T00:00:00+00:00"
    first = due(after, cadence="minutes", every=15)

    assert first is not None
    assert "2026-01-01T00:00Z" < first <= "2026-01-01T00:15Z"


def test_merchants_are_not_due_at_the_same_moment():
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    jobs = [TenantJob(tenant_id=i, job="sync", cadence="minutes", every=15) for i in range(900)]

    seconds = {int((next_after(job, now, zone=LONDON) - now).total_seconds()) for job in jobs}

    assert len(seconds) > 500


@given(
    minutes=st.integers(0, 6 * 366 * 24 * 60),
    cadence=st.sampled_from(["minutes", "hours", "daily", "weekly", "monthly"]),
    every=st.integers(1, 300),
    at=st.times(),
    day=st.integers(1, 28),
    zone=st.sampled_from(["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]),
)
def test_the_next_moment_always_lies_ahead(minutes, cadence, every, at, day, zone):
    job = TenantJob(
        tenant_id=1,
        job="shine",
        cadence=cadence,
        every=every,
        at=at,
        day=day if cadence == "monthly" else day % 7 + 1,
    )
    moment = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)

    assert next_after(job, moment, zone=ZoneInfo(zone)) > moment
