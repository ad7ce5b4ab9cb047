"""A shop's cost budget, shared by all workers through Redis and corrected by every answer.

A shop counts points: each question costs some, so many come back a second. Whoever is about to ask
takes the points here first; without them it learns how long to wait. While Redis is away nobody
waits here: then the shop's own refusals are what slows us down.
"""

import logging
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# The smallest budget Shopify ever published, until the shop has told its own with an answer.
FIRST_MAX, FIRST_RATE = 1_000, 50
# Share of the budget that long work leaves to what somebody waits for (webhooks, pages).
LEFT_TO_OTHERS = 0.2
KEPT_SECONDS = 3_600
# A question whose answer never came holds its points no longer than this.
OPEN_SECONDS = 60
# After so many failures in a row the shop is asked again only now and then, by whoever comes first.
FAILURES, PROBE_SECONDS = 5, 30

_START = """
redis.replicate_commands()
local t = redis.call('TIME')
local now = t[1] + t[2] / 1000000
local b = redis.call('HMGET', KEYS[1], 'available', 'max', 'rate', 'at', 'hold')
local max, rate = tonumber(b[2]) or tonumber(ARGV[1]), tonumber(b[3]) or tonumber(ARGV[2])
local at, hold = tonumber(b[4]) or now, tonumber(b[5]) or 0
local available = math.min(max, (tonumber(b[1]) or max) + math.max(0, now - at) * rate)
"""
# ARGV: first max, first rate, cost, share left to others, id, seconds kept
_TAKE = (
    _START
    + """
if hold > now then return tostring(hold - now) end
local left = max * tonumber(ARGV[4])
local cost = math.min(tonumber(ARGV[3]), max - left)
if available - cost < left - 0.001 then return tostring((cost + left - available) / rate) end
redis.call('HSET', KEYS[1], 'available', tostring(available - cost), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], ARGV[6])
redis.call('ZADD', KEYS[2], now, ARGV[5] .. ':' .. tostring(cost))
redis.call('EXPIRE', KEYS[2], ARGV[6])
return '0'
"""
)
# ARGV: first max, first rate, available, max, rate, id, seconds open, seconds kept
_SETTLE = (
    _START
    + """
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[7]))
local open = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local id, cost = string.match(member, '^(.*):(.*)$')
  if id == ARGV[6] then redis.call('ZREM', KEYS[2], member) else open = open + tonumber(cost) end
end
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'available', tostring(tonumber(ARGV[3]) - open), 'at', tostring(now),
             'max', ARGV[4], 'rate', ARGV[5])
end
redis.call('HDEL', KEYS[1], 'failures')
redis.call('EXPIRE', KEYS[1], ARGV[8])
return '0'
"""
)
# ARGV: first max, first rate, seconds, seconds kept
_HOLD = (
    _START
    + """
redis.call('HSET', KEYS[1], 'hold', tostring(math.max(hold, now + tonumber(ARGV[3]))))
redis.call('EXPIRE', KEYS[1], math.max(tonumber(ARGV[4]), math.ceil(tonumber(ARGV[3])) + 60))
return '0'
"""
)


@dataclass(frozen=True)
class Told:
    """What a shop said about its budget with an answer."""

    available: float
    most: float
    rate: float


@dataclass
class Bucket:
    """One shop's budget. `name` begins with the merchant's schema."""

    name: str
    leaves: float = LEFT_TO_OTHERS
    _costs: dict[str, float] = field(default_factory=dict)

    def take(self, cost: float) -> tuple[float, str]:
        """Take points; return the seconds to wait (0: they are taken) and the taking's id."""
        token = uuid.uuid4().hex
        waited = self._run(_TAKE, cost, self.leaves, token, KEPT_SECONDS)
        return float(waited or 0), token

    def settle(self, token: str, told: Told | None) -> None:
        """Say that the shop has answered, and what it told about its budget."""
        figures = (told.available, told.most, told.rate) if told else ("", "", "")
        self._run(_SETTLE, *figures, token, OPEN_SECONDS, KEPT_SECONDS)

    def hold(self, seconds: float) -> None:
        """Let nobody ask the shop for so long."""
        self._run(_HOLD, seconds, KEPT_SECONDS)

    def failed(self) -> None:
        """Count an answer that did not come; after some the shop is left alone for a while."""
        try:
            redis = connection_to_redis()
            failures = int(redis.hincrby(self._keys[0], "failures", 1))  # type: ignore[arg-type]
            redis.expire(self._keys[0], KEPT_SECONDS)
        except RedisError:
            return
        if failures >= FAILURES:
            self.hold(PROBE_SECONDS)

    def expected(self, name: str, *, first: float) -> float:
        """Return what the question `name` cost last time."""
        return self._costs.get(name, first)

    def learn(self, name: str, cost: float) -> None:
        self._costs[name] = cost

    @property
    def _keys(self) -> tuple[str, str]:
        return f"{self.name}:points", f"{self.name}:open"

    def _run(self, script: str, *values: Any) -> Any:
        try:
            redis = connection_to_redis()
            return redis.eval(script, 2, *self._keys, FIRST_MAX, FIRST_RATE, *values)
        except (RedisError, OSError):
            logger.warning("the budget of %s is not to be had: Redis does not answer", self.name)
            return None


_CONNECTIONS: dict[str, "Redis"] = {}


def connection_to_redis() -> "Redis":
    """Return this process's connections to the cache's Redis."""
    url = settings.CACHES["default"]["LOCATION"]
    if url not in _CONNECTIONS:
        _CONNECTIONS[url] = Redis.from_url(
            url, socket_timeout=1, socket_connect_timeout=1, decode_responses=True
        )
    return _CONNECTIONS[url]
