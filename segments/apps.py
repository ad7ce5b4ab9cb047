"""The application of this floor."""

from django.apps import AppConfig


class SegmentsConfig(AppConfig):
    name = "segments"

    def ready(self) -> None:
        from segments import (  # noqa: F401
            jobs,
            kept,
            library_job,
            merging,
            privacy,
            score_job,
            score_usages,
            usages,
        )
        from segments.actions import jobs as actions_jobs  # noqa: F401
        from segments.digest import jobs as digest_jobs  # noqa: F401
        from segments.digest import kept as digest_kept  # noqa: F401
        from segments.promotions import kept as promotions_kept  # noqa: F401
        from segments.promotions import merging as promotions_merging  # noqa: F401
        from segments.promotions import usage as promotions_usage  # noqa: F401
        from segments.scoring import models as scoring_models  # noqa: F401
