"""The application of this floor."""

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    name = "commerce"

    def ready(self) -> None:
        from commerce import audited, jobs, kept  # noqa: F401
        from commerce.api import privacy  # noqa: F401
