"""How often a service key may ask: counted by the minute in Redis, not at all while it is away."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.core.cache import cache
from redis.exceptions import RedisError

from tenants.access.models import ServiceKey

WINDOW = 60
# A Redis that hangs costs its timeout, once in so many seconds and process, not with each request.
ASK_AGAIN_AFTER = 15


@dataclass
class Away:
    """Until when Redis is left alone (a monotonic clock's seconds)."""

    until: float = 0.0


AWAY = Away()


@dataclass(frozen=True)
class Rate:
    """What is left of a minute."""

    limit: int
    used: int
    resets_in: int  # seconds

    @property
    def is_spent(self) -> bool:
        """Whether this request is one too many."""
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """Return what every answer to a key tells."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "RateLimit-Reset": str(self.resets_in),
        }


def spend(key: ServiceKey, *, at: datetime) -> Rate | None:
    """Count a request of `key`; None when it cannot be counted, and then it is let through."""
    if monotonic() < AWAY.until:
        return None
    minute, second = divmod(int(at.timestamp()), WINDOW)
    name = f"rate:{key.prefix}:{minute}"
    try:
        used = 1 if cache.add(name, 1, timeout=2 * WINDOW) else cache.incr(name)
    except ValueError:  # it ran out between the two calls
        used = 1
    except (RedisError, OSError):
        AWAY.until = monotonic() + ASK_AGAIN_AFTER
        return None
    return Rate(key.per_minute, used, WINDOW - second)
