"""The Celery application of a worker under test, with jobs that hang, write and die.

`celery -A tests.tenants.worker worker` in a process of its own, on the test database.
"""

import os
import time

import django
from django.db import connection, transaction

from config.celery import app

if os.environ.get("TEST_WORKER"):
    django.setup()

from tenants import jobs
from tenants.jobs import Job

__all__ = ["app"]


def _write(handle):
    """Add a group, and on the first attempt die before the transaction ends."""
    from django.contrib.auth.models import Group

    with transaction.atomic():
        Group.objects.create(name=f"attempt {handle.run.attempt}")
        if handle.run.attempt == 1:
            handle.report(1, 2, "about to hang")
            time.sleep(60)
    return {"groups": Group.objects.filter(name__startswith="attempt").count()}


def _sleep(handle):
    """Hang in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def _die(handle):
    os._exit(1)


def register() -> None:
    """Add the jobs to the registry of this process."""
    jobs.register(Job(key="test-write", label="Write", run=_write))
    jobs.register(Job(key="test-sleep", label="Sleep", run=_sleep))
    jobs.register(Job(key="test-die", label="Die", run=_die))


if os.environ.get("TEST_WORKER"):
    register()
