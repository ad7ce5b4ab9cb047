"""Fixed thresholds: the same everywhere, with no minimum of customers."""

from decimal import Decimal

from segments.scoring.rfm.method import Method, register
from segments.scoring.rfm.thresholds import Thresholds

THRESHOLDS = Thresholds(
    recency=(30, 60, 90, 180),
    frequency=(12, 8, 4, 2),
    money=(Decimal(500), Decimal(300), Decimal(150), Decimal(50)),
)

METHOD = register(
    Method(
        key="fixed",
        label="Fixed thresholds",
        source="customer segmentation engine",
        summary="Days, orders and spend against fixed limits, the same today and next year.",
        best_for="Any store; the right choice below 1,000 customers or half a year of orders.",
        thresholds=THRESHOLDS,
        labels={
            "recency": (
                "Bought this month",
                "Bought last month",
                "Bought this quarter",
                "Bought this half-year",
                "Bought long ago",
            ),
            "frequency": ("Monthly or more", "Very often", "Often", "More than once", "Once"),
            "money": ("High value", "Good value", "Medium value", "Low value", "Very low value"),
        },
    )
)
