"""What a customer bought, in numbers that are rolled up as orders come in."""

from typing import Any

from django.db.models import DecimalField, F, Value
from django.db.models.expressions import Func

from segments.catalogue.columns import DaysBetween, column, days_since
from segments.rules.fields import Field
from segments.rules.kinds import DAY, MONEY, NUMBER, SHARE
from segments.rules.scope import Scope


class Ratio(Func):
    """`times × top ÷ bottom`, rounded half up to cents; missing when the bottom is 0."""

    output_field: "DecimalField[Any, Any]" = DecimalField(max_digits=24, decimal_places=2)

    def __init__(self, top: Any, bottom: Any, *, times: int = 1) -> None:
        super().__init__(
            top,
            bottom,
            template="round((%(expressions)s)::numeric, 0), 2)",
            arg_joiner=f")::numeric * {times} / nullif((",
        )


def _average_gap(scope: Scope) -> Any:
    """Days from first to last order, shared among the gaps; missing below two orders."""
    days = DaysBetween(F("last_order_on"), F("first_order_on"))
    return Ratio(days, Value(-1) + F("orders_count"))


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
)
