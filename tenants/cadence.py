"""When a merchant's periodic work is due next, in the merchant's own days."""

import datetime as dt
import zlib
from zoneinfo import ZoneInfo

from tenants.models import TenantJob

Cadence = TenantJob.Cadence
STEP = {Cadence.MINUTES: dt.timedelta(minutes=1), Cadence.HOURS: dt.timedelta(hours=1)}
EPOCH = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
DEFAULT_AT = dt.time(3)


def next_after(job: TenantJob, after: dt.datetime, *, zone: ZoneInfo) -> dt.datetime | None:
    """Return the first due moment later than `after` in UTC; None for work nobody scheduled.

    However long the dispatcher stood still, the next moment lies ahead: at most one run catches up.
    """
    if job.cadence in STEP:
        return _next_interval(job, after)
    days = {Cadence.DAILY: 2, Cadence.WEEKLY: 8, Cadence.MONTHLY: 32}.get(Cadence(job.cadence))
    if days is None:
        return None
    today = after.astimezone(zone).date()
    for day in (today + dt.timedelta(days=offset) for offset in range(days + 1)):
        moment = _local_moment(day, job.at or DEFAULT_AT, zone)
        if _is_due_on(job, day) and moment > after:
            return moment
    raise ValueError(f"“{job.cadence}” has no day {job.day}")


def _next_interval(job: TenantJob, after: dt.datetime) -> dt.datetime:
    """Keep a grid whose phase differs a merchant: a thousand are not due at once."""
    every = STEP[Cadence(job.cadence)] * max(job.every, 1)
    spread = zlib.crc32(f"{job.tenant_id}:{job.job}".encode()) / 2**32
    origin = EPOCH + dt.timedelta(seconds=int(every.total_seconds() * spread))
    return origin + ((after - origin) // every + 1) * every


def _is_due_on(job: TenantJob, day: dt.date) -> bool:
    if job.cadence == Cadence.WEEKLY:
        return day.isoweekday() == job.day
    return job.cadence == Cadence.DAILY or day.day == job.day


def _local_moment(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    """Return the moment in UTC; a skipped hour is read an hour later, a double one first."""
    return dt.datetime.combine(day, at, tzinfo=zone).astimezone(dt.UTC)
