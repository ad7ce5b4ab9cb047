"""The platform's own admin, on the bare domain."""

import datetime as dt
import io
import json

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from tenants import dispatch
from tenants.models import Domain, Run, Tenant
from tenants.schedule import ensure_rows


@pytest.fixture
def staff(db) -> Client:
    """The platform's superuser."""
    return signed_in(User.objects.create_superuser("root", "root@platform.test"))


@pytest.fixture
def acme(db) -> Tenant:
    connection.set_schema_to_public()
    return Tenant.objects.get(schema_name="acme")


def signed_in(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def merchants(staff: Client, **asked) -> str:
    return staff.get("/admin/tenants/tenant/", asked).content.decode()


def test_the_list_shows_each_merchant_and_not_the_platform(staff):
    page = merchants(staff)

    assert "Acme" in page
    assert "Globex" in page
    assert ">Platform<" not in page


def test_the_list_asks_as_often_however_many_merchants_there_are(
    staff, django_assert_max_num_queries
):
    for number in range(30):
        Tenant.objects.create(schema_name=f"shop{number}", name="Shop", state="ready")

    with django_assert_max_num_queries(20):
        merchants(staff)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/status/",
        "/admin/tenants/run/",
        "/admin/auth/user/",
        "/admin/django_celery_beat/periodictask/",
        "/admin/tenants/tenant/add/",
    ],
)
def test_every_page_of_the_platform_answers(staff, address):
    assert staff.get(address).status_code == 200


def test_a_form_makes_a_merchant_in_the_background(staff):
    answers = {
        "slug": "greenshop",
        "name": "Green shop",
        "timezone": "Europe/London",
        "currency": "gbp",
        "industry": "retail",
        "owner_email": "",
    }

    response = staff.post("/admin/tenants/tenant/add/", answers)

    tenant = Tenant.objects.get(schema_name="greenshop")
    assert response["Location"] == f"/admin/tenants/tenant/{tenant.pk}/change/"
    assert (tenant.state, tenant.currency) == (Tenant.State.PROVISIONING, "GBP")
    assert Run.objects.get(tenant=tenant).job == "provision"
    assert "Set up a merchant" in staff.get(response["Location"]).content.decode()


@pytest.mark.parametrize("slug", ["acme", "public", "Green", "pgshop"])
def test_a_slug_that_cannot_be_is_refused_at_its_box(staff, slug):
    before = Tenant.objects.count()
    answers = {
        "slug": slug,
        "name": "X",
        "timezone": "UTC",
        "currency": "EUR",
        "industry": "retail",
    }

    response = staff.post("/admin/tenants/tenant/add/", answers)

    assert response.status_code == 422
    assert "field-error" in response.content.decode()
    assert (Tenant.objects.count(), Run.objects.count()) == (before, 0)


def test_a_merchant_is_suspended_and_resumed_on_its_page(staff, acme):
    staff.post(f"/admin/tenants/tenant/{acme.pk}/suspend/", {"reason": "not paid"})
    acme.refresh_from_db()
    assert (acme.state, acme.state_note) == (Tenant.State.SUSPENDED, "not paid")

    staff.post(f"/admin/tenants/tenant/{acme.pk}/resume/")

    acme.refresh_from_db()
    assert acme.state == Tenant.State.READY


def test_a_deletion_asks_for_the_slug_of_a_suspended_merchant(staff, acme):
    address = f"/admin/tenants/tenant/{acme.pk}/remove/"
    assert "Suspend Acme first" in staff.post(address, {"slug": "acme"}).content.decode()
    staff.post(f"/admin/tenants/tenant/{acme.pk}/suspend/", {"reason": "gone"})
    assert "Type <strong>acme</strong>" in staff.get(address).content.decode()
    assert staff.post(address, {"slug": "Acme"}).status_code == 422
    acme.refresh_from_db()
    assert acme.state == Tenant.State.SUSPENDED

    staff.post(address, {"slug": "acme"})

    acme.refresh_from_db()
    assert acme.state == Tenant.State.DELETING


@pytest.mark.parametrize("step", ["suspend", "resume", "retry", "remove"])
def test_somebody_who_may_only_look_changes_no_merchant(acme, step):
    user = User.objects.create_user("looker", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_tenant"))
    client = signed_in(user)
    assert "Acme" in merchants(client)

    response = client.post(f"/admin/tenants/tenant/{acme.pk}/{step}/", {"reason": "x"})

    assert response.status_code == 403
    acme.refresh_from_db()
    assert acme.state == Tenant.State.READY


def test_nothing_is_changed_by_following_a_link(staff, acme):
    staff.get(f"/admin/tenants/tenant/{acme.pk}/suspend/", {"reason": "x"})

    acme.refresh_from_db()
    assert acme.state == Tenant.State.READY


def test_a_merchants_owner_is_a_stranger_to_the_platform(owner, tenant):
    connection.set_schema_to_public()

    for address in ("/admin/status/", "/admin/tenants/tenant/", "/admin/tenants/run/"):
        assert owner.get(address).status_code == 404
    stolen = Client(headers={"host": "localhost"})
    stolen.cookies = owner.cookies
    assert stolen.get("/admin/tenants/tenant/").status_code == 302


def test_the_status_page_replays_what_was_stopped(staff, acme, job):
    job("shine")
    run = Run.objects.create(
        tenant=acme, job="shine", slot="1", state="quarantined", attempt=3, error="No spoons."
    )
    assert "No spoons." in staff.get("/admin/status/").content.decode()

    staff.post("/admin/status/", {"run": [run.pk]})

    run.refresh_from_db()
    assert (run.state, run.attempt) == (Run.State.QUEUED, 0)


def test_the_list_of_runs_replays_what_was_stopped(staff, acme, job):
    job("shine")
    run = Run.objects.create(tenant=acme, job="shine", slot="1", state="quarantined", attempt=3)

    staff.post(
        "/admin/tenants/run/?state__exact=quarantined",
        {"action": "replay", "_selected_action": [run.pk]},
    )

    run.refresh_from_db()
    assert run.state == Run.State.QUEUED


def test_status_tells_programs_everything(acme, job):
    job("shine", cadence="hours")
    ensure_rows(acme)
    acme.jobs.filter(job="shine").update(next_run_at=timezone.now() - dt.timedelta(hours=2))
    Run.objects.create(tenant=acme, job="shine", slot="1", state="quarantined")

    data = ask_status(json=True)

    lag = next(lag for lag in data["lags"] if lag["key"] == "shine")
    assert (lag["waiting"], lag["oldest_seconds"] // 60) == (1, 120)
    assert data["merchants"] == {"ready": 2}
    assert data["backlog"].keys() == {"dispatch", "interactive", "sync", "compute", "actions"}
    assert data["seen"] == {"beat": None, "dispatcher": None, "reaper": None}
    assert len(data["quarantined"]) == 1
    assert data["ok"] is False


def test_status_is_well_after_a_tick(acme):
    dispatch.seen("beat")
    dispatch.tick()

    assert ask_status(json=True)["problems"] == []
    call_command("status", "--check", stdout=io.StringIO())


def test_status_check_fails_when_nobody_was_seen(acme):
    with pytest.raises(CommandError, match="never been seen"):
        call_command("status", "--check", stdout=io.StringIO())


def ask_status(**options) -> dict:
    out = io.StringIO()
    call_command("status", stdout=out, **options)
    return json.loads(out.getvalue())


def test_no_merchant_answers_on_the_bare_domain(db):
    assert Domain.objects.get(domain="localhost").tenant.schema_name == "public"
