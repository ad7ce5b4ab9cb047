"""The sandbox's time: it runs, stands still, or is put forward, so that no test has to wait."""

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since 1970 as the sandbox sees them; running with the machine unless frozen."""

    def __init__(self, *, at: float | None = None, is_frozen: bool = False) -> None:
        self._at = time.time() if at is None else at
        self._since = None if is_frozen else time.monotonic()

    def now(self) -> float:
        """Return the present moment."""
        return self._at if self._since is None else self._at + time.monotonic() - self._since

    def advance(self, seconds: float) -> None:
        """Put the clock forward; a frozen one stands still again after."""
        self._at += seconds

    def freeze(self) -> None:
        """Stand still from now on."""
        self._at, self._since = self.now(), None


def written(moment: float) -> str:
    """Return a moment as Shopify writes it: UTC, to the second."""
    return datetime.fromtimestamp(int(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> float:
    """Return the moment that `text` writes; a day alone is its midnight in UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
