"""When and how often triggers reached somebody, as rules ask for it."""

from datetime import date

import pytest

from commerce.models import StaleCustomer
from segments.actions.contact import note_contact
from segments.actions.merged import _move, _restore
from segments.definitions import save_segment
from segments.following import follow_marks
from segments.models import LastContact, Membership, MembershipChange
from segments.refreshing import refresh_segment
from tenants.access.models import Effect
from tests.commerce.factories import CustomerFactory, bring_up_to_date
from tests.segments.actions.facts import NOW

pytestmark = pytest.mark.usefixtures("tenant")
LATELY = {"field": "last_contacted_on", "operator": "in_last", "value": "7_days"}


@pytest.fixture
def people(tenant):
    found = CustomerFactory.create_batch(2)
    bring_up_to_date(on=NOW.date())
    StaleCustomer.objects.all().delete()
    return found


def reach(*customers, times=1) -> None:
    """Note that a trigger reached these customers."""
    effects = [
        Effect.objects.create(consumer="trigger:1", change=f"x:{Effect.objects.count()}-{pk}-{n}",
                              customer=pk)
        for pk in (customer.pk for customer in customers) for n in range(times)
    ]  # fmt: skip
    note_contact(effects, at=NOW)


def members(segment) -> set[int]:
    return set(Membership.objects.filter(segment=segment).values_list("customer_id", flat=True))


def test_segments_follow_whom_triggers_reach_by_the_cause_of_an_action(people):
    segment = save_segment(name="Reached lately", rules=LATELY, by=None)
    refresh_segment(segment, at=NOW, cause="definition")
    assert members(segment) == set()

    reach(people[0])
    follow_marks(at=NOW)

    assert members(segment) == {people[0].pk}
    assert set(MembershipChange.objects.values_list("cause", flat=True)) == {"action"}


@pytest.mark.parametrize(("operator", "expected"), [("eq", [1]), ("gte", [0]), ("lt", [1])])
def test_messages_are_counted_and_nobody_reached_is_a_zero(people, operator, expected):
    reach(people[0], times=2)
    reach(people[0])
    value = 0 if operator == "eq" else 3
    rules = {"field": "contacts_count", "operator": operator, "value": value}
    segment = save_segment(name="Often", rules=rules, by=None)

    refresh_segment(segment, at=NOW, cause="definition")

    assert members(segment) == {people[place].pk for place in expected}
    assert LastContact.objects.get().contacted_on == date(2026, 6, 10)


def test_two_who_become_one_keep_their_messages_and_part_with_their_own(people):
    survivor, absorbed = people
    reach(survivor)
    reach(absorbed, times=2)
    moved = _move(None, survivor.pk, absorbed.pk)
    assert LastContact.objects.get(customer=survivor).contacts_count == 3

    _restore(None, survivor.pk, absorbed.pk, moved)
    assert LastContact.objects.get(customer=survivor).contacts_count == 1
    assert LastContact.objects.get(customer=absorbed).contacts_count == 2
