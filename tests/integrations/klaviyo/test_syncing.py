"""Lists follow their segments: what is sent, what is not, what is asked about."""

import pytest
from django_tenants.utils import schema_context, tenant_context

from commerce.models import Customer
from integrations.klaviyo import jobs as klaviyo_jobs
from integrations.models import KlaviyoList, KlaviyoMember, KlaviyoRefusal
from integrations.sandbox.klaviyo.faults import Fault
from segments import manual
from segments.models import NeverContact
from tenants.models import Tenant
from tests.integrations.klaviyo.world_of_lists import (
    enter,
    in_list,
    leave,
    link,
    people,
    segment,
)

State = KlaviyoList.State


def addresses(customers):
    return {one.email for one in customers}


@pytest.fixture
def champions(connected, klaviyo, account):
    """A segment of ten and an empty list of our own."""
    ten = people(10)
    made, group = segment(*ten), klaviyo.make_list(account, "Champions")
    row = link(connected, made, group, is_ours=True)
    return row, made, group, ten


def test_the_first_push_is_one_import_however_many_there_are(connected, klaviyo, account, sync):
    many = people(2_500)
    group = klaviyo.make_list(account, "Champions")
    row = link(connected, segment(*many), group, is_ours=True)
    klaviyo.calls.clear()

    log = sync(row)

    assert len(group.members) == log.added == 2_500
    assert klaviyo.writes() == klaviyo.calls["bulk_import_profiles"] == 1
    assert klaviyo.calls["get_profiles_for_list"] == 0


def test_a_sync_without_changes_writes_nothing(champions, klaviyo, sync):
    row, _, group, _ = champions
    sync(row)
    klaviyo.calls.clear()

    log = sync(row)

    assert (klaviyo.writes(), log.added, log.removed) == (0, 0, 0)
    assert sum(klaviyo.calls.values()) == 1  # how many are in the list
    assert len(group.members) == 10


def test_only_who_entered_or_left_is_sent(champions, klaviyo, account, sync):
    row, made, group, ten = champions
    sync(row)
    new = people(2, start=100)
    enter(made, *new)
    leave(made, *ten[:3])
    klaviyo.calls.clear()

    log = sync(row)

    assert (log.added, log.removed) == (2, 3)
    assert in_list(group, account) == addresses([*ten[3:], *new])
    assert klaviyo.writes() == 2
    assert klaviyo.calls["remove_profiles_from_list"] == 1


def test_nobodys_consent_changes_whoever_comes_and_goes(champions, account, sync):
    row, made, _, ten = champions
    sync(row)
    before = {id: one.consent for id, one in account.profiles.items()}
    leave(made, *ten)
    enter(made, *ten[:6])
    sync(row)
    leave(made, *ten[:4])
    sync(row)

    assert {id: one.consent for id, one in account.profiles.items()} == before
    assert [one for one in account.profiles.values() if one.suppressions] == []


def test_who_may_not_be_sent_is_left_out_and_counted(connected, klaviyo, account, sync):
    good = people(2)
    [no] = people(1, start=10, email_consent="unsubscribed")
    [never] = people(1, start=11)
    nobody = Customer.objects.create(email="", phone="0123")
    double = Customer.objects.create(email="P0@example.com ")
    by_phone = Customer.objects.create(phone="+44 7700 900123")
    erased = Customer.objects.create(email="gone@example.com", erased_at=connected.created_at)
    NeverContact.objects.create(segment=segment(never, name="Never"))
    group = klaviyo.make_list(account, "Champions")
    made = segment(*good, no, never, nobody, double, by_phone, erased)

    log = sync(link(connected, made, group))

    assert in_list(group, account) == {"p0@example.com", "p1@example.com", ""}
    assert {one.phone for one in account.profiles.values()} == {"", "+447700900123"}
    assert log.skipped == {
        "no_address": 1,
        "unsubscribed": 1,
        "never_contact": 1,
        "same_address": 1,
    }


def test_a_list_of_subscribers_takes_nobody_else(connected, klaviyo, account, sync):
    [yes] = people(1, email_consent="subscribed")
    rest = people(2, start=5)
    group = klaviyo.make_list(account, "Champions")

    log = sync(link(connected, segment(yes, *rest), group, subscribed_only=True))

    assert in_list(group, account) == {yes.email}
    assert log.skipped == {"not_subscribed": 2}


