"""Jobs to try the machinery with."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.db import connection

from tenants import jobs
from tenants.jobs import Job
from tenants.models import Tenant
from tests.tenants.dispatching import empty_queues


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    """Forget the tries at sign-in of earlier tests and runs: Redis is not rolled back."""
    redis = cache._cache.get_client()
    for pattern in ("*:1:tries:*", "*:1:axes-*"):
        for key in redis.scan_iter(pattern, count=1000):
            redis.delete(key)


@pytest.fixture
def job() -> Iterator[Callable[..., Job]]:
    """Register a job for one test: `job("shine", work)`."""
    keys = []

    def make(key, run=lambda handle: {}, **options):
        keys.append(key)
        return jobs.register(Job(key=key, label=key.title(), run=run, **options))

    yield make
    for key in keys:
        del jobs.REGISTRY._entries[key]


@pytest.fixture
def acme(db, job) -> Tenant:
    """Acme, seen from `public`, with a job “shine” and empty queues."""
    connection.set_schema_to_public()
    empty_queues()
    job("shine", cadence="hours")
    return Tenant.objects.get(schema_name="acme")
