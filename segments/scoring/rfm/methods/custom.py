"""The merchant's own thresholds. They start as the fixed ones."""

from segments.scoring.rfm.method import Method, register
from segments.scoring.rfm.methods.fixed import THRESHOLDS

METHOD = register(
    Method(
        key="custom",
        label="Your own thresholds",
        source="RFM component",
        summary="Twelve limits you set yourself, for days, orders and spend.",
        best_for="Stores with a rhythm of their own: furniture, subscriptions, groceries.",
        thresholds=THRESHOLDS,
    )
)
