"""Quarters by rank among the merchant's own customers; on five-step maps they read 1, 2, 3, 5."""

from segments.scoring.rfm.method import Method, register

WORDS = ("Best quarter", "Best quarter", "Second quarter", "Third quarter", "Last quarter")

METHOD = register(
    Method(
        key="quartiles",
        label="Quartiles",
        source="RFM component",
        summary="4 means better than at least 75 % of the others: simpler, steadier steps.",
        best_for="1,000 to 10,000 customers.",
        ranks=4,
        labels=dict.fromkeys(("recency", "frequency", "money"), WORDS),
    )
)
