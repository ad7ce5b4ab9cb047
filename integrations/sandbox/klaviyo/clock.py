"""The sandbox's time: it runs with the machine, or stands still until it is put forward."""

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since 1970 as this Klaviyo sees them."""

    def __init__(self, *, at: float | None = None) -> None:
        self._at = time.time() if at is None else at
        self._since = time.monotonic() if at is None else None

    def now(self) -> float:
        """Return the present moment."""
        return self._at if self._since is None else self._at + time.monotonic() - self._since

    def advance(self, seconds: float) -> None:
        """Put the clock forward."""
        self._at += seconds


def written(moment: float) -> str:
    """Return a moment as Klaviyo writes it: UTC, to the microsecond, with an offset."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")


def read_moment(text: str) -> float | None:
    """Return the moment of a filter; None unless it ends in Z, as Klaviyo asks."""
    if not text.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None
