"""How often an account may be asked: one bucket a tier in Redis, shared by all workers.

Klaviyo counts in fixed windows whose beginnings we do not know, so calls of the last second, minute
and day are kept and counted: whatever window Klaviyo looks at holds no more. While Redis is away
nobody waits here; then Klaviyo's own refusals slow us down.
"""

import logging
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from integrations.klaviyo.tiers import DAY, MINUTE, Tier

logger = logging.getLogger(__name__)

_NOW = """
redis.replicate_commands()
local now = tonumber(ARGV[1])
if not now then
  local t = redis.call('TIME')
  now = t[1] + t[2] / 1000000
end
"""
# KEYS: calls, hold. ARGV: now ("": Redis's own), id, then seconds and calls of each window.
_TAKE = f"""{_NOW}
local hold = tonumber(redis.call('GET', KEYS[2]) or '0')
if hold > now then return tostring(hold - now) end
local longest, wait = 0, 0
for i = 3, #ARGV, 2 do
  local seconds, most = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
  longest = math.max(longest, seconds)
  local newest = redis.call('ZREVRANGE', KEYS[1], most - 1, most - 1, 'WITHSCORES')
  if newest[2] and tonumber(newest[2]) > now - seconds then
    wait = math.max(wait, tonumber(newest[2]) + seconds - now)
  end
end
if wait > 0 then return tostring(wait) end
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - longest - 1)
redis.call('EXPIRE', KEYS[1], math.ceil(longest) + 60)
return '0'
"""
# KEYS: calls, hold. ARGV: now, seconds
_HOLD = f"""{_NOW}
local till = math.max(now + tonumber(ARGV[2]), tonumber(redis.call('GET', KEYS[2]) or '0'))
redis.call('SET', KEYS[2], tostring(till), 'EX', math.ceil(till - now) + 60)
return '0'
"""
_CONNECTIONS: dict[str, Redis] = {}


@dataclass(frozen=True)
class Buckets:
    """An account's buckets. `name` begins with the merchant's schema."""

    name: str

    def take(self, tier: Tier, *, now: float | None = None) -> float:
        """Take a call; return the seconds to wait, 0 when it is taken."""
        windows = [part for window in tier.windows() for part in window]
        return float(self._run(_TAKE, tier, now, uuid.uuid4().hex, *windows) or 0)

    def hold(self, tier: Tier, seconds: float, *, now: float | None = None) -> None:
        """Let nobody make such a call for so long."""
        self._run(_HOLD, tier, now, min(max(seconds, 0.0), DAY + MINUTE))

    def _run(self, script: str, tier: Tier, now: float | None, *values: Any) -> Any:
        keys = (f"{self.name}:{tier.key}:calls", f"{self.name}:{tier.key}:hold")
        moment = "" if now is None else repr(now)
        try:
            return _redis().eval(script, 2, *keys, moment, *values)
        except (RedisError, OSError):
            logger.warning("the limits of %s are not to be had: Redis does not answer", self.name)
            return None


def _redis() -> Redis:
    url = settings.CACHES["default"]["LOCATION"]
    if url not in _CONNECTIONS:
        _CONNECTIONS[url] = Redis.from_url(
            url, socket_timeout=1, socket_connect_timeout=1, decode_responses=True
        )
    return _CONNECTIONS[url]
