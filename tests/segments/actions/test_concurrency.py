"""Exactly once, whoever works at the same time and whoever dies."""

import json
import threading
import time
from collections import Counter

import pytest
from django.db import connection, connections
from django.utils import timezone

from commerce.models import Customer
from segments.actions.dispatching import dispatch
from segments.actions.kinds.webhook import IN_FLIGHT
from segments.models import MembershipChange, Trigger
from tenants import dispatch as dispatcher
from tenants import effect_job, jobs
from tenants.access.models import Effect, EffectTarget
from tenants.effect_sending import send_page
from tenants.models import Tenant
from tests.segments.actions.facts import make_segment, make_trigger
from tests.sink import Sink, status
from tests.workers import Workers, kill, wait_for


@pytest.fixture
def shop(committed_tenant, settings):
    """Customers and a segment that they entered, really committed."""
    settings.WEBHOOKS_ALLOW_LOOPBACK = True

    def open_shop(count: int, **trigger) -> Trigger:
        segment, at = make_segment(), timezone.now()
        made = make_trigger(segment, **trigger)
        people = Customer.objects.bulk_create(Customer() for _ in range(count))
        MembershipChange.objects.bulk_create(
            MembershipChange(segment=segment, customer=one, entered=True, cause="data", at=at)
            for one in people
        )
        return made

    return open_shop


def together(work, *, times: int) -> list:
    """Run `work` in as many threads at once, each on a connection of its own."""
    gate, results = threading.Barrier(times), []

    def run() -> None:
        connection.set_tenant(Tenant(schema_name="acme", timezone="UTC"))
        try:
            gate.wait()
            results.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_dispatchers_at_once_make_one_effect_per_change(shop):
    trigger = shop(300)
    now = timezone.now()

    counts = together(lambda: dispatch(trigger.pk, at=now), times=4)

    assert sum(counts) == 300
    assert Effect.objects.values("change").distinct().count() == Effect.objects.count() == 300


def test_senders_at_once_send_each_effect_once(shop):
    sink = Sink()
    trigger = shop(120, kind="webhook", options={"url": sink.url})
    dispatch(trigger.pk, at=timezone.now())

    def send() -> int:
        total = 0
        while page := send_page(trigger.consumer, at=timezone.now()).taken:
            total += page
        return total

    counts = together(send, times=3)

    sink.close()
    assert sum(counts) == 120
    assert len({headers["Strata-Delivery"] for headers, _ in sink.received}) == 120
    assert len(sink.received) == 120


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_only_what_was_on_its_way(
    shop, settings, tmp_path, monkeypatch
):
    """The small form of 100,000 rows and two kills: 120 rows, killed twice."""
    settings.RUN_LEASE_SECONDS = 2
    monkeypatch.setenv("WEBHOOKS_ALLOW_LOOPBACK", "true")
    monkeypatch.setenv("EFFECT_LEASE_SECONDS", "2")
    rows, sink = 120, Sink()
    answer = sink.answer

    def slowly(handler) -> None:
        time.sleep(0.003)
        answer(handler)

    sink.answer = slowly
    trigger = shop(rows, kind="webhook", options={"url": sink.url})
    kills = 0
    options = ("-l", "WARNING", "-Q", "actions")
    with Workers("tests.tenants.worker", *options, logs=tmp_path) as start:
        worker = start()
        jobs.start("act")
        for level in (30, 70):
            wait_for(lambda level=level: tick() and len(sink.received) > level)
            kill(worker)
            kills += 1
            worker = start()
        wait_for(lambda: tick() and not unfinished())

    sink.close()
    times = Counter(headers["Strata-Delivery"] for headers, _ in sink.received)
    sent = {str(delivery) for delivery in Effect.objects.values_list("delivery", flat=True)}
    assert times.keys() == sent
    repeats = sum(times.values()) - rows
    assert repeats <= kills * IN_FLIGHT
    whole = [body for head, body in sink.received if len(body) == int(head["Content-Length"])]
    customers = {json.loads(body)["customer"]["id"] for body in whole}  # a kill cuts one in two
    assert len(customers) == rows
    assert trigger.consumer == f"trigger:{trigger.pk}"


def test_several_requests_are_on_their_way_at_once_and_no_more_than_allowed(shop):
    sink, most, now_open = Sink(), [0], set()
    answer = sink.answer

    def slowly(handler) -> None:
        now_open.add(handler)
        most[0] = max(most[0], len(now_open))
        time.sleep(0.02)
        answer(handler)
        now_open.discard(handler)

    sink.answer = slowly
    trigger = shop(60, kind="webhook", options={"url": sink.url})
    at = timezone.now()
    dispatch(trigger.pk, at=at)
    sent = send_page(trigger.consumer, at=at)
    sink.close()

    assert sent.done == 60
    assert 1 < most[0] <= IN_FLIGHT


def test_what_was_on_its_way_when_a_target_failed_is_written_and_counts_as_one_failure(shop):
    sink = Sink()
    sink.answer = status(503)
    trigger = shop(60, kind="webhook", options={"url": sink.url})
    at = timezone.now()
    dispatch(trigger.pk, at=at)

    send_page(trigger.consumer, at=at)

    sink.close()
    target = EffectTarget.objects.get()
    tried = Effect.objects.filter(attempts=1, state="waiting", status=503)
    assert (target.failures, target.paused_at) == (3, None)
    assert tried.count() == len(sink.received) <= 3 + IN_FLIGHT
    assert Effect.objects.filter(attempts=0, state="waiting").count() == 60 - tried.count()


def unfinished() -> int:
    return Effect.objects.exclude(state="done").count()


def tick() -> bool:
    """Do the dispatcher's part: take back dead runs, send what waits, look for what is due."""
    with jobs.schema_context("public"):
        dispatcher.reap()
        dispatcher.resend()
    effect_job.sweep(at=timezone.now())
    return True
