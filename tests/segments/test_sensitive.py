"""Sensitive fields: who may ask by them, what the others see, and the line each use leaves."""

import json

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from commerce.models import AttributeDefinition
from segments import sensitive
from segments.catalogue import StoreCatalogue
from segments.definitions import save_segment, speech
from segments.explain import explain
from segments.models import Segment, SegmentVersion
from segments.preview import Asked
from segments.rules.errors import RuleError
from segments.rules.parse import parse
from segments.rules.sentence import sentence
from tenants.access.members import make_member
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.commerce.histories import TODAY

AGE = {"field": "age", "operator": "gte", "value": 65, "id": "a"}
SPENT = {"field": "total_spent", "operator": "gte", "value": 10, "id": "s"}
OLD = {"logic": "AND", "rules": [SPENT, {"logic": "OR", "rules": [AGE]}]}
PATH = ("rules", 1, "rules", 0)


@pytest.fixture
def marketer(tenant):
    return make_member("marketer@acme.test", role="marketer")


@pytest.fixture
def boss(tenant):
    return make_member("boss@acme.test", role="owner")


def audited():
    rows = LogEntry.objects.filter(additional_data__what="sensitive_use")
    return [(row.actor and row.actor.email, row.additional_data["fields"]) for row in rows]


def test_saving_by_a_sensitive_field_needs_the_permission(marketer, boss):
    with pytest.raises(RuleError) as refused:
        save_segment(name="Old", rules=OLD, by=marketer)

    assert refused.value.path == PATH
    assert not Segment.objects.filter(name="Old").exists()

    save_segment(name="Old", rules=OLD, by=boss)
    assert audited() == [("boss@acme.test", ["age"])]


def test_a_program_has_the_permissions_of_its_key_not_of_nobody(tenant):
    with pytest.raises(RuleError):
        save_segment(name="Old", rules=OLD, by=None, asker=AnonymousUser())

    assert not Segment.objects.exists()


def test_a_condition_switched_off_is_a_use_all_the_same(marketer):
    rules = {"logic": "AND", "rules": [SPENT, AGE | {"disabled": True}]}

    with pytest.raises(RuleError, match="sensitive"):
        save_segment(name="Old", rules=rules, by=marketer)


def test_an_attribute_says_itself_that_it_is_sensitive(marketer):
    AttributeDefinition.objects.create(key="diet", label="Diet", kind="text", is_sensitive=True)

    with pytest.raises(RuleError) as refused:
        Asked({"field": "diet", "operator": "eq", "value": "vegan"}, asker=marketer)

    assert refused.value.path == ("rules", 0)


def test_the_merchant_decides_which_built_in_fields_are(marketer, boss):
    sensitive.set_sensitive(["birthday"], by=boss)

    Asked(OLD, asker=marketer)
    birthday = {"field": "birthday", "operator": "anniversary_today"}
    with pytest.raises(RuleError):
        Asked(birthday, asker=marketer)
    marked = {field.key for field in StoreCatalogue() if field.is_sensitive}
    assert marked == {"birthday"}


def test_the_sentence_withholds_only_the_sensitive_part(marketer, boss):
    catalogue = StoreCatalogue()
    tree = parse(OLD, catalogue)

    for asker, part in (
        (boss, "age at least 65"),
        (marketer, "a sensitive condition that your role does not show"),
    ):
        shown, by, is_whole = sensitive.shown(tree, catalogue, asker=asker)
        assert sentence(shown, by, speech()) == f"Spent at least £10.00, and {part}."
        assert is_whole is (asker is boss)


def test_explaining_withholds_rule_and_value(boss, marketer):
    person = CustomerFactory(birthday="1950-01-01")
    bring_up_to_date(on=TODAY)

    for asker, is_secret in ((marketer, True), (boss, False), (AnonymousUser(), True)):
        found = explain(rules=OLD, customer_id=person.pk, asker=asker)
        told = " ".join([found.sentence, found.outlook, *words_of(found.root)])
        assert ("at least 65" not in told) is is_secret
        assert ("hidden from your role" in told) is is_secret


def words_of(told):
    """Yield everything that an explanation says of a node and those below it."""
    yield from (told.words, told.seen, told.gap)
    for member in told.members:
        yield from words_of(member)


def test_history_withholds_what_was_sensitive_before(member, boss):
    segment = save_segment(name="Old", rules=OLD, by=boss)
    save_segment(name="Old", rules=SPENT, by=boss, segment=segment)
    save_segment(name="Newer", rules=SPENT, by=boss, segment=segment)
    address = reverse("admin:segments_segment_change", args=[segment.pk]) + "?tab=history"

    page = member("marketer").get(address).content.decode()

    assert "at least 65" not in page
    assert "Spent at least £10.00." in page
    assert page.count("A sensitive condition that your role does not show.") == 2
    assert "Renamed from" in page


def test_nobody_overwrites_a_rule_they_cannot_read(marketer, boss):
    segment = save_segment(name="Old", rules=OLD, by=boss)

    with pytest.raises(RuleError, match="new segment"):
        save_segment(name="Old", rules=SPENT, by=marketer, segment=segment)

    assert SegmentVersion.objects.filter(segment=segment).count() == 1


def post(client, name, body, *args):
    return client.post(
        reverse(f"admin:segments_segment_{name}", args=args),
        json.dumps(body),
        content_type="application/json",
    )


def test_every_door_of_the_builder_refuses_with_the_place(member, boss):
    segment = save_segment(name="Old", rules=OLD, by=boss)
    client = member("marketer")
    sent = {"rules": OLD, "name": "Mine", "version": 1}

    answers = [
        post(client, "preview", {"rules": OLD}),
        post(client, "save", sent),
        post(client, "resave", sent, segment.pk),
        post(client, "impact", sent, segment.pk),
    ]

    faults = [answer.json()["errors"] for answer in answers]
    assert [[fault["path"] for fault in found] for found in faults] == [[list(PATH)]] * 4
    assert Segment.objects.count() == 1
    edit = client.get(reverse("admin:segments_segment_edit", args=[segment.pk]))
    assert edit.url == reverse("admin:segments_segment_change", args=[segment.pk])
    add = client.get(reverse("admin:segments_segment_add"))
    offered = {row["key"] for family in add.context["palette"] for row in family["entries"]}
    assert "field:total_spent" in offered
    assert "field:age" not in offered


def test_values_of_a_sensitive_field_are_suggested_to_the_owner_alone(member, owner):
    AttributeDefinition.objects.create(key="diet", label="Diet", kind="text", is_sensitive=True)
    CustomerFactory(attributes={"diet": "vegan"})
    bring_up_to_date(on=TODAY)
    address = reverse("admin:segments_segment_values") + "?field=attr.diet"

    assert member("marketer").get(address).json()["values"] == []
    assert [row["value"] for row in owner.get(address).json()["values"]] == ["vegan"]


@pytest.mark.parametrize("role", ["marketer", "viewer"])
def test_readers_see_name_and_size_but_not_the_sensitive_part(member, boss, role):
    segment = save_segment(name="Golden years", rules=OLD, by=boss)

    page = member(role).get(reverse("admin:segments_segment_change", args=[segment.pk]))

    text = page.content.decode()
    assert "Golden years" in text
    assert "a sensitive condition" in text
    assert "at least 65" not in text
