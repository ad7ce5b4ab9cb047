"""Members, history, previews, the catalogue, RFM and one customer, over the API."""

from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from commerce.merging import merge
from commerce.models import CustomerIdentity
from commerce.patience import TooSlowError
from segments.contacting import set_never_contact
from segments.models import Membership, MembershipChange, ScoreRun, Segment, SegmentRefresh
from segments.preview import Asked
from segments.rules.bounds import BOUNDS
from segments.services import compute_rfm
from tests.commerce.factories import CustomerFactory
from tests.segments.api_shop import (
    API,
    EVERYTHING,
    NAMED,
    READ,
    SPENDERS,
    make_segment,
    open_shop,
    send,
)
from tests.tenants.api_keys import api, client_of, new_key

SECRETS = ("ada@shop.test", "Ada", "@")


@pytest.fixture
def shop(tenant):
    return open_shop()


@pytest.fixture
def crowd(tenant):
    """A segment of seven customers."""
    segment = Segment.objects.create(name="Crowd", slug="crowd", members_count=7)
    people = [CustomerFactory() for _ in range(7)]
    rows = [Membership(segment=segment, customer=one, since=timezone.now()) for one in people]
    Membership.objects.bulk_create(rows)
    return segment, [one.pk for one in people]


def ids(body):
    return [row["id"] for row in body["results"]]


def test_a_member_is_told_by_the_stores_own_id_with_figures(shop):
    segment = make_segment()

    body = api(*READ).get(f"{API}segments/{segment.pk}/customers/").json()

    (row,) = body["results"]
    assert (body["total"], body["currency"], body["next"]) == (1, "GBP", None)
    assert (row["id"], row["customer_id"]) == (shop[0].pk, "till/Ada")
    assert (row["orders"], row["spent"]) == (1, "150.00")
    assert set(row) == {"id", "customer_id", "since", "orders", "spent", "last_order_on"}


def test_contact_details_need_their_scope(shop):
    segment = make_segment()

    body = api(*READ, "customers:contact").get(f"{API}segments/{segment.pk}/customers/").json()

    assert body["results"][0]["email"] == "ada@shop.test"
    assert body["results"][0]["first_name"] == "Ada"


@pytest.mark.parametrize(("role", "sees"), [("viewer", False), ("samples_staff", True)])
def test_contact_details_need_their_role(shop, member, role, sees):
    segment = make_segment()

    body = member(role).get(f"{API}segments/{segment.pk}/customers/").json()

    assert ("email" in body["results"][0]) is sees


def test_members_come_a_page_at_a_time(crowd):
    segment, people = crowd
    client, address, seen = api(*READ), f"{API}segments/{segment.pk}/customers/?limit=3", []

    while address:
        body = client.get(address).json()
        seen.append(ids(body))
        address = body["next"]

    assert seen == [people[:3], people[3:6], people[6:]]


