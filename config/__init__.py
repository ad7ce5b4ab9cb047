"""The top floor: settings, URLs, the Celery application and the launcher behind ./strata."""

import os

# First of all: Celery's application reads the settings while it loads.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from config.celery import app as celery_app

__all__ = ["celery_app"]
