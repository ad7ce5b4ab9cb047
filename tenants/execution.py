"""Doing a claimed run: its function in its schema, its end written whatever happens."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

from django.db import Error as DatabaseError
from psycopg import errors

from tenants.heartbeat import Heartbeat
from tenants.models import Run
from tenants.progress import Cancelled
from tenants.queues import Limits
from tenants.runs import (
    JobFailed,
    Later,
    LeaseLost,
    Overdue,
    RunHandle,
    finish,
    put_off,
    try_again,
)
from tenants.schema import connection

logger = logging.getLogger(__name__)

Work = Callable[[RunHandle], dict[str, Any] | None]


def perform(work: Work, handle: RunHandle, *, limits: Limits | None) -> dict[str, Any]:
    """Run `work` under a heartbeat and return its counts; raise what stopped it.

    Without `limits` (a command somebody watches) it may take as long as it takes. Inside a
    transaction the row cannot be seen by another connection, so there is no heartbeat.
    """
    seconds = limits.run_seconds if limits else None
    beating = nullcontext() if connection.in_atomic_block else Heartbeat(handle, seconds=seconds)
    try:
        with _statement_timeout(limits), beating:
            return work(handle) or {}
    except DatabaseError as error:
        if isinstance(error.__cause__, errors.QueryCanceled) and handle.stop_reason is not None:
            raise handle.stop_reason from error
        raise


def settle(work: Work, handle: RunHandle, *, limits: Limits) -> None:
    """Do a claimed run in a worker and write how it ended; nothing but a dying process escapes."""
    run = handle.run
    try:
        counts = perform(work, handle, limits=limits)
    except LeaseLost:
        logger.warning("run %s (%s): given to another worker", run.pk, run.job)
    except Cancelled:
        finish(run, state=Run.State.CANCELLED)
    except Later as later:
        put_off(run, later=later)
    except JobFailed as error:
        finish(run, state=Run.State.FAILED, error=str(error))
    except Exception as error:
        logger.exception("run %s (%s), attempt %s", run.pk, run.job, run.attempt)
        try_again(run, error=in_words(error, run=run))
    else:
        finish(run, state=Run.State.DONE, counts=counts)


def in_words(error: Exception, *, run: Run) -> str:
    """Return `error` for a merchant: never its text, which may hold a customer's data."""
    if isinstance(error, Overdue) or isinstance(error.__cause__, errors.QueryCanceled):
        return "The work took longer than it may and was stopped."
    if isinstance(error.__cause__, errors.OperationalError):
        return "The database did not answer. Nothing was half-written."
    return (
        f"Something unexpected stopped this work ({type(error).__name__}). "
        f"The server's log has the details under run {run.pk}."
    )


@contextmanager
def _statement_timeout(limits: Limits | None) -> Iterator[None]:
    """Let no statement of the block take longer than its queue allows."""
    if limits is None:
        yield
        return
    with connection.cursor() as cursor:
        value = f"{limits.statement_seconds}s"
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [value])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:  # the pool keeps the session
            cursor.execute("RESET statement_timeout")
