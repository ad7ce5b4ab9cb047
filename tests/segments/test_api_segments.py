"""Segments over the API: list, make, read, change, delete, count again."""

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django_tenants.utils import schema_context

from segments.models import Segment, SegmentVersion
from tenants.models import Run
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
from tests.tenants.api_keys import api


@pytest.fixture
def shop(tenant):
    return open_shop()


def runs():
    return Run.objects.filter(job="refresh").count()


@pytest.fixture
def count_runs(tenant):
    """Count the runs of refreshes in `public`."""

    def count():
        with schema_context("public"):
            return runs()

    return count


def test_a_segment_is_listed_with_its_size(shop):
    segment = make_segment()

    body = api("segments:read").get(f"{API}segments/").json()

    (row,) = body["results"]
    assert (row["id"], row["slug"], row["members_count"]) == (segment.pk, "spenders", 1)
    assert row["kind"] == "rules"
    assert "rules" not in row
    assert body["next"] is None


def test_the_list_is_narrowed(shop):
    make_segment("Spenders")
    make_segment("Wine lovers")
    Segment.objects.create(name="Champions", slug="champions", kind="rfm", key="champions")
    client = api("segments:read")

    def names(query):
        return [row["name"] for row in client.get(f"{API}segments/?{query}").json()["results"]]

    assert names("search=WINE") == ["Wine lovers"]
    assert names("kind=rfm") == ["Champions"]
    assert names("state=archived") == []
    assert names("kind=rules&search=spend") == ["Spenders"]


@pytest.mark.parametrize("query", ["kind=x", "state=x", "search=" + "x" * 121, "search=%00"])
def test_a_filter_nobody_knows_is_refused(shop, query):
    response = api("segments:read").get(f"{API}segments/?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["path"] == [query.partition("=")[0]]


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_however_long(shop, count, django_assert_num_queries):
    for number in range(count):
        Segment.objects.create(name=f"S{number}", slug=f"s{number}")
    client = api("segments:read")
    client.get(f"{API}segments/")

    with django_assert_num_queries(5):  # merchant, key, page; two search paths
        client.get(f"{API}segments/")


def test_a_segment_is_made_counted_and_audited_in_the_name_of_its_key(shop, count_runs):
    before = count_runs()

    response = send(api(*EVERYTHING), "post", "segments/", {"name": "Rich", "rules": SPENDERS})

    segment = Segment.objects.get()
    body = response.json()
    assert response.status_code == 201
    assert (body["id"], body["slug"], body["version"]) == (segment.pk, "rich", 1)
    assert body["sentence"] == "Spent at least £100.00."
    assert body["rules"]["rules"][0]["field"] == "total_spent"
    assert count_runs() == before + 1
    told = LogEntry.objects.filter(additional_data__what="segment").get()
    assert (told.actor, told.actor_email) == (None, "Service key “Warehouse”")
    assert SegmentVersion.objects.get().author is None


def test_a_person_is_the_author_of_what_they_make(shop, member):
    response = send(member("marketer"), "post", "segments/", {"name": "R", "rules": SPENDERS})

    assert response.status_code == 201
    assert SegmentVersion.objects.get().author.username == "marketer@acme.test"


@pytest.mark.parametrize("asked", [True, {"list": "X", "direction": "push"}, "yes", 1])
def test_klaviyo_is_refused_before_anything_is_made(shop, asked):
    body = {"name": "Rich", "rules": SPENDERS, "sync_to_klaviyo": asked}

    response = send(api(*EVERYTHING), "post", "segments/", body)

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "path": ["sync_to_klaviyo"],
            "message": "Klaviyo is not connected. Leave this out, and connect Klaviyo first.",
        }
    ]
    assert not Segment.objects.exists()


def test_without_klaviyo_false_and_nothing_are_the_same(shop):
    for number, asked in enumerate((False, None)):
        body = {"name": f"Rich {number}", "rules": SPENDERS, "sync_to_klaviyo": asked}
        assert send(api(*EVERYTHING), "post", "segments/", body).status_code == 201


def test_everything_wrong_in_a_rule_is_told_with_its_place(shop):
    rules = {
        "logic": "AND",
        "rules": [
            {"field": "total_spent", "operator": "gte", "value": "much"},
            {"field": "nothing", "operator": "eq", "value": 1},
        ],
    }

    response = send(api(*EVERYTHING), "post", "segments/", {"name": "Rich", "rules": rules})

    paths = [error["path"][:3] for error in response.json()["errors"]]
    assert (response.status_code, paths) == (400, [["rules", "rules", 0], ["rules", "rules", 1]])
    assert not Segment.objects.exists()


