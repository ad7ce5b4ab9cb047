"""A browser follows a run from the button to its end, and stops another one."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from tenants import jobs
from tenants.models import Run
from tenants.tasks import execute_run
from tests.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def jobs_page(committed_tenant, site, page, job):
    """The Jobs page as the owner sees it, with one job."""
    job("shine", lambda handle: {"spoons_polished": 12})
    owner = sign_in(committed_tenant, User.objects.create_superuser("owner", "o@acme.test"))
    origin = site.url.replace("//localhost", "//acme.localhost")
    cookie = {"name": "sessionid", "value": owner.cookies["sessionid"].value, "url": origin}
    page.context.add_cookies([cookie])
    page.goto(f"{origin}/admin/jobs/")
    return page


def press_run_now(page) -> Run:
    page.get_by_role("button", name="Run “Shine” now").click()
    expect(page.get_by_text("Waits for a worker.")).to_be_visible()
    return jobs.live("shine")


def test_a_run_is_followed_to_its_end_without_a_reload(jobs_page):
    run = press_run_now(jobs_page)
    with jobs.schema_context("public"):
        Run.objects.update(progress_done=3, progress_total=10, state="running")
    expect(jobs_page.get_by_text("3 of 10")).to_be_visible()
    with jobs.schema_context("public"):
        Run.objects.update(state="queued")

    execute_run.apply(args=[run.pk])

    row = jobs_page.get_by_role("row", name="Shine")
    expect(row.get_by_text("Done")).to_be_visible()
    expect(jobs_page.locator(".run")).to_have_count(0)


def test_a_waiting_run_is_stopped_with_a_button(jobs_page):
    press_run_now(jobs_page)

    jobs_page.get_by_role("button", name="Cancel").click()

    expect(jobs_page.get_by_role("row", name="Shine").get_by_text("Cancelled")).to_be_visible()
    assert jobs.latest("shine").state == Run.State.CANCELLED
