"""Use of the product equals plain Python, whichever door wrote it, and the past reads as it was."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql

from commerce import activity, merging
from commerce.event_roles import ACTIVITY
from commerce.ingest import EventRecord, Ingest, PersonRecord, catch_up, ingest
from commerce.models import Customer, CustomerActivity, Event, EventName, EventRole, StaleCustomer
from commerce.rollups import refresh_activity, refresh_all, roll
from commerce.rollups.customers import EVERYBODY
from commerce.rollups.past import metrics_on
from tenants.progress import Silence
from tests.commerce.factories import CustomerFactory, EventFactory, bring_up_to_date
from tests.commerce.histories import TODAY

law = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = [
    *("session", "session", "session", "feature_used", "board_shared", "email_opened"),
    *("signed_up", "trial_started", "subscription_started", "subscription_cancelled"),
]
AGES = [-1, 0, 1, 6, 7, 8, 13, 14, 15, 21, 22, 27, 28, 29, 35, 36, 42, 49, 56, 57, 89, 90, 91, 200]
EVENTS = st.fixed_dictionaries(
    {
        "owner": st.sampled_from([0, 0, 0, 1]),
        "name": st.sampled_from(NAMES),
        "age": st.sampled_from(AGES),
        "hour": st.sampled_from([0, 12, 23]),
        "properties": st.sampled_from(
            [
                {},
                {"feature": "boards", "ends_on": str(TODAY)},
                {"feature": " boards ", "ends_on": "2026-04-31"},
                {"feature": "", "ends_on": "soon"},
                {"feature": "files", "ends_on": "2026-04-10T09:00:00Z"},
            ]
        ),
    }
)
USES = {"session", "feature_used", "board_shared"}


@pytest.fixture(autouse=True)
def each_example_in_acme(tenant):
    return tenant


def write(told):
    """Write the events; return the two customers."""
    people = [Customer.objects.create() for _ in range(2)]
    EventName.objects.create(name="board_shared", label="Board shared")
    for one in told:
        day = TODAY - timedelta(days=one["age"])
        at = datetime(day.year, day.month, day.day, one["hour"], tzinfo=connection.tenant.zone)
        EventFactory(
            customer=people[one["owner"]],
            name=one["name"],
            occurred_at=at.astimezone(UTC),
            properties=one["properties"],
        )
    return people


def expected(customer, *, on):
    """Return a customer's activity by column, from the events; None for who did nothing."""
    rows = list(Event.objects.filter(customer=customer, occurred_on__lte=on))
    rows = [row for row in rows if row.name != "email_opened"]
    if not rows:
        return None
    used = [row for row in rows if row.name in USES]
    return {
        "metrics_id": customer.pk,
        "last_active_at": max((row.occurred_at for row in used), default=None),
        "last_active_on": max((row.occurred_on for row in used), default=None),
        "signed_up_on": min((r.occurred_on for r in rows if r.name == "signed_up"), default=None),
        **_windows(used, on=on),
        **_trend(used, on=on),
        **_milestones(rows),
    }


def _windows(used, *, on):
    def ago(row):
        return (on - row.occurred_on).days

    def number(days, *, sessions):
        return sum(ago(row) < days and (row.name == "session") is sessions for row in used)

    features = {
        (row.properties.get("feature") or "").strip() or row.name
        for row in used
        if row.name == "feature_used" and ago(row) <= 90
    }
    return {
        "sessions_7": number(7, sessions=True),
        "actions_7": number(7, sessions=False),
        "sessions_28": number(28, sessions=True),
        "actions_28": number(28, sessions=False),
        "active_days_28": len({row.occurred_on for row in used if ago(row) < 28}),
        "features_90": len(features),
    }


def _trend(used, *, on):
    weeks = []
    has_sessions = any(r.name == "session" and 1 <= (on - r.occurred_on).days <= 56 for r in used)
    for week in range(8):
        days = [on - timedelta(days=7 * week + n) for n in range(1, 8)]
        came = [row for row in used if row.occurred_on in days]
        visits = sum(row.name == "session" for row in came)
        weeks.append(visits if has_sessions else len({row.occurred_on for row in came}))
    declining = 0
    while declining < 7 and weeks[declining] < weeks[declining + 1]:
        declining += 1
    now, before = weeks[0] + weeks[1], weeks[2] + weeks[3]
    trend = "steady"
    if now + before == 0:
        trend = ""
    elif now <= before * 4 / 5:
        trend = "declining"
    elif now >= before * 6 / 5:
        trend = "growing"
    return {"trend": trend, "weeks_declining": declining}


def _milestones(rows):
    last = {}
    for row in sorted(rows, key=lambda row: (row.occurred_at, row.pk)):
        last[row.name] = row
    trial, start = last.get("trial_started"), last.get("subscription_started")
    cancelled = last.get("subscription_cancelled")
    is_over = trial and any(
        end and end.occurred_at > trial.occurred_at for end in (start, cancelled)
    )
    undone = cancelled and start and start.occurred_at > cancelled.occurred_at
    return {
        "trial_ends_on": None if not trial or is_over else _trial_end(trial),
        "churned_on": None if not cancelled or undone else cancelled.occurred_on,
    }


def _trial_end(trial):
    ends = {"2026-04-31": date(2026, 5, 1), "2026-04-10T09:00:00Z": date(2026, 4, 10)}
    told = trial.properties.get("ends_on", "")
    if told == str(TODAY):
        return TODAY
    return ends.get(told, trial.occurred_on + timedelta(days=14))


