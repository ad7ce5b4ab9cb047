"""What every kind of action keeps to, and what each of them does."""

import json

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from commerce.models import Customer, StaleCustomer
from integrations.models import KlaviyoAccount
from integrations.sandbox.klaviyo.server import serving
from integrations.sandbox.klaviyo.world import World
from segments.actions.dispatching import dispatch_all
from segments.actions.kinds import KINDS
from segments.manual import create_manual
from segments.models import Membership, MembershipChange, Task
from tenants.access.members import make_member
from tenants.access.models import Effect, EffectTarget
from tenants.effect_sending import send_page
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.conftest import sign_in
from tests.segments.actions.facts import NOW, enter, make_trigger
from tests.sink import status


@pytest.fixture
def klaviyo(tenant, settings):
    """An account at a Klaviyo of our own."""
    world = World()
    account = world.open_account("KINDS1", name="Acme", key="pk_kinds_of_actions")
    KlaviyoAccount.objects.create(account_id=account.id, key="pk_kinds_of_actions")
    with serving(world) as origin:
        settings.KLAVIYO_BASE_URL = origin
        yield account


@pytest.fixture
def options(tenant, sink, klaviyo):
    """Options of each kind; a kind of this floor that is missing here fails the suite."""
    person = User.objects.create_user("ada", "ada@acme.test")
    chosen = create_manual(name="Chosen", by=None)
    return {
        "webhook": {"url": sink.url},
        "staff_email": {"people": [str(person.pk)]},
        "add_tag": {"tag": "Sleeping"},
        "remove_tag": {"tag": "VIP"},
        "add_to_segment": {"target": str(chosen.pk)},
        "inbox_task": {"title": "Call"},
        "klaviyo_event": {"metric": "standard"},
    }


@pytest.fixture
def people(tenant):
    found = [CustomerFactory(tags=["VIP"]) for _ in range(3)]
    bring_up_to_date(on=NOW.date())
    StaleCustomer.objects.all().delete()
    return found


@pytest.mark.parametrize("key", [kind.key for kind in KINDS])
def test_every_kind_does_each_change_once_and_says_what_it_does(segment, options, people, key):
    kind = KINDS[key]
    trigger = make_trigger(segment, kind=key, options=options[key])
    enter(segment, *people)
    assert dispatch_all(at=NOW) == 3

    sent = send_page(trigger.consumer, at=NOW)

    assert (sent.taken, sent.done) == (3, 3)
    assert send_page(trigger.consumer, at=NOW).taken == 0
    assert json.dumps(trigger.options)
    assert kind.summary(trigger.options)
    assert kind.goes_out != kind.is_inside
    assert bool(trigger.secret) == kind.is_signed


@pytest.mark.parametrize("key", [kind.key for kind in KINDS])
def test_every_kind_leaves_out_who_is_gone(segment, options, people, key):
    trigger = make_trigger(segment, kind=key, options=options[key])
    enter(segment, *people)
    dispatch_all(at=NOW)
    Customer.objects.filter(pk=people[0].pk).update(erased_at=NOW)

    send_page(trigger.consumer, at=NOW)

    gone = Effect.objects.get(customer=people[0].pk)
    assert (gone.state, gone.reason) in [("skipped", "gone"), ("done", "")]
    assert Effect.objects.exclude(pk=gone.pk).filter(state="done").count() == 2


@pytest.mark.parametrize("key", [kind.key for kind in KINDS])
def test_every_kind_refuses_options_that_make_no_sense(tenant, key):
    form = KINDS[key].form({})

    assert form.is_valid() == (key == "inbox_task")


def test_tags_are_added_and_taken_away_as_an_action(segment, options, people):
    adds = make_trigger(segment, kind="add_tag", options=options["add_tag"])
    takes = make_trigger(segment, kind="remove_tag", options=options["remove_tag"])
    enter(segment, *people)
    dispatch_all(at=NOW)

    send_page(adds.consumer, at=NOW)
    send_page(takes.consumer, at=NOW)

    assert set(map(tuple, Customer.objects.values_list("tags", flat=True))) == {("Sleeping",)}
    assert set(StaleCustomer.objects.values_list("cause", flat=True)) == {"action"}