def test_a_row_that_klaviyo_refuses_does_not_block_the_others(champions, account, sync):
    row, made, group, ten = champions
    wrong = Customer.objects.create(phone="+999 123 456 789")
    enter(made, wrong)

    log = sync(row)
    again = sync(row)

    assert in_list(group, account) == addresses(ten)
    assert (log.added, log.refused) == (10, 1)
    refusal = KlaviyoRefusal.objects.get()
    assert (refusal.customer_id, refusal.attempts) == (wrong.pk, 2)
    assert "unsupported region" in refusal.reason
    assert again.skipped == {"refused": 1}


def test_a_refusal_goes_by_itself_once_klaviyo_takes_the_customer(champions, sync):
    row, made, *_ = champions
    wrong = Customer.objects.create(phone="+999 123 456 789")
    enter(made, wrong)
    sync(row)
    wrong.phone = "+44 7700 900456"
    wrong.save()

    log = sync(row)

    assert log.added == 1
    assert KlaviyoRefusal.objects.count() == 0


def test_many_removals_stop_and_ask_and_go_on_when_allowed(connected, klaviyo, account, sync):
    many = people(200)
    made, group = segment(*many), klaviyo.make_list(account, "Champions")
    row = link(connected, made, group, is_ours=True)
    sync(row)
    leave(made, *many[:100])

    held = sync(row)
    row.refresh_from_db()

    assert (held.state, row.state, len(group.members)) == ("held", State.HELD, 200)
    assert row.state_note == "100 of 200 would be taken out of the list at Klaviyo."
    row.allowed_print, row.state = row.held_print, State.ACTIVE
    row.save()
    assert sync(row).removed == 100
    assert in_list(group, account) == addresses(many[100:])


def test_what_was_allowed_holds_for_no_other_removals(connected, klaviyo, account, sync):
    many = people(200)
    made, group = segment(*many), klaviyo.make_list(account, "Champions")
    row = link(connected, made, group, is_ours=True)
    sync(row)
    leave(made, *many[:100])
    sync(row)
    row.refresh_from_db()
    row.allowed_print, row.state = row.held_print, State.ACTIVE
    row.save()
    leave(made, many[100])

    log = sync(row)

    assert (log.state, len(group.members)) == ("held", 200)


def test_an_empty_segment_empties_no_list(champions, sync):
    row, made, group, ten = champions
    sync(row)
    leave(made, *ten)

    log = sync(row)

    assert (log.state, len(group.members)) == ("held", 10)
    assert log.note.startswith("The segment is empty")


def test_a_dry_run_writes_nothing_and_says_what_the_real_one_does(
    connected, klaviyo, account, sync
):
    ten = people(10)
    made, group = segment(*ten), klaviyo.make_list(account, "Champions")
    klaviyo.make_flow(account, "Welcome", group=group)
    for n in range(3):
        profile, _ = account.upsert({"email": f"other{n}@example.com"})
        account.join(group, profile.id)
    row = link(connected, made, group)
    klaviyo.calls.clear()

    dry = sync(row, is_dry=True)
    written, members = klaviyo.writes(), len(group.members)
    real = sync(row)

    assert (written, members) == (0, 3)
    assert (dry.added, dry.removed, dry.flows) == (10, 3, ["Welcome"])
    assert (real.added, real.removed) == (10, 3)
    assert in_list(group, account) == addresses(ten)


def test_a_removal_at_klaviyo_is_undone_when_strata_decides(champions, account, sync):
    row, _, group, ten = champions
    sync(row)
    account.leave(group, account.find(email="p3@example.com")[0])

    log = sync(row)

    assert (log.added, log.undone) == (1, 1)
    assert in_list(group, account) == addresses(ten)


def test_a_removal_at_klaviyo_becomes_an_exclusion_when_klaviyo_decides(
    champions, account, sync, klaviyo
):
    row, _, group, _ = champions
    KlaviyoList.objects.filter(pk=row.pk).update(policy="klaviyo")
    sync(row)
    account.leave(group, account.find(email="p3@example.com")[0])

    log, later = sync(row), sync(row)

    assert (log.added, log.excluded) == (0, 1)
    assert later.skipped == {"excluded": 1}
    assert "p3@example.com" not in in_list(group, account)


def test_a_manual_segment_and_its_list_follow_one_another(
    connected, klaviyo, account, sync, counted
):
    here, there = counted[:3], counted[3:5]
    made = manual.create_manual(name="Press", by=None)
    manual.add_members(made, [one.pk for one in here], by=None, at=connected.created_at)
    group = klaviyo.make_list(account, "Press")
    for one in there:
        account.join(group, account.upsert({"email": one.email})[0].id)
    row = link(connected, made, group, direction="both", policy="union")

    first = sync(row)
    account.leave(group, account.find(email=here[0].email)[0])
    manual.remove_members(made, [there[0].pk], by=None, at=connected.created_at)
    second, third = sync(row), sync(row)

    left = {here[1].email, here[2].email, there[1].email}
    assert (first.added, first.taken_in) == (3, 2)
    assert (second.removed, second.taken_out) == (1, 1)
    assert (third.added, third.removed, third.taken_in, third.taken_out) == (0, 0, 0, 0)
    assert in_list(group, account) == left
    members = made.memberships.values_list("customer__email", flat=True)
    assert set(members) == left


