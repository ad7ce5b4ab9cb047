"""Fifths by rank among the merchant's own customers."""

from segments.scoring.rfm.method import Method, register

WORDS = ("Best fifth", "Second fifth", "Middle fifth", "Fourth fifth", "Last fifth")

METHOD = register(
    Method(
        key="quintiles",
        label="Quintiles",
        source="RFM component",
        summary="5 means better than at least 80 % of the others; equal numbers get equal scores.",
        best_for="10,000 customers or more: the finest division.",
        ranks=5,
        labels=dict.fromkeys(("recency", "frequency", "money"), WORDS),
    )
)
