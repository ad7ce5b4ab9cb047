"""The application of this floor."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations import jobs, kept, privacy  # noqa: F401 - fill the registries
        from integrations import admin  # noqa: F401 - likewise
        from integrations.csv import pages  # noqa: F401 - fills the registry
        from integrations.shopify import connector  # noqa: F401 - likewise
        from integrations.shopify import jobs as shopify_jobs  # noqa: F401 - likewise
        from integrations.shopify import privacy as shopify_privacy  # noqa: F401
        from integrations.shopify import query_page  # noqa: F401 - likewise
        from integrations.shopify.segments import jobs as shopify_segments  # noqa: F401
        from integrations.shopify.webhooks import jobs as shopify_webhooks  # noqa: F401