def stored(people):
    return [CustomerActivity.objects.filter(pk=person.pk).values().first() for person in people]


def undone(example):
    """Run `example` in a savepoint that is rolled back."""
    with transaction.atomic():
        example()
        transaction.set_rollback(True)


@law
@given(told=st.lists(EVENTS, max_size=25))
def test_activity_equals_plain_python(told):
    def example():
        people = write(told)
        bring_up_to_date(on=TODAY)

        assert stored(people) == [expected(person, on=TODAY) for person in people]

    undone(example)


@law
@given(told=st.lists(EVENTS, max_size=12), steps=st.lists(st.sampled_from([1, 1, 6, 29, 60])))
def test_midnights_equal_starting_afresh(told, steps):
    def example():
        people, day = write(told), TODAY
        bring_up_to_date(on=day)
        for step in steps[:3]:
            day += timedelta(days=step)
            with connection.cursor() as cursor:
                roll(cursor, on=day)

        assert stored(people) == [expected(person, on=day) for person in people]

    undone(example)


@law
@given(told=st.lists(EVENTS, max_size=12), back=st.sampled_from([1, 8, 30, 95]))
def test_the_past_reads_as_it_stood(told, back):
    def example():
        people, then = write(told), TODAY - timedelta(days=back)
        bring_up_to_date(on=TODAY)
        now = stored(people)

        with metrics_on(then):
            assert stored(people) == [expected(person, on=then) for person in people]

        assert stored(people) == now

    undone(example)


def events(name, count, *, at=datetime(2026, 3, 20, 12, tzinfo=UTC), ref="ann"):
    return [
        PersonRecord(external_id=ref, source_at=at),
        *(
            EventRecord(external_id=f"{name}{ref}{n}", person=ref, name=name, occurred_at=at)
            for n in range(count)
        ),
    ]


def marked():
    return set(StaleCustomer.objects.values_list("facts", flat=True))


def test_ingest_counts_and_marks_only_who_used_the_product(tenant):
    ingest(
        [*events("session", 2), *events("email_opened", 3, ref="bob")],
        how=Ingest(source="app", today=TODAY),
    )

    ann = Customer.objects.get(identities__external_id="ann")
    assert list(CustomerActivity.objects.values_list("pk", "sessions_28")) == [(ann.pk, 2)]
    assert set(
        StaleCustomer.objects.filter(facts=ACTIVITY).values_list("customer_id", flat=True)
    ) == {ann.pk}
    assert {"event:session", "event:email_opened", ACTIVITY} <= marked()


def test_a_long_import_counts_at_its_end(tenant):
    how = Ingest(source="app", today=TODAY, import_id=7, numbers_later=True)
    ingest([*events("session", 2), *events("email_opened", 1)], how=how)
    assert not CustomerActivity.objects.exists()

    catch_up(import_id=7, today=TODAY, cause="import", progress=Silence())

    assert CustomerActivity.objects.get().sessions_28 == 2
    assert {"event:session", "event:email_opened", ACTIVITY} <= marked()


def test_a_merge_moves_what_was_done(tenant):
    kept, gone = CustomerFactory(), CustomerFactory()
    EventFactory(customer=gone, name="session", occurred_at=datetime(2026, 3, 20, tzinfo=UTC))
    bring_up_to_date(on=TODAY)

    at = datetime(2026, 3, 30, 12, tzinfo=UTC)
    done = merging.merge(survivor=kept.pk, absorbed=gone.pk, by=None, at=at)

    assert list(CustomerActivity.objects.values_list("pk", "sessions_28")) == [(kept.pk, 1)]
    merging.undo(done.pk, by=None, at=at)
    assert list(CustomerActivity.objects.values_list("pk", "sessions_28")) == [(gone.pk, 1)]


def test_the_merchant_says_what_an_event_means(tenant):
    person = CustomerFactory()
    EventFactory(customer=person, name="visit", occurred_at=datetime(2026, 3, 29, tzinfo=UTC))
    bring_up_to_date(on=TODAY)
    assert CustomerActivity.objects.get().sessions_7 == 0

    activity.set_roles({"visit": "session", "session": "session"}, by=None)
    activity.count_everybody(at=datetime(2026, 3, 30, 12, tzinfo=UTC))

    assert list(EventRole.objects.values_list("name", "role")) == [("visit", "session")]
    assert CustomerActivity.objects.get().sessions_7 == 1
    with pytest.raises(ValueError, match="nothing that an event can mean"):
        activity.set_roles({"visit": "dance"}, by=None)
    assert EventRole.objects.get().role == "session"


def test_an_upgraded_merchant_is_counted_once(tenant):
    person = CustomerFactory()
    bring_up_to_date(on=TODAY)
    EventName.objects.create(name="session", label="Session")
    EventFactory(customer=person, name="session")

    activity.count_first(tenant)

    assert CustomerActivity.objects.get().pk == person.pk


def test_counting_again_writes_nothing(tenant):
    person = CustomerFactory()
    EventFactory(customer=person, name="session", occurred_at=datetime(2026, 3, 29, tzinfo=UTC))
    bring_up_to_date(on=TODAY)

    with connection.cursor() as cursor:
        assert refresh_activity(cursor, EVERYBODY, on=TODAY) == 0
        Event.objects.all().delete()
        one = sql.SQL("SELECT {}::bigint").format(sql.Literal(person.pk))
        refresh_activity(cursor, one, on=TODAY)
        assert not CustomerActivity.objects.exists()
        refresh_all(cursor, on=TODAY)
