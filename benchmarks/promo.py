"""Part `promo`: may this customer use this code, beside an empty view with the same key.

Real requests over HTTP to two workers of gunicorn, 50 segments, 200 codes. The load comes from
`benchmarks.load`, in the same run for both.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.db import connections, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context
from psycopg import sql

from benchmarks import load, merchant
from benchmarks.measure import Report, p95
from commerce.models import Customer
from segments import membership
from segments.models import PromoCode, Segment
from segments.models.membership import Cause
from segments.promotions.checking import check_many
from segments.promotions.drafts import Draft
from segments.promotions.persons import by_email
from segments.promotions.saving import save_code
from tenants.access.models import ServiceKey
from tenants.access.service_keys import Terms, make_key
from tenants.models import Tenant
from tenants.schema import connection

SEGMENTS, CODES, MANY = 50, 200, 500
SECONDS = float(os.environ.get("PROMO_SECONDS", "15"))
SHARE, P99, AT_LOAD, MANY_MS = 0.6, 50, 0.8, 100
SCOPES = ("promo:check", "segments:read", "customers:read")
_MEMBERS = """
    SELECT s.id AS segment_id, c.id AS customer_id
    FROM unnest({ids}::bigint[]) WITH ORDINALITY AS s (id, n)
    JOIN commerce_customer c ON (c.id * 7919 + s.n * {turn}) % 100 < 2 + s.n % 12
"""


def measure(folder: Path, report: Report) -> None:
    """Compare throughput, then measure at 80 % load while segments refresh, then many at once."""
    with merchant.inside() as tenant:
        people = list(Customer.objects.order_by("?").values_list("email", flat=True)[:5_000])
        if not people:
            raise SystemExit("There are no customers: measure the part `import` first.")
        segments = _segments()
        _codes(segments)
        ServiceKey.objects.filter(label="Benchmark").delete()
        terms = Terms("Benchmark", SCOPES, per_minute=10_000_000)
        key = make_key(terms, by=None)[1]
        _many(report, people)
        with _served() as port:
            _measure(report, tenant, segments, people, key=key, port=port)


def _segments() -> list[int]:
    rows = [
        Segment.objects.get_or_create(
            slug=f"bench-promo-{n}", defaults={"name": f"Promo {n}", "kind": Segment.Kind.MANUAL}
        )[0].pk
        for n in range(SEGMENTS)
    ]
    _refresh(rows, turn=1)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE segments_membership")
    return rows


def _refresh(ids: list[int], *, turn: int) -> None:
    wanted = sql.SQL(_MEMBERS).format(ids=sql.Literal(ids), turn=sql.Literal(turn))
    because = membership.Because(Cause.MANUAL, timezone.now(), unrecorded=frozenset(ids))
    with transaction.atomic(), connection.cursor() as cursor:
        membership.refresh(cursor, membership.Wanted(ids, wanted), because)


def _codes(segments: list[int]) -> None:
    PromoCode.objects.filter(code_key__startswith="bench-").delete()
    for n in range(CODES):
        one, two, out = (segments[(n * step + step) % SEGMENTS] for step in (1, 3, 7))
        draft = Draft(
            code=f"BENCH-{n}",
            value=Decimal(10),
            include=tuple({one, two} - {out}),
            exclude=(out,),
            most_each=3,
            most_total=1_000_000,
        )
        save_code(draft, by=None, at=timezone.now())


@contextmanager
def _served() -> Iterator[int]:
    """Serve on two workers, as the launcher does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}",
               "--workers", "2", "--worker-class", "gthread", "--threads", "4",
               "--keep-alive", "30"]  # fmt: skip
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.promo_settings"}
    server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        for _ in range(150):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(15)


def _measure(
    report: Report, tenant: Tenant, segments: list[int], people: list[str], *, key: str, port: int
) -> None:
    checks = [
        _request(f"promo-codes/bench-{n % CODES}/eligibility/", {"email": email}, key)
        for n, email in enumerate(people)
    ]
    plan: dict[str, Any] = {"port": port, "seconds": SECONDS, "connections": 8, "rate": 0}
    empty_plan = plan | {"requests": [_request("empty/", {"email": "a@b.test"}, key)]}
    load.run(empty_plan | {"seconds": 2})
    load.run(plan | {"requests": checks, "seconds": 2})
    empty, full = load.run(empty_plan), load.run(plan | {"requests": checks})
    report.add("empty view with the same key", f"{empty['per_second']:.0f}/s")
    share = full["per_second"] / empty["per_second"]
    report.add("eligibility", f"{full['per_second']:.0f}/s")
    report.add("    of the empty view's throughput", f"{share:.0%}", f">= {SHARE:.0%}",
               ok=share >= SHARE)  # fmt: skip
    rate = full["per_second"] * AT_LOAD
    calm = load.run(plan | {"requests": checks, "rate": rate})
    p99 = calm["p99"] * 1000
    report.add("    p99 at 80 % load", f"{p99:.0f} ms", f"<= {P99} ms", ok=p99 <= P99)
    with _refreshing(tenant, segments) as turns:
        busy = load.run(plan | {"requests": checks, "rate": rate / 2})
    lost = empty["wrong"] + full["wrong"] + calm["wrong"] + busy["wrong"]
    report.add(f"    p99 at 40 % while segments refresh ({len(turns)} times)",
               f"{busy['p99'] * 1000:.0f} ms")  # fmt: skip
    report.add("    answers lost or wrong in all", f"{lost:,}", "0", ok=lost == 0)


@contextmanager
def _refreshing(tenant: Tenant, segments: list[int]) -> Iterator[list[int]]:
    """Move members of all segments again and again, in another thread."""
    ended = Event()
    turns: list[int] = []

    def turn() -> None:
        with tenant_context(tenant):
            while not ended.is_set():
                turns.append(len(turns) + 2)
                _refresh(segments, turn=turns[-1])
        connections.close_all()

    thread = Thread(target=turn)
    thread.start()
    try:
        yield turns
    finally:
        ended.set()
        thread.join()


def _many(report: Report, people: list[str]) -> None:
    named = [by_email(email) for email in people[:MANY]]
    taken = p95(lambda: check_many(["bench-1"], named, at=timezone.now()), times=20)
    report.add(f"{MANY} customers in one call, p95", f"{taken:.0f} ms", f"<= {MANY_MS} ms",
               ok=taken <= MANY_MS)  # fmt: skip


def _request(path: str, body: Any, key: str) -> str:
    text = json.dumps(body)
    host = f"{merchant.SLUG}.localhost"
    return (
        f"POST /api/v1/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
    )
