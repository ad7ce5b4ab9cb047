"""The owner makes a key on the page, copies it, uses it, and revokes it."""

import pytest
import requests
from django.contrib.auth.models import User
from playwright.sync_api import expect

from tenants.access.models import ServiceKey
from tests.conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def origin(committed_tenant, site, page):
    """The merchant's address; the page is signed in as the owner."""
    owner = sign_in(committed_tenant, User.objects.create_superuser("owner", "o@acme.test"))
    origin = site.url.replace("//localhost", "//acme.localhost")
    cookie = {"name": "sessionid", "value": owner.cookies["sessionid"].value, "url": origin}
    page.context.add_cookies([cookie])
    page.goto(f"{origin}/admin/service-keys/")
    return origin


def test_a_key_is_made_copied_and_revoked(origin, site, page):
    expect(page.get_by_text("No keys yet")).to_be_visible()
    page.get_by_label("What is it for?").fill("Warehouse")
    page.get_by_label("Read segments segments:read").check()
    page.get_by_role("button", name="Make the key").click()

    box = page.get_by_label("The key", exact=True)
    secret = box.input_value()
    page.get_by_role("button", name="Copy").click()
    expect(
        page.get_by_role("button", name="Copied").or_(page.get_by_text("Ctrl+C"))
    ).to_be_visible()
    headers = {"Host": "acme.localhost", "Authorization": f"Bearer {secret}"}
    address = f"{site.url}/api/v1/segments/"
    assert requests.get(address, headers=headers, timeout=20).json()["results"] == []

    page.goto(f"{origin}/admin/service-keys/")
    assert secret not in page.content()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("revoked", exact=True)).to_be_visible()
    assert requests.get(address, headers=headers, timeout=20).status_code == 401
    assert ServiceKey.objects.get().revoked_at is not None


def test_the_page_fits_a_telephone(origin, page):
    page.set_viewport_size({"width": 400, "height": 800})

    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")

    assert not wide
