"""Speaks to Klaviyo: one pinned revision, shared limits, short waits, typed errors.

It knows no model. Its log lines hold the call, the status and Klaviyo's error ids; never the key,
an address with its query, a body or an answer.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from integrations.errors import TryLater
from integrations.klaviyo.answers import LimitReached, Reply, error_ids, judge
from integrations.klaviyo.buckets import Buckets
from integrations.klaviyo.tiers import Tier
from tenants.http import PLATFORM, AddressRefused, Answer, Client, Unreachable

logger = logging.getLogger(__name__)

HOST = "https://a.klaviyo.com"
# Stable until July 2027. Campaigns were rebuilt in the next one; the rest was not.
REVISION = "2026-07-15"
MEDIA = "application/vnd.api+json"
# Seconds a worker waits itself; more is a wait in the database.
MOST_WAIT = 5.0
TRIES = 3  # of a request that may be repeated, when no answer came
BLIP = 0.5


@dataclass(frozen=True)
class Clock:
    """Time as the client sees it: tests bring their own."""

    now: Callable[[], float] | None = None  # None: Redis's, shared by all workers
    sleep: Callable[[float], None] = time.sleep

    def moment(self) -> float | None:
        return self.now() if self.now is not None else None


class KlaviyoClient:
    """Asks one account. A context manager: connections stay open between calls."""

    def __init__(self, *, key: str, buckets: Buckets, clock: Clock | None = None) -> None:
        self._key, self._buckets = key, buckets
        self._clock = clock or Clock()
        base = settings.KLAVIYO_BASE_URL.rstrip("/")
        self._http = Client(base or HOST, patience=PLATFORM, is_ours=bool(base))

    def __enter__(self) -> "KlaviyoClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, tier: Tier, *also: Tier, **params: Any) -> Reply:
        """Read; `also`: further limits the call counts against. `params`: see `query`."""
        return self._call("GET", path + query(params), None, (tier, *also), is_safe=True)

    def post(self, path: str, tier: Tier, body: Any, *, is_safe: bool = False) -> Reply:
        """Write; `is_safe`: done twice it is the same as once."""
        return self._call("POST", path, body, (tier,), is_safe=is_safe)

    def delete(self, path: str, tier: Tier, body: Any = None) -> Reply:
        """Take away: safe to repeat."""
        return self._call("DELETE", path, body, (tier,), is_safe=True)

    def pages(self, path: str, tier: Tier, **params: Any) -> Iterator[Reply]:
        """Yield page after page, until Klaviyo names no next one."""
        reply = self.get(path, tier, **params)
        yield reply
        while reply.next:
            reply = self.follow(reply.next, tier)
            yield reply

    def follow(self, link: str, tier: Tier) -> Reply:
        """Read the page at a link Klaviyo gave: its path and query, never another host."""
        parts = urlsplit(link)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        return self._call("GET", address, None, (tier,), is_safe=True)

    def _call(
        self, method: str, path: str, body: Any, tiers: tuple[Tier, ...], *, is_safe: bool
    ) -> Reply:
        raw = None if body is None else json.dumps(body, separators=(",", ":")).encode()
        waited, tries = 0.0, 0
        while True:
            for tier in tiers:
                waited = self._take(tier, waited=waited)
            tries += 1
            try:
                return self._once(method, path, raw, tiers)
            except LimitReached as error:
                pause = 1.0 if error.seconds is None else error.seconds
                for tier in tiers:
                    self._buckets.hold(tier, pause, now=self._clock.moment())
                if waited + pause > MOST_WAIT:
                    raise LimitReached(error.words, seconds=pause) from None
            except TryLater:
                if not is_safe or tries >= TRIES:
                    raise
                self._clock.sleep(BLIP * tries * random.uniform(0.5, 1))  # noqa: S311

    def _take(self, tier: Tier, *, waited: float) -> float:
        """Take a call of a tier, waiting a little; raise LimitReached when it takes longer."""
        while wait := self._buckets.take(tier, now=self._clock.moment()):
            if waited + wait > MOST_WAIT:
                raise LimitReached("Klaviyo asks us to wait.", seconds=wait)
            self._clock.sleep(wait + 0.001)
            waited += wait
        return waited

    def _once(self, method: str, path: str, raw: bytes | None, tiers: tuple[Tier, ...]) -> Reply:
        headers = {
            "Authorization": f"Klaviyo-API-Key {self._key}",
            "revision": REVISION,
            "Accept": MEDIA,
        }
        if raw is not None:
            headers["Content-Type"] = MEDIA
        try:
            answer = self._http.send(method, raw, headers=headers, path=path)
        except (Unreachable, AddressRefused) as error:
            logger.warning("klaviyo %s %s: no answer", method, tiers[0].key)
            raise TryLater(f"Klaviyo did not answer: {error}") from None
        self._log(method, tiers[0], answer)
        return judge(answer)

    def _log(self, method: str, tier: Tier, answer: Answer) -> None:
        if answer.status < 400:
            logger.info("klaviyo %s %s: %s, %.2f s", method, tier.key, answer.status,
                        answer.seconds)  # fmt: skip
        else:
            logger.warning("klaviyo %s %s: %s, errors %s", method, tier.key, answer.status,
                           error_ids(answer))  # fmt: skip


def query(params: dict[str, Any]) -> str:
    """Return the query of an address: `page_size=100` is page[size], `fields_profile` likewise."""
    named = {
        "page_size": "page[size]",
        "fields_profile": "fields[profile]",
        "fields_list": "fields[list]",
        "count_profiles": "additional-fields[list]",
        "consent": "additional-fields[profile]",
    }
    pairs = {named.get(name, name): value for name, value in params.items() if value != ""}
    return f"?{urlencode(pairs)}" if pairs else ""
