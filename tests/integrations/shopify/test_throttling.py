"""The budget of a shop: shared by workers, corrected by answers, and no other merchant's matter."""

import pytest

from integrations.errors import TryLater
from integrations.shopify import answers
from integrations.shopify.bucket import Bucket, Told
from integrations.shopify.credentials import client_for
from tenants.http import Answer


@pytest.fixture
def bucket(at_sandbox) -> Bucket:
    found = Bucket("acme:shopify:test", leaves=0)
    found.settle("none", Told(100, 1000, 50))
    return found


def test_two_workers_share_one_budget(bucket):
    other = Bucket(bucket.name, leaves=0)

    first, _ = bucket.take(60)
    second, _ = other.take(60)

    assert first == 0
    assert 0.2 < second < 0.45  # 20 points are missing at 50 a second


def test_an_answer_corrects_what_is_left(bucket):
    _, token = bucket.take(60)
    bucket.settle(token, Told(1000, 1000, 50))

    assert bucket.take(900)[0] == 0


def test_points_that_others_have_taken_are_not_given_back_by_an_answer(bucket):
    other = Bucket(bucket.name, leaves=0)
    _, mine = bucket.take(40)
    other.take(40)

    bucket.settle(mine, Told(60, 1000, 50))  # the shop has not seen the other's question yet

    assert bucket.take(15)[0] == 0
    assert bucket.take(15)[0] > 0


def test_long_work_leaves_a_part_to_what_somebody_waits_for(bucket):
    sweep = Bucket(bucket.name, leaves=0.2)
    sweep.settle("none", Told(250, 1000, 50))

    assert sweep.take(60)[0] > 0
    assert bucket.take(60)[0] == 0


def test_another_merchants_budget_is_untouched(bucket):
    bucket.hold(60)

    assert bucket.take(1)[0] > 50
    assert Bucket("globex:shopify:test").take(1)[0] == 0


def test_a_short_wait_is_a_workers_own(store, at_sandbox):
    with client_for(store, leaves=0) as client:
        client.bucket.settle("none", Told(0, 1000, 100))  # 50 points are there in half a second

        assert client.ask("shop").data["shop"]["name"]


def test_a_throttled_answer_says_how_long_to_wait(store, at_sandbox):
    at_sandbox.sandbox.faults.add("throttled")

    with client_for(store) as client, pytest.raises(TryLater, match="budget") as caught:
        client.ask("shop")

    assert caught.value.seconds > 2


def test_a_long_pause_is_no_workers_wait(store, at_sandbox):
    at_sandbox.sandbox.faults.add("status", status=429, retry_after="120")

    with client_for(store) as client, pytest.raises(TryLater) as caught:
        client.ask("shop")
    asked = at_sandbox.sandbox.calls
    with client_for(store) as client, pytest.raises(TryLater) as again:
        client.ask("shop")

    assert 110 < caught.value.seconds <= 120
    assert 110 < again.value.seconds <= 120
    assert at_sandbox.sandbox.calls == asked  # nobody knocks before the time


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("7", 7), ("0", 1), ("", 1), ("soon", 1), ("10000", 10_000), ("2.5", 2.5), ("nan", 1)],
)
def test_a_pause_is_read_however_it_is_told(told, seconds):
    assert answers.retry_after({"Retry-After": told}) == seconds


def test_an_ignored_filter_is_an_error_not_an_answer():
    body = (
        b'{"data": {"customers": {"nodes": []}}, "extensions": {"search": [{"warnings":'
        b' [{"field": "nonsense", "code": "invalid_field"}]}]}}'
    )

    with pytest.raises(answers.Refused, match="nonsense"):
        answers.judge(Answer(200, body, {}, 0.1))


def test_what_does_not_exist_is_told_beside_what_does():
    body = (
        b'{"data": {"a": null, "b": {"id": "1"}}, "errors": [{"message": "Segment does not exist",'
        b' "path": ["a"], "extensions": {"code": "NOT_FOUND"}}]}'
    )

    reply = answers.judge(Answer(200, body, {}, 0.1))

    assert (reply.data["b"], reply.not_found) == ({"id": "1"}, ("a",))
