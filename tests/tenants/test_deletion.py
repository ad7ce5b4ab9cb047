"""A merchant goes for ever, and only that one."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django_tenants.utils import schema_context, schema_exists

from tenants import deletion
from tenants.events import DELETED, TenantEvent
from tenants.models import Domain, Run, Tenant, TenantJob
from tenants.tasks import execute_platform_run


@pytest.fixture
def doomed(db, settings, tmp_path):
    """A merchant with a schema, files, cached values, a job and a run; suspended."""
    settings.FILES_ROOT = tmp_path
    connection.set_schema_to_public()
    tenant = Tenant.objects.create(schema_name="doomed", name="Doomed", state="suspended")
    Domain.objects.create(domain="doomed.localhost", tenant=tenant)
    TenantJob.objects.create(tenant=tenant, job="shine", cadence="daily")
    Run.objects.create(tenant=tenant, job="shine", slot="old", state="done")
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA doomed")
        cursor.execute("CREATE TABLE doomed.customer (id int)")
    (tmp_path / "doomed").mkdir()
    (tmp_path / "doomed" / "orders.csv").write_text("1")
    (tmp_path / "acme").mkdir()
    with schema_context("doomed"):
        cache.set("key", 1)
    yield tenant
    deletion.forget_cached("doomed")


def traces() -> dict[str, int]:
    """Return what of a merchant stands in `public`."""
    models = (Tenant, Domain, TenantJob, Run)
    return {model.__name__: model.objects.count() for model in models}


def public_tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname IN ('public', 'acme')")
        return cursor.fetchone()[0]


def test_nothing_of_a_deleted_merchant_is_left_and_nothing_else_is_touched(doomed, tmp_path):
    before, tables = traces(), public_tables()
    with schema_context("acme"):
        cache.set("key", 2)

    run = deletion.request_deletion(doomed, typed_slug="doomed")
    execute_platform_run.apply(args=[run.pk])

    assert not schema_exists("doomed")
    assert traces() == {name: count - 1 for name, count in before.items()}
    assert [folder.name for folder in tmp_path.iterdir()] == ["acme"]
    with schema_context("doomed"):
        assert cache.get("key") is None
    with schema_context("acme"):
        assert cache.get("key") == 2
    assert public_tables() == tables


@pytest.mark.parametrize("typed", ["", "Doomed", "acme"])
def test_the_slug_must_be_typed(doomed, typed):
    with pytest.raises(ValidationError, match="Type the slug"):
        deletion.request_deletion(doomed, typed_slug=typed)

    doomed.refresh_from_db()
    assert doomed.state == Tenant.State.SUSPENDED
    assert schema_exists("doomed")


def test_a_merchant_that_is_served_is_not_deleted(doomed):
    Tenant.objects.filter(pk=doomed.pk).update(state=Tenant.State.READY)

    with pytest.raises(ValidationError, match="Suspend Doomed first"):
        deletion.request_deletion(doomed, typed_slug="doomed")


def test_the_platform_is_never_deleted(doomed):
    Tenant.objects.filter(schema_name="public").update(state=Tenant.State.SUSPENDED)
    platform = Tenant.objects.get(schema_name="public")

    with pytest.raises(ValidationError):
        deletion.request_deletion(platform, typed_slug="public")


def test_a_run_at_work_stands_against_it(doomed):
    Run.objects.create(tenant=doomed, job="shine", slot="now", state="running")

    with pytest.raises(ValidationError, match="still at work"):
        deletion.request_deletion(doomed, typed_slug="doomed")

    assert schema_exists("doomed")


def test_a_forged_run_deletes_nobody(doomed):
    run = Run.objects.create(tenant=doomed, job="delete_merchant", slot="forged")

    execute_platform_run.apply(args=[run.pk])

    assert schema_exists("doomed")
    run.refresh_from_db()
    assert run.state == Run.State.FAILED


def test_a_deletion_that_was_interrupted_goes_on(doomed):
    answers = iter([RuntimeError("power cut"), None])

    def interrupted(tenant):
        if (error := next(answers)) is not None:
            raise error

    DELETED.register(TenantEvent(key="test", label="Testing", run=interrupted))
    try:
        run = deletion.request_deletion(doomed, typed_slug="doomed")
        execute_platform_run.apply(args=[run.pk])
        Run.objects.update(not_before=None)
        execute_platform_run.apply(args=[run.pk])
    finally:
        del DELETED._entries["test"]

    assert not schema_exists("doomed")


def test_waiting_runs_are_cancelled_first(doomed, job):
    job("shine")
    waiting = Run.objects.create(tenant=doomed, job="shine", slot="later")

    deletion.request_deletion(doomed, typed_slug="doomed")

    waiting.refresh_from_db()
    assert waiting.state == Run.State.CANCELLED
