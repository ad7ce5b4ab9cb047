"""A segment's page in a real browser: the drawer by keyboard, the chart, a phone's width."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from segments.definitions import save_segment
from segments.models import MembershipChange, SegmentRefresh
from segments.refreshing import refresh_segment
from segments.services import local_today
from tenants.access.members import make_member
from tests.browsing import PASSWORD, enter, watch
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date

pytestmark = pytest.mark.browser
RECENT = {"field": "last_order_date", "operator": "in_last", "value": "30_days"}
BAD = ("error", "warning")


@pytest.fixture
def segment(committed_tenant):
    make_member("boss@acme.test", role="owner", name="Bo Boss", password=PASSWORD)
    ada = CustomerFactory(first_name="Ada", last_name="Marlow")
    now = timezone.now()
    OrderFactory(customer=ada, total=Decimal(80), placed_at=now - timedelta(days=3))
    bring_up_to_date(on=local_today())
    made = save_segment(name="Recent buyers", rules=RECENT, by=None)
    refresh_segment(made, at=now, cause="definition")
    SegmentRefresh.objects.update(at=now - timedelta(days=9))
    MembershipChange.objects.create(
        segment=made, customer=ada, entered=True, cause="data", at=now - timedelta(days=3)
    )
    return made


@pytest.fixture
def shop(segment, site, page):
    page.set_default_timeout(8_000)
    page.found = watch(page, kinds=BAD)
    home = enter(page, site, email="boss@acme.test")
    page.address = f"{home}segments/segment/{segment.pk}/change/"
    yield page
    assert page.found == []


def test_the_drawer_opens_and_closes_by_keyboard_and_focus_returns(shop):
    shop.goto(shop.address)
    why = shop.get_by_role("link", name="Why is Ada Marlow in this segment?")

    why.focus()
    shop.keyboard.press("Enter")

    drawer = shop.get_by_role("dialog", name="Why Ada Marlow is in “Recent buyers”")
    expect(drawer).to_contain_text("unless they order")
    expect(shop.locator("#why-title")).to_be_focused()
    shop.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(why).to_be_focused()


@pytest.mark.parametrize("width", [1400, 400])
def test_the_trend_is_drawn_and_fits(shop, width):
    shop.set_viewport_size({"width": width, "height": 900})

    shop.goto(f"{shop.address}?tab=trend")

    drawn = "Boolean(Chart.getChart('size-chart')?.data.datasets[0].data.length)"
    shop.wait_for_function(drawn)
    assert shop.evaluate("document.documentElement.scrollWidth") <= width
    expect(shop.get_by_role("row", name="The customer's own facts changed")).to_be_visible()
