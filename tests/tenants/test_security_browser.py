"""A browser walks the doors and settings: no policy is broken, nothing spills sideways."""

import pytest

from tenants import audit
from tenants.access.members import make_member
from tests.browsing import PASSWORD, enter, watch

pytestmark = pytest.mark.browser
PAGES = ("", "team/", "profile/", "audit/", "settings/", "jobs/", "password_change/")


@pytest.fixture
def watched(page):
    """A page that remembers what the policy refused and what went wrong in its scripts."""
    page.found = watch(page)
    return page


def origin(site) -> str:
    return site.url.replace("//localhost", "//acme.localhost")


@pytest.mark.parametrize("width", [1400, 400])
def test_the_walk_breaks_no_policy_and_fits_the_screen(committed_tenant, site, watched, width):
    boss = make_member("boss@acme.test", role="owner", name="Bo Boss", password=PASSWORD)
    audit.record(boss, "export", "customers", rows=12)
    watched.set_viewport_size({"width": width, "height": 900})

    enter(watched, site, email="boss@acme.test")
    spills = {}
    for path in PAGES:
        watched.goto(f"{origin(site)}/admin/{path}")
        spills[path] = watched.evaluate("document.documentElement.scrollWidth - innerWidth")

    assert watched.found == []
    assert {path: by for path, by in spills.items() if by > 0} == {}


def test_an_owner_invites_and_the_invited_joins(committed_tenant, site, watched, browser):
    make_member("boss@acme.test", role="owner", password=PASSWORD)
    enter(watched, site, email="boss@acme.test")
    watched.goto(f"{origin(site)}/admin/team/")
    watched.get_by_label("E-mail address").fill("kim@acme.test")
    watched.get_by_label("Role", exact=True).select_option("viewer")
    watched.get_by_role("button", name="Send the invitation").click()
    link = watched.get_by_label("The link, shown only now").input_value()

    other = browser.new_page()
    other.goto(link.replace("http://acme.localhost", origin(site)))
    other.get_by_label("Your name").fill("Kim Roe")
    other.get_by_label("Password").first.fill(PASSWORD)
    other.get_by_label("Password again").fill(PASSWORD)
    other.get_by_role("button", name="Join the team").click()

    other.wait_for_url(f"{origin(site)}/admin/")
    assert other.get_by_text("Welcome to Acme").is_visible()
    watched.reload()
    assert watched.get_by_role("cell", name="Kim Roe kim@acme.test").is_visible()
    assert watched.found == []
