"""Work on several cores: forked processes that share no connection with the one they come from."""

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from django.db import connections


@contextmanager
def forked(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Lend processes that know all that this one knows; not to be asked for in a transaction."""
    for used in connections.all(initialized_only=True):
        used.close()
        used.close_pool()  # type: ignore[attr-defined]
    forking = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, mp_context=forking) as pool:
        yield pool
