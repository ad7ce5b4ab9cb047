"""The ground floor's application."""

from importlib import import_module

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "Platform"

    def ready(self) -> None:
        """Fill the registries of checks, jobs and pages; keep merchants' content types apart."""
        import_module("tenants.checks")
        import_module("tenants.content_types").separate_caches()
        import_module("tenants.provisioning")
        import_module("tenants.deletion")
        import_module("tenants.run_views")
        import_module("tenants.job_pages")
