"""The sandbox behaves as Klaviyo is known to: stateful, strict, limited."""

import json

import pytest
import requests

from integrations.sandbox.klaviyo.faults import Fault
from integrations.sandbox.klaviyo.limits import Tier
from tests.integrations.klaviyo import contract
from tests.integrations.klaviyo.conftest import KEY, STRANGERS_KEY


def person(**attributes):
    return {"type": "profile", "attributes": attributes}


def bulk(*rows, list_id=None):
    data = {
        "type": "profile-bulk-import-job",
        "attributes": {"profiles": {"data": [person(**row) for row in rows]}},
    }
    if list_id:
        data["relationships"] = {"lists": {"data": [{"type": "list", "id": list_id}]}}
    return {"data": data}


def new_list(name):
    return {"data": {"type": "list", "attributes": {"name": name}}}


def event(email, unique_id, *, metric="Entered Segment", **more):
    attributes = {
        "properties": {"segment_name": "Champions"},
        "unique_id": unique_id,
        "metric": {"data": {"type": "metric", "attributes": {"name": metric}}},
        "profile": {"data": person(email=email)},
        **more,
    }
    return {"data": {"type": "event", "attributes": attributes}}


def test_the_example_bodies_of_the_description_are_taken(ask, klaviyo, account):
    path = contract.SPEC.with_name("examples.json")
    if not path.exists():
        pytest.skip("the published examples are not at hand")
    examples = json.loads(path.read_text())
    account.lists["Y6nRLr"] = klaviyo.make_list(account, "RFM")
    names = (
        "create_list",
        "create_or_update_profile",
        "create_event",
        "bulk_create_events",
        "bulk_import_profiles",
        "bulk_subscribe_profiles",
        "bulk_unsubscribe_profiles",
        "create_segment",
        "create_campaign",
    )

    answers = {
        name: ask("POST", examples[name]["path"].removeprefix("/api"), examples[name]["body"])
        for name in names
    }

    assert {name: answer.status_code // 100 for name, answer in answers.items()} == dict.fromkeys(
        names, 2
    )


