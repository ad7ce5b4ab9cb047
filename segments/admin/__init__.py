"""The pages of this floor in a merchant's admin: dashboard, RFM, segments, scoring."""

from segments.admin import (
    chart_files,
    customer_panel,
    dashboard,
    guard_rails_page,
    health_page,
    library_page,
    list_column,
    manual_panel,
    rfm_page,
    scoring_page,
    segment,
    sets_page,
)

__all__ = [
    "chart_files",
    "customer_panel",
    "dashboard",
    "guard_rails_page",
    "health_page",
    "library_page",
    "list_column",
    "manual_panel",
    "rfm_page",
    "scoring_page",
    "segment",
    "sets_page",
]
