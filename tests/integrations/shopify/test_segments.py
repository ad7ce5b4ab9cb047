"""Shopify's own segments: listed, mirrored whole or not at all, never changed from here."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from commerce.models import Customer, CustomerIdentity
from integrations.models import (
    ShopifySegment,
    ShopifySegmentBudget,
    ShopifySegmentMember,
    ShopifyStore,
)
from integrations.shopify.bucket import connection_to_redis
from integrations.shopify.segments import jobs as segment_jobs
from integrations.shopify.segments import members
from integrations.shopify.segments.agreement import agreement
from integrations.shopify.segments.moves import LIST_JOB
from segments.definitions import save_segment
from segments.models import Membership, MembershipChange, RfmScore, Segment
from segments.refreshing import refresh_segment
from tenants import jobs
from tests.conftest import sign_in
from tests.integrations.shopify.hooked import post, work
from tests.tenants.api_keys import api


@pytest.fixture
def changes(at_sandbox):
    return at_sandbox.sandbox.changes()


@pytest.fixture
def mirrored(hooked, at_sandbox, changes, deliver) -> ShopifyStore:
    """A store with a dozen customers mirrored, and three segments."""
    shop = at_sandbox.shop
    shop.segments.clear()
    people = [each["id"] for each in list(shop.store.customers())[:12]]
    for number, person in enumerate(people):
        changes.change_customer(person, tags=["insider"] if number < 5 else ["plain"])
    shop.add_segment("Our VIPs", "customer_tags CONTAINS 'insider'")
    shop.add_segment("Plain ones", "customer_tags CONTAINS 'plain'")
    shop.add_segment("Nobody", "customer_tags CONTAINS 'nobody'")
    deliver()
    work()
    assert CustomerIdentity.objects.count() == 12
    return hooked


def sync() -> dict | None:
    return work(segment_jobs.run)


def of(name: str) -> ShopifySegment:
    return ShopifySegment.objects.select_related("segment", "store").get(name=name)


def numbers_of(name: str) -> set[str]:
    ids = Membership.objects.filter(segment=of(name).pk).values("customer")
    found = CustomerIdentity.objects.filter(customer__in=ids)
    return set(found.values_list("external_id", flat=True))


def test_the_list_and_its_members_stand_here(mirrored, at_sandbox):
    counts = sync()

    assert (counts["segments"], counts["segments_new"], counts["members"]) == (3, 3, 12)
    row = of("Our VIPs")
    assert (row.segment.kind, row.segment.members_count, row.shop_count) == ("shopify", 5, 5)
    assert (row.query, row.unknown_count) == ("customer_tags CONTAINS 'insider'", 0)
    assert row.segment.description == row.query  # the list shows it, the whole in a tooltip
    vips = Customer.objects.filter(tags=["insider"]).values("pk")
    assert set(Membership.objects.filter(segment=row.pk).values_list("customer", flat=True)) == {
        pk for (pk,) in vips.values_list("pk")
    }
    assert not MembershipChange.objects.exists()  # a first mirror is no movement
    assert of("Nobody").segment.members_count == 0


def test_what_moves_at_the_shop_is_a_movement_of_the_platform(mirrored, at_sandbox, changes):
    sync()
    vip = f"gid://shopify/Customer/{min(numbers_of('Our VIPs'))}"
    changes.change_customer(vip, tags=["plain"])
    at_sandbox.sandbox.webhooks.take()  # no message arrives
    ShopifySegment.objects.update(is_due=True)

    sync()

    rows = MembershipChange.objects.values_list("segment__name", "entered", "cause")
    assert set(rows) == {("Our VIPs", False, "platform"), ("Plain ones", True, "platform")}
    assert of("Our VIPs").segment.members_count == 4


def test_joining_and_leaving_arrive_within_a_message_in_any_order(
    mirrored, at_sandbox, changes, deliver
):
    sync()
    vip = f"gid://shopify/Customer/{min(numbers_of('Our VIPs'))}"
    changes.change_customer(vip, tags=["plain"])
    changes.change_customer(vip, tags=["insider", "plain"])
    at_sandbox.sandbox.webhooks.is_shuffled = True

    deliver()
    work()

    number = vip.rpartition("/")[2]
    assert number in numbers_of("Our VIPs") & numbers_of("Plain ones")
    assert of("Plain ones").segment.members_count == 8
    assert of("Our VIPs").segment.members_count == 5


def test_a_member_nobody_mirrored_is_reported_and_joins_when_known(
    mirrored, at_sandbox, changes, deliver
):
    changes.add_customer(tags=["insider"])
    lost = at_sandbox.sandbox.webhooks.take()
    sync()
    row = of("Our VIPs")
    assert (row.shop_count, row.segment.members_count, row.unknown_count) == (6, 5, 1)

    for delivery in lost:
        post(delivery)
    work()
    ShopifySegment.objects.update(is_due=True)
    sync()

    row = of("Our VIPs")
    assert (row.segment.members_count, row.unknown_count) == (6, 0)


def test_a_large_segment_is_put_together_by_the_shop_and_read_in_pages(
    mirrored, at_sandbox, monkeypatch
):
    monkeypatch.setattr(members, "PAGE", 2)
    monkeypatch.setattr(members, "FEW", 4)
    assert sync() is None  # the shop still puts the lists together
    assert of("Nobody").members_at is not None  # others are read meanwhile
    assert of("Our VIPs").query_id

    at_sandbox.clock.advance(10)
    sync()

    assert len(numbers_of("Our VIPs")) == 5
    assert len(numbers_of("Plain ones")) == 7


def test_a_reading_that_is_interrupted_goes_on_where_it_was(mirrored, at_sandbox, monkeypatch):
    monkeypatch.setattr(members, "PAGE", 2)
    at_sandbox.sandbox.faults.add("status", fits="SegmentMembers(", skip=2, count=9)

    assert sync() is None

    row = ShopifySegment.objects.exclude(reading=None).get()
    assert row.read_count
    assert row.members_at is None
    assert not Membership.objects.filter(segment=row.pk).exists()  # nothing half
    at_sandbox.sandbox.faults.clear()
    at_sandbox.clock.advance(60)
    forget_budget()
    sync()
    assert len(numbers_of("Our VIPs")) == 5
    assert set(ShopifySegmentMember.objects.values_list("generation", flat=True)) == {1}


def forget_budget() -> None:
    redis = connection_to_redis()
    for key in redis.scan_iter("*:shopify:*"):
        redis.delete(key)


def test_a_list_shorter_than_its_count_is_not_believed(mirrored, at_sandbox):
    sync()
    at_sandbox.sandbox.faults.add(
        "rewrite", fits="SegmentMembers(", path="data.customerSegmentMembers.totalCount",
        value=900, count=9,
    )  # fmt: skip
    ShopifySegment.objects.update(is_due=True)

    assert sync() is None

    assert len(numbers_of("Our VIPs")) == 5
    assert not MembershipChange.objects.exists()


def test_a_list_of_segments_that_is_suddenly_empty_is_not_believed(mirrored, at_sandbox):
    at_sandbox.shop.add_segment("One more", "number_of_orders > 0")
    sync()
    at_sandbox.shop.segments.clear()

    assert sync() is None

    assert not ShopifySegment.objects.exclude(gone_at=None).exists()


def test_a_segment_deleted_in_shopify_is_frozen(mirrored, at_sandbox):
    sync()
    at_sandbox.sandbox.shop_changes().delete_segment(
        f"gid://shopify/Segment/{of('Our VIPs').external_id}"
    )

    sync()

    row = of("Our VIPs")
    assert row.gone_at is not None
    assert (row.segment.state, row.segment.members_count) == ("needs_attention", 5)


def test_thousands_are_counted_only_until_they_are_chosen(mirrored, at_sandbox):
    ShopifySegmentBudget.objects.create(pk=1, most_members=6, most_segments=10)

    counts = sync()

    assert counts["segments_counted"] == 1
    row = of("Plain ones")
    assert (row.shop_count, row.members_at, row.segment.refreshed_at) == (7, None, None)
    segment_jobs.choose(row.segment, is_chosen=True, by=None)
    sync()
    assert len(numbers_of("Plain ones")) == 7


def test_a_segment_no_longer_mirrored_lets_nobody_act_on_it(mirrored, at_sandbox):
    sync()

    segment_jobs.choose(of("Our VIPs").segment, is_chosen=False, by=None)
    sync()

    assert numbers_of("Our VIPs") == set()
    assert set(MembershipChange.objects.values_list("cause", flat=True)) == {"manual"}
    segment_jobs.choose(of("Our VIPs").segment, is_chosen=None, by=None)
    sync()
    assert len(numbers_of("Our VIPs")) == 5
    assert MembershipChange.objects.filter(entered=True).count() == 0  # a first mirror again


def test_rules_read_them_and_follow(mirrored, at_sandbox, changes, deliver):
    sync()
    rules = {"segment": {"in": [of("Our VIPs").segment.slug]}}
    reader = save_segment(name="Reads VIPs", rules=rules, by=None)
    refresh_segment(reader, at=timezone.now(), cause="definition")
    reader.refresh_from_db()

    assert reader.members_count == 5


def test_the_api_tells_and_syncs(mirrored):
    sync()
    client = api("segments:read", "segments:write")

    told = client.get("/api/v1/segments/shopify/").json()["results"]
    answer = client.post("/api/v1/segments/shopify/sync/", "{}", content_type="application/json")

    assert [(row["name"], row["members_count"], row["shopify_count"]) for row in told] == [
        ("Our VIPs", 5, 5),
        ("Plain ones", 7, 7),
        ("Nobody", 0, 0),
    ]
    assert told[0]["query"] == "customer_tags CONTAINS 'insider'"
    assert answer.status_code == 202
    assert jobs.live(LIST_JOB).pk == answer.json()["run"]["id"]
    assert api("segments:read").post("/api/v1/segments/shopify/sync/").status_code == 403


def test_the_pages_show_them_and_let_only_those_who_may_choose(mirrored, owner, member):
    sync()
    tab = owner.get(reverse("admin:segments_segment_changelist") + "?tab=shopify").text
    assert "Our VIPs" in tab
    assert "Sync now" in tab
    page = reverse("admin:shopify_segments")
    assert "customer_tags CONTAINS &#x27;insider&#x27;" in owner.get(page).text
    segment = owner.get(reverse("admin:segments_segment_change", args=[of("Our VIPs").pk])).text
    assert "read only here" in segment

    chosen = {"step": "choose", "segment": of("Nobody").pk, "choice": "never"}
    assert member("viewer").post(page, chosen).status_code == 403
    assert of("Nobody").is_chosen is None
    owner.post(page, chosen)
    assert of("Nobody").is_chosen is False
    owner.post(page, {"step": "budget", "most_members": "5000", "most_segments": "20"})
    assert ShopifySegmentBudget.objects.get().most_members == 5000
    owner.post(page, {"step": "budget", "most_members": "-1", "most_segments": "20"})
    assert ShopifySegmentBudget.objects.get().most_members == 5000


def test_the_neighbour_sees_none_of_them(mirrored, tenant, other_tenant):
    connection.set_tenant(tenant)
    sync()
    pk = of("Our VIPs").pk
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("stranger", "s@globex.test"))

    page = stranger.get(reverse("admin:shopify_segments", urlconf="config.urls")).text
    assert "Our VIPs" not in page
    address = reverse("admin:segments_segment_change", args=[pk], urlconf="config.urls")
    assert stranger.get(address).status_code in (302, 404)


def test_both_rfms_are_laid_against_each_other(tenant, owner):
    facts = [("CHAMPIONS", "champions"), ("CHAMPIONS", "loyal"), ("DORMANT", "lost"), (None, "new")]
    for number, (group, segment) in enumerate(facts):
        attributes = {"shopify_rfm_group": group} if group else {}
        customer = Customer.objects.create(email=f"{number}@example.test", attributes=attributes)
        RfmScore.objects.create(
            customer=customer, last_order_on=timezone.now().date(), frequency=1, monetary=1,
            r=5, f=5, m=5, code=555, score=15, segment=segment,
        )  # fmt: skip

    found = agreement(["champions", "loyal", "lost", "new"])

    assert found.columns == ["champions", "loyal", "lost"]
    assert [(line.group, line.total, line.alike) for line in found.lines] == [
        ("CHAMPIONS", 2, 1),
        ("DORMANT", 1, 1),
    ]
    assert round(found.percent) == 67
    page = owner.get(reverse("admin:shopify_rfm")).text
    assert "67 %" in page
    assert "Dormant" in page


def test_a_segment_of_shopify_is_edited_by_nobody_here(mirrored, owner):
    sync()
    row = of("Our VIPs")

    for name in ("segments_segment_edit", "segments_segment_remove"):
        answer = owner.post(reverse(f"admin:{name}", args=[row.pk]), {"name": "Mine"})
        assert answer.status_code in (302, 403, 404, 405, 409, 422)
    row.segment.refresh_from_db()
    assert (row.segment.name, row.segment.kind) == ("Our VIPs", Segment.Kind.SHOPIFY)


def test_the_schedule_leaves_fresh_members_alone(mirrored, at_sandbox):
    sync()
    calls = at_sandbox.sandbox.calls

    sync()

    assert at_sandbox.sandbox.calls == calls + 1  # the list alone
    ShopifySegment.objects.update(members_at=timezone.now() - timedelta(hours=6))
    sync()
    assert at_sandbox.sandbox.calls > calls + 2
