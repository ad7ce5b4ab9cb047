"""A weight is tuned, its effect seen, a trigger made; an order comes, and the alert is there."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from commerce.ingest import Ingest, OrderRecord, PersonRecord, ingest
from segments import services
from segments.models import EngagementScore, Trigger
from segments.scoring.beside.run import compute_scores
from tenants import jobs
from tenants.access.members import make_member
from tenants.effect_sending import send_page
from tests.commerce.factories import bring_up_to_date

pytestmark = pytest.mark.browser
PASSWORD = "a-long-enough-sentence"


def order(number: int, *, days_ago: int) -> None:
    """Let Ada order one item through ingest."""
    at = timezone.now() - timedelta(days=days_ago)
    ada = PersonRecord(external_id="C1", source_at=at, email="ada@shop.test")
    placed = OrderRecord(
        external_id=f"O{number}", placed_at=at, source_at=at, person="C1",
        items_total=Decimal(50), total=Decimal(50), financial_status="paid",
    )  # fmt: skip
    ingest([ada, placed], how=Ingest(source="till", today=services.local_today()))


@pytest.fixture
def shop(committed_tenant, site, page):
    """The dashboard, after Mia has signed in; Ada bought a few days ago, and is scored."""
    make_member("mia@acme.test", role="owner", name="Mia Market", password=PASSWORD)
    bring_up_to_date(on=timezone.localdate(timezone=connection.tenant.zone))
    order(1, days_ago=45)
    compute_scores(at=timezone.now())
    page.found = []
    page.on("pageerror", lambda error: page.found.append(str(error)))
    page.on("console", lambda m: page.found.append(m.text) if m.type == "error" else None)
    page.set_default_timeout(20_000)
    page.home = site.url.replace("//localhost", "//acme.localhost") + "/admin/"
    page.goto(f"{page.home}login/")
    page.locator("[name=username]").fill("mia@acme.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(page.home)
    yield page
    assert page.found == []


def tune(shop) -> None:
    """Let recency alone decide, look at the effect, save."""
    shop.goto(f"{shop.home}scores/engagement/settings/")
    for part in ("frequency", "depth", "breadth"):
        shop.locator(f"#weight_{part}").fill("0")
    shop.get_by_role("button", name="See what would change").click()
    effect = shop.locator("#effect")
    expect(effect).to_contain_text("1 customer would change band.")
    expect(shop.locator("#weight_depth")).to_have_value("0")
    shop.get_by_role("button", name="Save and score everybody").click()
    shop.wait_for_url("**/scores/engagement/")


def watch(shop) -> None:
    """Make a trigger on becoming a champion."""
    shop.goto(f"{shop.home}triggers/add/")
    shop.get_by_label("Name", exact=True).fill("New champions")
    shop.get_by_label("When", exact=True).select_option(label="A customer's score moves")
    shop.get_by_label("Score", exact=True).select_option(label="Engagement")
    shop.locator("[name=to-engagement][value=champion]").check()
    shop.get_by_label("What is done").select_option(label="Put a task in the inbox")
    shop.get_by_label("Title", exact=True).fill("Say thank you")
    shop.get_by_role("button", name="Save", exact=True).click()
    shop.wait_for_url("**/triggers/*/")


def test_from_a_weight_to_the_alert_in_the_inbox(shop):
    before = EngagementScore.objects.get().band

    tune(shop)
    jobs.run_now("scores")
    watch(shop)
    order(2, days_ago=0)
    jobs.run_now("changed")
    compute_scores(at=timezone.now())
    jobs.run_now("act")
    send_page(Trigger.objects.get().consumer, at=timezone.now())

    shop.goto(shop.home)
    shop.get_by_role("link", name="1 open task").click()
    expect(shop.locator(".task")).to_contain_text("Say thank you")
    expect(shop.locator(".task")).to_contain_text("1 customer")
    assert before != EngagementScore.objects.get().band == "champion"
