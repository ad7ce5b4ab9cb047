"""The application of this floor."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations import (  # noqa: F401 - fill the registries
            admin,
            jobs,
            kept,
            privacy,
        )
        from integrations.csv import pages  # noqa: F401 - fills the registry
        from integrations.klaviyo import actions as klaviyo_actions  # noqa: F401 - likewise
        from integrations.klaviyo import admin as klaviyo_pages  # noqa: F401 - likewise
        from integrations.klaviyo import connector as klaviyo_connector  # noqa: F401 - likewise
        from integrations.klaviyo import following as klaviyo_following  # noqa: F401
        from integrations.klaviyo import jobs as klaviyo_jobs  # noqa: F401 - likewise
        from integrations.klaviyo import privacy as klaviyo_privacy  # noqa: F401 - likewise
        from integrations.klaviyo import property_job as klaviyo_properties  # noqa: F401
        from integrations.klaviyo import uses as klaviyo_uses  # noqa: F401 - likewise
        from integrations.shopify import (  # noqa: F401 - likewise
            connector,
            customer_filter,
            forgetting,
            query_page,
        )
        from integrations.shopify import jobs as shopify_jobs  # noqa: F401 - likewise
        from integrations.shopify import privacy as shopify_privacy  # noqa: F401
        from integrations.shopify.segments import jobs as shopify_segments  # noqa: F401
        from integrations.shopify.segments import pages as shopify_segment_pages  # noqa: F401
        from integrations.shopify.webhooks import jobs as shopify_webhooks  # noqa: F401
        from integrations.shopify.webhooks import page as shopify_messages  # noqa: F401