def deep(levels):
    node = SPENDERS
    for _ in range(levels):
        node = {"logic": "AND", "rules": [node]}
    return node


HOSTILE = {
    "too deep": deep(6),
    "far too deep": deep(400),
    "too many": {"logic": "OR", "rules": [SPENDERS] * 101},
    "too large": {"field": "country", "operator": "in", "value": ["x" * 200] * 400},
    "huge text": {"field": "city", "operator": "eq", "value": "x" * 70_000},
    "no object": "total_spent > 1; DROP TABLE segments_segment",
    "a number": 7,
    "a list": [SPENDERS],
    "empty": {},
    "nothing": None,
    "a strange field": {"field": "__class__", "operator": "eq", "value": 1},
    "a field with quotes": {"field": "'\"; --", "operator": "eq", "value": 1},
    "a list for a name": {"field": ["total_spent"], "operator": "gte", "value": 1},
    "an object for a value": {"field": "total_spent", "operator": "gte", "value": {"a": 1}},
    "a huge number": {"field": "total_spent", "operator": "gte", "value": 10**400},
    "a bool for logic": {"logic": True, "rules": [SPENDERS]},
    "rules of text": {"logic": "AND", "rules": "all"},
    "unicode": {"field": "total_spent\u202e", "operator": "gte", "value": 1},
    "a zero width name": {"field": "\u200b", "operator": "\ufeff", "value": "\U0001f4a9"},
}


@pytest.mark.parametrize("rules", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("path", ["segments/", "segments/preview/"])
def test_a_hostile_rule_ends_in_a_problem(shop, rules, path):
    body = {"rules": rules} | ({"name": "x"} if path == "segments/" else {})

    response = send(api(*EVERYTHING), "post", path, body)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"]
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"rules": SPENDERS}, ["name"]),
        ({"name": "", "rules": SPENDERS}, ["name"]),
        ({"name": "   ", "rules": SPENDERS}, ["name"]),
        ({"name": "x" * 121, "rules": SPENDERS}, ["name"]),
        ({"name": ["x"], "rules": SPENDERS}, ["name"]),
        ({"name": "Rich"}, ["rules"]),
        ({"name": "Rich", "rules": SPENDERS, "description": "x" * 1001}, ["description"]),
        ({"name": "Rich", "rules": SPENDERS, "id": 7}, ["id"]),
        ({"name": "Rich", "rules": SPENDERS, "slug": "x"}, ["slug"]),
        ({"name": "Rich", "rules": SPENDERS, "state": "archived"}, ["state"]),
        ({"name": "Rich", "rules": SPENDERS, "owner": 1}, ["owner"]),
        ({"name": "Taken", "rules": SPENDERS}, ["name"]),
    ],
)
def test_a_wrong_body_makes_nothing(shop, body, path):
    Segment.objects.create(name="Taken", slug="taken")

    response = send(api(*EVERYTHING), "post", "segments/", body)

    assert response.status_code == 400
    assert [error["path"] for error in response.json()["errors"]] == [path]
    assert Segment.objects.count() == 1


def test_a_segment_is_found_by_id_and_by_slug(shop):
    segment = make_segment()
    client = api("segments:read")

    by_id = client.get(f"{API}segments/{segment.pk}/").json()
    by_slug = client.get(f"{API}segments/spenders/").json()

    assert by_id == by_slug
    assert (by_id["sentence"], by_id["version"]) == ("Spent at least £100.00.", 1)


@pytest.mark.parametrize("name", ["0", "999999", "9" * 30, "none", "%00", "é", "-1"])
def test_a_segment_that_is_not_there_is_not_found(shop, name):
    response = api("segments:read").get(f"{API}segments/{name}/")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_change_is_a_new_version(shop):
    segment = make_segment()
    client = api(*EVERYTHING)

    renamed = send(client, "patch", f"segments/{segment.pk}/", {"name": "Rich", "version": 1})
    late = send(client, "patch", f"segments/{segment.pk}/", {"name": "Late", "version": 1})

    segment.refresh_from_db()
    assert (renamed.status_code, renamed.json()["version"]) == (200, 2)
    assert (late.status_code, late.json()["errors"][0]["path"]) == (409, ["version"])
    assert (segment.name, segment.slug) == ("Rich", "spenders")
    assert segment.rules["rules"][0]["field"] == "total_spent"


