"""The pages of Klaviyo: the connection with its lists, a new list, one list."""

from integrations.klaviyo.admin import (  # noqa: F401 - they fill the registry of pages
    account_page,
    list_page,
    new_list_page,
)
