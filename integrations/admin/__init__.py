"""The pages of this floor about platforms: the overview, Shopify's stores, an installation."""

from integrations.admin import (  # noqa: F401 - they fill the registry of pages
    overview,
    shopify_install,
    shopify_page,
    shopify_store_page,
)
