"""What the builder asks and saves, as the people of a shop and strangers do it."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from commerce.models import AttributeDefinition
from commerce.patience import TooSlowError
from segments.admin import builder_asking
from segments.models import Segment, SegmentVersion
from segments.preview import Asked
from segments.refreshing import refresh_segment
from segments.services import local_today
from tests.commerce.factories import (
    CustomerFactory,
    OrderFactory,
    OrderLineFactory,
    bring_up_to_date,
)
from tests.conftest import sign_in

HOME = "/admin/segments/segment/"
SPENDERS = {"field": "total_spent", "operator": "gte", "value": 100, "id": "a"}
NAMED = {"field": "email", "operator": "eq", "value": "ada@shop.test"}


@pytest.fixture
def shop(tenant):
    """Ada of London spent 150 on wine, Ben of Leeds 20 on tea, Cleo of London nothing."""
    for name, city, spent, product in (
        ("Ada", "London", 150, "Wine"),
        ("Ben", "Leeds", 20, "Tea"),
        ("Cleo", "London", 0, ""),
    ):
        customer = CustomerFactory(
            first_name=name, email=f"{name.lower()}@shop.test", city=city, tags=[f"From {city}"]
        )
        if spent:
            order = OrderFactory(
                customer=customer,
                total=Decimal(spent),
                placed_at=timezone.now() - timedelta(days=3),
            )
            OrderLineFactory(order=order, product=product, product_key=product.lower())
    bring_up_to_date(on=local_today())
    return tenant


def rule(*rules, logic="AND"):
    return {"logic": logic, "rules": list(rules)}


def send(client, path, body):
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(f"{HOME}{path}", data, content_type="application/json")


def made(client, name="Spenders", rules=None, **more):
    answer = send(client, "save/", {"name": name, "rules": rules or rule(SPENDERS), **more})
    assert answer.status_code == 200, answer.content
    segment = Segment.objects.get(pk=answer.json()["id"])
    refresh_segment(segment, at=timezone.now(), cause="definition")
    return segment


def test_a_preview_counts_says_and_explains(shop, owner):
    answer = send(owner, "preview/", {"rules": rule(SPENDERS)}).json()

    assert (answer["total"], answer["base"], answer["share"]) == (1, 3, "33.3 %")
    assert (answer["revenue"], answer["revenue_share"]) == ("£150.00", "88.2 %")
    assert answer["sentence"] == "Spent at least £100.00."
    assert answer["zone"] == "Europe/London"
    assert answer["nodes"] == [{"id": "a", "customers": 1, "unknown": 0, "share": "33.3 %"}]
    assert [(row["name"], row["why"]) for row in answer["samples"]] == [
        ("Ada", ["spent at least £100.00"])
    ]
    assert answer["warnings"] == [
        "More than 30 % of your customers match. Is it meant to be so wide?"
    ]


def test_every_broken_condition_is_named_with_its_path(shop, owner):
    broken = rule(
        {"field": "total_spent", "operator": "gte", "value": "lots"},
        SPENDERS,
        rule(),
        {"did": "order", "window": {"in_last": "soon"}},
        {"field": "nothing", "operator": "eq", "value": 1},
    )

    errors = send(owner, "preview/", {"rules": broken}).json()["errors"]

    assert [error["path"] for error in errors] == [
        ["rules", 0, "value"],
        ["rules", 2, "rules"],
        ["rules", 3, "window", "in_last"],
        ["rules", 4, "field"],
    ]


HOSTILE = (
    b"",
    b"{",
    b"[]",
    b"null",
    b"7",
    b"\xff\xfe{}",
    b'{"rules": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"rules": ' + b'{"logic":"AND","rules":[' * 300 + b"]}" * 300 + b"}",
    b'{"rules": {"field": "city", "operator": "eq", "value": "a\\u0000b"}}',
    b'{"rules": {"field": "city", "operator": "eq", "value": "\\ud800"}}',
    b'{"rules": {"field": "segment", "operator": "in", "value": ["\\u0000"]}}',
    b'{"rules": {"field": "age", "operator": "gt", "value": NaN}}',
    b'{"rules": {"field": "age", "operator": "gt", "value": 1' + b"0" * 5_000 + b"}}",
    b'{"rules": {"field": {"a": 1}, "operator": ["eq"], "value": {}}}',
    b'{"rules": {"did": 3}}',
    b'{"rules": {"did": "order", "where": [1]}}',
    b'{"rules": {"logic": [], "rules": [null, 1, "x", []]}}',
    b'{"rules": {"logic": "AND", "rules": [{"field": "city", "operator": "eq"}], "v": 9}}',
    b'{"name": ["x"], "rules": {"a": "' + b"x" * 300_000 + b'"}}',
)


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("path", ["preview/", "save/"])
def test_nonsense_is_refused_in_words_and_nothing_is_saved(shop, owner, path, body):
    answer = send(owner, path, body)

    assert answer.status_code in (200, 400)
    assert answer.json()["errors"] or answer.json()["boxes"]
    assert "total" not in answer.json()
    assert not Segment.objects.exists()


def test_a_form_instead_of_json_is_refused(shop, owner):
    answer = owner.post(f"{HOME}preview/", {"rules": "x"})

    assert answer.json()["errors"][0]["message"].startswith("This could not be read")


def test_a_rule_too_slow_to_count_says_so(shop, owner, monkeypatch):
    def slow(self):
        raise TooSlowError

    monkeypatch.setattr(Asked, "totals", slow)

    answer = send(owner, "preview/", {"rules": rule(SPENDERS)}).json()

    assert answer["slow"] == builder_asking.TOO_SLOW
    assert "total" not in answer
    assert answer["sentence"] == "Spent at least £100.00."


def test_a_viewer_sees_counts_without_names_and_may_not_ask_by_name(shop, member):
    viewer = member("viewer")

    answer = send(viewer, "preview/", {"rules": rule(SPENDERS)}).json()
    asked = send(viewer, "preview/", {"rules": rule(SPENDERS, rule(NAMED, logic="OR"))}).json()

    assert answer["total"] == 1
    assert "Ada" not in json.dumps(answer)
    assert [error["path"] for error in asked["errors"]] == [["rules", 1, "rules", 0]]
    assert "total" not in asked


def test_a_viewer_reads_no_address_in_a_definition(shop, owner, member):
    segment = made(owner, rules=rule(NAMED))

    page = member("viewer").get(f"{HOME}{segment.pk}/change/").content.decode()

    assert "ada@shop.test" not in page
    assert "This rule names people" in page


@pytest.mark.parametrize("role", ["viewer", "samples_staff"])
def test_who_may_not_build_writes_nothing(shop, owner, member, role):
    segment = made(owner)
    client = member(role)

    codes = [
        client.get(f"{HOME}add/").status_code,
        client.get(f"{HOME}{segment.pk}/edit/").status_code,
        send(client, "save/", {"name": "X", "rules": rule(SPENDERS)}).status_code,
        send(client, f"{segment.pk}/save/", {"name": "X", "rules": rule(SPENDERS)}).status_code,
        send(client, f"{segment.pk}/impact/", {"rules": rule(SPENDERS)}).status_code,
        client.post(f"{HOME}{segment.pk}/act/", {"action": "archive"}).status_code,
    ]

    segment.refresh_from_db()
    assert codes == [403] * 6
    assert (Segment.objects.count(), segment.state) == (1, "active")


def test_a_marketer_builds(shop, member):
    segment = made(member("marketer"), description="Worth a letter")

    assert (segment.name, segment.description, segment.members_count) == (
        "Spenders",
        "Worth a letter",
        1,
    )


def test_nobody_of_another_shop_gets_an_answer(shop, owner, other_tenant):
    segment = made(owner)
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("s", "s@globex.test", "x"))

    own = send(stranger, "preview/", {"rules": rule(SPENDERS)}).json()
    values = stranger.get(f"{HOME}values/?field=city").json()
    impact = send(stranger, f"{segment.pk}/impact/", {"rules": rule(SPENDERS)})
    next_door = stranger.post(
        f"{HOME}preview/",
        json.dumps({"rules": rule(SPENDERS)}),
        content_type="application/json",
        headers={"host": "acme.localhost"},
    )

    assert (own["total"], values["values"], impact.status_code) == (0, [], 404)
    assert next_door.status_code == 302


def test_values_come_with_their_counts_as_the_shop_writes_them(shop, owner):
    def offered(query):
        values = owner.get(f"{HOME}values/?{query}").json()["values"]
        return [(value["value"], value["count"]) for value in values]

    assert offered("field=city") == [("London", 2), ("Leeds", 1)]
    assert offered("field=city&q=lee") == [("Leeds", 1)]
    assert offered("field=tags") == [("From London", 2), ("From Leeds", 1)]
    assert offered("did=order_line&field=product&q=wi") == [("Wine", 1)]
    assert offered("field=email&q=ada") == [("ada@shop.test", 1)]
    assert (
        offered("field=total_spent") == offered("field=nothing") == offered("did=x&field=y") == []
    )


def test_contact_and_sensitive_values_are_not_offered_to_a_viewer(shop, member):
    AttributeDefinition.objects.create(key="diet", label="Diet", kind="text", is_sensitive=True)
    viewer = member("viewer")

    for field in ("email", "first_name", "last_name", "phone", "attr.diet"):
        assert viewer.get(f"{HOME}values/?field={field}").json()["values"] == []


def test_a_name_that_is_taken_is_said_beside_its_box(shop, owner):
    made(owner)

    answer = send(owner, "save/", {"name": " spenders", "rules": rule(SPENDERS)})

    assert answer.status_code == 400
    assert list(answer.json()["boxes"]) == ["name"]
    assert Segment.objects.count() == 1


def test_an_edit_shows_its_impact_and_becomes_a_version(shop, owner):
    segment = made(owner)
    lower = rule(SPENDERS | {"value": 10})

    impact = send(owner, f"{segment.pk}/impact/", {"rules": lower}).json()
    saved = send(owner, f"{segment.pk}/save/", {"name": "Buyers", "rules": lower, "version": 1})

    page = owner.get(f"{HOME}{segment.pk}/change/?tab=history").content.decode()
    entering, leaving = impact["entering"], impact["leaving"]
    assert [entering[name] for name in ("customers", "words", "revenue")] == [1, "1", "£20.00"]
    assert [one["name"].split()[0] for one in entering["samples"]] == ["Ben"]
    assert leaving == {"customers": 0, "words": "0", "revenue": "£0.00", "samples": []}
    assert saved.status_code == 200
    assert SegmentVersion.objects.get(number=2).difference == [
        "Now: Spent at least £10.00.",
        "Added: spent at least £10.00.",
        "Removed: spent at least £100.00.",
        "Renamed from “Spenders”.",
    ]
    assert "Spent at least £10.00." in page
    assert "Renamed from “Spenders”." in page


def test_the_impact_names_whatever_uses_the_segment(shop, owner):
    segment = made(owner)
    inside = {"field": "segment", "operator": "in", "value": [segment.pk]}
    reader = made(owner, name="Reader", rules=rule(inside))

    impact = send(owner, f"{segment.pk}/impact/", {"rules": rule(SPENDERS)}).json()

    assert impact["uses"] == [
        {"kind": "segment", "name": "Reader", "link": f"{HOME}{reader.pk}/change/"}
    ]


def test_saving_says_how_often_the_segment_is_counted(shop, owner):
    sent = {"name": "Spenders", "rules": rule(SPENDERS)}

    send(owner, "save/", sent | {"rate": "daily"})
    refused = send(owner, "save/", sent | {"name": "Other", "rate": "sometimes"})

    assert Segment.objects.get().refresh_rate == "daily"
    assert (refused.status_code, list(refused.json()["boxes"])) == (400, ["refresh_rate"])


def test_an_edit_over_somebody_elses_is_refused(shop, owner):
    segment = made(owner)
    send(owner, f"{segment.pk}/save/", {"name": "A", "rules": rule(SPENDERS), "version": 1})

    late = send(owner, f"{segment.pk}/save/", {"name": "B", "rules": rule(SPENDERS), "version": 1})

    segment.refresh_from_db()
    assert "Somebody else saved" in late.json()["errors"][0]["message"]
    assert segment.name == "A"


def act(client, segment, action, **more):
    answer = client.post(f"{HOME}{segment.pk}/act/", {"action": action, **more}, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_a_version_is_restored_as_a_new_one(shop, owner):
    segment = made(owner)
    lower = rule(SPENDERS | {"value": 10})
    send(owner, f"{segment.pk}/save/", {"name": "Buyers", "rules": lower, "version": 1})

    act(owner, segment, "restore", number="1")

    segment.refresh_from_db()
    assert segment.rules["rules"][0]["value"] == 100
    assert SegmentVersion.objects.filter(segment=segment).count() == 3


def test_a_copy_stands_on_its_own(shop, owner):
    segment = made(owner)

    act(owner, segment, "duplicate")
    act(owner, segment, "duplicate")

    names = set(Segment.objects.values_list("name", flat=True))
    assert names == {"Spenders", "Spenders (copy)", "Spenders (copy 2)"}


def test_archiving_is_refused_while_another_segment_reads_it(shop, owner):
    segment = made(owner)
    made(owner, "Readers", rule({"field": "segment", "operator": "in", "value": [segment.pk]}))

    said = act(owner, segment, "archive")

    segment.refresh_from_db()
    assert segment.state == "active"
    assert said[-1] == "Other segments read this one: “Readers”. Change them first."


def test_an_archived_segment_comes_back(shop, owner):
    segment = made(owner)

    act(owner, segment, "archive")
    segment.refresh_from_db()
    archived = segment.state
    act(owner, segment, "unarchive")

    segment.refresh_from_db()
    assert (archived, segment.state) == ("archived", "active")


def test_a_segment_that_needs_attention_says_why_and_opens_in_the_builder(shop, owner):
    segment = made(owner)
    segment.rules = rule({"field": "attr.gone", "operator": "eq", "value": "x"})
    segment.state, segment.state_reason = "needs_attention", "There is no field “attr.gone”."
    segment.save()

    page = owner.get(f"{HOME}{segment.pk}/change/").content.decode()
    builder = owner.get(f"{HOME}{segment.pk}/edit/")
    said = act(owner, segment, "refresh")

    assert "Its rule does not hold any more" in page
    assert builder.status_code == 200
    assert "attr.gone" in said[-1]


def test_the_builder_has_the_whole_language_from_the_server(shop, owner):
    words = owner.get(f"{HOME}add/").context["words"]

    assert {field["kind"] for field in words["fields"].values()} <= set(words["kinds"])
    assert words["bounds"]["max_depth"] == 5
    assert words["currency"] == "£"
    assert set(words["behaviours"]) >= {"order", "order_line", "refund"}
