"""Schemas of another version: left alone, then brought into step."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from psycopg import errors

from tenants import dispatch, jobs, upgrade
from tenants.models import Run, Tenant, TenantJob
from tenants.tasks import execute_run
from tenants.versions import current_version


@pytest.fixture
def old(tenant, job):
    """Acme, whose schema lacks the last migration."""
    job("shine", cadence="hours")
    with jobs.schema_context("public"):
        Tenant.objects.filter(pk=tenant.pk).update(migrated_to="old")
        Tenant.objects.filter(schema_name="public").update(migrated_to=current_version())
    return tenant


def version_of(slug: str) -> str:
    with jobs.schema_context("public"):
        return Tenant.objects.get(schema_name=slug).migrated_to


def run_upgrade(**options) -> str:
    out = io.StringIO()
    call_command("upgrade", processes=1, stdout=out, **options)
    return out.getvalue()


def test_workers_leave_a_merchant_of_another_version_alone(old):
    run = jobs.start("shine")

    execute_run.apply(args=[run.pk])

    assert (jobs.latest("shine").state, jobs.latest("shine").attempt) == (Run.State.QUEUED, 0)


def test_the_dispatcher_leaves_it_alone_too(old):
    connection.set_schema_to_public()
    TenantJob.objects.create(
        tenant=old, job="shine", cadence="hours", next_run_at="2020-01-01T00:00Z"
    )
    Run.objects.create(tenant=old, job="shine", slot="1")

    assert dispatch.make_due() == 0
    assert dispatch.resend() == 0


def test_the_command_brings_it_into_step_and_the_work_goes_on(old):
    run = jobs.start("shine")

    assert run_upgrade() == "acme: in step\n"

    assert version_of("acme") == current_version()
    connection.set_tenant(Tenant.objects.get(schema_name="acme"))
    execute_run.apply(args=[run.pk])
    assert jobs.latest("shine").state == Run.State.DONE


def test_nothing_is_done_twice(old):
    run_upgrade()

    assert run_upgrade() == ""


def test_new_jobs_get_their_rows(old):
    run_upgrade()

    with jobs.schema_context("public"):
        assert TenantJob.objects.get(tenant=old, job="shine").next_run_at is not None


def test_a_lock_in_the_way_is_waited_for(old, monkeypatch):
    calls = []

    def migrate(*args, **options):
        calls.append(options["schema_name"])
        if len(calls) < 3:
            raise OperationalError from errors.LockNotAvailable()

    monkeypatch.setattr(upgrade, "call_command", migrate)
    monkeypatch.setattr(upgrade.time, "sleep", lambda seconds: None)

    run_upgrade()

    assert calls == ["acme"] * 3


def test_one_merchant_that_fails_does_not_stop_the_others(old, monkeypatch):
    def migrate(*args, **options):
        if options["schema_name"] == "acme":
            raise OperationalError("no space left")

    monkeypatch.setattr(upgrade, "call_command", migrate)
    with jobs.schema_context("public"):
        Tenant.objects.filter(schema_name="globex").update(migrated_to="old")

    with pytest.raises(CommandError, match="1 of 2"):
        run_upgrade()

    assert version_of("globex") == current_version()
    assert version_of("acme") == "old"


def test_a_version_follows_from_the_migrations():
    assert len(current_version()) == 32
