"""The pages of Klaviyo: connect, choose a list, look, begin, decide; and who may."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from integrations.klaviyo import jobs as klaviyo_jobs
from integrations.models import KlaviyoAccount, KlaviyoList, KlaviyoRun
from segments import usages
from tenants import jobs
from tenants.models import Run, Tenant
from tests.conftest import sign_in
from tests.integrations.klaviyo.conftest import KEY
from tests.integrations.klaviyo.world_of_lists import enter, link, people, segment

PAGE, NEW = reverse("admin:klaviyo"), reverse("admin:klaviyo_list_new")
State = KlaviyoList.State


def page_of(row):
    return reverse("admin:klaviyo_list", args=[row.pk])


@pytest.fixture
def ten(connected):
    return people(10)


@pytest.fixture
def champions(connected, klaviyo, account, ten):
    group = klaviyo.make_list(account, "Champions there")
    return link(connected, segment(*ten), group)


def test_without_a_key_the_page_says_which_boxes_to_tick(owner, tenant):
    page = owner.get(PAGE)

    assert b"Connect Klaviyo" in page.content
    assert b"lists:write" in page.content
    assert b"No list yet" in page.content


def test_without_a_key_a_new_list_leads_to_the_connection(owner, tenant):
    page = owner.get(NEW)

    assert page.status_code == 200
    assert "Klaviyo is not connected" in page.content.decode()


def test_a_pasted_key_connects_and_is_never_shown(owner, klaviyo, speaks):
    answer = owner.post(PAGE, {"key": KEY}, follow=True)

    assert "Acme Garden is connected." in answer.content.decode()
    assert KEY not in answer.content.decode()
    assert KlaviyoAccount.objects.get().is_connected


def test_a_wrong_key_stays_on_the_form_in_words(owner, klaviyo, speaks):
    answer = owner.post(PAGE, {"key": "pk_nobody_knows_this"})

    assert answer.status_code == 422
    assert "does not accept the key" in answer.content.decode()
    assert not KlaviyoAccount.objects.exists()


def test_a_list_is_made_looked_at_and_begun(owner, connected, klaviyo, account, ten):
    made = segment(*ten)
    told = {"segment": made.pk, "new_list": "RFM: Champions", "direction": "push", "policy": ""}

    answer = owner.post(NEW, told)

    row = KlaviyoList.objects.get()
    assert answer.url == page_of(row)
    assert (row.state, row.is_ours, row.policy) == (State.NEW, True, "klaviyo")
    assert [group.name for group in account.lists.values()] == ["RFM: Champions"]
    run = klaviyo_jobs.live_runs()[0]
    assert run.params == {"list": row.pk, "dry": True}
    answer = owner.post(page_of(row), {"step": "begin"}, follow=True)
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    assert "kept in step from now on" in answer.content.decode()


def test_a_new_list_takes_no_name_that_klaviyo_has(owner, champions, klaviyo, account, ten):
    told = {"segment": champions.segment_id, "new_list": "Champions there", "direction": "push"}

    answer = owner.post(NEW, told)

    assert answer.status_code == 422
    assert "has a list “Champions there” already" in answer.content.decode()
    assert len(account.lists) == 1


def test_a_list_becomes_a_new_segment_by_one_choice(owner, connected, klaviyo, account):
    group = klaviyo.make_list(account, "Newsletter")
    told = {"segment": "new", "list": group.id, "direction": "pull"}

    owner.post(NEW, told)

    row = KlaviyoList.objects.get()
    assert (row.segment.name, row.segment.kind) == ("Newsletter", "manual")
    assert (row.direction, row.is_ours) == ("pull", False)


def test_the_look_says_what_would_happen_and_which_flows_begin(owner, champions, at):
    KlaviyoRun.objects.create(
        list=champions, is_dry=True, state="done", began_at=at, ended_at=at, added=1204,
        removed=310, skipped={"no_address": 17}, flows=["Welcome"],
    )  # fmt: skip
    KlaviyoList.objects.update(state=State.NEW)

    page = owner.get(page_of(champions)).content.decode()

    assert "+1,204" in page
    assert "−310" in page
    assert "17 without a usable e-mail address" in page
    assert "Welcome" in page
    assert "nothing has been changed" in page


def test_what_was_held_goes_on_only_for_what_was_shown(owner, champions):
    KlaviyoList.objects.update(state=State.HELD, held_print="a" * 64, state_note="100 of 200")

    refused = owner.post(page_of(champions), {"step": "allow", "print": "b" * 64}, follow=True)
    champions.refresh_from_db()
    before = champions.state
    owner.post(page_of(champions), {"step": "allow", "print": "a" * 64})
    champions.refresh_from_db()

    assert "has changed since" in refused.content.decode()
    assert (before, champions.state) == (State.HELD, State.ACTIVE)
    assert champions.allowed_print == "a" * 64


def test_a_segment_that_fills_a_list_is_not_deleted(champions):
    with pytest.raises(usages.InUse, match="Champions there"):
        usages.delete_segment(champions.segment, by=None)


def test_a_round_takes_lists_whose_segment_moved_and_no_others(champions, at, ten):
    KlaviyoList.objects.update(synced_at=timezone.now())
    jobs.run_now("klaviyo")
    quiet = klaviyo_jobs.live_runs()
    champions.segment.changes.create(
        customer=ten[0], entered=False, cause="data", at=timezone.now()
    )

    jobs.run_now("klaviyo")

    assert quiet == []
    assert [run.params["list"] for run in klaviyo_jobs.live_runs()] == [champions.pk]


def test_a_run_syncs_the_list_and_tells_what_it_did(champions, klaviyo, account):
    klaviyo.clock = account.clock = type(klaviyo.clock)()  # time goes on by itself
    account.import_seconds = 0

    run = jobs.run_now("klaviyo_list", params={"list": champions.pk, "dry": False})

    champions.refresh_from_db()
    assert (run.state, run.counts) == (Run.State.DONE, {"added": 10})
    assert champions.synced_at is not None
    assert len(account.lists[champions.list_id].members) == 10


def test_a_key_taken_back_stops_everything_and_is_said(champions, klaviyo, owner):
    klaviyo.keys.clear()

    with pytest.raises(jobs.JobFailed, match="does not accept the key"):
        jobs.run_now("klaviyo_list", params={"list": champions.pk, "dry": False})

    connected = KlaviyoAccount.objects.get()
    assert connected.state == "revoked"
    assert "does not accept the key" in owner.get(PAGE).content.decode()
    jobs.run_now("klaviyo")
    assert klaviyo_jobs.live_runs() == []


def test_viewers_look_and_change_nothing(member, champions):
    viewer = member("viewer")

    assert viewer.get(PAGE).status_code == viewer.get(page_of(champions)).status_code == 200
    assert viewer.post(PAGE, {"step": "disconnect"}).status_code == 403
    assert viewer.post(page_of(champions), {"step": "let_go"}).status_code == 403
    assert KlaviyoList.objects.count() == 1


def test_a_stranger_finds_no_account_and_no_list(champions, tenant):
    with schema_context("public"):
        globex = Tenant.objects.get(schema_name="globex")
    with tenant_context(globex):
        stranger = sign_in(globex, User.objects.create_superuser("eve", "eve@globex.test"))
        page = stranger.get(PAGE).content.decode()
        one = stranger.get(page_of(champions))

    assert "Acme Garden" not in page
    assert "Champions" not in page
    assert one.status_code == 404


def test_the_list_of_lists_costs_the_same_for_one_and_for_many(
    owner, champions, klaviyo, account, connected, django_assert_max_num_queries
):
    owner.get(PAGE)
    for n in range(5):
        group = klaviyo.make_list(account, f"More {n}")
        link(connected, champions.segment, group)
        enter(champions.segment)

    with django_assert_max_num_queries(25):
        owner.get(PAGE)
