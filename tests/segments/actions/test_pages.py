"""Triggers and inbox in the admin: made, read, switched, ticked off, by whom it may be."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse

from segments import usages
from segments.actions.dispatching import dispatch_all
from segments.actions.triggers import dry_run
from segments.models import Task, Trigger
from tenants.access.models import Effect
from tenants.effect_sending import send_page
from tests.commerce.factories import CustomerFactory
from tests.conftest import sign_in
from tests.segments.actions.facts import NOW, enter, make_segment, make_trigger

ADD, LIST, INBOX = "admin:trigger_add", "admin:triggers", "admin:inbox"


def boxes(watched, /, **values):
    told = {"name": "Win back", "on": "entered", "segment": str(watched.pk), "at_least": "1"}
    return told | {"again": "always", "kind": "inbox_task", "inbox_task-title": "Call"} | values


def test_a_trigger_is_made_with_its_form_and_changed_again(owner, segment):
    answer = owner.post(reverse(ADD), boxes(segment))

    trigger = Trigger.objects.get()
    assert answer.url == reverse("admin:trigger", args=[trigger.pk])
    assert (trigger.name, trigger.segment, trigger.options["title"]) == (
        "Win back",
        segment,
        "Call",
    )

    edit = reverse("admin:trigger_edit", args=[trigger.pk])
    assert 'value="Call"' in owner.get(edit).content.decode()
    owner.post(edit, boxes(segment, again="days", again_days="14", quiet_from="22:00",
                           quiet_to="07:00"))  # fmt: skip
    trigger.refresh_from_db()
    assert (trigger.again, trigger.again_days, str(trigger.quiet_from)) == ("days", 14, "22:00:00")


def test_one_that_is_saved_switched_off_can_be_tried_before_it_acts(owner, segment):
    owner.post(reverse(ADD), boxes(segment, step="save_off"))
    trigger = Trigger.objects.get()
    enter(segment)

    found = dry_run(trigger, at=NOW.replace(hour=14))

    assert (trigger.is_on, found.touched) == (False, 1)
    assert dispatch_all(at=NOW) == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "This field is required."),
        ({"segment": ""}, "Choose a segment that is in use."),
        ({"on": "moved"}, "Choose which score."),
        ({"quiet_from": "22:00"}, "Quiet hours need a beginning and an end."),
        ({"kind": "webhook", "webhook-url": "ftp://x"}, "This is no web address."),
        ({"kind": "webhook", "webhook-url": "https://u:p@x.test/"}, "do not belong in the address"),
        ({"kind": "add_tag", "add_tag-tag": ""}, "This field is required."),
        ({"at_least": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_box(owner, segment, wrong, words):
    answer = owner.post(reverse(ADD), boxes(segment, **wrong))

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Trigger.objects.exists()


def test_the_page_shows_deliveries_and_sends_failed_ones_again(owner, segment):
    trigger = make_trigger(segment, kind="webhook", options={"url": "https://hook.example/x"})
    enter(segment)
    dispatch_all(at=NOW)
    Effect.objects.update(state="failed", error="The address did not take this one (400).")
    address = reverse("admin:trigger", args=[trigger.pk])

    page = owner.get(address).content.decode()
    assert "The address did not take this one (400)." in page
    assert "hook.example" in page

    owner.post(address, {"step": "replay"})
    assert Effect.objects.get().state == "waiting"


def test_what_a_paused_target_waits_for_is_shown_and_goes_on_when_resumed(owner, segment):
    trigger = make_trigger(segment)
    address = reverse("admin:trigger", args=[trigger.pk])
    owner.post(address, {"step": "pause"})
    enter(segment)
    dispatch_all(at=NOW)

    assert send_page(trigger.consumer, at=NOW).taken == 0
    assert "Somebody paused this" in owner.get(address).content.decode()

    owner.post(address, {"step": "resume"})
    assert send_page(trigger.consumer, at=NOW).done == 1


def test_the_secret_is_shown_when_asked_for_and_can_be_changed(owner, segment):
    trigger = make_trigger(segment, kind="webhook", options={"url": "https://hook.example/x"})
    address = reverse("admin:trigger", args=[trigger.pk])

    assert trigger.secret not in owner.get(address).content.decode()
    assert trigger.secret in owner.post(address, {"step": "secret"}).content.decode()
    owner.post(address, {"step": "new_secret"})

    changed = Trigger.objects.get()
    assert changed.old_secret == trigger.secret != changed.secret


def test_the_dry_run_counts_and_writes_nothing(owner, segment):
    trigger = make_trigger(segment, again="once")
    ann = CustomerFactory()
    enter(segment, ann, CustomerFactory())
    enter(segment, ann, at=NOW.replace(hour=13))

    found = dry_run(trigger, at=NOW.replace(hour=14))

    assert (found.members, found.touched, found.left_out) == (0, 2, {"again": 1})
    assert not Effect.objects.exists()
    page = owner.get(reverse("admin:trigger", args=[trigger.pk]) + "?try=1")
    assert "In the segment now" in page.content.decode()


def test_tasks_are_assigned_and_ticked_off(owner, member, segment):
    trigger = make_trigger(segment, options={"title": "Call them", "due_days": "2"})
    enter(segment, CustomerFactory(), CustomerFactory())
    dispatch_all(at=NOW)
    send_page(trigger.consumer, at=NOW)
    task = Task.objects.get()
    assert (task.title, task.customers_count, str(task.due_on)) == ("Call them", 2, "2026-06-12")
    helper = User.objects.get(username="owner")

    page = owner.get(reverse(INBOX)).content.decode()
    assert "Call them" in page
    assert "2 customers" in page
    member("marketer").post(reverse(INBOX), {"step": "assign", "task": task.pk,
                                             "person": helper.pk})  # fmt: skip
    owner.post(reverse(INBOX), {"step": "done", "task": task.pk})

    task.refresh_from_db()
    assert (task.assigned_to, task.done_by) == (helper, helper)
    assert "Call them" not in owner.get(reverse(INBOX)).content.decode()
    assert "Call them" in owner.get(reverse(INBOX) + "?show=done").content.decode()


def test_everything_outgoing_is_paused_by_the_owner_alone(owner, member, segment, sink):
    trigger = make_trigger(segment, kind="webhook", options={"url": sink.url})
    enter(segment)
    dispatch_all(at=NOW)

    assert member("marketer").post(reverse(LIST), {"step": "pause"}).status_code == 403
    owner.post(reverse(LIST), {"step": "pause"})
    assert send_page(trigger.consumer, at=NOW).taken == 0
    assert "Nothing goes out" in owner.get(reverse(LIST)).content.decode()

    owner.post(reverse(LIST), {"step": "resume"})
    assert send_page(trigger.consumer, at=NOW).done == 1


def test_a_stranger_sees_none_of_it(other_tenant, owner, segment):
    trigger = make_trigger(segment)
    enter(segment)
    dispatch_all(at=NOW)
    send_page(trigger.consumer, at=NOW)
    connection.set_tenant(other_tenant)
    stranger = sign_in(other_tenant, User.objects.create_superuser("s", "s@globex.test"))

    assert trigger.name not in stranger.get(reverse(LIST)).content.decode()
    assert stranger.get(reverse("admin:trigger", args=[trigger.pk])).status_code == 404
    assert "Nothing to do" in stranger.get(reverse(INBOX)).content.decode()


def test_the_list_asks_as_often_for_many_as_for_one(owner, segment, django_assert_max_num_queries):
    for number in range(12):
        make_trigger(segment, name=f"Trigger {number}")

    with django_assert_max_num_queries(25):
        owner.get(reverse(LIST))
    with django_assert_max_num_queries(25):
        owner.get(reverse(INBOX))


def test_the_segments_page_and_the_dashboard_tell(owner, segment):
    trigger = make_trigger(segment)
    enter(segment)
    dispatch_all(at=NOW)
    send_page(trigger.consumer, at=NOW)

    page = owner.get(reverse("admin:segments_segment_change", args=[segment.pk]))
    assert trigger.name in page.content.decode()
    assert "1 open task" in owner.get(reverse("admin:index")).content.decode()


def test_a_segment_in_use_cannot_be_deleted(owner, segment):
    target = make_segment("Chosen", kind="manual")
    make_trigger(segment, kind="add_to_segment", options={"target": str(target.pk)})

    for used in (segment, target):
        with pytest.raises(usages.InUse, match="trigger “Tell us”"):
            usages.delete_segment(used, by=None)


def test_a_triggers_page_asks_as_often_for_many_deliveries_as_for_one(
    owner, segment, django_assert_max_num_queries
):
    trigger = make_trigger(segment)
    enter(segment, *(CustomerFactory() for _ in range(60)))
    dispatch_all(at=NOW)
    address = reverse("admin:trigger", args=[trigger.pk])

    with django_assert_max_num_queries(25):
        first = owner.get(address)
    older = owner.get(f"{address}?before={first.context['deliveries']['older']}")

    assert [len(page.context["deliveries"]["rows"]) for page in (first, older)] == [50, 10]


@pytest.mark.parametrize("role", ["viewer", "samples_staff"])
def test_who_only_looks_sees_no_address_and_no_secret(member, segment, role):
    trigger = make_trigger(segment, kind="webhook", options={"url": "https://h.example/key-4711"})
    client = member(role)
    address = reverse("admin:trigger", args=[trigger.pk])

    page = client.get(address).content.decode()

    assert "h.example" in page
    assert "key-4711" not in page
    assert client.post(address, {"step": "secret"}).status_code == 403
