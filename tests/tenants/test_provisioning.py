"""A merchant comes into being, half-way or whole."""

import io
import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from tenants import jobs, provisioning
from tenants.events import CREATED, TenantEvent
from tenants.models import Domain, Run, Tenant, TenantJob
from tenants.tasks import execute_platform_run, execute_run
from tenants.versions import current_version


@pytest.fixture
def created():
    """Register a callback for one test."""
    keys = []

    def make(run):
        keys.append("test")
        CREATED.register(TenantEvent(key="test", label="Testing", run=run))

    yield make
    for key in keys:
        del CREATED._entries[key]


@pytest.fixture
def public(db):
    connection.set_schema_to_public()


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def no_tables(monkeypatch):
    """Leave out the migrations, which take a second, and whoever needs their tables."""
    monkeypatch.setattr(CREATED, "_entries", {})
    monkeypatch.setattr(provisioning, "call_command", lambda *args, **options: None)


def test_the_command_makes_a_merchant_that_is_ready(public, job, created, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    job("shine", cadence="daily")
    seen = []
    created(lambda tenant: seen.append((connection.schema_name, tenant.owner_email)) or {"a": "b"})
    out = io.StringIO()

    call_command(
        "create_tenant",
        "greenshop",
        name="Green",
        owner="ada@green.test",
        stdout=out,
        currency="GBP",
    )

    tenant = Tenant.objects.get(schema_name="greenshop")
    assert (tenant.state, tenant.migrated_to) == (Tenant.State.READY, current_version())
    assert tenant.owner_email == ""
    assert seen == [("greenshop", "ada@green.test")]
    first, *handed_over = out.getvalue().splitlines()
    assert first == "Green is ready on greenshop.localhost."
    assert "a: b" in handed_over
    assert any(line.startswith("invitation: http") for line in handed_over)
    assert Domain.objects.get(tenant=tenant).domain == "greenshop.localhost"
    assert TenantJob.objects.get(tenant=tenant, job="shine").next_run_at is not None
    assert (tmp_path / "greenshop").is_dir()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM greenshop.commerce_customer")
        assert cursor.fetchone() == (0,)


def test_a_requested_merchant_is_set_up_by_the_worker(public, no_tables, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    tenant = provisioning.request_merchant(slug="greenshop", name="Green")
    assert tenant.state == Tenant.State.PROVISIONING

    execute_platform_run.apply(args=[Run.objects.get(tenant=tenant).pk])

    tenant.refresh_from_db()
    assert tenant.state == Tenant.State.READY


def test_a_set_up_that_fails_says_so_and_can_be_tried_again(
    public, no_tables, created, settings, tmp_path
):
    settings.FILES_ROOT = tmp_path
    answers = iter([ValueError("secret"), None])

    def run(tenant):
        if (error := next(answers)) is not None:
            raise error

    created(run)
    tenant = provisioning.request_merchant(slug="greenshop", name="Green", owner_email="a@b.test")
    first = Run.objects.get(tenant=tenant)
    execute_platform_run.apply(args=[first.pk])
    tenant.refresh_from_db()
    assert tenant.state == Tenant.State.FAILED
    assert (tenant.state_note, tenant.owner_email) == (
        "The set-up stopped (ValueError); it can be tried again.",
        "a@b.test",
    )

    jobs.cancel(first)
    again = provisioning.retry(tenant)
    execute_platform_run.apply(args=[again.pk])

    tenant.refresh_from_db()
    assert (tenant.state, tenant.state_note) == (Tenant.State.READY, "")


def test_a_merchants_task_cannot_run_a_job_of_the_platform(tenant):
    connection.set_schema_to_public()
    run = Run.objects.create(tenant=tenant, job="provision", slot="forged")
    connection.set_tenant(tenant)

    execute_run.apply(args=[run.pk])

    assert jobs.latest("provision").state == Run.State.FAILED


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"slug": "Green"}, "lower-case"),
        ({"slug": "public"}, "reserved"),
        ({"slug": "pgshop"}, "reserved"),
        ({"slug": "acme"}, "already"),
        ({"slug": "green", "timezone": "Mars/Base"}, "time zone"),
        ({"slug": "green", "currency": "euro"}, "currency|at most"),
        ({"slug": "green", "industry": "magic"}, "valid choice"),
        ({"slug": "green", "owner_email": "nobody"}, "e-?mail"),
        ({"slug": "squatted"}, "database already has"),
    ],
)
def test_a_merchant_that_cannot_be_is_refused_and_nothing_is_written(public, values, words):
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA squatted")
    before = (Tenant.objects.count(), Domain.objects.count(), Run.objects.count(), schemas())

    with pytest.raises(ValidationError) as refusal:
        provisioning.request_merchant(name="Green", **values)

    assert re.search(words, str(refusal.value))
    assert (
        Tenant.objects.count(),
        Domain.objects.count(),
        Run.objects.count(),
        schemas(),
    ) == before


def test_the_command_refuses_a_wrong_slug_as_wrong_use(public):
    with pytest.raises(CommandError) as refusal:
        call_command("create_tenant", "No Way", name="x")

    assert refusal.value.returncode == 2
