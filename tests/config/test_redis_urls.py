"""One REDIS_URL, in the spellings of Celery and of the cache."""

import pytest

from config.redis_urls import broker_url, cache_url, database_of, numbered


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("redis://h:1/3", "redis://h:1/3", "redis://h:1/4"),
        ("redis://h:1", "redis://h:1", "redis://h:1/1"),
        ("rediss://u:p@h:1/0", "rediss://u:p@h:1/0", "rediss://u:p@h:1/1"),
        (
            "unix:///v/r.sock?db=2",
            "redis+socket:///v/r.sock?virtual_host=2",
            "unix:///v/r.sock?db=3",
        ),
        ("unix:///v/r.sock", "redis+socket:///v/r.sock?virtual_host=0", "unix:///v/r.sock?db=1"),
    ],
)
def test_queue_and_cache_stand_in_neighbouring_databases(url, broker, cache):
    assert (broker_url(url), cache_url(url)) == (broker, cache)


def test_the_number_can_be_replaced():
    assert database_of(numbered("redis://h:1/3", 12)) == 12
    assert database_of(numbered("unix:///v/r.sock?db=2", 12)) == 12
