"""A merchant makes a promo code: finds segments, sees the audience change, saves, tries it."""

import os
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from segments.models import PromoCode
from tests.conftest import sign_in
from tests.segments.promotions.shop import open_promo_shop

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def shop(committed_tenant, site, page: Page) -> str:
    """Return where acme's promo codes are served, with the owner signed in."""
    open_promo_shop()
    client = sign_in(committed_tenant, User.objects.create_superuser("owner", "owner@acme.test"))
    port = site.url.rsplit(":", 1)[1]
    root = f"http://acme.localhost:{port}"
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": root}]
    )
    return root


def shoot(page: Page, name: str) -> None:
    """Keep pictures of a page, light and dark, wide and narrow, where SHOTS says."""
    if not SHOTS:
        return
    for width in (1400, 400):
        page.set_viewport_size({"width": width, "height": 1000})
        for mode in ("light", "dark"):
            page.evaluate(
                f"document.documentElement.classList.toggle('dark', {str(mode == 'dark').lower()})"
            )
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{mode}.png", full_page=True)
    page.evaluate("document.documentElement.classList.remove('dark')")
    page.set_viewport_size({"width": 1400, "height": 1000})


def test_a_code_is_made_with_its_audience_in_sight(shop, page: Page):
    faults: list[str] = []
    page.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
    page.goto(f"{shop}/admin/promo-codes/")
    shoot(page, "empty")
    page.get_by_role("link", name="New promo code").first.click()
    audience = page.locator("[data-audience]")
    expect(audience).to_contain_text("Customers who may use it")
    expect(audience.locator(".figure-value")).to_have_text("3")

    page.get_by_label("Code", exact=True).fill("VIP10")
    page.get_by_label("How much").fill("10")
    page.get_by_label("Find a segment").fill("buy")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    page.locator("[data-row]:visible select").select_option("include")
    expect(audience.locator(".figure-value")).to_have_text("2")
    page.get_by_label("Find a segment").fill("")
    page.get_by_label("Spenders", exact=True).select_option("exclude")
    expect(audience.locator(".figure-value")).to_have_text("1")
    expect(audience).to_contain_text("share 1, who are left out")
    shoot(page, "form")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("body")).to_contain_text("“VIP10” is saved.")
    page.get_by_label("Customer", exact=True).fill("ben@shop.test")
    page.get_by_role("button", name="Ask").click()
    expect(page.locator("#try")).to_contain_text("They are in “Buyers”.")
    shoot(page, "code")
    assert PromoCode.objects.get().code == "VIP10"
    page.goto(f"{shop}/admin/promo-codes/")
    shoot(page, "list")
    page.goto(f"{shop}/admin/promo-codes/import/")
    shoot(page, "import")
    page.goto(f"{shop}/api/docs/")
    page.locator("#post_promo_codes_code_eligibility summary").click()
    expect(page.locator("#post_promo_codes_code_eligibility")).to_contain_text("is_live")
    shoot(page, "docs")
    assert faults == []


def test_no_page_is_wider_than_a_phone(shop, page: Page):
    page.set_viewport_size({"width": 400, "height": 900})

    for path in ("/admin/promo-codes/add/", "/admin/promo-codes/import/", "/api/docs/"):
        page.goto(shop + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 400, path
