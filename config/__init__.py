"""The top floor: settings, URLs, the Celery application and the launcher behind ./strata."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