def test_one_who_came_and_one_who_left_at_klaviyo_are_both_noticed(
    champions, klaviyo, account, sync
):
    row, _, group, ten = champions
    KlaviyoList.objects.filter(pk=row.pk).update(direction="both", policy="klaviyo")
    sync(row)
    klaviyo.clock.advance(86_400)
    account.leave(group, account.find(email=ten[0].email)[0])
    account.join(group, account.upsert({"email": "friend@example.com"})[0].id)

    log = sync(row)

    assert (log.added, log.removed, log.excluded) == (0, 0, 1)
    assert in_list(group, account) == {*addresses(ten[1:]), "friend@example.com"}


def test_a_pulled_list_is_never_written_to(connected, klaviyo, account, sync, counted):
    made = manual.create_manual(name="Press", by=None)
    group = klaviyo.make_list(account, "Press")
    for one in counted[:2]:
        account.join(group, account.upsert({"email": one.email.upper()})[0].id)
    account.join(group, account.upsert({"email": "stranger@example.com"})[0].id)
    row = link(connected, made, group, direction="pull", policy="klaviyo")
    klaviyo.calls.clear()

    log = sync(row)

    assert (log.taken_in, klaviyo.writes()) == (2, 0)
    assert log.skipped == {"unknown": 1}
    assert made.memberships.count() == 2


def test_a_list_deleted_at_klaviyo_is_let_go_and_not_made_again(champions, account, sync):
    row, _, group, _ = champions
    del account.lists[group.id]

    log = sync(row)
    row.refresh_from_db()

    assert (row.state, log.state) == (State.UNLINKED, "failed")
    assert account.lists == {}


def test_an_import_whose_answer_was_lost_is_made_again_without_doubles(
    champions, klaviyo, account, sync
):
    row, _, group, ten = champions
    klaviyo.faults.add(Fault("bulk_import_profiles", "lost"))

    log = sync(row)

    assert log.added == 10
    assert (len(account.profiles), in_list(group, account)) == (10, addresses(ten))


def test_profiles_that_were_merged_away_do_not_stop_the_removal_of_others(
    champions, klaviyo, account, sync
):
    row, made, group, ten = champions
    sync(row)
    leave(made, ten[0])
    sync(row)  # by now their profile is known
    enter(made, ten[0])
    sync(row)
    account.forget(account.find(email="p0@example.com")[0])
    leave(made, *ten[:3])

    log = sync(row)

    assert log.removed == 2
    assert in_list(group, account) == addresses(ten[3:])


def test_no_new_profiles_are_made_when_the_merchant_wants_none(champions, account, sync):
    row, _, group, ten = champions
    account.upsert({"email": ten[0].email})
    row.account.creates_profiles = False
    row.account.save()

    log = sync(row)

    assert (log.added, log.refused, len(account.profiles)) == (1, 9, 1)
    assert in_list(group, account) == {ten[0].email}


def test_a_pass_that_was_cut_short_removes_nobody(connected, klaviyo, account, sync, monkeypatch):
    group = klaviyo.make_list(account, "Press")
    for n in range(250):
        account.join(group, account.upsert({"email": f"other{n}@example.com"})[0].id)
    row = link(connected, segment(*people(1)), group, policy="klaviyo", direction="both")
    sync(row)
    klaviyo.clock.advance(86_400)
    monkeypatch.setattr("integrations.klaviyo.mirror.stand", lambda *_: Counted("Press", 900))

    with pytest.raises(Exception, match="named only"):
        sync(row)

    assert KlaviyoMember.objects.filter(list=row, is_there=True).count() == 251
    assert len(group.members) == 251


class Counted:
    def __init__(self, name, count):
        self.name, self.count = name, count


def test_keys_lists_and_members_are_the_merchants_own(champions, sync):
    row, *_ = champions
    sync(row)
    with schema_context("public"):
        globex = Tenant.objects.get(schema_name="globex")

    with tenant_context(globex):
        assert not KlaviyoList.objects.exists()
        assert not KlaviyoMember.objects.exists()
        assert klaviyo_jobs.live_runs() == []
