"""Triggers about samples: found in the morning, told once, left out when settled meanwhile."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django_tenants.utils import tenant_context

from samples.creators import findings
from samples.models import Finding, SampleOrder
from segments.actions.dispatching import dispatch_all
from segments.models import Task, Trigger
from tenants.access.members import make_member
from tenants.access.models import Effect
from tenants.effect_sending import send_page
from tests.samples.creator_facts import make_creator, make_sample
from tests.segments.actions.facts import NOW, make_trigger

TODAY = NOW.date()
OLD = TODAY - timedelta(days=30)
pytestmark = pytest.mark.usefixtures("tenant")


def listen(finding="pending", **values) -> Trigger:
    return make_trigger(on="found", finding=finding, **values)


def morning(at=NOW) -> int:
    """Look for what is late and let the triggers see it."""
    findings.look(on=at.date(), at=at)
    return dispatch_all(at=at)


def test_samples_that_wait_too_long_become_one_task_a_morning(owner):
    trigger = listen()
    make_sample(on=OLD, state="pending")
    make_sample(on=OLD, state="pending", number="1042")
    make_sample(on=TODAY, state="pending")

    assert morning() == 2
    send_page(trigger.consumer, at=NOW)

    task = Task.objects.get()
    shown = owner.get(reverse("admin:inbox")).content.decode()
    assert (task.title, task.customers_count) == ("2 samples wait too long to be sent", 2)
    assert reverse("admin:samples_chase") + "?tab=pending" in shown
    assert "1 open task" in owner.get(reverse("admin:index")).content.decode()
    assert "Sample 1042" in owner.get(reverse("admin:trigger", args=[trigger.pk])).content.decode()


def test_the_same_sample_is_told_once_and_the_next_morning_tells_what_is_new():
    trigger = listen()
    make_sample(on=OLD, state="pending")
    morning()
    make_sample(on=OLD, state="pending")

    tomorrow = NOW + timedelta(days=1)
    assert morning(tomorrow) == 1
    while send_page(trigger.consumer, at=tomorrow).taken:
        pass

    assert list(Task.objects.order_by("pk").values_list("customers_count", flat=True)) == [1, 1]


def test_a_sample_that_was_sent_before_its_turn_is_left_out():
    trigger = listen()
    sample = make_sample(on=OLD, state="pending")
    morning()
    SampleOrder.objects.filter(pk=sample.pk).update(state="fulfilled", fulfilled_on=TODAY)
    findings.look(on=TODAY, at=NOW)

    send_page(trigger.consumer, at=NOW)

    assert list(Effect.objects.values_list("state", "reason")) == [("skipped", "over")]
    assert not Task.objects.exists()


def test_what_was_found_before_the_trigger_is_not_its_business():
    make_sample(on=OLD, state="pending")
    findings.look(on=TODAY, at=NOW - timedelta(days=2))
    listen()

    assert dispatch_all(at=NOW) == 0


def test_fewer_than_the_threshold_are_not_told():
    listen(at_least=2)
    make_sample(on=OLD, state="pending")

    assert morning() == 0


@pytest.mark.parametrize(
    ("finding", "subject", "page"),
    [
        ("not_posted", "1 sample has no post yet", "/admin/samples/to-chase/?tab=posts"),
        ("pending", "1 sample waits too long to be sent", "/admin/samples/to-chase/?tab=pending"),
    ],
)
def test_the_team_gets_a_mail_with_the_list(finding, subject, page):
    person = make_member("ada@acme.test", role="marketer")
    trigger = listen(finding, kind="staff_email", options={"people": [str(person.pk)]})
    make_sample(make_creator(), on=OLD, state="fulfilled")
    make_sample(on=OLD, state="pending")
    morning()

    send_page(trigger.consumer, at=NOW)

    (letter,) = mail.outbox
    assert letter.subject == subject
    assert page in letter.body


def test_a_webhook_is_told_of_the_sample_and_of_no_customer(sink):
    trigger = listen(kind="webhook", options={"url": sink.url})
    mia = make_creator()
    sample = make_sample(mia, on=OLD, state="pending", number="1042")
    morning()

    send_page(trigger.consumer, at=NOW)

    (told,) = sink.told
    assert (told["type"], told["cause"], told["customer"]) == ("sample.found", "time", None)
    assert told["sample"] == {
        "finding": "pending",
        "found_on": TODAY.isoformat(),
        "order": {"id": sample.pk, "number": "1042"},
        "usage_right": None,
        "creator": mia.pk,
    }


def test_what_is_done_to_customers_is_refused_for_samples():
    with pytest.raises(ValidationError) as refused:
        listen(kind="add_tag", options={"tag": "Late"})

    assert "This is done to customers." in refused.value.message_dict["kind"][0]
    assert not Trigger.objects.exists()


def test_contact_rules_cannot_be_asked_for_samples(sink):
    with pytest.raises(ValidationError) as refused:
        listen(kind="webhook", options={"url": sink.url, "writes_to_customers": "on"})

    assert list(refused.value.message_dict) == ["writes_to_customers"]
    assert not Trigger.objects.exists()


def test_the_page_of_what_is_late_leads_to_such_a_trigger(owner):
    chase = owner.get(reverse("admin:samples_chase") + "?tab=pending").content.decode()
    add = reverse("admin:trigger_add") + "?finding=pending"
    form = owner.get(add).content.decode()
    sent = {"name": "Late parcels", "on": "found", "finding": "pending", "at_least": "1"}
    answer = owner.post(reverse("admin:trigger_add"), sent | {"kind": "inbox_task"})

    trigger = Trigger.objects.get()
    page = owner.get(answer.url).content.decode()
    assert add in chase
    assert '<option value="found" selected>' in form
    assert (trigger.on, trigger.finding, trigger.again) == ("found", "pending", "always")
    assert "A sample waiting too long to be sent" in page
    assert owner.get(answer.url + "?try=1").status_code == 200


def test_nobody_elses_samples_are_told(tenant, other_tenant):
    with tenant_context(other_tenant):
        Finding.objects.create(kind="pending", found_on=date(2026, 6, 10), found_at=NOW)
    with tenant_context(tenant):
        listen()

        assert dispatch_all(at=NOW) == 0
