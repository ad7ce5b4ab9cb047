"""A process that dies in mid run leaves everything as it was, and the next run finishes."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest
from django.db import connection

from segments import services
from segments.models import Membership, RfmScore, ScoreRun, Segment
from tests.commerce.factories import CustomerFactory, OrderFactory

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
# Stands in acme and stops before the last statement, with everything written and nothing committed.
WORKER = """
import os, sys, time, django
from datetime import UTC, datetime
django.setup()
from django.db import connection
from segments import services
from segments.scoring.rfm import run
from tenants.models import Tenant

connection.settings_dict["NAME"] = sys.argv[1]
connection.set_tenant(Tenant.objects.get(schema_name="acme"))
tally = run.tally

def wait(cursor, made):
    tally(cursor, made)
    print("written", flush=True)
    time.sleep(60)

run.tally = wait
services.compute_rfm(at=datetime(2026, 6, 30, 12, tzinfo=UTC))
"""


@pytest.fixture
def dying(committed_tenant):
    """A process that has written a whole run and not committed it."""
    for _ in range(3):
        OrderFactory(customer=CustomerFactory(), placed_at=NOW)
    name = connection.settings_dict["NAME"]
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, name], stdout=subprocess.PIPE, env=os.environ
    )
    assert process.stdout.readline() == b"written\n"
    yield process
    process.kill()
    process.wait()


def test_a_killed_run_leaves_nothing_and_the_next_one_finishes(dying):
    dying.send_signal(signal.SIGKILL)
    dying.wait()
    assert not RfmScore.objects.exists()
    assert not ScoreRun.objects.exists()
    assert not Segment.objects.exists()

    started = time.monotonic()
    run = services.compute_rfm(at=NOW)

    assert run.customers_scored == RfmScore.objects.count() == Membership.objects.count() == 3
    assert time.monotonic() - started < 30


def test_a_second_run_waits_for_the_first(dying):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('rfm'), hashtext(current_schema()))")

        assert cursor.fetchone() == (False,)
