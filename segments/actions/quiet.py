"""Quiet hours: from when until when, by the merchant's clock, nothing is sent."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(
    at: datetime, *, begins: time | None, ends: time | None, zone: ZoneInfo
) -> datetime | None:
    """Return when the quiet hours that `at` lies in are over; None outside of them.

    They may run past midnight. The same hour twice means none.
    """
    if begins is None or ends is None or begins == ends:
        return None
    local = at.astimezone(zone)
    now = local.time()
    is_quiet = begins <= now < ends if begins < ends else now >= begins or now < ends
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if begins > ends and now >= begins else 0)
    return datetime.combine(day, ends, tzinfo=zone)
