"""A worker whose imports take small and slow steps, so that a test can kill it between two."""

import os
import time
from typing import Any

import django

from config.celery import app

if os.environ.get("TEST_WORKER"):
    django.setup()

from integrations.csv import chunks, landing

chunks.CHUNK = 100
land = landing.Landing.land


def slowly(self: landing.Landing, chunk: Any) -> None:
    land(self, chunk)
    time.sleep(0.15)


landing.Landing.land = slowly  # type: ignore[method-assign]

__all__ = ["app"]
