"""The application of a merchant's own doors."""

from importlib import import_module

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "tenants.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        for module in ("receipts", "audited", "set_up", "kept", "mail_job"):
            import_module(f"tenants.access.{module}")
