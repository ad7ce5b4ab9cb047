"""The application of this floor."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    name = "samples"

    def ready(self) -> None:
        from samples import jobs  # noqa: F401
        from samples.creators import customers, kept, privacy, work  # noqa: F401
