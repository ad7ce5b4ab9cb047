"""Part `events`: how many events a second a real web server takes in batches of a thousand."""

import http.client
import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from benchmarks import event_filling, merchant
from benchmarks.measure import Report, timed
from benchmarks.start import free_port
from commerce.models import Customer, Event
from tenants.access.service_keys import Terms, make_key

ROOT = Path(__file__).resolve().parent.parent
BATCHES, EACH, SENDERS = 60, 1_000, 2
LEAST = 2_000  # events a second
# As config/launcher/fleet.py starts it.
WEB = "gunicorn config.wsgi --workers 2 --worker-class gthread --threads 4 --no-control-socket"
NAMES = ("session", "session", "feature_used", "item_created", "email_opened", "value_moment")
OPEN = ("events:write",)


def measure(folder: Path, report: Report) -> None:
    """Send the batches from two senders at once; sender, server and database share the machine."""
    with merchant.inside() as tenant:
        event_filling.fill(report)
        _, secret = make_key(Terms("Benchmark", OPEN, per_minute=60_000), by=None)
        customers, before = Customer.objects.count(), Event.objects.count()
        with _server(folder) as port:
            send = _sender(port, host=f"{tenant.schema_name}.localhost", secret=secret)
            for body in _batches(4, customers=customers):
                send(body)  # both workers are awake
            bodies = _batches(BATCHES, customers=customers)
            with timed() as clock, ThreadPoolExecutor(SENDERS) as pool:
                list(pool.map(send, bodies))
        landed = Event.objects.count() - before
        assert landed == (BATCHES + 4) * EACH, landed
    rate = BATCHES * EACH / clock.seconds
    report.add(
        f"events a second, {BATCHES} batches of {EACH:,}, {SENDERS} senders",
        f"{rate:,.0f}",
        f">= {LEAST:,}",
        ok=rate >= LEAST,
    )


def _batches(count: int, *, customers: int) -> list[bytes]:
    drawn, now = random.Random(7), timezone.now()
    mark = f"{now:%y%m%d%H%M%S}-{count}"
    return [
        json.dumps(
            {"events": [_event(f"{mark}-{b}-{n}", drawn, now, customers) for n in range(EACH)]}
        ).encode()
        for b in range(count)
    ]


def _event(event_id: str, drawn: random.Random, now: datetime, customers: int) -> dict[str, Any]:
    name = drawn.choice(NAMES)
    told = {"feature": f"feature {drawn.randrange(40)}"} if name == "feature_used" else {}
    at = now - timedelta(seconds=drawn.randrange(86_400))
    return {
        "id": event_id,
        "name": name,
        "customer_id": str(1 + int(customers * drawn.random() ** 3)),
        "occurred_at": at.isoformat(),
        "properties": told,
    }


def _sender(port: int, *, host: str, secret: str) -> Any:
    headers = {
        "Host": host,
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
    }

    def send(body: bytes) -> None:
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        caller.request("POST", "/api/v1/events/", body, headers)
        answer = caller.getresponse()
        if answer.status != 200:
            raise SystemExit(f"events/ answered {answer.status}: {answer.read()[:300]!r}")
        caller.close()

    return send


@contextmanager
def _server(folder: Path) -> Any:
    """Serve the application on a free port while the block runs."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", *WEB.split(), "--bind", f"127.0.0.1:{port}"]
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        for _ in range(300):
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)
