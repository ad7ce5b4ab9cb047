"""The pages of this floor in a merchant's admin."""

from samples.admin import (
    creator_pages,
    export,
    list_page,
    mark_many,
    panels,
    settings_page,
    stats_page,
)

__all__ = [
    "creator_pages",
    "export",
    "list_page",
    "mark_many",
    "panels",
    "settings_page",
    "stats_page",
]
