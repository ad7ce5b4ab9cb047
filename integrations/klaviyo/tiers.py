"""Klaviyo's limits by kind of call, and the share of them that Strata takes."""

from dataclasses import dataclass

# The merchant's other tools share the account's quota.
SHARE = 0.8
SECOND, MINUTE, DAY = 1.0, 60.0, 86_400.0


@dataclass(frozen=True)
class Tier:
    """A limit that calls share: so many in a second, a minute, a day (0: as many as there are)."""

    key: str
    burst: int
    steady: int
    daily: int = 0

    def windows(self) -> list[tuple[float, int]]:
        """Return (seconds, calls) of every window, our share of each."""
        shares = [(SECOND / SHARE, self.burst), (MINUTE, max(1, int(self.steady * SHARE)))]
        if self.daily:
            shares.append((DAY, max(1, int(self.daily * SHARE))))
        return shares


def read(key: str) -> Tier:
    """Return the tier of a call that reads."""
    return Tier(key, 75, 750)


def write(key: str, *, daily: int = 0) -> Tier:
    """Return the tier of a call that writes."""
    return Tier(key, 10, 150, daily)


ACCOUNTS = Tier("accounts", 1, 15)
LISTS = read("lists")
LIST = read("list")
LIST_COUNT = Tier("list_count", 1, 15)  # `profile_count` costs this beside
MEMBERS = read("members")
PROFILES = read("profiles")
PROFILE_IMPORT = read("profile_import")
MAKE_LIST = write("make_list", daily=150)
LIST_ADD = write("list_add")
LIST_REMOVE = write("list_remove")
IMPORT = write("import")
IMPORT_JOB = write("import_job")
IMPORT_ERRORS = write("import_errors")
FLOWS = Tier("list_flows", 3, 60)
METRICS = write("metrics")
EVENT = Tier("event", 350, 3500)
EVENTS = Tier("events", 350, 3500)
EVENTS_BULK = write("events_bulk")