def test_who_is_put_into_a_segment_enters_it_by_an_action(segment, options, people):
    trigger = make_trigger(segment, kind="add_to_segment", options=options["add_to_segment"])
    enter(segment, *people)
    dispatch_all(at=NOW)

    send_page(trigger.consumer, at=NOW)

    target = int(options["add_to_segment"]["target"])
    assert Membership.objects.filter(segment=target).count() == 3
    causes = MembershipChange.objects.filter(segment=target).values_list("cause", flat=True)
    assert set(causes) == {"action"}


def test_a_task_stands_for_a_whole_run_however_many_pages_it_takes(
    segment, options, people, monkeypatch
):
    monkeypatch.setattr(KINDS["inbox_task"].__class__, "page", 2)
    trigger = make_trigger(segment, options={"title": ""})
    enter(segment, *people)
    dispatch_all(at=NOW)

    send_page(trigger.consumer, at=NOW)
    send_page(trigger.consumer, at=NOW)

    task = Task.objects.get()
    assert (task.title, task.customers_count) == ("3 customers entered Champions", 3)
    assert task.customer is None


def test_a_mail_server_that_is_away_is_tried_again(segment, options, people, monkeypatch):
    def away(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr("segments.actions.kinds.staff_email.send_mail", away)
    trigger = make_trigger(segment, kind="staff_email", options=options["staff_email"])
    enter(segment, *people)
    dispatch_all(at=NOW)

    send_page(trigger.consumer, at=NOW)

    assert set(Effect.objects.values_list("state", "error")) == {
        ("waiting", "The mail server did not take the mail.")
    }


@pytest.mark.parametrize(
    ("code", "state", "paused"),
    [
        (200, "done", False),
        (204, "done", False),
        (302, "waiting", True),
        (400, "failed", False),
        (401, "waiting", True),
        (404, "waiting", False),
        (410, "waiting", True),
        (422, "failed", False),
        (429, "waiting", False),
        (500, "waiting", False),
        (503, "waiting", False),
    ],
)
def test_what_an_answer_means(segment, options, people, sink, code, state, paused):
    sink.answer = status(code)
    trigger = make_trigger(segment, kind="webhook", options=options["webhook"])
    enter(segment, people[0])
    dispatch_all(at=NOW)

    send_page(trigger.consumer, at=NOW)

    assert Effect.objects.get().state == state
    assert EffectTarget.objects.filter(paused_at__isnull=False).exists() == paused


def test_a_webhook_tells_ids_alone_unless_asked_for_more(segment, options, people, sink):
    plain = make_trigger(segment, kind="webhook", options=options["webhook"])
    told = make_trigger(segment, kind="webhook", options={**options["webhook"],
                                                          "with_contact": True})  # fmt: skip
    enter(segment, people[0])
    dispatch_all(at=NOW)
    for trigger in (plain, told):
        send_page(trigger.consumer, at=NOW)

    first, second = sink.told
    assert first["customer"] == {"id": people[0].pk, "customer_id": ""}
    assert second["customer"]["email"] == people[0].email
    assert (first["type"], first["shop"], first["cause"]) == ("segment.entered", "acme", "data")
    assert first["segment"] == {"id": segment.pk, "slug": "champions", "name": "Champions"}


def test_only_who_sees_contact_details_has_them_sent(tenant, segment):
    person = make_member("limited@acme.test", role="marketer")
    group = person.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_contact_details"))
    sent = {"name": "Tell", "on": "entered", "segment": segment.pk, "at_least": 1}
    sent |= {"again": "always", "kind": "webhook", "webhook-url": "https://x.example/"}

    answer = sign_in(tenant, person).post(
        reverse("admin:trigger_add"), sent | {"webhook-with_contact": "on"}
    )

    assert answer.status_code == 400
    assert "you cannot have them sent" in answer.content.decode()
