"""Product-led thresholds: recency of activity, sessions or orders a month, money of all time."""

from decimal import Decimal

from segments.scoring.rfm.method import Method, register
from segments.scoring.rfm.thresholds import Thresholds

METHOD = register(
    Method(
        key="product_led",
        label="Product-led",
        source="user segmentation framework",
        summary="When they were last active, how often in a month, and what they have paid in all.",
        best_for="Apps and subscriptions, where using matters more than ordering.",
        thresholds=Thresholds(
            recency=(7, 14, 30, 60),
            frequency=(20, 10, 4, 2),
            # Money has two places, so "more than nothing" is at least one cent.
            money=(Decimal(500), Decimal(200), Decimal(50), Decimal("0.01")),
        ),
        reads_events=True,
        frequency_days=30,
        money_days=None,
        labels={
            "recency": (
                "Active this week",
                "Active in the last two weeks",
                "Active this month",
                "Active in two months",
                "Inactive",
            ),
            "frequency": ("Almost daily", "Frequent", "Regular", "Occasional", "Rare"),
            "money": ("High value", "Good value", "Medium value", "Low value", "Has paid nothing"),
        },
    )
)
