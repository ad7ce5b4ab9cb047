"""When a trigger acts: the table of its conditions, and what it never makes of a change."""

from datetime import date, timedelta

import pytest

from commerce.models import Customer
from segments import contacting
from segments.actions.dispatching import dispatch_all
from segments.actions.kinds import KINDS, Kind
from segments.actions.triggers import switch
from segments.models import (
    ContactRules,
    LastContact,
    Membership,
    MembershipChange,
    ScoreChange,
    ScoreRun,
)
from segments.models.membership import Cause
from tenants import effects
from tenants.access.models import Effect
from tenants.effect_sending import send_page
from tests.commerce.factories import CustomerFactory
from tests.segments.actions.facts import BEFORE, NOW, enter, make_segment, make_trigger


def decided() -> list[tuple[str, str]]:
    return list(Effect.objects.order_by("pk").values_list("state", "reason"))


class Letter(Kind):
    """An action that reaches customers."""

    key, label, help = "letter", "Write a letter", "For tests."
    contacts = True

    def summary(self, options):
        return "write a letter"

    def deliver(self, trigger, effects_, *, at):
        yield effects_, effects.done()


@pytest.fixture
def letters():
    KINDS.register(Letter())
    yield
    del KINDS._entries["letter"]


@pytest.mark.parametrize("cause", Cause.values)
def test_only_what_happened_to_the_customer_acts(segment, cause):
    make_trigger(segment)
    enter(segment, cause=cause)

    dispatch_all(at=NOW)

    acts = cause in ("data", "time", "score", "platform")
    assert decided() == ([("waiting", "")] if acts else [])


@pytest.mark.parametrize("cause", ["import", "manual", "definition", "action"])
def test_other_causes_act_when_asked(segment, cause):
    make_trigger(segment, also_causes=[cause])
    enter(segment, cause=cause)

    dispatch_all(at=NOW)

    assert decided() == [("waiting", "")]


def test_a_first_computation_cannot_be_asked_for(segment):
    with pytest.raises(Exception, match="These causes cannot act"):
        make_trigger(segment, also_causes=["first"])


def test_entering_is_not_leaving_and_another_segment_is_none_of_its_business(segment):
    trigger = make_trigger(segment, on="left")
    gone = CustomerFactory()
    enter(segment)
    enter(make_segment("Lost"), entered=False)
    enter(segment, gone, entered=False)

    dispatch_all(at=NOW)

    effect = Effect.objects.get()
    assert (effect.customer, effect.consumer) == (gone.pk, trigger.consumer)
    assert effect.payload["type"] == "segment.left"


@pytest.mark.parametrize(("entering", "expected"), [(2, 0), (3, 3), (4, 4)])
def test_fewer_than_the_threshold_in_one_run_do_nothing(segment, entering, expected):
    make_trigger(segment, at_least=3)
    enter(segment, *(CustomerFactory() for _ in range(entering)))
    enter(segment, CustomerFactory(), CustomerFactory(), at=NOW - timedelta(minutes=30))

    dispatch_all(at=NOW)

    assert Effect.objects.count() == expected


@pytest.mark.parametrize(
    ("again", "days_between", "expected"),
    [
        ("always", 1, ["", ""]),
        ("once", 400, ["", "again"]),
        ("days", 13, ["", "again"]),
        ("days", 15, ["", ""]),
    ],
)
def test_the_same_customer_again(segment, again, days_between, expected):
    make_trigger(segment, again=again, again_days=14)
    ann = CustomerFactory()
    enter(segment, ann)
    dispatch_all(at=NOW)
    later = NOW + timedelta(days=days_between)
    enter(segment, ann, at=later)

    dispatch_all(at=later)

    assert [reason for _, reason in decided()] == expected


def test_twice_within_one_look_is_again_too(segment):
    make_trigger(segment, again="once")
    ann = CustomerFactory()
    enter(segment, ann)
    enter(segment, ann, at=NOW + timedelta(minutes=5))

    dispatch_all(at=NOW + timedelta(minutes=6))

    assert decided() == [("waiting", ""), ("skipped", "again")]


def test_what_was_left_out_does_not_count_as_once(segment, letters):
    make_trigger(segment, kind="letter", again="once")
    ann, barred = CustomerFactory(), make_segment("Complaints", kind="manual")
    Membership.objects.create(segment=barred, customer=ann, since=BEFORE)
    contacting.set_never_contact([barred], by=None)
    enter(segment, ann)
    dispatch_all(at=NOW)
    contacting.set_never_contact([], by=None)
    enter(segment, ann, at=NOW + timedelta(minutes=5))

    dispatch_all(at=NOW + timedelta(minutes=6))

    assert decided() == [("skipped", "never_contact"), ("waiting", "")]


@pytest.mark.parametrize(
    ("hour", "minute", "sent"),
    [(20, 59, 1), (21, 0, 0), (23, 30, 0), (5, 59, 0), (6, 0, 1), (12, 0, 1)],
)
def test_nothing_is_sent_in_quiet_hours_of_the_shops_clock(segment, hour, minute, sent):
    """London is an hour ahead of UTC in June: 22:00 there is 21:00 UTC."""
    trigger = make_trigger(segment, quiet_from="22:00", quiet_to="07:00")
    trigger.refresh_from_db()
    at = NOW.replace(hour=hour, minute=minute)
    enter(segment, at=at)
    dispatch_all(at=at)

    assert send_page(trigger.consumer, at=at).done == sent


