"""A browser walks the customer pages: no policy broken, nothing spills, no mouse needed."""

import pytest

from commerce.models import AttributeDefinition, DuplicateProposal, PopulationPolicy
from tenants.access.members import make_member
from tests.browsing import PASSWORD, enter, watch
from tests.commerce.page_facts import make_customer, make_order

pytestmark = pytest.mark.browser


@pytest.fixture
def walk(committed_tenant, site, page):
    """Go to pages of acme as its owner; `walk.found` holds what went wrong on the way."""
    make_member("boss@acme.test", role="owner", name="Bo Boss", password=PASSWORD)
    found = watch(page)
    home = enter(page, site, email="boss@acme.test")

    def go(path: str):
        page.goto(f"{home}{path}")
        return page

    go.found = found
    return go


@pytest.mark.parametrize("width", [1400, 400])
def test_no_page_breaks_the_policy_or_spills_sideways(walk, page, width):
    AttributeDefinition.objects.create(key="diet", label="Diet", kind="list")
    ada, bo = make_customer(tags=["Tea"], city="Leeds"), make_customer(first_name="Bo" * 40)
    order = make_order(ada)
    DuplicateProposal.objects.create(first=ada, second=bo, reason="the same phone number")
    page.set_viewport_size({"width": width, "height": 900})

    spills = {}
    for path in (
        "commerce/customer/",
        "commerce/order/",
        f"commerce/customer/{ada.pk}/change/",
        f"commerce/order/{order.pk}/change/",
        "duplicates/",
        "order-policy/",
        "who-counts/",
        "commerce/attributedefinition/",
    ):
        walk(path).wait_for_load_state("networkidle")
        spills[path] = page.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert walk.found == []
    assert {path: by for path, by in spills.items() if by > 0} == {}


def test_ticked_customers_are_tagged_after_their_count_was_named(walk):
    ada, bo = make_customer(), make_customer(first_name="Bo")
    page = walk("commerce/customer/")

    page.get_by_label("Tick Ada Berg").check()
    page.get_by_label("What to do").select_option("add_tags")
    page.get_by_label("Value").fill("Spring")
    page.get_by_role("button", name="Next: see how many").click()
    page.get_by_role("button", name="Change 1 customer").click()
    page.get_by_text("1 changed.").wait_for()

    ada.refresh_from_db()
    bo.refresh_from_db()
    assert (ada.tags, bo.tags) == (["Spring"], [])


def test_words_become_chips_by_the_keyboard_alone(walk):
    page = walk("who-counts/")

    box = page.get_by_label("Tags of staff")
    box.fill("team")
    box.press("Enter")
    box.type("family,")
    page.get_by_role("button", name="Remove family").press("Enter")
    page.get_by_role("button", name="See what would change").press("Enter")
    page.get_by_text("Nobody would change sides.").wait_for()
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_text("changed sides").first.wait_for()

    assert PopulationPolicy.current().staff_tags == ["team"]