def test_a_wrong_change_changes_nothing(shop):
    segment = make_segment()
    client = api(*EVERYTHING)

    for body in ({"rules": {}}, {"name": ""}, {"kind": "rfm"}, [], {"members_count": 9}):
        response = send(client, "patch", f"segments/{segment.pk}/", body)
        assert response.status_code == 400

    assert SegmentVersion.objects.count() == 1


def test_computed_segments_are_neither_changed_nor_deleted_nor_counted(shop):
    row = Segment.objects.create(name="Champions", slug="champions", kind="rfm", key="champions")
    client, address = api(*EVERYTHING), f"segments/{row.pk}/"

    changed = send(client, "patch", address, {"name": "x"})
    deleted = client.delete(API + address)
    counted = client.post(f"{API}{address}refresh/")

    assert (changed.status_code, deleted.status_code, counted.status_code) == (409, 409, 400)
    assert Segment.objects.get().name == "Champions"


def test_a_segment_is_deleted(shop):
    segment = make_segment()

    response = api(*EVERYTHING).delete(f"{API}segments/{segment.pk}/")

    assert (response.status_code, response.content) == (204, b"")
    assert not Segment.objects.exists()
    told = LogEntry.objects.filter(additional_data__what="delete_segment").get()
    assert told.actor_email == "Service key “Warehouse”"


def test_what_is_in_use_is_kept_and_its_users_are_listed(shop):
    segment = make_segment()
    make_segment("Reader", {"field": "segment", "operator": "in", "value": [segment.pk]})

    response = api(*EVERYTHING).delete(f"{API}segments/{segment.pk}/")

    assert response.status_code == 409
    assert response.json()["errors"] == [{"path": [], "message": "segment “Reader”"}]
    assert Segment.objects.count() == 2


def test_refreshing_answers_with_the_run(shop, count_runs):
    segment, before = make_segment(), count_runs()

    response = api(*EVERYTHING).post(f"{API}segments/{segment.pk}/refresh/")

    run = response.json()["run"]
    assert (response.status_code, run["job"], run["state"]) == (202, "refresh", "queued")
    assert count_runs() == before + 1


@pytest.mark.parametrize("state", ["archived", "draft"])
def test_a_segment_at_rest_is_not_counted(shop, count_runs, state):
    segment = make_segment()
    Segment.objects.update(state=state)
    before = count_runs()

    response = api(*EVERYTHING).post(f"{API}segments/{segment.pk}/refresh/")

    assert (response.status_code, count_runs()) == (400, before)


def test_a_rule_that_names_people_is_withheld_from_who_may_not_see_them(shop, member):
    segment = make_segment("Ada", NAMED)

    keyed = api(*READ).get(f"{API}segments/{segment.pk}/")
    viewed = member("viewer").get(f"{API}segments/{segment.pk}/")
    seen = api(*EVERYTHING).get(f"{API}segments/{segment.pk}/")

    for response in (keyed, viewed):
        assert response.json()["rules"] is None
        assert "ada@shop.test" not in response.content.decode()
    assert "ada@shop.test" in seen.json()["sentence"]


def test_nobody_asks_by_what_they_may_not_see(shop):
    client = api(*READ, "segments:write")

    for path in ("segments/", "segments/preview/"):
        body = {"rules": NAMED} | ({"name": "Ada"} if path == "segments/" else {})
        response = send(client, "post", path, body)
        assert response.status_code == 403
        assert response.json()["errors"][0]["path"][0] == "rules"

    assert not Segment.objects.exists()


@pytest.mark.parametrize("body", [{"name": "A"}, {"rules": SPENDERS}])
def test_changing_a_segment_that_names_people_needs_the_right_to_see_them(shop, body):
    segment = make_segment("Ada", NAMED)
    client = api(*READ, "segments:write")

    response = send(client, "patch", f"segments/{segment.pk}/", body)

    assert response.status_code == 403
    assert SegmentVersion.objects.count() == 1


