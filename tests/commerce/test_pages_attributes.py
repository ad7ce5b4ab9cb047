"""Custom attributes: declaring them, changing their kind, taking them away."""

import pytest

from commerce import usages
from commerce.attributes import parse, reads_as, show
from commerce.models import AttributeDefinition
from commerce.usages import Usage
from tests.commerce.page_facts import client_in_role, make_customer

LIST = "/admin/commerce/attributedefinition/"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("text", " Oat milk ", "Oat milk"),
        ("number", "1,200", 1200),
        ("money", "12.50", 12.5),
        ("yes_no", "Yes", True),
        ("yes_no", "0", False),
        ("date", "2026-05-31", "2026-05-31"),
        ("moment", "2026-05-31 14:30", "2026-05-31T14:30:00+01:00"),
        ("list", "nuts, , vegan, nuts", ["nuts", "vegan"]),
    ],
)
def test_a_box_reads_as_its_kind(tenant, kind, text, value):
    assert parse(text, kind=kind) == value
    assert parse(show(value, kind=kind), kind=kind) == value
    assert reads_as(value, kind=kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *(("number", text) for text in ("a lot", "NaN", "Infinity", "1e30")),
        ("yes_no", "perhaps"),
        ("date", "31 May"),
        ("moment", "noon"),
        ("text", "x" * 1001),
    ],
)
def test_a_box_that_cannot_be_read_says_what_to_enter(tenant, kind, text):
    with pytest.raises(ValueError, match=r"^(Enter|Use) "):
        parse(text, kind=kind)


def test_an_attribute_is_declared(owner):
    posted = {"key": "diet", "label": "Diet", "kind": "list", "is_sensitive": "on"}

    response = owner.post(f"{LIST}add/", posted)

    assert response.status_code == 302
    made = AttributeDefinition.objects.get()
    assert (made.key, made.kind, made.is_sensitive) == ("diet", "list", True)
    assert "attr.diet" in owner.get(LIST).content.decode()


def test_a_kind_that_would_lose_values_is_refused_with_examples(owner):
    plan = AttributeDefinition.objects.create(key="plan", label="Plan", kind="text")
    make_customer(attributes={"plan": "3"})
    make_customer(attributes={"plan": "unlimited"})
    address = f"{LIST}{plan.pk}/change/"
    wish = {"label": "Plan", "kind": "number"}

    refused = owner.post(address, wish).content.decode()
    plan.refresh_from_db()
    before = plan.kind
    owner.post(address, wish | {"accepts_loss": "on"})

    assert "1 of 2 values do not read as this kind" in refused
    assert "unlimited" in refused
    assert before == "text"
    plan.refresh_from_db()
    assert plan.kind == "number"


def test_the_key_stays_what_it_was(owner):
    plan = AttributeDefinition.objects.create(key="plan", label="Plan", kind="text")

    owner.post(f"{LIST}{plan.pk}/change/", {"key": "other", "label": "The plan", "kind": "text"})

    plan.refresh_from_db()
    assert (plan.key, plan.label) == ("plan", "The plan")


def test_an_attribute_in_use_is_not_deleted(owner, monkeypatch):
    plan = AttributeDefinition.objects.create(key="plan", label="Plan")
    uses = {"plan": [("Big plans", "/admin/")]}
    usage = Usage("segments", "segments", lambda key: uses.get(key, []))
    monkeypatch.setitem(usages.ATTRIBUTES._entries, "test", usage)

    response = owner.post(f"{LIST}{plan.pk}/delete/", {"post": "yes"}, follow=True)

    assert "is used in Big plans" in response.content.decode()
    assert AttributeDefinition.objects.filter(pk=plan.pk).exists()


def test_a_marketer_looks_but_declares_nothing(tenant):
    marketer = client_in_role(tenant, "marketer")

    posted = {"key": "x", "label": "X", "kind": "text"}

    assert marketer.get(LIST).status_code == 200
    assert marketer.post(f"{LIST}add/", posted).status_code == 403
    assert not AttributeDefinition.objects.exists()