def test_a_bulk_import_puts_everybody_into_the_list_when_its_job_is_done(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")
    rows = [{"email": f"p{n}@example.com"} for n in range(3)]

    job = ask("POST", "/profile-bulk-import-jobs", bulk(*rows, list_id=group.id)).json()["data"]
    before = ask("GET", f"/profile-bulk-import-jobs/{job['id']}").json()["data"]["attributes"]
    klaviyo.clock.advance(6)
    after = ask("GET", f"/profile-bulk-import-jobs/{job['id']}").json()["data"]["attributes"]

    assert (before["status"], len(group.members)) == ("processing", 3)
    assert (after["status"], after["completed_count"], after["failed_count"]) == ("complete", 3, 0)


def test_one_bad_row_refuses_a_whole_import_and_is_pointed_at(ask, account):
    wrong = ({"email": "not an address"}, {"phone_number": "+999123456789"})

    answer = ask("POST", "/profile-bulk-import-jobs", bulk({"email": "a@example.com"}, *wrong))

    pointers = [one["source"]["pointer"] for one in answer.json()["errors"]]
    at = "/data/attributes/profiles/data"
    assert answer.status_code == 400
    assert pointers == [f"{at}/1/attributes/email", f"{at}/2/attributes/phone_number"]
    assert account.profiles == account.jobs == {}


def test_an_import_row_of_two_people_fails_alone(ask, klaviyo, account):
    account.upsert({"email": "a@example.com"})
    account.upsert({"phone_number": "+447700900123"})
    both = {"email": "a@example.com", "phone_number": "+447700900123"}

    job = ask("POST", "/profile-bulk-import-jobs", bulk(both, {"email": "b@example.com"}))
    klaviyo.clock.advance(6)
    address = f"/profile-bulk-import-jobs/{job.json()['data']['id']}"
    failed = ask("GET", f"{address}/import-errors").json()["data"]

    assert ask("GET", address).json()["data"]["attributes"]["completed_count"] == 1
    assert [one["attributes"]["code"] for one in failed] == ["duplicate_profile"]


def test_two_profiles_with_one_identifier_each_are_a_conflict(ask, account):
    first, _ = account.upsert({"email": "a@example.com"})
    second, _ = account.upsert({"phone_number": "+447700900123"})
    body = {"data": person(email="a@example.com", phone_number="+447700900123")}

    answer = ask("POST", "/profile-import", body)

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["meta"] == {"duplicate_profile_id": second.id}
    assert first.phone == ""


def test_joining_a_list_changes_neither_consent_nor_the_moment_of_change(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")
    profile, _ = account.upsert({"email": "a@example.com"})
    account.unsubscribe(profile.id)
    updated = profile.updated
    klaviyo.clock.advance(60)

    answer = ask(
        "POST", f"/lists/{group.id}/relationships/profiles",
        {"data": [{"type": "profile", "id": profile.id}]},
    )  # fmt: skip

    assert answer.status_code == 204
    assert (profile.consent, profile.updated) == ("UNSUBSCRIBED", updated)


def test_live_flows_of_a_list_start_for_whoever_joins(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")
    flow = klaviyo.make_flow(account, "Welcome", group=group)
    ask("POST", "/profile-bulk-import-jobs", bulk({"email": "a@example.com"}, list_id=group.id))
    klaviyo.clock.advance(6)

    told = ask("GET", f"/lists/{group.id}/flow-triggers").json()["data"]

    assert [(one["id"], one["attributes"]["status"]) for one in told] == [(flow, "live")]
    assert [started[0] for started in account.flow_starts] == [flow]


def test_members_come_in_pages_by_the_moment_they_joined(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")
    ids = []
    for n in range(250):
        profile, _ = account.upsert({"email": f"p{n}@example.com"})
        account.join(group, profile.id)
        ids.append(profile.id)
        klaviyo.clock.advance(1)
    url, found = f"/lists/{group.id}/relationships/profiles?page[size]=100", []

    pages = 0
    while url:
        answer = ask("GET", url).json()
        found += [row["id"] for row in answer["data"]]
        url, pages = answer["links"]["next"], pages + 1

    assert (found, pages) == (ids, 3)


def test_new_members_are_found_by_when_they_joined(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")
    for n in range(3):
        profile, _ = account.upsert({"email": f"p{n}@example.com"})
        account.join(group, profile.id)
        klaviyo.clock.advance(10)
    since = "2026-11-18T11:06:45Z"
    params = {"filter": f"greater-or-equal(joined_group_at,{since})", "sort": "joined_group_at"}

    found = ask("GET", f"/lists/{group.id}/profiles", params=params).json()["data"]
    refused = ask(
        "GET", f"/lists/{group.id}/profiles",
        params={"filter": "greater-or-equal(joined_group_at,2026-11-18T11:06:45+00:00)"},
    )  # fmt: skip

    assert [one["attributes"]["email"] for one in found] == ["p1@example.com", "p2@example.com"]
    assert refused.status_code == 400


def test_events_are_kept_once_by_their_unique_id(ask, account):
    ask("POST", "/events", event("a@example.com", "one"))
    ask("POST", "/events", event("a@example.com", "one"))
    ask("POST", "/events", event("a@example.com", "two", backfill=True))

    assert [(one.unique_id, one.is_backfill) for one in account.events] == [
        ("one", False),
        ("two", True),
    ]


def test_events_of_a_metric_are_read_from_a_moment_on(ask, account):
    ask("POST", "/events", event("a@example.com", "one", time="2026-11-17T00:00:00Z"))
    ask("POST", "/events", event("b@example.com", "two", time="2026-11-18T00:00:00Z"))
    metric = account.metric_id("Entered Segment")
    asked = f'and(equals(metric_id,"{metric}"),greater-than(datetime,2026-11-17T12:00:00Z))'

    answer = ask("GET", "/events", params={"filter": asked, "include": "profile"}).json()

    assert [one["attributes"]["datetime"][:10] for one in answer["data"]] == ["2026-11-18"]
    assert [one["attributes"]["email"] for one in answer["included"]] == ["b@example.com"]


def test_too_many_calls_in_a_second_are_refused_until_it_is_over(ask, klaviyo):
    answers = [ask("GET", "/accounts").status_code for _ in range(2)]
    refused = ask("GET", "/accounts")
    klaviyo.clock.advance(float(refused.headers["Retry-After"]))

    assert answers == [200, 429]
    assert ask("GET", "/accounts").status_code == 200
    assert ask("GET", "/accounts").headers["Retry-After"] == "1"


def test_a_minutes_limit_holds_over_its_seconds(klaviyo):
    tier, now = Tier(10, 15), 1_795_000_020.0
    for call in range(15):
        headers = klaviyo.meter.spend("A", "op", tier, now=now + call // 10)

    assert headers["RateLimit-Remaining"] == "0"
    with pytest.raises(Exception, match="429"):
        klaviyo.meter.spend("A", "op", tier, now=now + 30)
    klaviyo.meter.spend("A", "op", tier, now=now + 60)


def test_keys_open_their_own_account_alone(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")

    answers = [
        ask("GET", f"/lists/{group.id}", key=key).status_code
        for key in (KEY, STRANGERS_KEY, "pk_unknown")
    ]

    assert answers == [200, 404, 401]


def test_a_key_without_a_scope_is_refused_by_name(ask, klaviyo, account):
    klaviyo.give_key(account, "pk_few", without=("lists:write",))

    answer = ask("POST", "/lists", new_list("Champions"), key="pk_few")

    assert answer.status_code == 403
    assert "lists:write" in answer.json()["errors"][0]["detail"]
    assert account.lists == {}


def test_what_klaviyo_does_not_know_is_refused(ask, account):
    body = new_list("Champions")
    body["data"]["attributes"]["colour"] = "green"

    assert ask("POST", "/lists", body).status_code == 400
    assert ask("GET", "/lists", params={"page[size]": 11}).status_code == 400
    assert ask("GET", "/lists", params={"limit": 5}).status_code == 400
    assert account.lists == {}


@pytest.mark.parametrize("kind", ["drop", "lost"])
def test_an_answer_that_never_comes_may_have_had_its_effect(ask, klaviyo, account, kind):
    klaviyo.faults.add(Fault("create_list", kind))

    with pytest.raises(requests.ConnectionError):
        ask("POST", "/lists", new_list("Champions"))

    assert len(account.lists) == (1 if kind == "lost" else 0)


def test_the_control_address_moves_the_clock_and_makes_faults(klaviyo):
    at = klaviyo.clock.now()
    fault = {"operation": "get_lists", "status": 500, "times": 2}
    requests.post(f"{klaviyo.origin}/_sandbox/faults", json=fault, timeout=5)

    told = requests.post(f"{klaviyo.origin}/_sandbox/clock", json={"advance": 90}, timeout=5)

    assert told.json()["now"] == at + 90
    assert klaviyo.faults.waiting == [Fault("get_lists", status=500, times=2)]


def test_a_campaign_goes_from_draft_to_sent_once(ask, klaviyo, account):
    group = klaviyo.make_list(account, "Champions")
    account.templates["T1"] = {"id": "T1", "name": "Autumn", "created": klaviyo.clock.now()}
    content = {"subject": "Hello", "from_email": "shop@example.com", "from_label": "Shop"}
    message = {"channel": "email", "label": "one", "content": content}
    attributes = {
        "name": "Autumn",
        "audiences": {"included": [group.id]},
        "campaign-messages": {
            "data": [{"type": "campaign-message", "attributes": {"definition": message}}]
        },
    }
    made = ask("POST", "/campaigns", {"data": {"type": "campaign", "attributes": attributes}})
    campaign = made.json()["data"]["id"]
    said = ask("GET", f"/campaigns/{campaign}/campaign-messages").json()["data"][0]["id"]
    template = {"template": {"data": {"type": "template", "id": "T1"}}}
    assign = {"data": {"type": "campaign-message", "id": said, "relationships": template}}
    ask("POST", "/campaign-message-assign-template", assign)
    job = {"data": {"type": "campaign-send-job", "id": campaign}}

    answers = [ask("POST", "/campaign-send-jobs", job).status_code for _ in range(2)]

    assert answers == [202, 409]
    assert account.campaigns[campaign]["status"] == "Sent"
    assert account.messages[said]["template"] == "T1"
