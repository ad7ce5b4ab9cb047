"""A marketer orders a set by dragging, by arrows and by keys; what is shown is what is stored."""

import pytest
from playwright.sync_api import expect

from segments import sets
from segments.models import Segment, SegmentSet
from tenants.access.members import make_member
from tests.browsing import PASSWORD, enter, watch

pytestmark = pytest.mark.browser


@pytest.fixture
def form(committed_tenant, site, page):
    """The form of a new set, with four segments to choose from."""
    make_member("mia@acme.test", role="marketer", name="Mia Market", password=PASSWORD)
    for name in ("Gold", "Silver", "Bronze", "Lost"):
        Segment.objects.create(name=name, slug=name.lower(), kind="manual")
    page.found = watch(page)
    page.set_default_timeout(8_000)
    home = enter(page, site, email="mia@acme.test")
    page.goto(f"{home}segment-sets/add/")
    yield page
    assert page.found == []


def test_a_set_is_ordered_by_drag_arrow_and_key(form):
    form.get_by_label("Name", exact=True).fill("Tiers")
    for name in ("Lost", "Bronze", "Silver", "Gold"):
        form.get_by_label("Add a segment").select_option(label=f"{name} (By hand)")
    rows = form.locator("[data-rows] > li [data-name]")
    expect(rows).to_have_text(["Lost", "Bronze", "Silver", "Gold"])
    expect(form.get_by_label("What you do with Gold")).to_be_focused()

    form.get_by_label("What you do with Gold").fill("Thank them")
    form.get_by_role("button", name="Move Silver up").click()
    expect(rows).to_have_text(["Lost", "Silver", "Bronze", "Gold"])
    expect(form.get_by_role("button", name="Move Silver up")).to_be_focused()
    form.get_by_label("What you do with Gold").press("Alt+ArrowUp")
    expect(rows).to_have_text(["Lost", "Silver", "Gold", "Bronze"])
    expect(form.locator("[data-said]")).to_have_text("Gold is number 3 of 4.")
    grips = form.locator("[data-rows] .grip")
    grips.nth(2).drag_to(grips.nth(0), target_position={"x": 5, "y": 1})
    expect(rows).to_have_text(["Gold", "Lost", "Silver", "Bronze"])
    form.get_by_role("button", name="Take Lost out").click()
    form.get_by_role("button", name="Save").click()

    form.wait_for_url("**/segment-sets/*/")
    stored = [(e.segment.name, e.use) for e in sets.entries_of(SegmentSet.objects.get())]
    assert stored == [("Gold", "Thank them"), ("Silver", ""), ("Bronze", "")]
