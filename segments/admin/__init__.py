"""The pages of this floor in a merchant's admin: dashboard, RFM, segments, scoring."""

from segments.admin import (
    customer_panel,
    dashboard,
    list_column,
    rfm_page,
    scoring_page,
    segment,
)

__all__ = ["customer_panel", "dashboard", "list_column", "rfm_page", "scoring_page", "segment"]
