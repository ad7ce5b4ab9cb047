"""A marketer makes a trigger, an order comes in, and the alert stands in the inbox."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from commerce.ingest import Ingest, OrderRecord, PersonRecord, ingest
from segments.definitions import save_segment
from segments.models import Trigger
from segments.refreshing import refresh_segment
from tenants import effect_job, jobs
from tenants.access.members import make_member
from tests.browsing import PASSWORD, enter, watch
from tests.commerce.factories import bring_up_to_date

pytestmark = pytest.mark.browser
SPENDERS = {"field": "total_spent", "operator": "gte", "value": 100}


@pytest.fixture
def shop(committed_tenant, site, page):
    """The dashboard, after Mia has signed in; a segment of big spenders nobody is in yet."""
    make_member("mia@acme.test", role="marketer", name="Mia Market", password=PASSWORD)
    bring_up_to_date(on=timezone.localdate(timezone=connection.tenant.zone))
    segment = save_segment(name="Big spenders", rules=SPENDERS, by=None)
    refresh_segment(segment, at=timezone.now() - timedelta(minutes=1), cause="definition")
    page.found = watch(page)
    page.set_default_timeout(8_000)
    page.home = enter(page, site, email="mia@acme.test")
    yield page
    assert page.found == []


def order_comes_in() -> None:
    """Send an order through ingest and do what the workers would."""
    now = timezone.now()
    people = PersonRecord(external_id="C1", source_at=now, email="ada@shop.test")
    order = OrderRecord(
        external_id="O1", placed_at=now, source_at=now, person="C1",
        items_total=Decimal(150), total=Decimal(150), financial_status="paid",
    )  # fmt: skip
    today = timezone.localdate(timezone=connection.tenant.zone)
    ingest([people, order], how=Ingest(source="till", today=today))
    jobs.run_now("changed")
    jobs.run_now("act")
    jobs.run_now(effect_job.SEND, params={"consumer": Trigger.objects.get().consumer})


def test_from_a_trigger_to_the_alert_in_the_inbox(shop):
    shop.goto(f"{shop.home}triggers/add/")
    expect(shop.get_by_label("Score", exact=True)).to_be_hidden()
    shop.get_by_label("Name", exact=True).fill("Greet big spenders")
    shop.get_by_label("Segment", exact=True).first.select_option(label="Big spenders")
    shop.get_by_label("What is done").select_option(label="Call a webhook")
    expect(shop.get_by_label("Address", exact=True)).to_be_visible()
    shop.get_by_label("What is done").select_option(label="Put a task in the inbox")
    expect(shop.get_by_label("Address", exact=True)).to_be_hidden()
    shop.get_by_label("Title", exact=True).fill("Call to say thank you")
    shop.get_by_role("button", name="Save", exact=True).click()
    shop.wait_for_url("**/triggers/*/")
    expect(shop.get_by_text("Nobody has set it off yet.")).to_be_visible()

    order_comes_in()

    shop.goto(shop.home)
    shop.get_by_role("link", name="1 open task").click()
    task = shop.locator(".task")
    expect(task).to_have_count(1)
    expect(task).to_contain_text("Call to say thank you")
    task.get_by_role("checkbox").check()
    shop.get_by_role("button", name="Tick off").click()
    expect(shop.get_by_text("Nothing to do")).to_be_visible()
    shop.get_by_role("link", name="Done").click()
    expect(shop.locator(".task")).to_contain_text("Mia Market")


def test_the_form_stands_on_a_phone_and_in_the_dark(shop):
    shop.set_viewport_size({"width": 400, "height": 900})
    shop.emulate_media(color_scheme="dark")
    shop.goto(f"{shop.home}triggers/add/")

    assert shop.evaluate("document.documentElement.scrollWidth") <= 400
    shop.get_by_label("When").select_option(label="A customer's score moves")
    expect(shop.get_by_label("Score", exact=True)).to_be_visible()
    shop.get_by_role("button", name="Save", exact=True).click()
    expect(shop.get_by_text("This field is required.").first).to_be_visible()
    assert len(shop.found) == 1  # the browser notes the answer 400 as an error
    shop.found.clear()