def test_members_come_by_offset(crowd):
    segment, people = crowd
    address = f"{API}segments/{segment.pk}/customers/"

    body = api(*READ).get(address, {"limit": 2, "offset": 4}).json()

    assert ids(body) == people[4:6]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("offset=10001", "offset"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("offset=0&limit=501", "limit"),
        ("limit=501", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=WyIxIl0&offset=1", "cursor"),
    ],
)
def test_a_page_outside_the_bounds_is_refused(crowd, query, name):
    response = api(*READ).get(f"{API}segments/{crowd[0].pk}/customers/?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["path"] == [name]


@pytest.mark.parametrize("limit", [1, 7])
def test_a_page_of_members_costs_the_same_however_long(crowd, limit, django_assert_num_queries):
    address = f"{API}segments/{crowd[0].pk}/customers/?limit={limit}"
    client = api(*READ)
    client.get(address)

    # merchant, key, segment, members, primary source, ids, never contacted; two search paths
    with django_assert_num_queries(9):
        client.get(address)


def test_a_refresh_is_in_the_history(shop):
    segment = make_segment()

    body = api(*READ).get(f"{API}segments/{segment.pk}/history/").json()

    (row,) = body["results"]
    assert (row["members"], row["error"]) == (1, "")


def test_versions_are_in_the_history_newest_first(shop):
    segment = make_segment()
    send(api(*EVERYTHING), "patch", f"segments/{segment.pk}/", {"name": "Rich"})
    address = f"{API}segments/{segment.pk}/history/?of=versions"
    client = api(*READ)

    whole = client.get(address).json()["results"]
    first = client.get(f"{address}&limit=1").json()
    second = client.get(first["next"]).json()

    assert [row["number"] for row in whole] == [2, 1]
    assert whole[0]["difference"] == ["Renamed from “Spenders”."]
    assert first["results"] + second["results"] == whole


def test_versions_that_name_people_are_withheld(shop):
    segment = make_segment()
    for rules in (NAMED, SPENDERS):
        send(api(*EVERYTHING), "patch", f"segments/{segment.pk}/", {"rules": rules})

    response = api(*READ).get(f"{API}segments/{segment.pk}/history/?of=versions")

    told = [(row["rules"] is None, row["difference"] is None) for row in response.json()["results"]]
    assert told == [(False, True), (True, True), (False, False)]
    assert "ada@shop.test" not in response.content.decode()


def test_who_came_and_went_is_in_the_history(shop):
    segment, now = make_segment(), timezone.now()
    for entered in (True, False):
        MembershipChange.objects.create(
            segment=segment, customer=shop[1], entered=entered, cause="data", at=now
        )

    body = api(*READ).get(f"{API}segments/{segment.pk}/history/?of=changes").json()

    assert [row["entered"] for row in body["results"]] == [False, True]
    assert body["results"][0]["customer"] == shop[1].pk


def test_pages_of_equal_moments_repeat_nobody(shop):
    segment, now = make_segment(), timezone.now()
    SegmentRefresh.objects.all().delete()
    for seconds in range(5):
        SegmentRefresh.objects.create(segment=segment, at=now, as_of=now, seconds=seconds)
    address, seen = f"{API}segments/{segment.pk}/history/?limit=2", []

    while address:
        body = api(*READ).get(address).json()
        seen += [row["seconds"] for row in body["results"]]
        address = body["next"]

    assert seen == [4, 3, 2, 1, 0]


def test_a_part_of_history_nobody_knows_is_refused(shop):
    segment = make_segment()

    response = api(*READ).get(f"{API}segments/{segment.pk}/history/?of=x")

    assert response.json()["errors"][0]["path"] == ["of"]


def test_a_preview_counts_and_shows_samples_by_number(shop):
    body = send(api(*READ), "post", "segments/preview/", {"rules": SPENDERS}).json()

    assert (body["total"], body["base"], body["share"]) == (1, 3, 0.333333)
    assert (body["revenue"], body["sentence"]) == ("150.00", "Spent at least £100.00.")
    assert body["nodes"] == [{"id": "a", "customers": 1, "unknown": 0}]
    (sample,) = body["samples"]
    assert (sample["id"], sample["customer_id"]) == (shop[0].pk, "till/Ada")
    assert "name" not in sample
    assert body["is_whole"] is True


def test_a_preview_shows_names_to_who_may_see_them(shop):
    body = send(api(*EVERYTHING), "post", "segments/preview/", {"rules": SPENDERS}).json()

    assert body["samples"][0]["email"] == "ada@shop.test"


def test_a_preview_that_takes_too_long_says_so(shop, monkeypatch):
    def slow(self):
        raise TooSlowError

    monkeypatch.setattr(Asked, "totals", slow)

    body = send(api(*READ), "post", "segments/preview/", {"rules": SPENDERS}).json()

    assert (body["total"], body["is_whole"]) == (None, False)
    assert body["slow"].startswith("This rule is too slow to count now.")


def test_the_catalogue_tells_fields_operators_and_bounds(shop):
    body = api("segments:read").get(f"{API}segments/catalogue/").json()

    assert body["fields"]["total_spent"]["kind"] in body["kinds"]
    assert body["bounds"] == BOUNDS.describe()


def test_rfm_before_the_first_run_is_empty(shop):
    body = api("segments:read").get(f"{API}segments/rfm/").json()

    assert body == {"currency": "GBP", "as_of": None, "customers_scored": 0, "segments": []}


def test_rfm_is_calculated_and_told(shop):
    made = send(api("scores:write"), "post", "segments/rfm/calculate/", {"full": True})
    told = api("segments:read").get(f"{API}segments/rfm/").json()

    run = ScoreRun.objects.get(model="rfm")
    assert made.status_code == 200
    assert made.json() == {
        "customers_scored": 2,
        "as_of": str(run.as_of),
        "distribution": {key: row["customers"] for key, row in run.distribution.items()},
    }
    rows = [row for row in told["segments"] if row["customers"]]
    assert told["customers_scored"] == sum(row["customers"] for row in rows) == 2
    assert sum(Decimal(row["total_spend"]) for row in rows) == Decimal("170.00")
    assert all(row["segment_id"] for row in rows)


def test_a_large_store_is_calculated_in_the_background(shop, monkeypatch):
    compute_rfm()
    monkeypatch.setattr("segments.api.rfm.AT_ONCE", 2)

    made = send(api("scores:write"), "post", "segments/rfm/calculate/", {})

    assert (made.status_code, made.json()["run"]["state"]) == (202, "queued")
    assert made.json()["customers_scored"] == 2
    assert ScoreRun.objects.filter(model="rfm").count() == 1


@pytest.mark.parametrize("body", [{"full": "perhaps"}, {"as_of": "2026-01-01"}, []])
def test_a_wrong_calculation_is_refused(shop, body):
    response = send(api("scores:write"), "post", "segments/rfm/calculate/", body)

    assert response.status_code == 400
    assert not ScoreRun.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "samples_staff"])
def test_calculating_needs_the_role_that_may(shop, member, role):
    response = send(member(role), "post", "segments/rfm/calculate/", {})

    assert (response.status_code, ScoreRun.objects.exists()) == (403, False)


