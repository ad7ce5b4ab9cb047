"""Jobs to try the machinery with."""

from collections.abc import Callable, Iterator

import pytest

from tenants import jobs
from tenants.jobs import Job


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
