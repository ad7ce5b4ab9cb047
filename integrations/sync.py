"""What becomes of work with a platform: the only reader of the three errors.

Later is a wait in the database, not in a worker; a connection that is not let in is marked, once,
and nobody knocks again; a refusal ends the run in words.
"""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any, Protocol

from integrations.errors import ReconnectNeeded, Refused, TryLater
from tenants.runs import JobFailed, Later, RunHandle

# Seconds before the next try when the platform did not say: doubled each time, with jitter.
FIRST_WAIT, LONGEST_WAIT = 5.0, 900.0
# Tries in a row that came to nothing before the run gives up; the next scheduled one begins anew.
MOST_TRIES = 8
TRIES = "tries"  # its place in a run's counts


class Connection(Protocol):
    """What is marked when it is not let in any more."""

    def reconnect_needed(self, words: str, *, at: dt.datetime) -> None: ...


Counts = dict[str, Any]


def follow(
    handle: RunHandle, work: Callable[[Counts], Counts], *, connection: Connection
) -> Counts:
    """Do `work` on the run's counts so far and return them; what stops it becomes the run's end.

    `work` changes the counts it is given as it goes, so that a later part goes on from them.
    """
    counts: Counts = dict(handle.run.counts)
    before = _without_tries(counts)
    try:
        done = work(counts)
    except TryLater as error:
        raise _later(
            error, counts, has_moved=_without_tries(counts) != before, handle=handle
        ) from (error)
    except Later as later:
        counts.pop(TRIES, None)
        raise Later(at=later.at, counts=counts) from None
    except ReconnectNeeded as error:
        connection.reconnect_needed(error.words, at=handle.moment)
        raise JobFailed(error.words) from error
    except Refused as error:
        raise JobFailed(error.words) from error
    done.pop(TRIES, None)
    return done


def _later(error: TryLater, counts: Counts, *, has_moved: bool, handle: RunHandle) -> Exception:
    tries = 1 if has_moved else int(counts.get(TRIES, 0)) + 1
    if tries >= MOST_TRIES:
        return JobFailed(f"{error.words} It was tried {tries} times; the next run tries again.")
    counts[TRIES] = tries
    wait = error.seconds
    if wait is None:
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) * random.uniform(0.5, 1)  # noqa: S311
    note = f"Waiting: {error.words}"
    handle.run.progress_note = note[:200]
    at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(wait, LONGEST_WAIT))
    return Later(at=at, counts=counts)


def _without_tries(counts: Counts) -> Counts:
    return {name: value for name, value in counts.items() if name != TRIES}
