"""Part `actions`: 100,000 changes to a webhook on this machine while the worker is killed twice."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tenants.utils import schema_context

from benchmarks import merchant
from benchmarks.measure import Report, timed
from commerce.models import Customer
from segments.actions import triggers
from segments.actions.dispatching import dispatch
from segments.actions.kinds.webhook import IN_FLIGHT
from segments.models import Segment, Trigger
from tenants import dispatch as dispatcher
from tenants import effect_job
from tenants.access.models import Effect
from tenants.schema import connection

ROOT = Path(__file__).resolve().parent.parent
ROWS, KILLS = 100_000, 2
LEASE = 5  # seconds, so that what a killed worker held comes back soon
LONGEST = 1_800
# One process as config/launcher/fleet.py starts two of: the same figure with half of the cores.
WORKER = "celery -A config -q worker --loglevel WARNING --without-gossip --without-mingle -c 1"
_CHANGES = """
INSERT INTO segments_membershipchange (segment_id, customer_id, entered, cause, at, event)
SELECT %s, id, true, 'data', %s, '' FROM commerce_customer ORDER BY id LIMIT %s
"""


def measure(folder: Path, report: Report) -> None:
    """Dispatch the ledger's rows, then send them; count what arrived, and what arrived twice."""
    os.environ |= {"WEBHOOKS_ALLOW_LOOPBACK": "true"}
    os.environ |= {"EFFECT_LEASE_SECONDS": str(LEASE), "RUN_LEASE_SECONDS": str(LEASE)}
    settings.WEBHOOKS_ALLOW_LOOPBACK, settings.RUN_LEASE_SECONDS = True, LEASE
    with merchant.inside(), _sink() as (url, arrived):
        rows = min(ROWS, Customer.objects.count())
        trigger = _trigger(url, rows=rows)
        with timed() as clock:
            written = dispatch(trigger.pk, at=timezone.now())
        report.seconds(f"{written:,} ledger rows turned into effects", clock.seconds)
        with timed() as clock:
            _send(folder, trigger, arrived, rows=rows)
        _report(report, trigger, arrived, seconds=clock.seconds)
        triggers.delete_trigger(trigger, by=None)
        Segment.objects.filter(slug="bench-actions").delete()


def _trigger(url: str, *, rows: int) -> Trigger:
    segment, _ = Segment.objects.get_or_create(
        slug="bench-actions", defaults={"name": "Benchmark of actions", "kind": Segment.Kind.MANUAL}
    )
    trigger = Trigger(name="Benchmark", on=Trigger.On.ENTERED, segment=segment, kind="webhook")
    triggers.save_trigger(trigger, options={"url": url}, by=None, at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES, [segment.pk, timezone.now(), rows])
    return trigger


def _send(folder: Path, trigger: Trigger, arrived: "Counter[str]", *, rows: int) -> None:
    """Let a worker send, kill it after a third and after two thirds, until nothing waits."""
    folder.mkdir(parents=True, exist_ok=True)
    began, kills = time.monotonic(), 0
    waiting = Effect.objects.filter(consumer=trigger.consumer).exclude(state=Effect.State.DONE)
    worker = _worker(folder)
    try:
        while waiting.exists() and time.monotonic() - began < LONGEST:
            _tick()
            if kills < KILLS and len(arrived) > rows * (kills + 1) / (KILLS + 1):
                _kill(worker)
                worker, kills = _worker(folder), kills + 1
            time.sleep(0.5)
    finally:
        _kill(worker)


def _tick() -> None:
    """Do the part of beat: take back what the dead had, send what waits."""
    with schema_context("public"):
        dispatcher.reap()
        dispatcher.resend()
    effect_job.sweep(at=timezone.now())


def _report(report: Report, trigger: Trigger, arrived: "Counter[str]", *, seconds: float) -> None:
    sent = Effect.objects.filter(consumer=trigger.consumer)
    ids = {str(one) for one in sent.values_list("delivery", flat=True)}
    twice = sum(arrived.values()) - len(arrived)
    report.add(
        f"different deliveries that arrived, one worker killed {KILLS} times in {seconds:.0f} s",
        f"{len(arrived):,}",
        f"{len(ids):,}, none other",
        ok=arrived.keys() == ids,
    )
    most = KILLS * IN_FLIGHT
    report.add("requests repeated", str(twice), f"<= {most} on their way", ok=twice <= most)
    report.add("deliveries a second", f"{len(arrived) / seconds:,.0f}")


def _worker(folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", *WORKER.split(), "-Q", "actions", "-n", f"b{time.time()}@%h"]
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the worker and its children at once, as a power cut would."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _sink() -> "Iterator[tuple[str, Counter[str]]]":
    """Take requests on this machine and count them by delivery id."""
    arrived: Counter[str] = Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            arrived[self.headers["Strata-Delivery"]] += 1
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # who was killed hung up
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", arrived
    finally:
        server.shutdown()
        server.server_close()
