"""Ringing the bell in Redis: the only place that sends tasks.

A broker that is away never stops the caller: the row waits, and the dispatcher sends it.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django_tenants.utils import schema_context
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

from tenants.models import Run
from tenants.tenant_task import HEADER

logger = logging.getLogger(__name__)

# A page waits about two seconds for a broker that does not answer, then not again for ten.
PATIENCE = {"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0, "interval_start": 0}
QUIET_SECONDS = 10
_quiet_until: dict[str, float] = defaultdict(float)


@dataclass(frozen=True)
class Message:
    """What a worker is told: which run, of whom, on which queue."""

    run_id: int
    schema_name: str
    queue: str
    is_platform: bool
    seconds: int


def send(messages: Iterable[Message]) -> bool:
    """Send `messages`; False when the broker did not take them: the dispatcher will."""
    waiting = list(messages)
    if not waiting:
        return True
    url = settings.CELERY_BROKER_URL
    if time.monotonic() < _quiet_until[url]:
        return _give_back(waiting)
    try:
        with current_app.connection_for_write(url, transport_options=PATIENCE) as broker:
            for message in waiting:
                _send_one(message, broker=broker)
    except (KombuError, RedisError, OSError):
        logger.warning("the broker took no message; the dispatcher will", exc_info=True)
        _quiet_until[url] = time.monotonic() + QUIET_SECONDS
        return _give_back(waiting)
    return True


def _send_one(message: Message, *, broker: object) -> None:
    name = "execute_platform_run" if message.is_platform else "execute_run"
    current_app.send_task(
        f"tenants.tasks.{name}",
        [message.run_id],
        headers={HEADER: message.schema_name},
        queue=message.queue,
        time_limit=message.seconds
        + 60,  # the heartbeat stops the run first; this one is for a hung process
        connection=broker,
        retry=False,
    )


def _give_back(messages: list[Message]) -> bool:
    """Mark the runs as not sent, so that the next tick sends them."""
    ids = [message.run_id for message in messages]
    with schema_context("public"):
        Run.objects.filter(pk__in=ids, state=Run.State.QUEUED).update(sent_at=None)
    return False


def backlog(queues: Iterable[str]) -> Mapping[str, int] | None:
    """Return how many messages wait on each queue; None when Redis does not answer."""
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as redis:
            return {queue: int(redis.llen(queue)) for queue in queues}  # type: ignore[arg-type]
    except RedisError:
        return None