def test_a_customer_is_reached_so_often_a_week_over_all_triggers(segment, letters):
    ContactRules.objects.create(most_per_week=2)
    for number in range(3):
        make_trigger(segment, kind="letter", name=f"Letter {number}")
    make_trigger(segment, name="Tells the team")
    ann, bob = CustomerFactory(), CustomerFactory()
    enter(segment, ann)
    dispatch_all(at=NOW)
    later = NOW + timedelta(days=6, hours=23)
    enter(segment, ann, bob, at=later)
    dispatch_all(at=later)
    after = NOW + timedelta(days=7, minutes=1)
    enter(segment, ann, at=after)
    dispatch_all(at=after)

    letters_of = Effect.objects.filter(is_contact=True).order_by("pk")
    told = {
        person.pk: list(letters_of.filter(customer=person.pk).values_list("reason", flat=True))
        for person in (ann, bob)
    }
    assert told[ann.pk] == ["", "", "pressure"] + ["pressure"] * 3 + ["", "", "pressure"]
    assert told[bob.pk] == ["", "", "pressure"]
    assert Effect.objects.filter(is_contact=False, state="waiting").count() == 4


def test_who_became_unreachable_while_an_effect_waited_is_left_out_and_counted(segment, letters):
    trigger = make_trigger(segment, kind="letter")
    ann, bob = CustomerFactory(), CustomerFactory()
    enter(segment, ann, bob)
    dispatch_all(at=NOW)
    barred = make_segment("Complaints", kind="manual")
    Membership.objects.create(segment=barred, customer=ann, since=NOW)
    contacting.set_never_contact([barred], by=None)

    sent = send_page(trigger.consumer, at=NOW)

    assert (sent.done, sent.left_out) == (1, 1)
    assert decided() == [("skipped", "never_contact"), ("done", "")]
    assert list(LastContact.objects.values_list("customer", "contacted_on")) == [
        (bob.pk, date(2026, 6, 10))
    ]


def test_whoever_was_merged_into_somebody_unreachable_is_left_out(segment, letters):
    trigger = make_trigger(segment, kind="letter")
    survivor, absorbed = CustomerFactory(), CustomerFactory()
    enter(segment, absorbed)
    dispatch_all(at=NOW)
    Customer.objects.filter(pk=absorbed.pk).update(merged_into=survivor)
    barred = make_segment("Complaints", kind="manual")
    Membership.objects.create(segment=barred, customer=survivor, since=NOW)
    contacting.set_never_contact([barred], by=None)

    assert send_page(trigger.consumer, at=NOW).left_out == 1
    assert not LastContact.objects.exists()


def test_what_happened_before_it_was_made_or_while_it_was_off_is_not_its_business(segment):
    enter(segment, at=BEFORE - timedelta(minutes=1))
    trigger = make_trigger(segment)
    switch(trigger, is_on=False, by=None, at=NOW)
    enter(segment, at=NOW)
    dispatch_all(at=NOW)
    switch(trigger, is_on=True, by=None, at=NOW + timedelta(hours=1))
    dispatch_all(at=NOW + timedelta(hours=1))
    enter(segment, at=NOW + timedelta(hours=2))

    assert dispatch_all(at=NOW + timedelta(hours=2)) == 1


def test_rows_that_are_committed_late_are_found(segment):
    """A run writes rows dated at its beginning when it ends: at most half an hour later."""
    make_trigger(segment)
    dispatch_all(at=NOW + timedelta(minutes=20))
    enter(segment, at=NOW)

    assert dispatch_all(at=NOW + timedelta(minutes=40)) == 1
    assert dispatch_all(at=NOW + timedelta(minutes=60)) == 0


def test_the_ledger_is_never_marked(segment):
    make_trigger(segment)
    rows = enter(segment)
    before = MembershipChange.objects.filter(pk=rows[0].pk).values().get()

    dispatch_all(at=NOW)

    assert MembershipChange.objects.filter(pk=rows[0].pk).values().get() == before


@pytest.mark.parametrize(
    ("from_keys", "to_keys", "expected"),
    [([], [], 3), (["loyal"], [], 2), ([], ["at_risk"], 2), (["loyal"], ["at_risk"], 1)],
)
def test_moving_between_the_segments_of_a_score(tenant, from_keys, to_keys, expected):
    trigger = make_trigger(None, on="moved", score="rfm", from_keys=from_keys, to_keys=to_keys)
    move(("loyal", "at_risk"), ("loyal", "champions"), ("new", "at_risk"))
    move(("loyal", "at_risk"), cause="score_definition")
    move(("casual", "power"), model="engagement")

    dispatch_all(at=NOW)

    assert Effect.objects.count() == expected
    payload = Effect.objects.order_by("pk").first().payload
    assert (payload["type"], payload["model"]) == ("score.moved", "rfm")
    assert send_page(trigger.consumer, at=NOW).done == expected


def move(*moves, cause="score", model="rfm"):
    run = ScoreRun.objects.create(
        model=model, as_of=NOW.date(), cause=cause, started_at=NOW, finished_at=NOW
    )
    for before, after in moves:
        ScoreChange.objects.create(
            run=run, customer=CustomerFactory(), model=model, from_key=before, to_key=after,
            cause=cause, on=run.as_of,
        )  # fmt: skip
