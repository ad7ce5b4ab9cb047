"""The fragment that shows a run, on the page of whoever may see it."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from tenants import jobs
from tenants.models import Run
from tenants.templatetags.runs import time_left


@pytest.fixture
def run(tenant, job):
    job("load")
    return jobs.start("load")


def change(run: Run, **values) -> None:
    with jobs.schema_context("public"):
        Run.objects.filter(pk=run.pk).update(**values)


def test_a_live_run_asks_for_itself_again(owner, run):
    change(run, state="running", progress_done=1200, progress_total=5000, progress_note="Reading")

    page = owner.get(f"/admin/runs/{run.pk}/").content.decode()

    assert f'hx-get="/admin/runs/{run.pk}/"' in page
    assert "1,200 of 5,000" in page
    assert "Reading" in page


def test_a_run_that_ended_stops_asking(owner, run):
    change(run, state="done", counts={"orders_added": 12})

    response = owner.get(f"/admin/runs/{run.pk}/")

    assert "hx-get" not in response.content.decode()
    assert "orders added" in response.content.decode()
    assert response["HX-Trigger-After-Swap"] == "run-ended"


def test_the_run_of_the_merchant_next_door_is_not_found(owner, other_tenant, job, tenant):
    job("load")
    connection.set_tenant(other_tenant)
    run = jobs.start("load")
    connection.set_tenant(tenant)

    assert owner.get(f"/admin/runs/{run.pk}/").status_code == 404
    assert owner.post(f"/admin/runs/{run.pk}/cancel/").status_code == 404
    change(run, cancel_requested=False)
    with jobs.schema_context("public"):
        assert Run.objects.get(pk=run.pk).state == Run.State.QUEUED


def test_the_owner_cancels_a_run_at_work(owner, run):
    change(run, state="running")

    response = owner.post(f"/admin/runs/{run.pk}/cancel/", headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "Stopping" in response.content.decode()
    assert jobs.latest("load").cancel_requested


def test_a_viewer_sees_the_run_and_may_not_stop_it(member, run):
    viewer = member("viewer")

    assert "Cancel" not in viewer.get(f"/admin/runs/{run.pk}/").content.decode()

    assert viewer.post(f"/admin/runs/{run.pk}/cancel/").status_code == 403
    assert jobs.latest("load").state == Run.State.QUEUED


def test_a_passer_by_is_sent_to_the_sign_in_page(client, run):
    response = client.get(f"/admin/runs/{run.pk}/", headers={"host": "acme.localhost"})

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("done", "after", "words"),
    [
        (0, 60, ""),
        (50, 4, ""),
        (50, 10, "about 10 s left"),
        (25, 60, "about 3 min left"),
        (100, 60, ""),
    ],
)
def test_the_time_left_is_told_when_it_is_worth_it(done, after, words):
    now = timezone.now()
    run = Run(
        state=Run.State.RUNNING,
        progress_done=done,
        progress_total=100,
        started_at=now - dt.timedelta(seconds=after),
    )

    assert time_left(run, now=now) == words
