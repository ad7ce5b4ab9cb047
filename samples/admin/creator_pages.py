"""The pages about creators and the work around samples, for the admin to mount."""

from samples.admin import (
    creator_chase,
    creator_export,
    creator_follow_up,
    creator_form,
    creator_link,
    creator_list,
    creator_merge,
    creator_page,
    creator_posts,
    creator_products,
    creator_requests,
    creator_rights,
    creator_suggestions,
)

__all__ = [
    "creator_chase",
    "creator_export",
    "creator_follow_up",
    "creator_form",
    "creator_link",
    "creator_list",
    "creator_merge",
    "creator_page",
    "creator_posts",
    "creator_products",
    "creator_requests",
    "creator_rights",
    "creator_suggestions",
]
