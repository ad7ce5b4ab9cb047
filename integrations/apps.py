"""The application of this floor."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
