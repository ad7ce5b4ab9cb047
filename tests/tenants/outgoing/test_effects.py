"""Effects: taken once, tried again with patience, held back while a target stands still."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tenants import effect_targets, effects
from tenants.access.models import Effect, EffectTarget
from tenants.effect_sending import MOST_ATTEMPTS, send_page
from tenants.models import Tenant
from tests.tenants.outgoing.conftest import add, states

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
ONE = "probe:1"


def later(**by):
    return NOW + timedelta(**by)


def test_a_change_has_one_effect_per_consumer(tenant):
    add("a")
    with pytest.raises(IntegrityError), transaction.atomic():
        add("a")
    add("a", consumer="probe:2")

    assert Effect.objects.count() == 2


def test_what_is_done_is_done_once(probe):
    add("a", "b")

    sent = send_page(ONE, at=NOW)

    assert (sent.taken, sent.done) == (2, 2)
    assert send_page(ONE, at=NOW).taken == 0
    assert (probe.sent, states()) == (["a", "b"], {"a": "done", "b": "done"})


def test_a_failed_one_waits_longer_each_time_keeps_its_delivery_and_ends(probe):
    add("a")
    delivery = Effect.objects.get().delivery
    probe.answers["a"] = effects.again("The address answered with an error (500).", status=500)
    waits, at = [], NOW
    for _ in range(MOST_ATTEMPTS):
        EffectTarget.objects.update(failures=0, retry_at=None, paused_at=None)
        send_page(ONE, at=at)
        effect = Effect.objects.get()
        waits.append(effect.not_before - at if effect.state == "waiting" else None)
        at = effect.not_before or at

    minutes = [wait and wait.total_seconds() / 60 for wait in waits]
    assert minutes == [1, 5, 15, 60, 180, 720, 1_440, None]
    assert (effect.state, effect.attempts, effect.status) == ("failed", MOST_ATTEMPTS, 500)
    assert len(effect.log) == MOST_ATTEMPTS
    assert effect.delivery == delivery


def test_one_bad_effect_does_not_hold_up_the_others(probe):
    add("bad", *(f"good{number}" for number in range(20)))
    probe.answers["bad"] = effects.again("It broke.")

    while send_page(ONE, at=NOW).taken:
        pass

    assert Effect.objects.filter(state="done").count() == 20
    assert probe.sent.count("bad") == 1
    assert EffectTarget.objects.get().failures == 0


def test_what_the_target_refuses_is_failed_and_others_go_on(probe):
    add("bad", "good")
    probe.answers["bad"] = effects.refused("It does not take this one (422).", status=422)

    send_page(ONE, at=NOW)

    assert states() == {"bad": "failed", "good": "done"}


def test_a_target_that_fails_three_times_rests_then_is_probed_with_one(probe):
    add(*(f"e{number}" for number in range(9)))
    probe.answers = {f"e{number}": effects.again("Down.") for number in range(9)}

    send_page(ONE, at=NOW)
    assert probe.sent == ["e0", "e1", "e2"]
    target = EffectTarget.objects.get()
    assert (target.failures, target.retry_at, target.failing_since) == (3, later(minutes=1), NOW)
    untried = Effect.objects.filter(attempts=0)
    assert untried.count() == 6
    assert send_page(ONE, at=later(seconds=30)).taken == 0

    assert send_page(ONE, at=later(minutes=1)).taken == 1
    probe.answers = {}
    assert send_page(ONE, at=later(minutes=20)).taken == 1
    assert send_page(ONE, at=later(minutes=20)).taken == 8
    assert set(states().values()) == {"done"}


def test_eight_failures_in_a_row_pause_it_and_nothing_is_lost(probe):
    add("a", "b")
    probe.answers = {"a": effects.again("Down."), "b": effects.again("Down.")}
    for hours in range(0, 400, 10):
        send_page(ONE, at=later(hours=hours))

    target = EffectTarget.objects.get()
    assert (target.failures, target.paused_by, target.last_error) == (8, None, "Down.")
    assert len(probe.sent) == 8
    assert set(states().values()) == {"waiting"}
    assert failing() == 1

    probe.answers = {}
    effect_targets.resume_target(ONE)
    assert send_page(ONE, at=later(hours=400)).done == 2
    assert failing() == 0


def failing() -> int:
    """Return what the platform's status is told of the merchant."""
    schema = connection.schema_name
    with effect_targets.schema_context("public"):
        return Tenant.objects.get(schema_name=schema).failing_targets


