"""A merchant stands still, and goes on."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from tenants import dispatch, jobs
from tenants.models import Run, Tenant, TenantJob
from tenants.suspension import resume, suspend
from tenants.tasks import execute_run


@pytest.fixture
def suspended(tenant, job):
    job("shine", cadence="hours")
    suspend(tenant, reason="not paid")
    return tenant


def test_pages_of_a_suspended_merchant_say_so(suspended):
    response = Client(headers={"host": "acme.localhost"}).get("/admin/login/")

    assert response.status_code == 503
    assert "Acme is paused" in response.content.decode()


def test_the_merchant_next_door_is_open(suspended):
    assert Client(headers={"host": "globex.localhost"}).get("/admin/login/").status_code == 200


def test_tasks_of_a_suspended_merchant_are_refused_and_wait(suspended):
    run = jobs.start("shine")

    execute_run.apply(args=[run.pk])

    assert (jobs.latest("shine").state, jobs.latest("shine").attempt) == (Run.State.QUEUED, 0)


def test_due_jobs_are_skipped_until_it_is_resumed(suspended):
    connection.set_schema_to_public()
    row = TenantJob.objects.create(
        tenant=suspended, job="shine", cadence="hours", next_run_at="2020-01-01T00:00Z"
    )

    assert dispatch.make_due() == 0
    resume(suspended)

    row.refresh_from_db()
    assert row.next_run_at.year > 2020
    assert suspended.state == Tenant.State.READY
    assert dispatch.make_due() == 0


def test_work_in_progress_is_asked_to_stop(tenant, job):
    job("shine")
    run = jobs.start("shine")
    with jobs.schema_context("public"):
        Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)

    suspend(tenant, reason="not paid")

    assert jobs.latest("shine").cancel_requested


def test_only_a_ready_merchant_is_suspended_and_only_a_suspended_one_resumed(tenant):
    with pytest.raises(ValidationError):
        resume(tenant)
    suspend(tenant, reason="")
    with pytest.raises(ValidationError):
        suspend(tenant, reason="")

    assert tenant.state == Tenant.State.SUSPENDED


def test_the_platform_itself_is_never_suspended(tenant):
    connection.set_schema_to_public()
    platform = Tenant.objects.get(schema_name="public")

    with pytest.raises(ValidationError):
        suspend(platform, reason="")

    platform.refresh_from_db()
    assert platform.state == Tenant.State.READY
