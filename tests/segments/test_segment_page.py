"""A segment's page as the people of a shop see it: members, why, trend, history."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from commerce.models import Customer
from segments import services
from segments.definitions import save_segment
from segments.models import Membership, MembershipChange, Segment, SegmentRefresh
from segments.refreshing import refresh_segment
from tests.commerce.factories import CustomerFactory, OrderFactory, bring_up_to_date
from tests.conftest import sign_in

RECENT = {"field": "last_order_date", "operator": "in_last", "value": "30_days"}


def buy(customer, total, *, days_ago):
    placed = timezone.now() - timedelta(days=days_ago)
    OrderFactory(customer=customer, total=Decimal(total), placed_at=placed)


@pytest.fixture
def shop(tenant):
    """Ada bought 3 days ago for 300, Ben 10 days ago for 20, Cleo 200 days ago."""
    for name, total, days in (("Ada", 300, 3), ("Ben", 20, 10), ("Cleo", 50, 200)):
        customer = CustomerFactory(
            id=12_000 + days,  # pages write it without a comma
            first_name=name,
            last_name="Marlow",
            email=f"{name.lower()}@shop.test",
            name_key=f"{name.lower()} marlow",
            last_name_key="marlow",
            email_key=f"{name.lower()}@shop.test",
        )
        buy(customer, total, days_ago=days)
    bring_up_to_date(on=services.local_today())
    return tenant


@pytest.fixture
def recent(shop):
    segment = save_segment(name="Recent buyers", rules=RECENT, by=None)
    refresh_segment(segment, at=timezone.now(), cause="definition")
    earlier = timezone.now() - timedelta(days=1)
    Membership.objects.filter(segment=segment, customer=person("Ada")).update(since=earlier)
    return segment


def person(name):
    return Customer.objects.get(first_name=name)


def page(segment, query=""):
    return f"/admin/segments/segment/{segment.pk}/change/{query}"


def why(segment, name):
    return f"/admin/segments/segment/why/?segment={segment.pk}&customer={person(name).pk}"


def names(answer):
    """Return whom the list shows, from top to bottom."""
    text = answer.content.decode()
    shown = [name for name in ("Ada", "Ben", "Cleo") if f"{name} Marlow<" in text]
    return sorted(shown, key=lambda name: text.find(f"{name} Marlow<"))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["Ada", "Ben"]),
        ("?sort=spent_up", ["Ben", "Ada"]),
        ("?sort=last", ["Ada", "Ben"]),
        ("?sort=last_up", ["Ben", "Ada"]),
        ("?sort=since", ["Ben", "Ada"]),
        ("?q=ben", ["Ben"]),
        ("?q=ada@shop", ["Ada"]),
        ("?q=cleo", []),
        ("?sort=nonsense&page=~~", ["Ada", "Ben"]),
    ],
)
def test_members_are_found_and_sorted(recent, owner, query, wanted):
    assert names(owner.get(page(recent, query))) == wanted


@pytest.mark.parametrize("sort", ["spent", "last_up", "since", "since_up"])
def test_every_member_is_on_one_page_and_only_one(recent, owner, monkeypatch, sort):
    monkeypatch.setattr("segments.admin.members_tab.PAGE_SIZE", 1)

    first = owner.get(page(recent, f"?sort={sort}"))
    after = first.context["page"].after
    second = owner.get(page(recent), {"sort": sort, "page": after})

    assert sorted(names(first) + names(second)) == ["Ada", "Ben"]
    assert second.context["page"].after == ""


def test_a_viewer_finds_nobody_by_name_and_reads_none(recent, member):
    answer = member("viewer").get(page(recent))

    assert b"Marlow" not in answer.content
    assert b"shop.test" not in answer.content
    assert names(member("viewer").get(page(recent, "?q=ada"))) == []


def test_the_drawer_says_why_and_until_when(recent, owner):
    leaves = services.local_today() + timedelta(days=28)

    text = owner.get(why(recent, "Ada"), headers={"hx-request": "true"}).content.decode()

    assert "Why Ada Marlow is in “Recent buyers”" in text
    assert f"Leaves on {leaves.day} {leaves:%b %Y} unless they order." in text
    assert "(3 days ago)" in text
    assert "<html" not in text


def test_the_list_links_to_the_reason(recent, owner):
    text = owner.get(page(recent)).content.decode()

    assert f'href="{why(recent, "Ada").replace("&", "&amp;")}"' in text


def test_who_is_not_in_it_is_told_how_far_away_they_are(recent, owner):
    text = owner.get(why(recent, "Cleo")).content.decode()

    assert "Why Cleo Marlow is not in" in text
    assert "170 days too early" in text
    assert "<html" in text  # without the drawer it is a page


def test_a_viewer_is_told_why_without_a_name(recent, member):
    text = member("viewer").get(why(recent, "Ada")).content.decode()

    assert "Marlow" not in text
    assert "Leaves on" in text


def test_a_rule_that_names_people_is_withheld_from_a_viewer(shop, member):
    rules = {"field": "first_name", "operator": "eq", "value": "Ada"}
    segment = save_segment(name="Called so", rules=rules, by=None)
    refresh_segment(segment, at=timezone.now(), cause="definition")

    text = member("viewer").get(why(segment, "Ada")).content.decode()

    assert "your role does not show names" in text
    assert "“Ada”" not in text


@pytest.mark.parametrize(
    "query", ["", "?segment=1", "?segment=x&customer=1", "?segment=9&customer=9"]
)
def test_a_question_about_nobody_is_not_found(shop, owner, query):
    assert owner.get(f"/admin/segments/segment/why/{query}").status_code == 404


def test_the_trend_goes_back_from_the_size_now(recent, owner):
    now = timezone.now()
    SegmentRefresh.objects.update(at=now - timedelta(days=10))
    ada, ben = person("Ada"), person("Ben")
    MembershipChange.objects.create(
        segment=recent, customer=ada, entered=True, cause="data", at=now - timedelta(days=3)
    )
    MembershipChange.objects.create(
        segment=recent, customer=ben, entered=False, cause="time", at=now - timedelta(days=5)
    )
    MembershipChange.objects.create(
        segment=recent, customer=None, entered=True, cause="data", at=now - timedelta(days=1)
    )

    answer = owner.get(page(recent, "?tab=trend"))

    assert answer.context["chart"]["size"] == [1, 1, 1, 1, 1, 0, 0, 1, 1, 2, 2]
    assert answer.context["totals"] == {"entered": 2, "left": 1, "net": 1, "before": 1}
    assert b"Time passed" in answer.content
    lines = (
        b"".join(owner.get(f"/admin/segments/segment/{recent.pk}/size.csv")).decode().split("\r\n")
    )
    assert len(lines) == 13
    assert lines[8].endswith(",1,1,0,The customer's own facts changed: 1")


def test_a_new_segment_has_no_trend_yet(recent, owner):
    assert b"The first day" in owner.get(page(recent, "?tab=trend")).content


def test_history_shows_versions_and_refreshes_with_their_errors(recent, owner):
    SegmentRefresh.objects.create(
        segment=recent, at=timezone.now(), as_of=timezone.now(), seconds=1.5, error="Gone."
    )

    text = owner.get(page(recent, "?tab=history")).content.decode()

    assert "Gone. The last good members were kept." in text
    assert "1.50 s" in text
    assert "Versions" in text


def test_a_customers_page_tells_until_when_and_offers_why_not(recent, owner):
    wanted = {"field": "total_spent", "operator": "gte", "value": 9000}
    other = save_segment(name="Big spenders", rules=wanted, by=None)
    ada = person("Ada")

    text = owner.get(f"/admin/commerce/customer/{ada.pk}/change/").content.decode()
    until = owner.get(f"/admin/segments/segment/until/{ada.pk}/").content.decode()

    assert f'<option value="{other.pk}">Big spenders' in text
    assert "Leaves on" not in text  # asked for afterwards: the page does not wait
    assert "Leaves on" in until


def test_the_page_asks_a_fixed_number_of_questions(recent, owner):
    with CaptureQueriesContext(connection) as before:
        owner.get(page(recent))
    for number in range(6):
        buy(CustomerFactory(first_name=f"More {number}"), 10, days_ago=1)
    bring_up_to_date(on=services.local_today())
    refresh_segment(recent, at=timezone.now(), cause="data")

    with CaptureQueriesContext(connection) as after:
        owner.get(page(recent))

    assert len(after) <= len(before) <= 48


@pytest.mark.parametrize("tab", ["", "?tab=trend", "?tab=history"])
def test_an_empty_segment_says_so(shop, owner, tab):
    segment = Segment.objects.create(name="By hand", slug="by-hand", kind="manual")

    answer = owner.get(page(segment, tab))

    assert answer.status_code == 200
    assert b'class="empty"' in answer.content


@pytest.fixture
def addresses(recent):
    return [
        page(recent),
        why(recent, "Ada"),
        f"/admin/segments/segment/{recent.pk}/size.csv",
        f"/admin/segments/segment/until/{person('Ada').pk}/",
    ]


def test_nobody_of_another_shop_gets_in(addresses, other_tenant):
    connection.set_tenant(other_tenant)
    stranger = sign_in(
        other_tenant, User.objects.create_superuser("stranger", "s@globex.test", "x")
    )

    for address in addresses:
        assert stranger.get(address, headers={"host": "acme.localhost"}).status_code == 302
        assert b"Marlow" not in stranger.get(address).content
