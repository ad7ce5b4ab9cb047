"""Klaviyo's limits: fixed windows of a second, a minute and a day, by account and operation."""

from collections import defaultdict
from dataclasses import dataclass

from integrations.sandbox.klaviyo.problems import Problem, error


@dataclass(frozen=True)
class Tier:
    """How often an operation may be called: in a second, a minute, a day (0: any number)."""

    burst: int
    steady: int
    daily: int = 0

    def windows(self) -> tuple[tuple[int, int], ...]:
        """Return (seconds, calls) of each window."""
        return ((1, self.burst), (60, self.steady), (86_400, self.daily))


COUNTING = Tier(1, 15)  # what `profile_count` costs beside


class Meter:
    """Counts calls and refuses those that are too many."""

    def __init__(self) -> None:
        self.used: dict[tuple[str, str, int, int], int] = defaultdict(int)
        self.early = 0  # calls made before a Retry-After was over
        self.refused = 0
        self._not_before: dict[tuple[str, str], float] = {}

    def spend(self, account: str, operation: str, tier: Tier, *, now: float) -> dict[str, str]:
        """Count a call and return the headers of its answer; raise the 429."""
        waits = []
        for seconds, most in tier.windows():
            window = (account, operation, seconds, int(now // seconds))
            if most and self.used[window] >= most:
                waits.append((window[3] + 1) * seconds - now)
        if self._not_before.get((account, operation), 0.0) > now:
            self.early += 1
        if waits:
            self.refused += 1
            wait = max(1, -int(-max(waits) // 1))
            self._not_before[account, operation] = now + max(waits)
            raise throttled(wait)
        for seconds, most in tier.windows():
            if most:
                self.used[account, operation, seconds, int(now // seconds)] += 1
        minute = int(now // 60)
        left = tier.steady - self.used[account, operation, 60, minute]
        return {
            "RateLimit-Limit": str(tier.steady),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(max(1, int((minute + 1) * 60 - now))),
        }


def throttled(seconds: int | None) -> Problem:
    """Return the 429, which says nothing but when to come back."""
    words = "Request was throttled."
    if seconds is not None:
        words += f" Expected available in {seconds} seconds."
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    one = error(429, "throttled", words, title="Request was throttled.")
    return Problem(429, [one], headers=headers)
