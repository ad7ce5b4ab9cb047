"""The client waits as Klaviyo asks, shares limits, says in words what went wrong, keeps secrets."""

import logging

import pytest

from integrations.errors import ReconnectNeeded, Refused, TryLater
from integrations.klaviyo import tiers
from integrations.klaviyo.answers import Conflict, Gone, Invalid, LimitReached, ScopeMissing
from integrations.klaviyo.buckets import Buckets
from integrations.klaviyo.client import Clock, KlaviyoClient
from integrations.klaviyo.pushing import import_body
from integrations.sandbox.klaviyo.faults import Fault
from tests.integrations.klaviyo.conftest import KEY

LISTS = "/api/lists"


@pytest.fixture
def slept():
    return []


@pytest.fixture
def client(klaviyo, speaks, slept):
    def sleep(seconds):
        slept.append(seconds)
        klaviyo.clock.advance(seconds)

    clock = Clock(now=klaviyo.clock.now, sleep=sleep)
    with KlaviyoClient(key=KEY, buckets=Buckets("acme:klaviyo:ACME01"), clock=clock) as made:
        yield made


def test_a_short_wait_is_waited_for(client, klaviyo, slept):
    klaviyo.faults.add(Fault("get_lists", status=429, retry_after=3))

    client.get(LISTS, tiers.LISTS)

    assert 3 <= sum(slept) < 4


@pytest.mark.parametrize("seconds", [6, 60, 40_000])
def test_a_long_wait_is_never_slept_in_a_worker(client, klaviyo, slept, seconds):
    klaviyo.faults.add(Fault("get_lists", status=429, retry_after=seconds))

    with pytest.raises(LimitReached) as stopped:
        client.get(LISTS, tiers.LISTS)

    assert (stopped.value.seconds, slept) == (seconds, [])


def test_nobody_asks_before_the_wait_is_over(client, klaviyo):
    klaviyo.faults.add(Fault("get_lists", status=429, retry_after=600))
    with pytest.raises(LimitReached):
        client.get(LISTS, tiers.LISTS)
    klaviyo.clock.advance(590)
    klaviyo.calls.clear()

    with pytest.raises(LimitReached) as stopped:
        client.get(LISTS, tiers.LISTS)
    klaviyo.clock.advance(11)
    client.get(LISTS, tiers.LISTS)

    assert 9 < stopped.value.seconds <= 10
    assert klaviyo.calls["get_lists"] == 1


def test_no_limit_of_klaviyos_is_ever_met(client, klaviyo):
    for _ in range(40):
        try:
            client.get("/api/accounts", tiers.ACCOUNTS)
        except LimitReached as later:
            klaviyo.clock.advance(later.seconds)

    assert klaviyo.meter.refused == 0


def test_two_lists_of_one_account_share_its_limits(client, klaviyo, speaks):
    """Twenty lists, four workers, one account: as many calls as our share, none refused."""
    others = Buckets("acme:klaviyo:ACME01")
    taken = 0
    while not others.take(tiers.LIST_COUNT, now=klaviyo.clock.now()):
        taken += 1
        klaviyo.clock.advance(1.25)

    with pytest.raises(LimitReached):
        client.get("/api/lists/L1", tiers.LIST_COUNT)

    assert taken == 12  # four fifths of fifteen a minute


def test_an_answer_that_never_came_is_asked_for_again(client, klaviyo):
    klaviyo.faults.add(Fault("get_lists", "drop", times=2))

    assert client.get(LISTS, tiers.LISTS).status == 200


@pytest.mark.parametrize("kind", ["cut", "html", "drop"])
def test_half_an_answer_is_none(client, klaviyo, kind):
    klaviyo.faults.add(Fault("get_lists", kind, times=9))

    with pytest.raises(TryLater):
        client.get(LISTS, tiers.LISTS)


def test_what_must_not_be_done_twice_is_sent_once(client, klaviyo, account):
    klaviyo.faults.add(Fault("create_list", "lost"))
    body = {"data": {"type": "list", "attributes": {"name": "Champions"}}}

    with pytest.raises(TryLater):
        client.post(LISTS, tiers.MAKE_LIST, body)

    assert len(account.lists) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, ReconnectNeeded), (403, ScopeMissing), (404, Gone), (500, TryLater), (409, Conflict)],
)
def test_each_refusal_is_one_of_the_three_errors(client, klaviyo, status, kind):
    klaviyo.faults.add(Fault("get_lists", status=status, times=9))

    with pytest.raises(kind):
        client.get(LISTS, tiers.LISTS)


def test_rows_that_klaviyo_points_at_are_named_by_their_place(client):
    rows = [{"attributes": {"email": text}} for text in ("a@example.com", "b@", "c@example.com")]

    with pytest.raises(Invalid) as refused:
        client.post("/api/profile-bulk-import-jobs", tiers.IMPORT, import_body(rows, ""))

    assert refused.value.rows == {1: "Invalid email address"}
    assert isinstance(refused.value, Refused)


def test_links_to_other_hosts_are_read_from_klaviyo(client, klaviyo):
    reply = client.follow("https://evil.example.com/api/lists?page[size]=10", tiers.LISTS)

    assert reply.status == 200
    assert klaviyo.calls["get_lists"] == 1


def test_no_log_line_holds_the_key_or_an_address(client, klaviyo, caplog):
    caplog.set_level(logging.DEBUG)
    klaviyo.faults.add(Fault("get_profiles", status=400))
    asked = 'any(email,["secret@example.com"])'
    for _ in range(2):
        try:
            client.get("/api/profiles", tiers.PROFILES, filter=asked)
        except Refused:
            continue

    ours = [line.getMessage() for line in caplog.records if line.name.startswith("integrations")]
    assert len(ours) == 2
    assert KEY not in caplog.text
    assert "secret@example.com" not in " ".join(ours)
