"""The numbers kept beside the facts, in raw SQL: one row a customer, one row a day.

Whoever writes facts calls, in this order and in its own transaction: `stand_at`, `touch_days` for
the orders it is about to change, `commerce.counting.settle`, `refresh` for every customer who had
or now has one of them.
"""

from commerce.rollups.days import (
    STORE_DAYS,
    recount_all_days,
    recount_days,
    touch_days,
    touch_refund_days,
)
from commerce.rollups.refresh import (
    refresh,
    refresh_activity,
    refresh_all,
    refresh_habits,
    refresh_metrics,
)
from commerce.rollups.state import hold_alone, standing_day
from commerce.rollups.windows import BeingRecounted, roll, stand_at, stand_soon

__all__ = [
    "STORE_DAYS",
    "BeingRecounted",
    "hold_alone",
    "recount_all_days",
    "recount_days",
    "refresh",
    "refresh_activity",
    "refresh_all",
    "refresh_habits",
    "refresh_metrics",
    "roll",
    "stand_at",
    "stand_soon",
    "standing_day",
    "touch_days",
    "touch_refund_days",
]
