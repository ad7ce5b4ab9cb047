"""The application of this floor."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        from integrations import jobs, kept, privacy  # noqa: F401 - fill the registries
        from integrations.csv import pages  # noqa: F401 - fills the registry
