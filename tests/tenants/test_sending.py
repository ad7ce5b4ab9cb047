"""Messages: never sent, lost, doubled; and a broker that is away."""

import datetime as dt
import socket
import time

import pytest
from django.utils import timezone

from tenants import dispatch, jobs, sending
from tenants.models import Run
from tests.tenants.dispatching import empty_queues, make_run


def test_a_message_that_was_never_sent_is_sent_once(acme):
    run = make_run(acme)

    assert (dispatch.resend(), dispatch.resend()) == (1, 0)

    run.refresh_from_db()
    assert run.sent_at is not None
    assert sending.backlog(["compute"]) == {"compute": 1}


def test_a_message_that_got_lost_is_sent_again(acme):
    make_run(acme)
    dispatch.resend()
    empty_queues()
    Run.objects.update(sent_at=timezone.now() - dt.timedelta(seconds=30))

    assert dispatch.resend() == 1


def test_a_message_in_a_long_queue_is_not_doubled(acme):
    make_run(acme, 1)
    dispatch.resend()
    Run.objects.update(sent_at=timezone.now() - dt.timedelta(seconds=30))

    assert dispatch.resend() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"not_before": timezone.now() + dt.timedelta(hours=1)},
        {"state": "running"},
        {"state": "done"},
    ],
)
def test_a_run_that_cannot_begin_is_not_sent(acme, values):
    make_run(acme, **values)

    assert dispatch.resend() == 0


def test_a_run_waits_for_the_one_before_it_in_its_lane(acme):
    make_run(acme, 1, lane="", state="running")
    make_run(acme, 2, lane="")

    assert dispatch.resend() == 0


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_a_broker_that_is_away_neither_stops_nor_holds_the_caller(
    acme, settings, kind, django_capture_on_commit_callbacks
):
    with Silent() as silent:
        port = silent.port if kind == "silent" else 1
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
        settings.REDIS_URL = settings.CELERY_BROKER_URL
        began = time.monotonic()

        with django_capture_on_commit_callbacks(execute=True):
            run = jobs.start("shine", tenant=acme)

        assert time.monotonic() - began < 6
        run.refresh_from_db()
        assert (run.state, run.sent_at) == (Run.State.QUEUED, None)
        assert dispatch.tick()["sent"] == 0


class Silent:
    """A server that takes connections and never answers."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        return self

    def __exit__(self, *ignored):
        self.socket.close()