def test_sensitive_fields_need_their_scope(shop):
    rules = {"field": "age", "operator": "gte", "value": 18}
    body, everything = {"name": "Grown up", "rules": rules}, (*EVERYTHING, "segments:sensitive")

    refused = send(api(*EVERYTHING), "post", "segments/", body)
    made = send(api(*everything), "post", "segments/", body)

    read = api(*EVERYTHING).get(f"{API}segments/{made.json()['id']}/").json()
    assert (refused.status_code, refused.json()["errors"][0]["path"][:2]) == (
        400,
        ["rules", "rules"],
    )
    assert made.status_code == 201
    assert read["rules"] is None
    assert "18" not in read["sentence"]


@pytest.mark.parametrize(("state", "status"), [("draft", 200), ("archived", 409)])
def test_a_change_puts_nothing_to_use(shop, count_runs, state, status):
    segment = make_segment()
    Segment.objects.update(state=state)
    before = count_runs()

    response = send(api(*EVERYTHING), "patch", f"segments/{segment.pk}/", {"name": "Rich"})

    segment.refresh_from_db()
    assert (response.status_code, segment.state, count_runs()) == (status, state, before)


def test_a_segment_of_the_merchant_next_door_is_not_there(shop, other_tenant, tenant):
    connection.set_tenant(other_tenant)
    theirs = Segment.objects.create(pk=990_001, name="Theirs", slug="theirs")
    connection.set_tenant(tenant)
    client = api(*EVERYTHING)

    answers = [
        client.get(f"{API}segments/{theirs.pk}/"),
        client.get(f"{API}segments/theirs/"),
        client.get(f"{API}segments/{theirs.pk}/customers/"),
        client.delete(f"{API}segments/{theirs.pk}/"),
        client.post(f"{API}segments/{theirs.pk}/refresh/"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    connection.set_tenant(other_tenant)
    assert Segment.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("state", ["archived", "draft"])
def test_a_segment_is_put_away_and_brought_back(shop, count_runs, state):
    segment = make_segment()
    client = api(*EVERYTHING)
    address, before = f"segments/{segment.pk}/", count_runs()

    away = send(client, "patch", address, {"state": state})
    meanwhile = count_runs()
    back = send(client, "patch", address, {"state": "active"})

    assert (away.status_code, away.json()["state"]) == (200, state)
    assert (back.status_code, back.json()["state"]) == (200, "active")
    assert (meanwhile, count_runs()) == (before, before + 1)
    assert SegmentVersion.objects.filter(segment=segment).count() == 1


def test_a_segment_that_others_read_is_not_put_away(shop):
    segment = make_segment()
    make_segment("Reader", {"field": "segment", "operator": "in", "value": [segment.pk]})

    response = send(
        api(*EVERYTHING), "patch", f"segments/{segment.pk}/", {"state": "archived", "name": "Gone"}
    )

    segment.refresh_from_db()
    assert response.status_code == 409
    assert "Reader" in response.json()["errors"][0]["message"]
    assert (segment.state, segment.name) == ("active", "Spenders")


def test_a_segment_of_a_source_is_not_put_away(shop):
    segment = Segment.objects.create(name="Champions", slug="champions", kind="rfm")

    response = send(api(*EVERYTHING), "patch", "segments/champions/", {"state": "archived"})

    segment.refresh_from_db()
    assert (response.status_code, segment.state) == (409, "active")


def test_a_run_that_was_asked_for_tells_how_far_it_is(shop, tenant):
    segment = make_segment()
    client = api(*EVERYTHING)
    run = send(client, "post", f"segments/{segment.pk}/refresh/", {}).json()["run"]

    waiting = client.get(f"{API}segments/runs/{run['id']}/").json()
    with schema_context("public"):
        Run.objects.filter(pk=run["id"]).update(state="failed", error="The disk is full.")
    failed = client.get(f"{API}segments/runs/{run['id']}/").json()

    assert (waiting["state"], waiting["finished_at"]) == ("queued", None)
    assert (failed["state"], failed["error"]) == ("failed", "The disk is full.")


def test_only_runs_of_segments_here_are_told(shop, tenant, other_tenant):
    with schema_context("public"):
        theirs = Run.objects.create(tenant=other_tenant, job="refresh", slot="a")
        other = Run.objects.create(tenant=tenant, job="import", slot="a")
    connection.set_tenant(tenant)
    client = api("segments:read")

    for run in (theirs, other):
        assert client.get(f"{API}segments/runs/{run.pk}/").status_code == 404
