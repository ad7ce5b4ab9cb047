"""What a customer bought, in numbers that are rolled up as orders come in."""

from typing import Any

from django.db.models import F, Value

from segments.catalogue import habits
from segments.catalogue.columns import DaysBetween, Ratio, column, days_since
from segments.rules.fields import Field
from segments.rules.kinds import DAY, MONEY, NUMBER, SHARE
from segments.rules.scope import Scope


def _average_gap(scope: Scope) -> Any:
    """Days from first to last order, shared among the gaps; missing below two orders."""
    days = DaysBetween(F("last_order_on"), F("first_order_on"))
    return Ratio(days, Value(-1) + F("orders_count"))


def _winback_priority(scope: Scope) -> Any:
    """spent ÷ (days since last order ÷ 30 + 1): worth more and gone for less long comes first."""
    days = DaysBetween(Value(scope.clock.today), F("last_order_on"))
    return Ratio(F("spent"), days + Value(30), times=30)


FIELDS = (
    Field("total_orders", "Total orders", NUMBER, column("orders_count"), phrase="orders"),
    Field("total_spent", "Total spent", MONEY, column("spent"), phrase="spent"),
    Field(
        "average_order_value",
        "Average order value",
        MONEY,
        lambda scope: Ratio(F("spent"), F("orders_count")),
    ),
    Field("first_order_date", "First order", DAY, column("first_order_on")),
    Field("last_order_date", "Last order", DAY, column("last_order_on")),
    Field(
        "days_since_last_order",
        "Days since last order",
        NUMBER,
        days_since("last_order_on"),
        is_temporal=True,
    ),
    Field(
        "days_since_first_order",
        "Days since first order",
        NUMBER,
        days_since("first_order_on"),
        is_temporal=True,
    ),
    Field("orders_365d", "Orders, 365 days", NUMBER, column("orders_365"), is_temporal=True),
    Field("spent_365d", "Spent, 365 days", MONEY, column("spent_365"), is_temporal=True),
    Field("orders_90d", "Orders, 90 days", NUMBER, column("orders_90"), is_temporal=True),
    Field("orders_30d", "Orders, 30 days", NUMBER, column("orders_30"), is_temporal=True),
    Field(
        "orders_per_month",
        "Orders a month, last 90 days",
        NUMBER,
        lambda scope: Ratio(F("orders_90"), Value(3)),
        is_temporal=True,
    ),
    Field("average_days_between_orders", "Average days between orders", NUMBER, _average_gap),
    Field("refunded_total", "Refunded in total", MONEY, column("refunded"), phrase="refunded"),
    Field(
        "refund_rate",
        "Refund rate",
        SHARE,
        lambda scope: Ratio(F("refunded"), F("spent") + F("refunded"), times=100),
        help="Refunds as a share of what was bought, in percent.",
    ),
    Field(
        "winback_priority",
        "Win-back priority",
        NUMBER,
        _winback_priority,
        phrase="win-back priority",
        help="Total spent ÷ (days since last order ÷ 30 + 1): who is best worth winning back.",
        is_temporal=True,
    ),
    *habits.FIELDS,
)
