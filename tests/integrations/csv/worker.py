"""A worker whose imports take small and slow steps, so that a test can kill it between two."""

import os
import time
from typing import Any

import django

from config.celery import app

if os.environ.get("TEST_WORKER"):
    django.setup()

from integrations.csv import importing

importing.CHUNK = 100
land = importing._Job.land


def slowly(self: importing._Job, chunk: Any) -> None:
    land(self, chunk)
    time.sleep(0.15)


importing._Job.land = slowly  # type: ignore[method-assign]

__all__ = ["app"]