def test_a_broken_target_is_paused_at_once_and_the_attempt_spared(probe):
    add("a", "b")
    probe.answers["a"] = effects.broken("It does not let us in (401).", status=401)

    send_page(ONE, at=NOW)

    assert probe.sent == ["a"]
    assert EffectTarget.objects.get().paused_at == NOW
    assert list(Effect.objects.values_list("state", "attempts")) == [("waiting", 0)] * 2


def test_a_target_that_asks_for_patience_gets_it_and_no_failure(probe):
    add("a")
    wait = timedelta(seconds=90)
    probe.answers["a"] = effects.again("Too many (429).", status=429, wait=wait)

    send_page(ONE, at=NOW)
    probe.answers = {}

    assert send_page(ONE, at=later(seconds=89)).taken == 0
    assert EffectTarget.objects.get().failures == 0
    assert send_page(ONE, at=later(seconds=90)).done == 1


def test_a_failed_one_is_sent_again_with_all_its_attempts(probe):
    add("a", state="failed", attempts=8, error="It broke.")

    assert effects.replay(Effect.objects.filter(consumer=ONE)) == 1
    assert send_page(ONE, at=NOW).done == 1
    assert effects.replay(Effect.objects.filter(consumer=ONE)) == 0


@pytest.mark.parametrize("whose", ["acme", "public"])
def test_a_pause_of_everything_holds_what_goes_out_and_nothing_else(probe, whose):
    add("a")
    effect_targets.pause_outgoing(whose, at=NOW)
    assert effect_targets.outgoing_pause() == (NOW, whose == "public")

    assert send_page(ONE, at=NOW).taken == 0
    probe.goes_out = False
    assert send_page(ONE, at=NOW).done == 1
    effect_targets.resume_outgoing(whose)
    assert effect_targets.outgoing_pause() is None


def test_quiet_hours_hold_everything_back(probe):
    add("a")
    probe.quiet = later(hours=8)

    assert send_page(ONE, at=NOW).taken == 0
    probe.quiet = None
    assert send_page(ONE, at=NOW).done == 1


def test_what_a_dead_sender_took_is_taken_again_when_its_lease_is_over(probe):
    add("a", state="sending", attempts=1, lease_until=datetime(2020, 1, 1, tzinfo=UTC))
    add("b", state="sending", attempts=1, lease_until=datetime(2100, 1, 1, tzinfo=UTC))

    send_page(ONE, at=NOW)

    assert probe.sent == ["a"]
    assert states() == {"a": "done", "b": "sending"}


def test_a_sender_that_lost_its_lease_writes_nothing(probe):
    add("a")

    def stolen():
        Effect.objects.update(lease_until=datetime(2100, 1, 1, tzinfo=UTC))
        return effects.done()

    probe.answers["a"] = stolen
    send_page(ONE, at=NOW)

    assert states() == {"a": "sending"}


def test_what_is_done_inside_is_undone_with_its_end(probe):
    """The work and its note are one transaction; the attempt counts all the same."""
    probe.is_inside = True
    add("a", "b")

    def die():
        raise RuntimeError("it broke")

    probe.answers["b"] = die
    with pytest.raises(RuntimeError):
        send_page(ONE, at=NOW)

    assert states() == {"a": "waiting", "b": "waiting"}
    assert set(Effect.objects.values_list("attempts", flat=True)) == {1}
    probe.answers = {}
    assert send_page(ONE, at=later(minutes=2)).done == 2


def test_effects_of_nobody_end_in_words(tenant):
    add("a", consumer="nobody:1")

    send_page("nobody:1", at=NOW)

    effect = Effect.objects.get()
    assert (effect.state, bool(effect.error)) == ("failed", True)


def test_erased_customers_are_named_by_no_effect(probe):
    add("a", customer=1)
    add("b", customer=1, state="done")
    add("c", customer=2)

    assert effects.forget_customers([1]) == 2
    assert list(Effect.objects.order_by("pk").values_list("change", "customer")) == [
        ("b", None),
        ("c", 2),
    ]