def test_the_segments_of_a_customer(shop):
    segment = make_segment()

    body = api(*READ).get(f"{API}customers/{shop[0].pk}/segments/").json()

    assert body["customer"] == shop[0].pk
    assert [row["slug"] for row in body["segments"]] == [segment.slug]


def test_the_segments_of_a_customer_cost_one_query(shop, django_assert_num_queries):
    make_segment()
    client = api(*READ)
    address = f"{API}customers/{shop[0].pk}/segments/"
    client.get(address)

    # merchant, key, and one; two search paths
    with django_assert_num_queries(5):
        client.get(address)


def test_a_customer_is_found_by_a_sources_own_id(shop):
    make_segment()

    body = api(*READ).get(f"{API}customers/till/Ada/segments/?source=till").json()

    assert (body["customer"], len(body["segments"])) == (shop[0].pk, 1)


def test_a_customer_in_no_segment_has_an_empty_list(shop):
    body = api(*READ).get(f"{API}customers/{shop[2].pk}/segments/").json()

    assert body == {"customer": shop[2].pk, "segments": []}


def test_a_merged_id_leads_to_the_survivor(shop):
    make_segment()
    ada, ben, _ = shop
    merge(survivor=ada.pk, absorbed=ben.pk, by=None, at=timezone.now())

    body = api(*READ).get(f"{API}customers/{ben.pk}/segments/").json()

    assert (body["customer"], len(body["segments"])) == (ada.pk, 1)


@pytest.mark.parametrize(
    "name",
    ["0/segments/", "9" * 30 + "/segments/", "x/segments/", "till/Ada/segments/", "%00/segments/"]
    + [f"{name}?source={source}" for name, source in (("x/segments/", "till"), ("1/segments/", ""))]
    + ["%00/segments/?source=%00", "999999/explain/?segment=spenders", "x/explain/?segment=1"],
)
def test_a_customer_who_is_not_there_is_not_found(shop, name):
    make_segment()

    assert api(*READ).get(f"{API}customers/{name}").status_code == 404


def test_why_a_customer_is_in_a_segment(shop):
    segment = make_segment()
    client = api(*READ)

    inside = client.get(f"{API}customers/{shop[0].pk}/explain/?segment=spenders").json()
    outside = client.get(
        f"{API}customers/till/Ben/explain/?segment={segment.pk}&source=till"
    ).json()

    assert (inside["holds"], inside["is_member"], inside["segment"]) == (True, True, segment.pk)
    assert (outside["holds"], outside["is_member"]) == (False, False)
    assert inside["sentence"] == "Spent at least £100.00."


def test_an_explanation_names_nobody_to_who_may_not_see_them(shop):
    make_segment("Her", NAMED)

    hidden = api(*READ).get(f"{API}customers/{shop[0].pk}/explain/?segment=her")
    shown = api(*EVERYTHING).get(f"{API}customers/{shop[0].pk}/explain/?segment=her")

    assert "ada@shop.test" not in hidden.content.decode()
    assert "ada@shop.test" in shown.content.decode()


@pytest.mark.parametrize(("query", "status"), [("", 400), ("?segment=none", 404)])
def test_an_explanation_needs_a_segment(shop, query, status):
    assert api(*READ).get(f"{API}customers/{shop[0].pk}/explain/{query}").status_code == status


def test_a_customer_of_the_merchant_next_door_is_not_there(shop, tenant, other_tenant):
    connection.set_tenant(other_tenant)
    theirs = CustomerFactory(id=880_001)
    CustomerIdentity.objects.create(customer=theirs, source="till", external_id="Zoe")
    connection.set_tenant(tenant)
    make_segment()
    client = api(*EVERYTHING)

    answers = [
        client.get(f"{API}customers/{theirs.pk}/segments/"),
        client.get(f"{API}customers/Zoe/segments/?source=till"),
        client.get(f"{API}customers/{theirs.pk}/explain/?segment=spenders"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_a_key_of_globex_learns_nothing_of_acme(shop, tenant, other_tenant):
    connection.set_tenant(tenant)
    segment = make_segment()
    connection.set_tenant(other_tenant)
    _, secret = new_key(*EVERYTHING)
    connection.set_tenant(tenant)
    stranger = client_of(secret)

    for address in (
        "segments/",
        f"segments/{segment.pk}/",
        f"segments/{segment.pk}/customers/",
        "segments/rfm/",
        f"customers/{shop[0].pk}/segments/",
    ):
        response = stranger.get(API + address)
        assert response.status_code == 401
        assert not [word for word in (*SECRETS, "Spenders") if word in response.content.decode()]


def test_members_who_are_never_contacted_are_left_out_and_counted(shop):
    make_segment("Buyers", {"field": "total_orders", "operator": "gte", "value": 1})
    silent = make_segment("Silent", NAMED)
    set_never_contact([silent], by=None)
    client = api(*EVERYTHING)

    paged = client.get(f"{API}segments/buyers/customers/").json()
    stretch = client.get(f"{API}segments/buyers/customers/?offset=0").json()

    for body in (paged, stretch):
        assert [row["email"] for row in body["results"]] == ["ben@shop.test"]
        assert (body["total"], body["never_contact"]) == (2, 1)
