"""The merchant's Jobs page."""

import datetime as dt

import pytest
from django.db import connection

from tenants import jobs
from tenants.models import Run, TenantJob


def row(key: str) -> TenantJob:
    with jobs.schema_context("public"):
        return TenantJob.objects.get(job=key, tenant__schema_name="acme")


def runs(**filters) -> int:
    with jobs.schema_context("public"):
        return Run.objects.filter(**filters).count()


def test_the_owner_sees_every_job_with_its_schedule(owner, job):
    job("shine", help="Polishes the spoons.", cadence="daily", at=dt.time(3))

    page = owner.get("/admin/jobs/").content.decode()

    assert "Polishes the spoons." in page
    assert "Every day at 03:00" in page
    assert "Never" in page


def test_the_last_run_and_its_error_are_shown(owner, job):
    job("shine")
    run = jobs.start("shine")
    with jobs.schema_context("public"):
        Run.objects.filter(pk=run.pk).update(state="failed", error="The spoons are gone.")

    page = owner.get("/admin/jobs/").content.decode()

    assert "The spoons are gone." in page


def test_the_page_asks_as_often_however_many_jobs_there_are(
    owner, job, django_assert_max_num_queries
):
    owner.get("/admin/jobs/")
    for number in range(30):
        job(f"job{number}")
        jobs.start(f"job{number}")

    with django_assert_max_num_queries(45):
        owner.get("/admin/jobs/")


def test_run_now_queues_one_run_however_often_it_is_pressed(owner, job):
    job("shine")

    for _ in range(2):
        assert owner.post("/admin/jobs/shine/start/").status_code == 302

    assert runs(job="shine", state="queued") == 1


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cadence": "off"}, "off"),
        ({"cadence": "minutes", "every": "15"}, "every 15 minutes"),
        ({"cadence": "hours", "every": "1"}, "every hour"),
        ({"cadence": "daily", "at": "04:30"}, "every day at 04:30"),
        ({"cadence": "weekly", "weekday": "7", "at": "04:30"}, "every Sunday at 04:30"),
        (
            {"cadence": "monthly", "monthday": "28", "at": "04:30"},
            "on day 28 of the month at 04:30",
        ),
    ],
)
def test_a_schedule_is_changed_and_said_in_words(owner, job, values, words):
    job("shine", cadence="daily", at=dt.time(3))

    page = owner.post("/admin/jobs/shine/", values, follow=True).content.decode()

    assert f"“Shine” now runs: {words}." in page
    assert row("shine").cadence == values["cadence"]
    assert (row("shine").next_run_at is None) == (values["cadence"] == "off")


@pytest.mark.parametrize(
    "values",
    [
        {"cadence": "minutes", "every": "1"},
        {"cadence": "hours", "every": "0"},
        {"cadence": "hours"},
        {"cadence": "daily"},
        {"cadence": "daily", "at": "25:00"},
        {"cadence": "monthly", "monthday": "31", "at": "03:00"},
        {"cadence": "sometimes"},
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_and_nothing_is_written(owner, job, values):
    job("shine", cadence="daily", at=dt.time(3))
    owner.get("/admin/jobs/")
    before = row("shine").next_run_at

    response = owner.post("/admin/jobs/shine/", values)

    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert (row("shine").cadence, row("shine").next_run_at) == ("daily", before)


def test_a_viewer_looks_and_changes_nothing(member, job):
    job("shine", cadence="daily", at=dt.time(3))
    viewer = member("viewer")

    page = viewer.get("/admin/jobs/").content.decode()
    assert "Run now" not in page
    assert viewer.post("/admin/jobs/shine/start/").status_code == 403
    assert viewer.post("/admin/jobs/shine/", {"cadence": "off"}).status_code == 403

    assert row("shine").cadence == "daily"
    assert runs(job="shine") == 0


def test_a_job_that_needs_parameters_cannot_be_started_here(owner, job):
    job("load", needs_params=True)

    assert owner.post("/admin/jobs/load/start/").status_code == 404
    assert owner.post("/admin/jobs/load/", {"cadence": "off"}).status_code == 403


def test_jobs_of_the_platform_are_not_the_merchants(owner):
    assert "Set up a merchant" not in owner.get("/admin/jobs/").content.decode()
    assert owner.get("/admin/jobs/provision/").status_code == 404
    assert owner.post("/admin/jobs/delete_merchant/start/").status_code == 404


def test_the_runs_of_the_merchant_next_door_are_not_shown(owner, other_tenant, job, tenant):
    job("shine")
    connection.set_tenant(other_tenant)
    run = jobs.start("shine")
    connection.set_tenant(tenant)
    with jobs.schema_context("public"):
        Run.objects.filter(pk=run.pk).update(state="failed", error="Globex only")

    assert "Globex only" not in owner.get("/admin/jobs/").content.decode()
    assert "Globex only" not in owner.get("/admin/jobs/shine/").content.decode()
