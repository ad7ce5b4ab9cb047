"""A browser walks from the settings to the samples page and links one to a creator."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone

from commerce.ingest import PersonRecord
from samples.history import CLASSIFY
from samples.models import SampleOrder, SampleSettings
from tenants import jobs
from tenants.access.members import make_member
from tenants.tasks import execute_run
from tests.browsing import PASSWORD, enter, watch
from tests.samples.stores import NOON, order, take

pytestmark = pytest.mark.browser


@pytest.fixture
def walk(committed_tenant, site, page):
    """Go to pages of acme as samples staff; `walk.found` holds what went wrong on the way."""
    cache.clear()
    make_member("sam@acme.test", role="samples_staff", name="Sam", password=PASSWORD)
    take(
        PersonRecord(external_id="p1", source_at=NOON, first_name="Mira", email="mira@e.test"),
        order("A1", person="p1", tags=["gift"]),
        order("A2", channel="TikTok Shop", items_total=Decimal(0), tags=["vip"]),
        order("A3", channel="Web", tags=["vip"], fulfillment_status="fulfilled"),
        order("A4", tags=["ugc"], fulfillment_status="partial", placed_at=timezone.now()),
    )
    found = watch(page)
    home = enter(page, site, email="sam@acme.test")

    def go(path: str):
        page.goto(f"{home}{path}")
        return page

    go.found = found
    return go


def paste(page, label: str, text: str) -> None:
    page.get_by_label(label).evaluate(
        """(box, text) => {
            const data = new DataTransfer();
            data.setData("text", text);
            box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, cancelable: true}));
        }""",
        text,
    )


def test_from_settings_to_a_creator(walk):
    page = walk("samples/")
    page.get_by_text("TikTok", exact=True).first.wait_for()
    page.get_by_role("link", name="Samples settings").first.click()

    paste(page, "Add to UGC tags", "gift\nsend-out, gift")
    page.get_by_role("button", name="Remove send-out").wait_for()
    page.get_by_label("Add to Channel patterns").type("web")
    page.get_by_text("Matches 2 orders: TikTok Shop, Web").wait_for()
    page.get_by_label("Add to Channel patterns").fill("")
    page.get_by_role("button", name="Add vip to the TikTok tags").click()
    page.get_by_role("button", name="Remove vip").wait_for()
    page.get_by_role("button", name="See what would change").click()
    page.get_by_text("1 order would become samples, 0 would stop").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved. New orders follow").wait_for()
    assert SampleSettings.objects.get().ugc_tags[-2:] == ["gift", "send-out"]

    execute_run(jobs.live(CLASSIFY).pk)
    page = walk("samples/?kind=ugc&q=A1")
    page.get_by_role("link", name="Link to creator").click()
    page.get_by_text("Somebody new", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Kim Star")
    page.get_by_role("button", name="Add and link").click()
    page.get_by_role("cell", name="Kim Star").wait_for()

    assert SampleOrder.objects.get(order__external_id="A1").creator.name == "Kim Star"
    assert walk.found == []


@pytest.mark.parametrize("width", [1400, 400])
def test_no_page_breaks_the_policy_or_spills_sideways(walk, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    sample = SampleOrder.objects.get(order__external_id="A2").pk

    spills = {}
    paths = (
        "samples/?q=A&sort=old",
        "samples/settings/",
        "samples/stats/?by=week",
        f"commerce/order/{sample}/change/",
    )
    for path in paths:
        walk(path)
        page.wait_for_load_state("networkidle")
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if wide > 0:
            spills[path] = wide

    assert spills == {}
    assert walk.found == []
