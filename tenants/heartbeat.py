"""The thread beside a run: it renews the lease, writes progress, and learns of a cancellation.

It has a connection of its own, so that nothing it writes waits for, or is rolled back with, the
work's transaction.
"""

import logging
import threading
import time
from types import TracebackType

from django.conf import settings
from django.db import Error as DatabaseError
from django_tenants.postgresql_backend.base import DatabaseWrapper

from tenants.models import Run
from tenants.progress import Cancelled
from tenants.runs import LeaseLost, Overdue, RunHandle, lease, mine
from tenants.schema import connection, current_wrapper

logger = logging.getLogger(__name__)


class Heartbeat(threading.Thread):
    """`with Heartbeat(handle, seconds=…):` keeps the run alive for the block, at most `seconds`."""

    def __init__(self, handle: RunHandle, *, seconds: float | None) -> None:
        super().__init__(name=f"heartbeat-{handle.run.pk}", daemon=True)
        self._handle = handle
        self._work: DatabaseWrapper = current_wrapper()  # the connection whose statement may hang
        self._over = threading.Event()
        self._renewed = time.monotonic()
        self._deadline = self._renewed + seconds if seconds is not None else None

    def __enter__(self) -> None:
        self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._handle.lock:
            self._handle.is_over = True
        self._over.set()
        self.join(timeout=5)

    def run(self) -> None:
        try:
            while not self._over.wait(settings.RUN_HEARTBEAT_SECONDS):
                self._look()
                if self._handle.stop_reason is not None:
                    self._interrupt()
        finally:
            connection.close()

    def _look(self) -> None:
        """Renew the lease and see whether the work has to stop."""
        try:
            self._renew()
        except DatabaseError:
            logger.warning("run %s: no heartbeat", self._handle.run.pk, exc_info=True)
            connection.close()
        now = time.monotonic()
        if now - self._renewed > settings.RUN_LEASE_SECONDS:
            self._handle.stop(LeaseLost("the lease ran out"))
        if self._deadline is not None and now > self._deadline:
            self._handle.stop(Overdue("the run took too long"))

    def _renew(self) -> None:
        connection.set_schema_to_public()
        run = self._handle.run
        began = time.monotonic()
        is_held = mine(run).update(
            lease_until=lease(),
            progress_done=run.progress_done,
            progress_total=run.progress_total,
            progress_note=run.progress_note,
        )
        if not is_held:
            self._handle.stop(LeaseLost("another worker has this run"))
            return
        self._renewed = began
        if Run.objects.filter(pk=run.pk, cancel_requested=True).exists():
            self._handle.stop(Cancelled("somebody cancelled this work"))

    def _interrupt(self) -> None:
        """Cancel the statement the work is in, if any; its next `report` raises anyway."""
        with self._handle.lock:
            raw = self._work.connection
            if self._handle.is_over or raw is None or raw.closed:
                return
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_cancel_backend(%s)", [raw.info.backend_pid])
            except DatabaseError:
                logger.warning("run %s: not interrupted", self._handle.run.pk, exc_info=True)
                connection.close()
