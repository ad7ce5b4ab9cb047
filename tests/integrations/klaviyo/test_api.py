"""Klaviyo by the API and by the command."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from integrations.models import KlaviyoList
from tests.integrations.klaviyo.world_of_lists import link, people, segment
from tests.tenants.api_keys import api

BASE = "/api/v1/integrations/klaviyo"


def sent(client, path, **body):
    return client.post(f"{BASE}/{path}/", json.dumps(body), content_type="application/json")


@pytest.fixture
def client(connected):
    return api("segments:read", "segments:write")


@pytest.fixture
def champions(connected):
    return segment(*people(3))


def test_the_lists_of_the_account_are_told(client, klaviyo, account):
    group = klaviyo.make_list(account, "Newsletter")

    answer = client.get(f"{BASE}/lists/")

    assert answer.json() == {"results": [{"id": group.id, "name": "Newsletter"}]}


def test_without_a_connection_it_says_how_to_connect(tenant):
    answer = api("segments:read").get(f"{BASE}/lists/")

    assert answer.status_code == 400
    assert "Klaviyo is not connected" in answer.content.decode()


def test_a_program_keeps_a_new_list_in_step_and_syncs_it(client, account, champions):
    made = sent(client, "config", segment="champions", new_list="Champions", begin=True)
    told = client.get(f"{BASE}/config/").json()["results"]
    runs = sent(client, "sync", segment="champions")

    assert made.status_code == 201
    assert [(row["segment"], row["direction"], row["state"]) for row in told] == [
        ("champions", "push", "active")
    ]
    assert [group.name for group in account.lists.values()] == ["Champions"]
    assert (runs.status_code, len(runs.json()["runs"])) == (202, 1)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"segment": "champions"},
        {"segment": "nobody", "new_list": "X"},
        {"segment": "champions", "new_list": "X", "list_id": "Y"},
        {"segment": "champions", "new_list": "X", "direction": "sideways"},
        {"segment": "champions", "new_list": "X", "colour": "green"},
        {"segment": "champions", "list_id": "NOLIST"},
    ],
)
def test_what_makes_no_sense_is_refused_and_makes_nothing(client, account, champions, body):
    answer = sent(client, "config", **body)

    assert 400 <= answer.status_code < 500
    assert not KlaviyoList.objects.exists()
    assert account.lists == {}


def test_a_key_that_only_reads_changes_nothing(connected, champions, account):
    answer = sent(api("segments:read"), "config", segment="champions", new_list="X")

    assert answer.status_code == 403
    assert account.lists == {}


def test_the_command_tells_list_and_members(connected, klaviyo, account, champions):
    klaviyo.clock = account.clock = type(klaviyo.clock)()
    account.import_seconds = 0
    group = klaviyo.make_list(account, "Champions")
    link(connected, champions, group)
    out = StringIO()

    call_command("sync_segment", "champions", "--tenant", "acme", "--json", stdout=out)

    assert json.loads(out.getvalue()) == [{"list_id": group.id, "members": 3, "added": 3}]
