"""Entering or leaving a segment is an event at Klaviyo, once, for whom it may be."""

import pytest

from commerce.models import Customer
from integrations.klaviyo import opening
from integrations.models import KlaviyoAccount
from integrations.sandbox.klaviyo.faults import Fault
from segments.actions.dispatching import dispatch_all
from segments.models import Membership, NeverContact
from tenants.access.models import Effect
from tenants.effect_sending import send_page
from tests.integrations.klaviyo.world_of_lists import clock_of, people
from tests.segments.actions.facts import NOW, enter, make_segment, make_trigger


@pytest.fixture
def champions(connected, klaviyo, monkeypatch):
    made = opening.open_client

    def on_its_clock(account):
        return made(account, clock=clock_of(klaviyo))

    monkeypatch.setattr("integrations.klaviyo.actions.open_client", on_its_clock)
    return make_segment()


def trigger_of(champions, **values):
    return make_trigger(champions, kind="klaviyo_event", options={"metric": "standard"}, **values)


def sent(trigger):
    dispatch_all(at=NOW)
    return send_page(trigger.consumer, at=NOW)


def metrics(account):
    return [account.metrics[event.metric]["name"] for event in account.events]


def test_everybody_who_enters_is_one_event_of_one_request(champions, klaviyo, account):
    trigger = trigger_of(champions)
    enter(champions, *people(30))
    klaviyo.calls.clear()

    done = sent(trigger)

    assert (done.done, klaviyo.calls["bulk_create_events"]) == (30, 1)
    assert set(metrics(account)) == {"Entered Segment"}
    assert len({event.unique_id for event in account.events}) == 30
    facts = account.events[0].properties
    assert (facts["segment_name"], facts["segment_id"]) == ("Champions", str(champions.pk))


def test_leaving_is_another_metric(champions, account):
    trigger = trigger_of(champions, on="left")
    enter(champions, *people(1), entered=False)

    sent(trigger)

    assert metrics(account) == ["Left Segment"]


def test_events_whose_answer_was_lost_are_kept_once(champions, klaviyo, account):
    trigger = trigger_of(champions)
    enter(champions, *people(3))
    klaviyo.faults.add(Fault("bulk_create_events", "lost"))

    sent(trigger)

    assert len(account.events) == 3
    assert set(Effect.objects.values_list("state", flat=True)) == {"done"}


def test_one_address_that_klaviyo_refuses_does_not_stop_the_others(champions, account):
    trigger = trigger_of(champions)
    wrong = Customer.objects.create(phone="+999 123 456 789")
    enter(champions, *people(2), wrong)

    sent(trigger)

    assert len(account.events) == 2
    failed = Effect.objects.get(customer=wrong.pk)
    assert failed.state == "failed"
    assert "unsupported region" in failed.error


def test_who_has_no_address_or_is_never_contacted_is_left_out(champions, account):
    trigger = trigger_of(champions)
    nobody = Customer.objects.create()
    [never] = people(1)
    listed = make_segment("Never")
    Membership.objects.create(segment=listed, customer=never, since=NOW)
    NeverContact.objects.create(segment=listed)
    enter(champions, nobody, never)

    sent(trigger)

    reasons = dict(Effect.objects.values_list("customer", "reason"))
    assert reasons == {nobody.pk: "no_address", never.pk: "never_contact"}
    assert account.events == []


def test_no_profile_is_made_where_none_is_wanted(champions, account):
    KlaviyoAccount.objects.update(creates_profiles=False)
    known, unknown = people(2)
    account.upsert({"email": known.email})
    trigger = trigger_of(champions)
    enter(champions, known, unknown)

    sent(trigger)

    reasons = dict(Effect.objects.values_list("customer", "reason"))
    assert reasons == {known.pk: "", unknown.pk: "no_profile"}
    assert len(account.profiles) == 1


def test_an_import_that_a_trigger_asks_for_starts_no_flow(champions, account):
    trigger = trigger_of(champions, also_causes=["import"])
    enter(champions, *people(1), cause="import")

    sent(trigger)

    assert [event.is_backfill for event in account.events] == [True]


def test_a_limit_puts_the_effects_off_by_as_long_as_klaviyo_asks(champions, klaviyo, account):
    trigger = trigger_of(champions)
    enter(champions, *people(2))
    klaviyo.faults.add(Fault("bulk_create_events", status=429, retry_after=120))

    sent(trigger)

    assert account.events == []
    assert set(Effect.objects.values_list("state", flat=True)) == {"waiting"}


def test_without_a_connection_the_events_wait_and_say_so(champions, account):
    trigger = trigger_of(champions)
    enter(champions, *people(1))
    KlaviyoAccount.objects.update(state="revoked")

    sent(trigger)

    assert Effect.objects.get().state == "waiting"
    assert "Klaviyo is not connected" in Effect.objects.get().log[0]["words"]
